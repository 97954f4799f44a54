"""How a check ends: rejected, held or approved, with its findings and what is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from services.validation.domain import decisions as taken
from services.validation.domain import second_person
from services.validation.domain.limits import Limits
from services.validation.domain.second_person import Beside
from services.validation.domain.shares import is_much
from services.validation.repository import amounts, canary, checks, crm, earlier, facts, findings, plan
from services.validation.repository.checks import Claim, Finding
from services.validation.repository.crm import LookupCounts
from services.validation.repository.facts import Facts
from services.validation.repository.tables import WorkingTables
from services.validation.staging import StagedFile
from services.validation.stopwatch import Stopwatch
from services.validation.subject import Subject
from shared.contracts.codes.names import (
    CREATE,
    FEW_FOUND,
    MANY_BLOCKED,
    NOT_FOUND,
    OTHER_ACCOUNTS,
    SECOND_PERSON,
    STOP_WORDS,
)
from shared.contracts.events import Counts, ImportApproved, ImportHeld, ImportRejected
from shared.contracts.fields import takes_bank_accounts
from shared.contracts.plan import Amounts, Impact
from shared.messaging import publish

_TENTH: Final = 10
_HALF: Final = 2
_FEWEST_STRANGERS: Final = 3
_UNDONE: Final = "Everything that was imported then has been undone"
State = Literal["rejected", "held", "approved"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    state: State
    codes: Mapping[str, int]
    undecided: tuple[str, ...] = ()
    planned: Counts = field(default_factory=Counts)
    chunks: int = 0
    seconds: Mapping[str, float] = field(default_factory=dict)


class Conclusion:
    """Writes the end of one check, in the check's transaction."""

    def __init__(self, work: WorkingTables, claim: Claim, watch: Stopwatch, limits: Limits | None = None) -> None:
        self._work = work
        self._connection = work.connection
        self._claim = claim
        self._watch = watch
        self._limits = limits or Limits()

    async def refused(self, found: Sequence[Finding]) -> CheckResult:
        """The file or the definition cannot be used; there is no plan."""
        return await self._rejected(found, rows=0)

    async def decided(self, subject: Subject, known: Facts, file: StagedFile) -> CheckResult:
        """Every row is decided: plan it, unless a person said to stop for what occurs."""
        lookup = await crm.lookup_counts(self._connection)
        if _are_bank_accounts(subject, file, lookup):
            return await self.refused([Finding("F021", lookup.rows, {})])
        chunks = await plan.write(self._work, subject, file.rows)
        if known.confirmed and (chosen := await canary.chosen(self._connection, subject.import_id)):
            chunks = await canary.set_apart(self._connection, subject.import_id, self._claim.check_no, chosen, chunks)
        self._watch.lap("planned")
        whole = {finding.code: finding for finding in await self._of_the_whole(subject, known, file, lookup)}
        made = lookup.nameable if subject.chose(NOT_FOUND, CREATE) else 0
        customers = await facts.customers_of(self._connection, subject.biller_id)
        planned = await amounts.planned(self._connection, subject)
        before = await amounts.before(self._connection, subject, self._limits.days)
        asked = second_person.asked(planned, before, customers, self._limits)
        if asked.count:
            whole[SECOND_PERSON] = Finding(SECOND_PERSON, asked.count, asked.detail)
        of_rows = await findings.row_findings(self._connection, lookup.missing)
        stopping = {code: one for code, one in of_rows.items() if code == STOP_WORDS}
        situation = taken.Situation({code: one.count for code, one in (whole | stopping).items()}, made, customers)
        if not known.is_tried and taken.is_stopped(known.decisions, situation):
            await plan.forget(self._connection, subject.import_id)
            return await self._rejected(list((whole | stopping).values()), rows=file.rows)
        found = whole | of_rows
        if OTHER_ACCOUNTS in found:
            found[OTHER_ACCOUNTS] = replace(
                found[OTHER_ACCOUNTS], detail=await findings.others_reached(self._connection)
            )
        for code in found.keys() & {"C215", "C246"}:
            found[code] = replace(
                found[code], detail={"values": await findings.replaced_methods(self._connection, code)}
            )
        for code in found.keys() & file.details.keys():
            found[code] = replace(found[code], detail=file.details[code])
        situation = taken.Situation({code: one.count for code, one in found.items()}, made, customers)
        beside = Beside(Amounts() if asked.count else planned, before)
        return await self._ruled(subject, known, found, situation, lookup, beside, rows=file.rows, chunks=chunks)

    async def _ruled(
        self,
        subject: Subject,
        known: Facts,
        found: dict[str, Finding],
        situation: taken.Situation,
        lookup: LookupCounts,
        beside: Beside,
        *,
        rows: int,
        chunks: int,
    ) -> CheckResult:
        planned = Counts(**await findings.planned_counts(self._connection))
        impact = await findings.impact(self._work, subject, lookup.nameable, situation.customers)
        if impact.rows_without_invoice:
            found["W320"] = Finding("W320", impact.rows_without_invoice, {"by_type": impact.enrolled_without_invoice})
        undecided = taken.undecided(known.decisions, situation)
        is_decided = known.confirmed or (known.definition.decide != "ask" and not known.is_tried)
        goes_on = not undecided and is_decided
        state: State = "approved" if goes_on else "held"
        alone = beside.alone if goes_on and beside.alone != Amounts() else None
        emails = known.definition.options.notify_customers
        impact = impact.model_copy(
            update={
                "customers_made_alone": beside.before.customers,
                "without_second_person": alone,
                "customers_emailed": await findings.emailed(self._connection, subject) if emails else 0,
            }
        )
        return await self._concluded(state, found, rows, planned, impact, undecided, chunks)

    async def undo(
        self,
        known: Facts,
        found: Mapping[str, Finding],
        planned: Counts,
        impact: Impact,
        *,
        rows: int,
        chunks: int,
    ) -> CheckResult:
        """The plan of an undo is written. A person always looks at it before anything is taken back."""
        situation = taken.Situation({code: one.count for code, one in found.items()}, 0, impact.customers_of_biller)
        undecided = taken.undecided(known.decisions, situation)
        state: State = "approved" if known.confirmed and not undecided else "held"
        return await self._concluded(state, found, rows, planned, impact, undecided, chunks)

    async def _concluded(
        self,
        state: State,
        found: Mapping[str, Finding],
        rows: int,
        planned: Counts,
        impact: Impact,
        undecided: tuple[str, ...],
        chunks: int,
    ) -> CheckResult:
        await self._write(state, list(found.values()), rows, planned, impact, undecided)
        codes = {code: one.count for code, one in sorted(found.items())}
        await self._tell(state, codes, planned, undecided, chunks)
        self._watch.lap("summed")
        return CheckResult(state, codes, undecided, planned, chunks, self._watch.laps)

    async def _rejected(self, found: Sequence[Finding], *, rows: int) -> CheckResult:
        codes = {finding.code: finding.count for finding in sorted(found, key=lambda one: one.code)}
        await self._write("rejected", found, rows, None, None, ())
        event = ImportRejected(**self._about(), codes=codes)
        await publish(self._connection, event)
        return CheckResult("rejected", codes, seconds=self._watch.laps)

    async def _write(
        self,
        state: State,
        found: Sequence[Finding],
        rows: int,
        planned: Counts | None,
        impact: Impact | None,
        undecided: Sequence[str],
    ) -> None:
        import_id = self._claim.import_id
        await checks.replace_findings(self._connection, import_id, found)
        await checks.conclude(
            self._connection,
            import_id,
            state=state,
            rows=rows,
            planned=planned.model_dump() if planned else None,
            impact=impact.stored() if impact else None,
            undecided=undecided,
        )

    async def _tell(
        self, state: State, codes: Mapping[str, int], planned: Counts, undecided: tuple[str, ...], chunks: int
    ) -> None:
        about: dict[str, Any] = {**self._about(), "codes": dict(codes), "planned": planned}
        match state:
            case "approved":
                await publish(self._connection, ImportApproved(**about, chunks=chunks))
            case "held":
                await publish(self._connection, ImportHeld(**about, undecided=undecided))
            case "rejected":
                raise ValueError("what is rejected has no plan to tell of")

    def _about(self) -> dict[str, Any]:
        claim = self._claim
        return {"import_id": claim.import_id, "biller_id": claim.biller_id, "check_no": claim.check_no}

    async def _of_the_whole(
        self, subject: Subject, known: Facts, file: StagedFile, lookup: LookupCounts
    ) -> list[Finding]:
        found = [*file.findings]
        if not known.has_recipients:
            found.append(Finding("W351", 1, {}))
        before = await earlier.was_imported(self._connection, subject.import_id)
        if before.is_known:
            found.append(Finding("C203", 1, {"message": _UNDONE} if before.is_undone else {}))
        if touched := await findings.touched_before(self._work, subject):
            found.append(Finding("C204", touched, {}))
        if is_much(blocked := await findings.blocked(self._connection), file.rows):
            found.append(Finding(MANY_BLOCKED, blocked, {"rows": file.rows}))
        if _are_strangers(subject, lookup):
            found.append(Finding("C206", lookup.misnamed, {"rows": lookup.named}))
        if (lookup.rows - lookup.missing) * 2 < lookup.rows:
            message = f"Accounts found: {lookup.rows - lookup.missing:,} of {lookup.rows:,}"
            detail = {"rows": lookup.rows, "missing": lookup.missing, "message": message}
            found.append(Finding(FEW_FOUND, lookup.missing, detail))
        return found


def _are_bank_accounts(subject: Subject, file: StagedFile, lookup: LookupCounts) -> bool:
    """Whether the numbers look like those of banks and none is a customer's; who imports these names their column."""
    return not takes_bank_accounts(subject.kind) and file.reads_bank_accounts and 0 < lookup.rows == lookup.missing


def _are_strangers(subject: Subject, lookup: LookupCounts) -> bool:
    """C206. A registration hands accounts over, so few are enough; so are few in a file where most names differ."""
    few = lookup.misnamed >= _FEWEST_STRANGERS
    is_owner_named = subject.kind.spec.enrollment is None
    return is_much(lookup.misnamed, lookup.named) or (
        few and lookup.misnamed * (_TENTH if is_owner_named else _HALF) > lookup.named
    )
