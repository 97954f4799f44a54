"""The undo of an import: asked for as mapping does, checked by the real check, run by the real executor."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from services.validation import handlers as validation_handlers
from services.validation.check import Tools, run_check
from services.validation.conclusion import CheckResult
from shared.contracts.events import ImportConfirmed, ImportDefined
from shared.contracts.kinds import ImportKind
from shared.postgres import Database
from tests.integration.executor.world import Result, World
from tests.support.crm import Biller

UNDOER = "uma"


@dataclass
class Undoing:
    world: World
    validation: Database
    tools: Tools

    async def ask(self, import_id: UUID, biller: Biller, rows: dict[str, Any] | None = None) -> UUID:
        """Who may ask for the undo asks for it, or for that of chosen rows."""
        await self.world.crm.right(UNDOER, biller, may_undo=True)
        admin, undo = self.world.admin, uuid4()
        await admin.execute("UPDATE validation.import_check SET state = 'finished' WHERE biller_id = $1", biller.id)
        kind = ImportKind(await admin.fetchval("SELECT kind FROM mapping.import WHERE id = $1", import_id))
        chosen = {"rows": rows} if rows else {}
        await admin.execute(
            """INSERT INTO mapping.import
                   (id, biller_id, kind, file_id, definition, requester, request_id, request_hash, undoes)
               SELECT $2, biller_id, kind, file_id, $3, $4, $2, '', id FROM mapping.import WHERE id = $1""",
            *(import_id, undo, json.dumps({"undoes": str(import_id), "of": _definition(biller, kind)} | chosen)),
            json.dumps({"subject": UNDOER, "name": "Uma", "permission": "all"}),
        )
        async with self.validation.transaction() as connection:
            defined = ImportDefined(import_id=undo, biller_id=biller.id, kind=kind)
            await validation_handlers.on_import_defined(connection, defined)
        return undo

    async def check(self, undo: UUID) -> CheckResult:
        result = await run_check(self.validation, undo, self.tools)
        assert result is not None
        return result

    async def confirm(self, undo: UUID, biller: Biller, *, by: str = UNDOER) -> CheckResult:
        """Confirm the first check; what the second one comes to."""
        await self.world.admin.execute(
            "INSERT INTO mapping.confirmation (import_id, check_no, confirmed_by) VALUES ($1, 1, $2)", undo, by
        )
        async with self.validation.transaction() as connection:
            confirmed = ImportConfirmed(import_id=undo, biller_id=biller.id, check_no=1)
            await validation_handlers.on_import_confirmed(connection, confirmed)
        return await self.check(undo)

    async def start(self, undo: UUID, biller: Biller) -> None:
        await self.world.approve(undo, biller, check_no=2)

    async def planned(self, undo: UUID) -> dict[int, tuple[str, list[str], list[str] | None]]:
        rows = await self.world.admin.fetch(
            """SELECT line_no, verdict, codes, seen_enrollments AS changed FROM validation.plan_row
               WHERE import_id = $1""",
            undo,
        )
        return {row["line_no"]: (row["verdict"], row["codes"], row["changed"]) for row in rows}

    async def run(
        self, import_id: UUID, biller: Biller, rows: dict[str, Any] | None = None
    ) -> tuple[UUID, dict[int, Result]]:
        """The whole way."""
        undo = await self.ask(import_id, biller, rows)
        assert (await self.check(undo)).state == "held"
        assert (await self.confirm(undo, biller)).state == "approved"
        await self.start(undo, biller)
        await self.world.finish(undo)
        return undo, await self.world.results(undo)


def _definition(biller: Biller, kind: ImportKind) -> dict[str, Any]:
    return {
        "biller_id": biller.id,
        "kind": kind,
        "file": {"id": str(uuid4()), "sha256": "0" * 64, "size": 1},
        "invoice_types": [] if kind is ImportKind.REGISTRATION else ["WATER", "SEWER"],
        "columns": {"email": "Email"},
        "account_number": [{"column": "Acct"}],
    }
