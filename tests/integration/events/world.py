"""All four services on one database without a broker: what they leave, what they hear, what their tables say."""

import json
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from shared.contracts.event import Event, ImportEvent
from shared.contracts.events import (
    CheckProgressed,
    ChunkApplied,
    Counts,
    FinalState,
    FirstRowsApplied,
    ImportAnswered,
    ImportApproved,
    ImportCancelled,
    ImportConfirmed,
    ImportContinued,
    ImportDefined,
    ImportFinished,
    ImportHeld,
    ImportRejected,
    ImportResumed,
    ImportWaiting,
)
from shared.contracts.kinds import ImportKind
from shared.contracts.topics import Party
from shared.messaging.delivery import Delivery
from shared.messaging.inbox import Inbox
from shared.messaging.subscription import by_topic
from shared.postgres import Database
from tests.support.crm import Biller, Crm
from tests.support.leaving import leave
from tests.support.subscriptions import SUBSCRIPTIONS

TEN: Final = Counts(applied=8, skipped=2)
HALF: Final = Counts(applied=4, skipped=1)
# What a message is recorded in, and what mapping keeps of a request that it refused.
_RECORDS: Final = {"inbox", "heard", "dead_letter", "schema_migration"}
_ANSWER: Final = "customer-import.import-request-answered.v1"


@dataclass(frozen=True)
class Imported:
    """An import with what was truly said about it, in order."""

    import_id: UUID
    biller_id: int
    said: list[ImportEvent] = field(default_factory=list)


def life(import_id: UUID, biller_id: int) -> dict[str, list[ImportEvent]]:
    """What is said of an import until it is in each of its states."""
    about: dict[str, Any] = {"import_id": import_id, "biller_id": biller_id}
    begun = [
        ImportDefined(**about, kind=ImportKind.PAPERLESS),
        CheckProgressed(**about, check_no=1, bytes_read=50, bytes_total=90, rows_read=5),
    ]
    held = [*begun, ImportHeld(**about, check_no=1, codes={"C202": 2}, undecided=("C202",), planned=TEN)]
    answered = [*held, ImportAnswered(**about, check_no=1)]
    confirmed = [*held, ImportConfirmed(**about, check_no=1)]
    approved = [*confirmed, ImportApproved(**about, check_no=2, codes={"C202": 2}, planned=TEN, chunks=2)]
    running = [*approved, ChunkApplied(**about, chunk_no=0, counts=HALF)]
    rejected = ImportRejected(**about, check_no=1, codes={"F006": 1})
    last = ChunkApplied(**about, chunk_no=1, counts=HALF)
    end: dict[str, Any] = {**about, "codes": {"C202": 2}, "started_at": begun[0].occurred_at}
    end["finished_at"] = last.occurred_at
    finished = [*running, last, ImportFinished(**end, state=FinalState.COMPLETED, counts=TEN)]
    waiting = [*running, ImportWaiting(**about, reason="42501")]
    paused = [*running, FirstRowsApplied(**about)]
    stopped = [*running, ImportCancelled(**about)]
    return {
        "checking": begun,
        "rejected": [*begun, rejected],
        "held": held,
        "answered": answered,
        "confirmed": confirmed,
        "approved": approved,
        "running": running,
        "waiting": waiting,
        "resumed": [*waiting, ImportResumed(**about)],
        "paused": paused,
        "continued": [*paused, ImportContinued(**about)],
        "finished": finished,
        "cancelled while held": [*held, ImportCancelled(**about)],
        "cancelled while running": stopped,
        "cancelled and settled": [*stopped, last, ImportFinished(**end, state=FinalState.CANCELLED, counts=TEN)],
    }


@dataclass(frozen=True)
class World:
    admin: asyncpg.Connection
    databases: Mapping[Party, Database]

    async def biller(self) -> Biller:
        return await Crm(self.admin).biller()

    async def imported(self, biller: Biller, state: str) -> Imported:
        """An import in this state; everything that was said of it was heard."""
        imported = await self.defined(biller)
        for event in life(imported.import_id, biller.id)[state]:
            await self.goes_on(imported, event)
        return imported

    async def goes_on(self, imported: Imported, event: ImportEvent) -> None:
        """What the event tells happens and is heard."""
        await self.happens(event)
        imported.said.append(event)
        await self.hear(event)

    async def happens(self, event: ImportEvent) -> None:
        """What the event tells stands in the tables of who says it, and nobody has heard of it yet."""
        await leave(self.admin, event)

    async def defined(self, biller: Biller) -> Imported:
        """What mapping leaves when an import is defined."""
        file_id, import_id, recipient = uuid4(), uuid4(), uuid4()
        await self.admin.execute(
            """INSERT INTO mapping.secure_file (id, biller_id, name, sha256, size, object_key, kind_hint, uploaded_by)
               VALUES ($1, $2, 'file.csv', '0', 1, $3, 'unknown', 'ivy')""",
            *(file_id, biller.id, str(file_id)),
        )
        await self.admin.execute(
            "INSERT INTO mapping.log_recipient (id, biller_id, email, added_by) VALUES ($1, $2, $3, 'ivy')",
            *(recipient, biller.id, f"{recipient}@example.com"),
        )
        definition = {"log_recipients": [str(recipient)], "file": {"sha256": str(file_id)}}
        await self.admin.execute(
            """INSERT INTO mapping.import
                   (id, biller_id, kind, file_id, definition, requester, request_id, request_hash)
               VALUES ($1, $2, 'paperless', $3, $4, $5, $6, '')""",
            *(import_id, biller.id, file_id, json.dumps(definition)),
            *(json.dumps({"subject": "ivy", "name": "Ivy", "permission": "all"}), uuid4()),
        )
        return Imported(import_id, biller.id)

    async def hear(self, event: Event, key: bytes | None = None) -> None:
        """Every consumer takes the message, as from its topic."""
        delivery = Delivery(event.topic.name, 0, 0, event.key if key is None else key, event.to_bytes())
        for party, subscriptions in SUBSCRIPTIONS.items():
            if party in event.topic.consumers:
                await Inbox(self.databases[party], by_topic(subscriptions)).take(delivery)

    async def forget_what_was_heard(self) -> None:
        """As if a replay came after the inboxes were lost."""
        for schema in ("mapping", "validation", "execution", "notification"):
            await self.admin.execute(f"DELETE FROM {schema}.inbox")
            await self.admin.execute(f"DELETE FROM {schema}.heard")

    async def tables(self) -> dict[str, str]:
        """A hash of each table of the services, without the records of messages."""
        names = await self.admin.fetch(
            """SELECT schemaname || '.' || tablename AS name FROM pg_tables
               WHERE schemaname IN ('mapping', 'validation', 'execution', 'notification') AND tablename <> ALL($1)""",
            list(_RECORDS),
        )
        return {row["name"]: await self._hash(row["name"]) for row in names}

    def _hash(self, table: str) -> Awaitable[str]:
        others = f"topic <> '{_ANSWER}'" if table == "mapping.outbox" else "true"
        rows = f"SELECT t::text AS row FROM {table} t WHERE {others}"
        return self.admin.fetchval(f"SELECT md5(coalesce(string_agg(row, '|' ORDER BY row), '')) FROM ({rows}) r")

    async def view(self, imported: Imported) -> dict[str, Any]:
        """What people see of the import, and what mapping and validation make of it."""
        found = await self.admin.fetchrow(
            """SELECT i.state AS mapping, c.state AS validation, c.check_no AS checks, v.state, v.applied, v.skipped,
                   v.chunks_done, v.chunks, v.check_codes, v.result_codes, v.rows_read,
                   (SELECT array_agg(event ORDER BY event) FROM notification.trail t WHERE t.import_id = i.id) AS trail,
                   (SELECT count(*) FROM notification.mail m WHERE m.import_id = i.id) AS mails
               FROM mapping.import i
               LEFT JOIN validation.import_check c ON c.import_id = i.id
               LEFT JOIN notification.import_view v ON v.import_id = i.id
               WHERE i.id = $1""",
            imported.import_id,
        )
        return dict(found or {})
