"""One check: a transaction that reads the file, decides its rows and writes findings, plan and what follows."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

from services.validation.conclusion import CheckResult, Conclusion
from services.validation.domain import decisions as taken
from services.validation.domain.context import Context, Secrets
from services.validation.domain.limits import CHECK_SECONDS, MEMORY_MEGABYTES, SILENCE_SECONDS, Limits
from services.validation.domain.screening import holds_cards_unread
from services.validation.progress import Cancelled, Progress, raise_if_cancelled
from services.validation.reading import Refused, UploadedBytes
from services.validation.repository import (
    autopay,
    checks,
    crm,
    facts,
    paperless,
    plan,
    registration,
    rounds,
    routing,
    staged,
)
from services.validation.repository.checks import Claim, Finding
from services.validation.repository.facts import Facts
from services.validation.repository.tables import WorkingTables
from services.validation.staging import StagedFile, stage
from services.validation.stopwatch import Stopwatch
from services.validation.subject import Subject
from services.validation.undoing import check_undo
from shared.contracts.codes import CODES
from shared.contracts.definition_rules import problems
from shared.contracts.fields import FieldName
from shared.contracts.kinds import ImportKind
from shared.postgres import Connection, Database
from shared.sealing import Fingerprint, Sealer
from shared.secure_upload import SecureUpload
from shared.today import us_today

_GRACE_SECONDS: Final = 30.0  # the check ends itself; the server ends what does not


@dataclass(frozen=True, slots=True)
class Tools:
    secure_upload: SecureUpload
    sealer: Sealer
    fingerprint: Fingerprint
    today: Callable[[], date] = us_today
    seconds: float = CHECK_SECONDS
    silence_seconds: float = SILENCE_SECONDS
    memory_megabytes: int = MEMORY_MEGABYTES
    limits: Limits = field(default_factory=Limits)
    undo_days: int = 30

    def secrets(self, biller_id: int) -> Secrets:
        """Sealing for one biller: a sealed number opens nowhere else."""
        return Secrets(partial(self.sealer.seal_each, context=f"bank_account:{biller_id}"), self.fingerprint.of)


async def run_check(database: Database, import_id: UUID, tools: Tools) -> CheckResult | None:
    """Claim and run the pending check of an import, in one transaction.

    None where nothing was done: another worker has it, its biller is busy, it is not due, or it was cancelled. Raises
    TimeoutError where it takes longer than it may.
    """
    try:
        async with (
            asyncio.timeout(tools.seconds),
            database.transaction(statement_timeout=tools.seconds) as connection,
        ):
            await checks.limit(connection, silence=tools.silence_seconds, total=tools.seconds + _GRACE_SECONDS)
            claim = await checks.claim(connection, import_id)
            if claim is None:
                return None
            result = await _Check(database, connection, claim, tools).run()
            await raise_if_cancelled(database, import_id)
            return result
    except Cancelled:
        return None


def _finding(refused: Refused) -> Finding:
    return Finding(refused.code, refused.count, refused.detail)


class _Check:
    def __init__(self, database: Database, connection: Connection, claim: Claim, tools: Tools) -> None:
        self._database = database
        self._connection = connection
        self._claim = claim
        self._tools = tools
        self._watch = Stopwatch()
        self._work = WorkingTables(connection)
        self._conclusion = Conclusion(self._work, claim, self._watch, tools.limits)

    async def run(self) -> CheckResult:
        if self._claim.check_no > 1:
            await plan.forget(self._connection, self._claim.import_id)
        if self._claim.is_undo:
            days = self._tools.undo_days
            return await check_undo(self._database, self._connection, self._claim, self._conclusion, days)
        try:
            known = await self._known()
        except Refused as refused:
            return await self._conclusion.refused([_finding(refused)])
        except _Unfit as unfit:
            return await self._conclusion.refused(unfit.findings)
        try:
            file = await self._staged(known)
        except Refused as refused:
            await checks.keep_bank_columns(self._connection, self._claim.import_id, refused.bank_columns)
            return await self._conclusion.refused([_finding(refused), *await self._cards_beside(refused, known)])
        await checks.keep_bank_columns(self._connection, self._claim.import_id, file.bank_columns)
        return await self._decided(known, file)

    async def _cards_beside(self, refused: Refused, known: Facts) -> list[Finding]:
        """F008 where a file that cannot be read holds card numbers too: it must not be kept."""
        source = UploadedBytes(self._tools.secure_upload.stream(known.object_key), asyncio.get_running_loop())
        return [Finding("F008", 1, {})] if await asyncio.to_thread(holds_cards_unread, refused.code, source) else []

    async def _known(self) -> Facts:
        """The facts; raises where there is no use in reading the file."""
        if self._claim.is_running:
            raise Refused("F017")
        claim = self._claim
        known = await facts.gather(self._connection, claim.import_id, claim.biller_id, claim.check_no)
        found = problems(known.definition, known.judged_by, self._tools.today())
        places: dict[str, list[str]] = {}
        for problem in found:
            if problem.code in CODES:
                places.setdefault(problem.code, []).append(problem.place)
        if places:
            raise _Unfit([Finding(code, len(where), {"places": where}) for code, where in places.items()])
        await checks.keep_seen(
            self._connection, claim.import_id, known.seen_biller, known.seen_types, known.seen_settings
        )
        return known

    async def _staged(self, known: Facts) -> StagedFile:
        await staged.prepare(self._work, self._tools.memory_megabytes)
        progress = Progress(self._database, self._claim, known.definition.file.size)
        stream = self._tools.secure_upload.stream(known.object_key)
        doubts = await rounds.doubts(self._connection, self._claim.import_id)
        context = await context_of(self._connection, known, self._tools, doubts)
        file = await stage(self._connection, stream, known, context, progress, self._tools.silence_seconds)
        self._watch.lap("staged")
        return file

    async def _decided(self, known: Facts, file: StagedFile) -> CheckResult:
        subject = subject_of(self._claim.import_id, self._claim.kind, known)
        if self._claim.is_round:
            await rounds.hold_accounts(self._work, subject.import_id)
        conflict = subject.kind.spec.conflict
        await staged.find_shared_accounts(self._work, conflict, may_be_shared=file.may_share_accounts)
        self._watch.lap("compared")
        await crm.look_up(self._work, subject)
        self._watch.lap("faced")
        await decide(self._work, subject)
        self._watch.lap("decided")
        return await self._conclusion.decided(subject, known, file)


class _Unfit(Exception):
    """The definition cannot be used any more."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__()
        self.findings = findings


async def context_of(connection: Connection, known: Facts, tools: Tools, doubts: frozenset[str]) -> Context:
    """What the file is read with; ``doubts`` are the codes of what its whole columns left in doubt."""
    looks_up = FieldName.ROUTING_NUMBER in known.definition.columns
    return Context(
        today=tools.today(),
        secrets=tools.secrets(known.biller.id),
        choices=taken.choices_of(known.decisions),
        directory=await routing.directory(connection) if looks_up else {},
        mail_domain=known.biller.mail_domain,
        doubts=doubts,
    )


async def decide(work: WorkingTables, subject: Subject) -> None:
    """The rows that the look-up in the CRM left open."""
    match subject.kind:
        case ImportKind.AUTOPAY:
            await autopay.decide(work, subject)
        case ImportKind.PAPERLESS:
            await paperless.decide(work, subject)
        case ImportKind.REGISTRATION:
            await registration.decide(work, subject)


def subject_of(import_id: UUID, kind: ImportKind, known: Facts) -> Subject:
    return Subject(
        import_id=import_id,
        biller_id=known.biller.id,
        realm_id=known.biller.realm_id,
        kind=kind,
        invoice_types=known.definition.invoice_types,
        folds_case=known.biller.folds_case,
        links_accounts=known.biller.links_accounts,
        mail_domain=known.biller.mail_domain.strip().lower(),
        effective_date=known.definition.options.effective_date,
        choices=taken.choices_of(known.decisions),
    )
