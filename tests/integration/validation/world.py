import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from asyncpg import Connection, Record

from services.executor import handlers as executor_handlers
from services.executor.worker import apply_pending
from services.validation.check import Tools, run_check
from services.validation.conclusion import CheckResult
from services.validation.handlers import on_import_answered
from services.validation.repository import checks
from shared.contracts.definition import ImportDefinition
from shared.contracts.events import Counts, ImportAnswered, ImportApproved
from shared.postgres import Database
from shared.sealing import Fingerprint, Sealer
from shared.secure_upload import SecureUpload, object_key
from tests.support.crm import Biller, Crm

TODAY = date(2026, 3, 2)
SUBJECT = "ida"
GOOD = {"C202": {"choice": "skip"}, "C201": {"choice": "continue", "typed_count": 0}, "C203": {"choice": "continue"}}


@dataclass
class Import:
    id: UUID
    result: CheckResult | None = None
    rows: dict[int, Record] = field(default_factory=dict)

    @property
    def approved(self) -> CheckResult:
        assert self.result is not None
        assert self.result.state == "approved"
        return self.result

    def says(self, line: int) -> tuple[str, set[str]]:
        row = self.rows[line]
        return row["verdict"], set(row["codes"])


def answers(**choices: str) -> dict[str, Any]:
    """The usual decisions with some more."""
    return GOOD | {code: {"choice": choice} for code, choice in choices.items()}


class World:
    dsn: str
    uploads_url: str

    def __init__(
        self, admin: "Connection[Record]", database: Database, executor: Database, uploads: SecureUpload
    ) -> None:
        self.admin = admin
        self.executor = executor
        self.crm = Crm(admin)
        self.database = database
        self.uploads = uploads
        self.fingerprint = Fingerprint(b"f" * 32)
        self.tools = Tools(uploads, Sealer({"one": b"k" * 32}, "one"), self.fingerprint, today=lambda: TODAY)

    async def biller(self, **options: Any) -> Biller:
        biller = await self.crm.biller(**options)
        await self.crm.right(SUBJECT, biller)
        return biller

    async def upload(self, biller: Biller, text: str | bytes) -> dict[str, Any]:
        content = text.encode() if isinstance(text, str) else text
        file_id = uuid4()
        key = object_key(biller.id, file_id)

        async def pieces() -> Any:
            yield content

        stored = await self.uploads.put(key, pieces(), limit=2**31)
        await self.admin.execute(
            """INSERT INTO mapping.secure_file (id, biller_id, name, sha256, size, object_key, kind_hint, uploaded_by)
               VALUES ($1, $2, 'file.csv', $3, $4, $5, 'unknown', 'ida')""",
            file_id,
            biller.id,
            stored.sha256,
            stored.size,
            key,
        )
        return {"id": str(file_id), "sha256": stored.sha256, "size": stored.size}

    async def define(self, biller: Biller, kind: str, text: str | bytes, **changes: Any) -> UUID:
        """Store file and definition, and the check as the event would."""
        definition: dict[str, Any] = {
            "biller_id": biller.id,
            "kind": kind,
            "file": await self.upload(biller, text),
            "invoice_types": [] if kind == "registration" else ["WATER", "SEWER"],
            "columns": {"email": "Email"},
            "account_number": [{"column": "Account"}],
            "options": {"attestation": "It carries over.", "effective_date": "2026-04-01"},
            "decide": GOOD,
        }
        definition |= changes
        ImportDefinition.model_validate(definition)
        return await self.store(definition)

    async def store(self, definition: dict[str, Any]) -> UUID:
        import_id = uuid4()
        await self.admin.execute(
            """INSERT INTO mapping.import
                   (id, biller_id, kind, file_id, definition, requester, request_id, request_hash)
               VALUES ($1, $2, $3, $4, $5, $6, $7, '')""",
            import_id,
            definition["biller_id"],
            definition["kind"],
            UUID(definition["file"]["id"]),
            json.dumps(definition),
            json.dumps({"subject": SUBJECT, "name": "Ida", "permission": "all"}),
            uuid4(),
        )
        async with self.database.transaction() as connection:
            await checks.add(connection, import_id)
        return import_id

    async def run(self, import_id: UUID) -> Import:
        result = await run_check(self.database, import_id, self.tools)
        rows = await self.admin.fetch("SELECT * FROM validation.plan_row WHERE import_id = $1", import_id)
        return Import(import_id, result, {row["line_no"]: row for row in rows})

    async def check(self, biller: Biller, kind: str, lines: Sequence[str], **changes: Any) -> Import:
        return await self.run(await self.define(biller, kind, "\n".join(lines) + "\n", **changes))

    async def apply(self, done: Import, biller: Biller, today: date = TODAY) -> dict[int, tuple[str, set[str]]]:
        """Run an approved import to its end; what became of its rows."""
        approved = ImportApproved(
            import_id=done.id, biller_id=biller.id, check_no=1, codes={}, planned=Counts(), chunks=done.approved.chunks
        )
        async with self.executor.transaction() as connection:
            await executor_handlers.on_import_approved(connection, approved)
        await apply_pending(self.executor, done.id, limit=20, today=lambda: today)
        await self.finish(done.id)
        rows = await self.admin.fetch(
            "SELECT line_no, outcome, codes FROM execution.row_result WHERE import_id = $1", done.id
        )
        return {row["line_no"]: (row["outcome"], set(row["codes"])) for row in rows}

    async def state(self, import_id: UUID) -> dict[str, Any]:
        row = await self.admin.fetchrow("SELECT * FROM validation.import_check WHERE import_id = $1", import_id)
        assert row is not None
        return dict(row) | {"impact": json.loads(row["impact"] or "{}")}

    async def rested(self, import_id: UUID) -> None:
        """The pause after a failed try is over."""
        await self.admin.execute(
            "UPDATE validation.import_check SET not_before = now() WHERE import_id = $1", import_id
        )

    async def findings(self, import_id: UUID) -> dict[str, int]:
        rows = await self.admin.fetch("SELECT code, count FROM validation.finding WHERE import_id = $1", import_id)
        return {row["code"]: row["count"] for row in rows}

    async def said(self, import_id: UUID) -> list[tuple[str, dict[str, Any]]]:
        rows = await self.admin.fetch("SELECT topic, body FROM validation.outbox ORDER BY id")
        events = [(row["topic"].split(".")[1], json.loads(row["body"])) for row in rows]
        return [(topic, body) for topic, body in events if body["import_id"] == str(import_id)]

    async def decide(self, import_id: UUID, check_no: int, choices: dict[str, Any]) -> None:
        """What a person's confirmation leaves in the database, and its event."""
        for code, values in choices.items():
            await self.admin.execute(
                """INSERT INTO mapping.decision
                       (import_id, code, choice, count_seen, typed_count, decided_by, approved_by)
                   VALUES ($1, $2, $3, $4, $5, 'ida', $6)
                   ON CONFLICT (import_id, code) DO UPDATE SET choice = excluded.choice,
                       count_seen = excluded.count_seen, typed_count = excluded.typed_count,
                       approved_by = excluded.approved_by""",
                import_id,
                code,
                values["choice"],
                values.get("count_seen"),
                values.get("typed_count"),
                values.get("approved_by"),
            )
        await self.admin.execute(
            "INSERT INTO mapping.confirmation (import_id, check_no, confirmed_by) VALUES ($1, $2, 'ida')",
            import_id,
            check_no,
        )
        async with self.database.transaction() as connection:
            await checks.again(connection, import_id, check_no)

    async def consider(self, import_id: UUID, check_no: int, choices: dict[str, tuple[str, int]]) -> None:
        """What answers that nobody has confirmed leave in the database, and their event."""
        for code, (choice, count) in choices.items():
            await self.admin.execute(
                """INSERT INTO mapping.considered_answer (import_id, code, choice, count_seen, considered_by)
                   VALUES ($1, $2, $3, $4, 'ida')
                   ON CONFLICT (import_id, code) DO UPDATE
                   SET choice = excluded.choice, count_seen = excluded.count_seen""",
                *(import_id, code, choice, count),
            )
        await self.admin.execute(
            "INSERT INTO mapping.answered_check VALUES ($1, $2, 'ida', 'Ida')", *(import_id, check_no)
        )
        event = ImportAnswered(import_id=import_id, biller_id=1, check_no=check_no)
        async with self.database.transaction() as connection:
            await on_import_answered(connection, event)

    async def finish(self, import_id: UUID, *, cancelled: bool = False) -> None:
        async with self.database.transaction() as connection:
            await checks.finish(connection, import_id, cancelled=cancelled)


async def refused(world: World, text: str | bytes, **changes: Any) -> dict[str, int]:
    """The codes of a file that is rejected, and with it nothing else: no row, one message."""
    biller = changes.pop("biller", None) or await world.biller()
    kind = changes.pop("kind", "paperless")
    done = await world.run(await world.define(biller, kind, text, **changes))
    assert done.result is not None
    assert (done.result.state, done.rows) == ("rejected", {})
    assert (await world.state(done.id))["state"] == "rejected"
    assert [topic for topic, _ in await world.said(done.id)] == ["import-rejected"]
    return dict(done.result.codes)
