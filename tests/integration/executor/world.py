"""A CRM, plans written by hand, and what an executor makes of them."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from asyncpg import Connection, Record
from asyncpg.transaction import Transaction

from services.executor import handlers
from services.executor.worker import apply_pending
from shared.contracts.events import Counts, ImportApproved
from shared.postgres import Database
from tests.support.crm import Biller, Crm

SUBJECT = "ida"
EFFECTIVE = date(2026, 4, 1)
WAIT_SECONDS = 20.0
CODES = ("WATER", "SEWER")

Result = tuple[str, list[str]]

_names = count(1)
_OPTIONS = {"attestation": "It carries over.", "effective_date": EFFECTIVE.isoformat()}


def row(line_no: int, verdict: str = "apply", **columns: Any) -> dict[str, Any]:
    """One row of a plan; alone in its group unless said."""
    return {"line_no": line_no, "leader_line": line_no, "verdict": verdict, "codes": [], **columns}


class World:
    def __init__(self, admin: "Connection[Record]", dsn: str, database: Database, executor_dsn: str = "") -> None:
        self.admin = admin
        self.dsn = dsn
        self.executor_dsn = executor_dsn
        self.crm = Crm(admin)
        self.database = database

    async def biller(self, **options: Any) -> Biller:
        biller = await self.crm.biller(types=CODES, **options)
        await self.crm.right(SUBJECT, biller, may_replace_owner=True)
        return biller

    async def types(self, biller: Biller) -> list[int]:
        return [await self.crm.type_id(biller, code) for code in CODES]

    async def owned(self, biller: Biller, **login: Any) -> tuple[int, int, str]:
        """A customer with an active owner: their ids and the login's email."""
        number = next(_names)
        email = f"owner{number}@example.com"
        login_id = await self.crm.login(biller.realm_id, email, **login)
        return await self.crm.customer(biller, f"A-{number}", owner=login_id), login_id, email

    def moved(self, line_no: int, customer: tuple[int, int, str], **columns: Any) -> dict[str, Any]:
        """A paperless row that changes the email of the customer's login and enrols in both types."""
        customer_id, login_id, email = customer
        planned: dict[str, Any] = {
            "customer_id": customer_id,
            "login_id": login_id,
            "login_action": "update_email",
            "seen_login_email": email,
            "seen_login_status": "active",
            "seen_enrollments": [None, None],
            "email": f"new-{email}",
        }
        return row(line_no, **planned | columns)

    async def plan(
        self,
        biller: Biller,
        kind: str,
        chunks: Sequence[Sequence[Mapping[str, Any]]],
        *,
        options: Mapping[str, Any] | None = None,
        state: str = "approved",
    ) -> UUID:
        """What the mapping and the validation service leave for an approved import."""
        import_id, file_id = uuid4(), uuid4()
        definition = {
            "invoice_types": [] if kind == "registration" else CODES,
            "options": _OPTIONS | dict(options or {}),
            "decide": {},
        }
        await self.admin.execute(
            "UPDATE validation.import_check SET state = 'finished' WHERE biller_id = $1", biller.id
        )
        await self.admin.execute(
            """INSERT INTO mapping.secure_file (id, biller_id, name, sha256, size, object_key, kind_hint, uploaded_by)
               VALUES ($1, $2, 'file.csv', '0', 1, $3, 'unknown', $4)""",
            file_id,
            biller.id,
            str(file_id),
            SUBJECT,
        )
        await self.admin.execute(
            """INSERT INTO mapping.import (
                   id, biller_id, kind, file_id, definition, requester, request_id, request_hash
               ) VALUES ($1, $2, $3, $4, $5, $6, $7, '')""",
            import_id,
            biller.id,
            kind,
            file_id,
            json.dumps(definition),
            json.dumps({"subject": SUBJECT, "name": "Ida", "permission": "all"}),
            uuid4(),
        )
        await self.admin.execute(
            """INSERT INTO validation.import_check (import_id, biller_id, kind, file_sha256, state)
               VALUES ($1, $2, $3, '0', $4)""",
            import_id,
            biller.id,
            kind,
            state,
        )
        for chunk_no, rows in enumerate(chunks):
            for planned in rows:
                number = await self._account_number(planned)
                await self._add_row({"import_id": import_id, "chunk_no": chunk_no, "account_number": number, **planned})
        return import_id

    async def _account_number(self, planned: Mapping[str, Any]) -> str | None:
        number: str | None = await self.admin.fetchval(
            "SELECT account_number FROM crm.customer WHERE id = $1", planned.get("customer_id")
        )
        return number

    async def _add_row(self, planned: Mapping[str, Any]) -> None:
        columns = ", ".join(planned)
        places = ", ".join(f"${place}" for place in range(1, len(planned) + 1))
        await self.admin.execute(f"INSERT INTO validation.plan_row ({columns}) VALUES ({places})", *planned.values())

    async def approve(self, import_id: UUID, biller: Biller, *, check_no: int = 1) -> None:
        """What validation says, as the messaging would hand it over."""
        event = ImportApproved(
            import_id=import_id, biller_id=biller.id, check_no=check_no, codes={}, planned=Counts(), chunks=1
        )
        await self.admin.execute(
            "INSERT INTO validation.outbox (event_id, topic, key, body) VALUES ($1, $2, $3, $4)",
            *(event.event_id, event.topic.name, event.key, event.to_bytes()),
        )
        async with self.database.transaction() as connection:
            await handlers.on_import_approved(connection, event)

    async def run(
        self,
        biller: Biller,
        kind: str,
        rows: Sequence[Mapping[str, Any]],
        *,
        options: Mapping[str, Any] | None = None,
    ) -> UUID:
        """Plan, approve and apply a single chunk."""
        import_id = await self.plan(biller, kind, [rows], options=options)
        await self.approve(import_id, biller)
        await self.finish(import_id)
        return import_id

    async def finish(self, import_id: UUID) -> None:
        await apply_pending(self.database, import_id, limit=WAIT_SECONDS, today=lambda: EFFECTIVE)

    async def cancel(self, import_id: UUID, biller: Biller) -> str:
        """What the mapping service does, on a connection of its own."""
        connection = await asyncpg.connect(self.dsn)
        try:
            await connection.execute("SET application_name = 'cancel'")
            return str(
                await connection.fetchval("SELECT execution.cancel_import($1, $2, 'cancelled')", import_id, biller.id)
            )
        finally:
            await connection.close()

    async def resume(self, import_id: UUID) -> bool:
        """What the mapping service does when an operator says so."""
        return bool(await self.admin.fetchval("SELECT execution.resume_import($1)", import_id))

    @contextlib.asynccontextmanager
    async def beside(self, statement: str, *arguments: Any) -> AsyncIterator[Transaction]:
        """Another session of the CRM that keeps what the statement locks; its transaction is rolled back at the end."""
        connection = await asyncpg.connect(self.dsn)
        transaction = connection.transaction()
        await transaction.start()
        try:
            await connection.execute(statement, *arguments)
            yield transaction
        finally:
            connection.terminate()

    async def job(self, import_id: UUID) -> Record:
        [found] = await self.admin.fetch("SELECT * FROM execution.job WHERE import_id = $1", import_id)
        return found

    async def chunks(self, import_id: UUID) -> list[Record]:
        return await self.admin.fetch("SELECT * FROM execution.chunk WHERE import_id = $1 ORDER BY chunk_no", import_id)

    async def results(self, import_id: UUID) -> dict[int, Result]:
        rows = await self.admin.fetch(
            "SELECT line_no, outcome, codes FROM execution.row_result WHERE import_id = $1 ORDER BY line_no", import_id
        )
        return {found["line_no"]: (found["outcome"], found["codes"]) for found in rows}

    async def changes(self, import_id: UUID, line_no: int) -> list[dict[str, Any]]:
        changes = await self.admin.fetchval(
            "SELECT changes FROM execution.row_result WHERE import_id = $1 AND line_no = $2", import_id, line_no
        )
        found: list[dict[str, Any]] = json.loads(changes or "[]")
        return found

    async def said(self, import_id: UUID, what: str) -> list[dict[str, Any]]:
        rows = await self.admin.fetch("SELECT topic, body FROM execution.outbox ORDER BY id")
        bodies = [json.loads(found["body"]) for found in rows if found["topic"] == f"customer-import.{what}.v1"]
        return [body for body in bodies if body["import_id"] == str(import_id)]

    async def finished(self, import_id: UUID) -> dict[str, Any]:
        """The one ImportFinished."""
        [body] = await self.said(import_id, "import-finished")
        return body

    async def enrolled(self, table: str, customer_id: int) -> list[Record]:
        statement = f"SELECT * FROM crm.{table} WHERE customer_id = $1 ORDER BY invoice_type_id"
        return await self.admin.fetch(statement, customer_id)

    async def one(self, table: str, record_id: int) -> Record:
        [found] = await self.admin.fetch(f"SELECT * FROM crm.{table} WHERE id = $1", record_id)
        return found

    async def record(self, import_id: UUID, line_no: int) -> Record:
        """The authorization record of a row."""
        [found] = await self.admin.fetch(
            "SELECT * FROM crm.authorization_record WHERE import_id = $1 AND line_no = $2", import_id, line_no
        )
        return found

    async def owner(self, customer_id: int) -> int | None:
        owner: int | None = await self.admin.fetchval(
            "SELECT login_id FROM crm.customer_login_link WHERE customer_id = $1 AND role = 'owner'", customer_id
        )
        return owner

    async def customer_id(self, biller: Biller, account_number: str) -> int:
        return int(
            await self.admin.fetchval(
                "SELECT id FROM crm.customer WHERE biller_id = $1 AND account_number = $2", biller.id, account_number
            )
        )

    async def notices(self, import_id: UUID) -> list[tuple[int, str]]:
        rows = await self.admin.fetch(
            "SELECT login_id, template FROM crm.notice WHERE import_id = $1 ORDER BY login_id, template", import_id
        )
        return [(found["login_id"], found["template"]) for found in rows]

    async def waiting(self, application_name: str) -> int:
        """The backend of this name that waits for a lock, as soon as there is one."""
        async with asyncio.timeout(WAIT_SECONDS):
            while True:
                pid: int | None = await self.admin.fetchval(
                    """SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock'
                       AND datname = current_database() LIMIT 1""",
                    application_name,
                )
                if pid is not None:
                    return pid
                await asyncio.sleep(0.01)
