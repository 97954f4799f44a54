"""A whole import: what is refused, held or approved, and what stands in the CRM when it has run."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from shared.contracts.codes import CODES
from tests.support.model import autopay, collection, paperless, registration
from tests.support.model.collection import Forecast
from tests.support.model.doubts import doubt
from tests.support.model.job import Alone, Circumstances, CsvFile, Job, RowKey
from tests.support.model.records import Record, notices, records
from tests.support.model.refusal import refusals
from tests.support.model.row import OUTCOMES, Outcome, Row
from tests.support.model.row_reader import RowReader
from tests.support.model.state import CrmState
from tests.support.model.together import World, decide_together, follow, look_up

# Every other C code waits for a decision: answer-4.
_HAVE_A_DEFAULT = {number for number, code in CODES.items() if code.default}
_AS_WITHOUT_ANSWER = {"keep", "skip", "hold"}
_STOPS = ("C201", "C203", "C204", "C205", "C206", "C207", "C211", "C243")
_SOME = 10
_FEW = 3
_TENTH = 10
_MANY = 5_000
_ONE_IN = 5
_MOST_METHODS = 5_000
_MOST_OWNERS = 10
_OF_ROWS_AS_PLANNED = {"W321", "W323", "W324", "W332", "W333", "W344", "W345"}


@dataclass(frozen=True, slots=True)
class RowResult:
    """What becomes of a row."""

    outcome: Outcome
    codes: frozenset[str]

    def held_at_the_run(self) -> "RowResult":
        """The CRM has changed since the check: what only a row applied or left as it is has goes."""
        return RowResult("held", (self.codes - _OF_ROWS_AS_PLANNED) | {"R198"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check says, and what a run would leave behind."""

    state: Literal["rejected", "held", "approved"]
    refused: frozenset[str] = frozenset()
    undecided: frozenset[str] = frozenset()
    rows: Mapping[int, RowResult] = field(default_factory=dict)
    findings: Mapping[str, int] = field(default_factory=dict)
    would_create: int = 0
    after: CrmState | None = None
    keys: frozenset[RowKey] = frozenset()
    touched: frozenset[str] = frozenset()
    alone: Alone = field(default_factory=Alone)
    records: Mapping[int, Record] = field(default_factory=dict)
    notices: frozenset[tuple[str, str]] = frozenset()
    forecast: Forecast | None = None
    for_log: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    """Of the lines that say anything for the log alone."""

    @property
    def counts(self) -> dict[str, int]:
        """Rows by outcome."""
        return dict(Counter(result.outcome for result in self.rows.values()))


def check(state: CrmState, definition: Mapping[str, Any], file: CsvFile, circumstances: Circumstances) -> Verdict:
    """Check and, on a copy of the state, run an import."""
    job = Job(definition, file, circumstances)
    if refused := refusals(job, state):
        return Verdict("rejected", refused=refused)
    world = look_up(job, state, _read(job, state))
    decide_together(world)
    after = state.copy()
    _decide_and_apply(world, after)
    follow(world)
    would_create = _would_create(world)
    planned = _planned(world)
    findings = _findings(world)
    if waiting := _for_second_person(world, planned):
        findings["C207"] = waiting
    stopped = frozenset(code for code in _STOPS if code in findings and job.choice(code) == "stop")
    if stopped:
        return Verdict("rejected", refused=stopped)
    undecided = frozenset(code for code in findings if code[0] == "C" and _is_open(job, code, findings[code]))
    if "C207" in findings and not _is_approved(job):
        undecided |= {"C207"}
    if "C201" in findings and not _is_backed(world, would_create):
        undecided |= {"C201"}
    held = bool(undecided) or (job.asks and not circumstances.confirmed)
    return Verdict(
        "held" if held else "approved",
        undecided=undecided,
        rows={row.line: _result(row) for row in world.rows},
        findings=findings,
        would_create=would_create,
        after=after,
        keys=world.keys,
        touched=frozenset(world.touched),
        alone=Alone() if "C207" in findings else planned,
        records=records(world),
        notices=notices(world, after),
        forecast=collection.forecast(world, after) if job.kind == "autopay" else None,
        for_log={row.line: row.for_log for row in world.rows if row.for_log},
    )


def expected_counts(state: CrmState, definition: Mapping[str, Any], file: CsvFile, today: date) -> dict[str, int]:
    """Rows by outcome of an import that names its decisions, as the tables of a finished import show them."""
    verdict = check(state, definition, file, Circumstances(today))
    if verdict.state != "approved":
        raise ValueError(f"{verdict.state}: {sorted(verdict.refused | verdict.undecided)}")
    counts = Counter(result.outcome for result in verdict.rows.values())
    return {"read": counts.total()} | {outcome: counts[outcome] for outcome in OUTCOMES}


def _read(job: Job, state: CrmState) -> list[Row]:
    reader = RowReader(job, state.billers[job.biller])
    rows = [reader.read(line, cells) for line, cells in job.file.rows]
    doubt(job, reader, rows)
    rows += [
        Row(line, {"S404"}, "skipped") if line in job.excluded else Row(line, {code}, "failed")
        for line, code in job.file.bad.items()
    ]
    return sorted(rows, key=lambda row: row.line)


def _decide_and_apply(world: World, after: CrmState) -> None:
    created = [row for row in world.left if row.customer is None]
    for row in created:
        row.customer = row.new_customer
    if world.job.kind == "autopay":
        autopay.decide(world)
        _create(created, after)
        autopay.apply(world, after)
    elif world.job.kind == "paperless":
        emails = paperless.decide(world)
        _create(created, after)
        paperless.apply(world, emails, after)
    else:
        logins = registration.decide(world)
        _create(created, after)
        registration.apply(world, logins, after)


def _create(rows: list[Row], after: CrmState) -> None:
    for row in rows:
        if row.outcome == "applied" and row.customer:
            row.codes.add("W323")
            after.customers[row.customer.key] = replace(row.customer)


def _result(row: Row) -> RowResult:
    if row.outcome is None:
        raise ValueError(f"line {row.line} has no outcome")
    return RowResult(row.outcome, frozenset(row.codes))


def _findings(world: World) -> dict[str, int]:
    findings = Counter(code for row in world.rows for code in row.codes)
    missing = len(world.missing)
    findings["C202"] = missing + sum(row.leader in world.missing for row in world.rows)
    if missing * 2 > len(world.seeking):
        findings["C201"] = missing
    findings["C203"] = int(_was_imported(world))
    findings["C204"] = len(world.changed & world.job.circumstances.touched)
    findings["C205"] = _many(sum(_is_blocked(row) for row in world.rows), len(world.rows))
    findings["C206"] = _strangers(world)
    # A follower that shares its leader's fate has the leader's W311, and a number of its own that is whole.
    findings["C211"] = sum("W311" in (row.own if row.leader else row.codes) for row in world.rows)
    findings["W320"] = sum(_lacks_an_invoice(world, row) for row in world.rows if row.takes_hold)
    return {code: count for code, count in findings.items() if count}


def _was_imported(world: World) -> bool:
    circumstances = world.job.circumstances
    return circumstances.imported_before or any(
        len(world.keys & keys) * 10 > len(world.keys) * 9 for keys in circumstances.earlier
    )


def _strangers(world: World) -> int:
    """Names that do not agree, where they are many; for owners to be, and in small files, three are."""
    count, compared = sum("W310" in row.codes for row in world.named), len(world.named)
    share = 10 if world.job.kind == "registration" else 2
    return count if count >= _FEW and count * share > compared else _many(count, compared)


def _many(count: int, total: int) -> int:
    """The count where it is at least ten and more than a tenth of all."""
    return count if count >= _SOME and count * _TENTH > total else 0


def _is_blocked(row: Row) -> bool:
    return row.outcome == "failed" or (row.outcome == "held" and any(code[0] == "R" for code in row.codes))


def _lacks_an_invoice(world: World, row: Row) -> bool:
    return row.customer is not None and any(
        (row.customer.key, code) not in world.before.invoices for code in world.job.types
    )


def _would_create(world: World) -> int:
    if world.job.choice("C202") != "create":
        return 0
    named = (row for row in world.missing if row.new_customer is not None and row.new_customer.name is not None)
    return sum(not row.is_stand_in for row in named)


def _planned(world: World) -> Alone:
    """What a second person may have to agree to."""
    applied = [row for row in world.rows if row.outcome == "applied"]
    replaces = world.job.kind == "registration" and world.job.choice("C232") == "replace_owner"
    owners = sum("C232" in row.codes for row in applied) if replaces else 0
    created = sum("W323" in row.codes for row in applied)
    return Alone(created, len(applied) if world.job.kind == "autopay" else 0, owners)


def _for_second_person(world: World, planned: Alone) -> int:
    """C207: of what is too much, together with the imports before, how much there is in this one."""
    before = world.job.circumstances.alone
    known = max(0, _customers(world) - before.customers)
    made = planned.customers + before.customers
    waiting = planned.customers if made > _MANY or made * _ONE_IN > known else 0
    if planned.payment_methods + before.payment_methods > _MOST_METHODS:
        waiting += planned.payment_methods
    if planned.owners + before.owners > _MOST_OWNERS:
        waiting += planned.owners
    return waiting


def _customers(world: World) -> int:
    return sum(biller == world.biller.key for biller, _ in world.before.customers)


def _is_approved(job: Job) -> bool:
    decision = job.decisions.get("C207")
    return decision is not None and decision.approved


def _is_open(job: Job, code: str, count: int) -> bool:
    decision = job.decisions.get(code)
    if decision is None:
        return code.startswith("C") and code not in _HAVE_A_DEFAULT
    if decision.choice in _AS_WITHOUT_ANSWER and code in _HAVE_A_DEFAULT:
        return False
    return decision.count_seen is not None and count > decision.count_seen


def _is_backed(world: World, would_create: int) -> bool:
    """Whether the answer to C201 has the number typed, and the second person where one is needed."""
    decision = world.job.decisions.get("C201")
    if decision is None:
        return False
    customers = _customers(world)
    needs_second = would_create > _MANY or would_create * _ONE_IN > customers
    return not would_create or (decision.typed_count == would_create and (decision.approved or not needs_second))
