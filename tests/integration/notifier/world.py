"""One database with billers, people and imports, as the other services would have left them."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID, uuid4

import asyncpg

from services.notifier.handlers import Handlers
from shared.contracts.event import ImportEvent
from shared.contracts.events import Counts, FinalState, ImportDefined, ImportFinished
from shared.contracts.kinds import ImportKind
from shared.contracts.outcomes import Outcome
from shared.postgres import Database
from shared.secure_upload import SecureUpload, object_key
from tests.support.leaving import leave

T = TypeVar("T")
MAIL_DOMAIN = "import.example.com"
HANDLERS = Handlers(MAIL_DOMAIN)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DEFAULT_COLUMNS = {"email": "Email"}
DEFAULT_FILE = b"Acct,Email\r\nWTR-1,ann@example.com\r\nWTR-2,bob@example.com\r\n"


async def until(look: Callable[[], Awaitable[T]], seconds: float = 15) -> T:
    """Ask until the answer is true, for a limited time."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while True:
        answer = await look()
        if answer:
            return answer
        assert loop.time() < end, "it did not come about in time"
        await asyncio.sleep(0.02)


@dataclass(frozen=True)
class Imported:
    import_id: UUID
    biller_id: int


@dataclass(frozen=True)
class World:
    admin: asyncpg.Connection
    database: Database
    dsn: str
    uploads: SecureUpload

    async def biller(self, name: str | None = None) -> int:
        realm = await self.admin.fetchval("INSERT INTO crm.login_realm (name) VALUES ($1) RETURNING id", str(uuid4()))
        biller: int = await self.admin.fetchval(
            "INSERT INTO crm.biller (name, login_realm_id) VALUES ($1, $2) RETURNING id",
            name or f"Biller {uuid4()}",
            realm,
        )
        return biller

    async def right(self, subject: str, biller_id: int | None, permission: str) -> None:
        await self.admin.execute(
            "INSERT INTO crm.operator_right (subject, biller_id, permission) VALUES ($1, $2, $3)",
            subject,
            biller_id,
            permission,
        )

    async def no_rights(self, subject: str) -> None:
        await self.admin.execute("DELETE FROM crm.operator_right WHERE subject = $1", subject)

    async def recipient(self, biller_id: int, email: str) -> UUID:
        recipient: UUID = await self.admin.fetchval(
            "INSERT INTO mapping.log_recipient (biller_id, email, added_by) VALUES ($1, $2, 'test') RETURNING id",
            biller_id,
            email,
        )
        return recipient

    async def defined(
        self,
        biller_id: int,
        *,
        kind: ImportKind = ImportKind.PAPERLESS,
        content: bytes = DEFAULT_FILE,
        columns: Mapping[str, str] | None = None,
        account: Sequence[Mapping[str, Any]] = ({"column": "Acct"},),
        reading: Mapping[str, Any] | None = None,
        recipients: Sequence[UUID] = (),
        file_name: str = "customers.csv",
        requester: tuple[str, str] = ("iris", "Iris Implementer"),
        created_at: datetime = NOON,
    ) -> Imported:
        """An import as the mapping service writes it; nothing was said about it yet."""
        file_id, import_id = uuid4(), uuid4()
        key = object_key(biller_id, file_id)
        await self.uploads.put(key, _pieces(content), limit=2**30)
        digest = sha256(content).hexdigest()
        await self.admin.execute(
            "INSERT INTO mapping.secure_file (id, biller_id, name, sha256, size, object_key, kind_hint, uploaded_by)"
            " VALUES ($1, $2, $3, $4, $5, $6, 'unknown', 'test')",
            *(file_id, biller_id, file_name, digest, len(content), key),
        )
        definition = {
            "biller_id": biller_id,
            "kind": kind.value,
            "file": {"id": str(file_id), "sha256": digest, "size": len(content)},
            "columns": dict(DEFAULT_COLUMNS if columns is None else columns),
            "account_number": list(account),
            "options": {"reading": dict(reading or {})},
            "log_recipients": [str(recipient) for recipient in recipients],
        }
        await self.admin.execute(
            "INSERT INTO mapping.import"
            " (id, biller_id, kind, file_id, definition, requester, request_id, request_hash, created_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, '', $8)",
            *(import_id, biller_id, kind.value, file_id, json.dumps(definition)),
            *(json.dumps({"subject": requester[0], "name": requester[1], "permission": "all"}), uuid4(), created_at),
        )
        return Imported(import_id, biller_id)

    async def log_says(self, imported: Imported, line: int, **values: str) -> None:
        """What the file says of a row for the log alone."""
        await self.admin.execute(
            "UPDATE execution.row_result SET for_log = $3 WHERE import_id = $1 AND line_no = $2",
            *(imported.import_id, line, json.dumps(values)),
        )

    async def changed(self, imported: Imported, line: int, *names: str, whole: bool = False) -> None:
        """What changed between check and run: for a row, and for the whole import."""
        await self.admin.execute(
            "UPDATE execution.row_result SET changed = $3 WHERE import_id = $1 AND line_no = $2",
            *(imported.import_id, line, names),
        )
        if whole:
            await self.admin.execute(
                "UPDATE execution.chunk SET changed = $2 WHERE import_id = $1", imported.import_id, names
            )

    async def results(self, imported: Imported, rows: Sequence[tuple[int, Outcome, Sequence[str]]]) -> Counts:
        """Results of the rows, as the executor writes them."""
        await self.admin.executemany(
            "INSERT INTO execution.row_result (import_id, line_no, outcome, codes, account_number)"
            " VALUES ($1, $2, $3, $4, $5)",
            [(imported.import_id, line, outcome.value, list(codes), f"WTR-{line:06}") for line, outcome, codes in rows],
        )
        outcomes = [outcome for _, outcome, _ in rows]
        return Counts(**{outcome.value: outcomes.count(outcome) for outcome in Outcome})

    async def publish(self, *events: ImportEvent) -> None:
        """What the events tell happens, one after another, and is heard."""
        for event in events:
            await self.leave(event)
            await self.hear(event)

    async def leave(self, *events: ImportEvent) -> None:
        """What the services leave in their tables and outboxes when they say these events."""
        for event in events:
            await leave(self.admin, event)

    async def hear(self, *events: ImportEvent) -> None:
        """Handle events, each in a transaction with the inbox, as the messaging wrapper does."""
        for event in events:
            async with self.database.transaction() as connection:
                first = await connection.fetchval(
                    "INSERT INTO inbox (event_id, topic) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING true",
                    event.event_id,
                    event.topic.name,
                )
                if first:
                    await HANDLERS.on_import_event(connection, event)

    async def finished(
        self,
        imported: Imported,
        rows: Sequence[tuple[int, Outcome, Sequence[str]]],
        state: FinalState = FinalState.COMPLETED,
    ) -> Counts:
        """An import that has run to its end with these results."""
        counts = await self.results(imported, rows)
        codes: dict[str, int] = {}
        for code in (code for _, _, of_row in rows for code in of_row):
            codes[code] = codes.get(code, 0) + 1
        await self.publish(
            ImportDefined(import_id=imported.import_id, biller_id=imported.biller_id, kind=ImportKind.PAPERLESS),
            ImportFinished(
                import_id=imported.import_id,
                biller_id=imported.biller_id,
                state=state,
                counts=counts,
                codes=codes,
                started_at=NOON,
                finished_at=NOON + timedelta(minutes=3),
            ),
        )
        return counts


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content
