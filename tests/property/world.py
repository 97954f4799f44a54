"""The real check and the real executor, in this process, on the real database."""

import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from services.executor import handlers as executor_handlers
from services.executor.worker import Executor, apply_pending
from services.mapping.context import Context
from services.mapping.usecases.rounds import Asked, start_round
from services.validation import handlers as validation_handlers
from services.validation.check import Tools, run_check
from services.validation.conclusion import CheckResult
from shared.auth import Person
from shared.contracts.events import Counts, FinalState, ImportApproved, ImportConfirmed, ImportDefined, ImportFinished
from shared.contracts.kinds import ImportKind
from shared.postgres import Connection, Database
from shared.sealing import Fingerprint, Sealer
from shared.secure_upload import SecureUpload, object_key
from stack.demo import DemoData
from stack.demo import load as load_demo
from tests.property.found import Found, Registered
from tests.support.generators.crm import Loaded, dump, load
from tests.support.generators.csv_bytes import csv_bytes
from tests.support.generators.files import Case
from tests.support.model import CrmState, Decision, RowResult, Verdict
from tests.support.model.job import Right
from tests.support.model.state import Fingerprint as Identity

STATE_PARTS = ("customers", "logins", "links", "methods", "autopay", "paperless")
_KEEP = 1 << 20


@dataclass(frozen=True, slots=True)
class RealVault:
    """Bank account numbers as the services keep them."""

    sealer: Sealer
    keyed: Fingerprint

    def seal(self, account: str, biller_id: int) -> bytes:
        return self.sealer.seal(account, f"bank_account:{biller_id}")

    def open(self, sealed: bytes, biller_id: int) -> str:
        return self.sealer.unseal(sealed, f"bank_account:{biller_id}")

    def fingerprint(self, parts: Identity) -> bytes:
        return self.keyed.of(*parts)


class World(Found):
    """Loads states, registers imports, runs them."""

    def __init__(
        self,
        admin: Connection,
        validation: Database,
        executor: Database,
        mapping: Database,
        upload: SecureUpload,
        vault: RealVault,
    ) -> None:
        super().__init__(admin)
        self._validation = validation
        self._executor = executor
        self._mapping = Context(mapping, upload, _KEEP)
        self._upload = upload
        self._vault = vault
        self._tools = Tools(upload, vault.sealer, vault.keyed)

    async def load(self, state: CrmState) -> Loaded:
        return await load(self._admin, state, self._vault)

    async def agree(self, case: Case) -> Verdict:
        """Check and run a case whose decisions are named; the model's verdict, if the services say the same."""
        verdict = case.verdict
        loaded = await self.load(case.state)
        one = await self.register_case(case, loaded)
        result = await self.check(one)
        cells, plan = dict(case.file.rows), await self.plan(one)
        lines = [line for line in verdict.rows if plan[line] != verdict.rows[line]]
        assert [(cells[line], plan[line], verdict.rows[line]) for line in lines] == []
        assert result.state == verdict.state == "approved"
        assert await self.run(one, result, 1) == verdict.rows
        assert verdict.after is not None
        after, _ = await self.dump(case.state, loaded)
        for part in STATE_PARTS:
            assert getattr(after, part) == getattr(verdict.after, part)
        assert await self.for_log(one) == verdict.for_log
        return verdict

    async def load_demo(self, today: date) -> DemoData:
        return await load_demo(self._admin, today)

    async def dump(self, state: CrmState, loaded: Loaded) -> tuple[CrmState, Loaded]:
        return await dump(self._admin, state, loaded, self._vault)

    async def register_case(self, case: Case, loaded: Loaded) -> Registered:
        """The file and definition of a generated case."""
        biller_id = loaded.billers[case.definition["biller_id"]]
        given = case.circumstances
        await self.load_directory(given.directory)
        return await self.register(
            csv_bytes(case.file), case.definition, biller_id, given.right, may_replace_owner=given.may_replace_owner
        )

    async def load_directory(self, directory: Mapping[str, str | None]) -> None:
        await self._admin.execute("DELETE FROM validation.routing_number")
        await self._admin.executemany("INSERT INTO validation.routing_number VALUES ($1, $2)", list(directory.items()))

    async def register(
        self,
        content: bytes,
        definition: Mapping[str, Any],
        biller_id: int,
        right: Right | None = "all",
        *,
        may_replace_owner: bool = False,
    ) -> Registered:
        """File and definition as the mapping service writes them."""
        subject, import_id, file_id = f"person-{uuid4()}", uuid4(), uuid4()
        digest = hashlib.sha256(content).hexdigest()
        key = object_key(biller_id, file_id)
        await self._upload.put(key, _one_piece(content), _KEEP)
        await self._grant(subject, biller_id, right, may_replace_owner=may_replace_owner)
        await self._grant_approval(biller_id)
        await self._admin.execute(
            """INSERT INTO mapping.secure_file (id, biller_id, name, sha256, size, object_key, kind_hint, uploaded_by)
               VALUES ($1, $2, 'file.csv', $3, $4, $5, 'unknown', $6)""",
            *(file_id, biller_id, digest, len(content), key, subject),
        )
        reference = {"id": str(file_id), "sha256": digest, "size": len(content)}
        definition = dict(definition) | {"biller_id": biller_id, "file": reference}
        await self._admin.execute(
            """INSERT INTO mapping.import
                   (id, biller_id, kind, file_id, definition, requester, request_id, request_hash)
               VALUES ($1, $2, $3, $4, $5, $6, $7, '')""",
            *(import_id, biller_id, definition["kind"], file_id, definition, _requester(subject), uuid4()),
        )
        defined = ImportDefined(import_id=import_id, biller_id=biller_id, kind=ImportKind(definition["kind"]))
        async with self._validation.transaction() as connection:
            await validation_handlers.on_import_defined(connection, defined)
        return Registered(import_id, biller_id, subject)

    async def _grant(self, subject: str, biller_id: int, right: Right | None, *, may_replace_owner: bool) -> None:
        if right:
            await self._admin.execute(
                """INSERT INTO crm.operator_right (subject, biller_id, permission, may_replace_owner)
                   VALUES ($1, $2, $3, $4)""",
                *(subject, biller_id, right, may_replace_owner),
            )

    async def _grant_approval(self, biller_id: int) -> None:
        """The second person of every import here."""
        await self._admin.execute(
            """INSERT INTO crm.operator_right (subject, biller_id, permission, may_approve)
               VALUES ('second', $1, 'all', true) ON CONFLICT DO NOTHING""",
            biller_id,
        )

    async def register_undo(self, undone: Registered) -> Registered:
        """The undo of an import, as the mapping service writes it."""
        subject, import_id = f"undoer-{uuid4()}", uuid4()
        await self._admin.execute(
            """INSERT INTO crm.operator_right (subject, biller_id, permission, may_undo)
               VALUES ($1, $2, 'all', true)""",
            *(subject, undone.biller_id),
        )
        await self._admin.execute(
            """INSERT INTO mapping.import
                   (id, biller_id, kind, file_id, definition, requester, request_id, request_hash, undoes)
               SELECT $2, biller_id, kind, file_id,
                   jsonb_build_object(
                       'undoes', id, 'file', definition -> 'file', 'of', coalesce(definition -> 'of', definition)
                   ),
                   $3, $2, '', id
               FROM mapping.import WHERE id = $1""",
            *(undone.import_id, import_id, _requester(subject)),
        )
        kind = await self._admin.fetchval("SELECT kind FROM mapping.import WHERE id = $1", import_id)
        defined = ImportDefined(import_id=import_id, biller_id=undone.biller_id, kind=ImportKind(kind))
        async with self._validation.transaction() as connection:
            await validation_handlers.on_import_defined(connection, defined)
        return Registered(import_id, undone.biller_id, subject)

    async def start_round(self, of: Registered, asked: Asked) -> Registered:
        """Rows of an import tried again, by the mapping service; validation hears of it."""
        person = Person(of.subject, "Ivy Marsh")
        started = await start_round(self._mapping, person, of.import_id, uuid4(), asked)
        kind = await self._admin.fetchval("SELECT kind FROM mapping.import WHERE id = $1", of.import_id)
        defined = ImportDefined(import_id=started.round_import_id, biller_id=of.biller_id, kind=ImportKind(kind))
        async with self._validation.transaction() as connection:
            await validation_handlers.on_import_defined(connection, defined)
        return Registered(started.round_import_id, of.biller_id, of.subject)

    async def approve_undo(self, undo: Registered) -> CheckResult:
        """Check an undo, confirm it, by a second person too where that is asked for, and start it."""
        held = await self.check(undo)
        assert held.state == "held"
        decisions = {
            code: Decision("continue", count_seen=held.codes[code], approved=True)
            for code in held.undecided
            if code == "C207"
        }
        await self.confirm(undo, decisions, 1)
        result = await self.check(undo)
        assert result.state == "approved"
        await self.start(undo, result, 2)
        return result

    async def cancel(self, one: Registered) -> None:
        """Cancel in the executors' records, as mapping does."""
        await self._admin.execute("SELECT execution.cancel_import($1, $2, 'cancelled')", one.import_id, one.biller_id)

    async def check(self, one: Registered) -> CheckResult:
        result = await run_check(self._validation, one.import_id, self._tools)
        assert result is not None
        return result

    async def confirm(self, one: Registered, decisions: Mapping[str, Decision], check_no: int) -> None:
        """The person who asked decides and confirms a check; another one approves where that is needed."""
        second = f"second of {one.subject}"
        if any(decision.approved for decision in decisions.values()):
            await self._admin.execute(
                """INSERT INTO crm.operator_right (subject, biller_id, permission, may_approve)
                   VALUES ($1, $2, 'all', true) ON CONFLICT DO NOTHING""",
                *(second, one.biller_id),
            )
        rows = [
            (one.import_id, code, d.choice, d.count_seen, d.typed_count, one.subject, second if d.approved else None)
            for code, d in decisions.items()
        ]
        await self._admin.execute("DELETE FROM mapping.decision WHERE import_id = $1", one.import_id)
        await self._admin.executemany(
            """INSERT INTO mapping.decision
                   (import_id, code, choice, count_seen, typed_count, decided_by, approved_by)
               VALUES ($1, $2, $3, $4, $5, $6, $7)""",
            rows,
        )
        await self._admin.execute(
            "INSERT INTO mapping.confirmation (import_id, check_no, confirmed_by) VALUES ($1, $2, $3)",
            *(one.import_id, check_no, one.subject),
        )
        event = ImportConfirmed(import_id=one.import_id, biller_id=one.biller_id, check_no=check_no)
        async with self._validation.transaction() as connection:
            await validation_handlers.on_import_confirmed(connection, event)

    async def run(self, one: Registered, result: CheckResult, check_no: int) -> dict[int, RowResult]:
        """Apply the plan; what became of each row."""
        await self.start(one, result, check_no)
        await apply_pending(self._executor, one.import_id, limit=60)
        await self.finish(one)
        return await self.results(one)

    async def start(self, one: Registered, result: CheckResult, check_no: int) -> None:
        """The executor hears of the approval."""
        approved = ImportApproved(
            import_id=one.import_id,
            biller_id=one.biller_id,
            check_no=check_no,
            codes=dict(result.codes),
            planned=result.planned,
            chunks=result.chunks,
        )
        async with self._executor.transaction() as connection:
            await executor_handlers.on_import_approved(connection, approved)

    async def step(self, one: Registered) -> bool:
        """Apply one chunk, or end the import; False where nothing is left to do."""
        return await Executor(self._executor, name="stepping").step(one.import_id)

    async def write(self, statement: str, *values: Any) -> None:
        """What another writer of the CRM does."""
        await self._admin.execute(statement, *values)

    def fingerprint(self, parts: Identity) -> bytes:
        return self._vault.fingerprint(parts)

    def seal(self, account: str, biller_id: int) -> bytes:
        return self._vault.seal(account, biller_id)

    async def finish(self, one: Registered) -> None:
        """The biller is free for the next import."""
        finished = ImportFinished(
            import_id=one.import_id,
            biller_id=one.biller_id,
            state=FinalState.COMPLETED,
            counts=Counts(),
            codes={},
            started_at=None,
            finished_at=await self._admin.fetchval("SELECT now()"),
        )
        async with self._validation.transaction() as connection:
            await validation_handlers.on_import_finished(connection, finished)


async def _one_piece(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _requester(subject: str) -> dict[str, Any]:
    return {"subject": subject, "name": "Ivy Marsh", "permission": "all"}
