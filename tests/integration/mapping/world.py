"""A database with billers, people and files, and a client for each of the people."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
from fastapi import FastAPI

from shared.contracts.definition import ImportDefinition
from shared.contracts.event import Event
from shared.contracts.events import EVENTS
from shared.postgres import Database
from shared.secure_upload import SecureUpload
from shared.today import us_today
from stack.issuer import Issuer
from tests.support.crm import Biller, Crm

CONTENT = b"Acct,Email\r\nWTR-1,ann@example.com\r\n"
BY_TOPIC = {event.topic.name: event for event in EVENTS}


def tomorrow() -> str:
    return (us_today() + timedelta(days=1)).isoformat()


@dataclass
class World:
    admin: asyncpg.Connection
    crm: Crm
    database: Database
    uploads: SecureUpload
    app: FastAPI
    issuer: Issuer
    clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    def signed_in(self, person: str) -> httpx.AsyncClient:
        """The API as this person."""
        if person not in self.clients:
            self.clients[person] = httpx.AsyncClient(
                transport=httpx.ASGITransport(self.app),
                base_url="http://mapping/api/v1",
                headers={"authorization": self.authorization(person)},
            )
        return self.clients[person]

    def authorization(self, person: str) -> str:
        return f"Bearer {self.issuer.token(person)}"

    async def upload(self, biller: Biller, *, content: bytes = CONTENT, kind: str = "unknown") -> dict[str, Any]:
        response = await self.signed_in("ivy").post(
            f"/billers/{biller.id}/files", params={"name": "customers.csv", "kind": kind}, content=content
        )
        assert response.status_code == 201, response.text
        answer: dict[str, Any] = response.json()
        assert answer["sha256"] == hashlib.sha256(content).hexdigest()
        return answer

    async def definition(self, biller: Biller, kind: str = "paperless", **changes: Any) -> dict[str, Any]:
        """A good one for a file that is just uploaded."""
        file = await self.upload(biller)
        autopay = kind == "autopay"
        base = {
            "biller_id": biller.id,
            "kind": kind,
            "file": {name: file[name] for name in ("id", "sha256", "size")},
            "invoice_types": [] if kind == "registration" else ["WATER"],
            "columns": {"routing_number": "R", "bank_account_number": "B"} if autopay else {"email": "Email"},
            "account_number": [{"column": "Acct"}],
            "options": {"attestation": "They agreed."} | ({"effective_date": tomorrow()} if autopay else {}),
        }
        return base | changes

    async def ask(self, definition: dict[str, Any], *, person: str = "ivy", key: UUID | None = None) -> httpx.Response:
        headers = {"idempotency-key": str(key or uuid4())}
        return await self.signed_in(person).post("/imports", json=definition, headers=headers)

    async def imported(self, biller: Biller, kind: str = "paperless", **changes: Any) -> UUID:
        response = await self.ask(await self.definition(biller, kind, **changes))
        assert response.status_code == 202, response.text
        return UUID(response.json()["import_id"])

    async def checked(
        self,
        import_id: UUID,
        *,
        check_no: int = 1,
        state: str = "held",
        undecided: tuple[str, ...] = (),
        missing: int = 0,
        **counts: int,
    ) -> None:
        """What validation would have left."""
        definition = await self.admin.fetchval("SELECT definition FROM mapping.import WHERE id = $1", import_id)
        known = ImportDefinition.model_validate_json(definition)
        await self.admin.execute(
            """INSERT INTO validation.import_check
                   (import_id, biller_id, kind, file_sha256, check_no, state, rows_read, planned, impact, undecided)
               VALUES ($1, $2, $3, $4, $5, $6, 100, '{"applied": 70, "no_change": 0, "skipped": 30}',
                   jsonb_build_object('customers_to_create', 0, 'customers_missing', $7::int), $8)
               ON CONFLICT (import_id) DO UPDATE
               SET check_no = excluded.check_no, state = excluded.state, undecided = excluded.undecided""",
            *(import_id, known.biller_id, known.kind.value, known.file.sha256, check_no, state, missing, undecided),
        )
        for code, count in counts.items():
            await self.admin.execute(
                """INSERT INTO validation.finding (import_id, code, count, sample_lines) VALUES ($1, $2, $3, '{2,3}')
                   ON CONFLICT (import_id, code) DO UPDATE SET count = excluded.count""",
                *(import_id, code, count),
            )

    async def ran(self, import_id: UUID, **counts: int) -> None:
        """What the executors would have left."""
        await self.admin.execute(
            """INSERT INTO execution.job (import_id, biller_id, kind, state, finished_at)
               SELECT id, biller_id, kind, 'finished', now() FROM mapping.import WHERE id = $1""",
            import_id,
        )
        await self.admin.execute(
            "INSERT INTO execution.chunk (import_id, chunk_no, state, counts) VALUES ($1, 0, 'applied', $2)",
            *(import_id, json.dumps(counts)),
        )

    async def said(self, import_id: UUID) -> list[Event]:
        """What mapping has said about an import, in order."""
        rows = await self.admin.fetch("SELECT topic, body FROM mapping.outbox ORDER BY id")
        events = [BY_TOPIC[row["topic"]].from_bytes(row["body"]) for row in rows]
        return [event for event in events if getattr(event, "import_id", None) == import_id]

    async def said_names(self, import_id: UUID) -> list[str]:
        return [type(event).__name__ for event in await self.said(import_id)]

    async def state(self, import_id: UUID) -> str:
        return str(await self.admin.fetchval("SELECT state FROM mapping.import WHERE id = $1", import_id))

    async def may_approve(self, subject: str) -> None:
        await self.admin.execute("UPDATE crm.operator_right SET may_approve = true WHERE subject = $1", subject)
