"""What a mail says: everything in it is masked, since a mail lies about for years and is passed on. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from services.notifier.domain import Overview, State, explain, mask_emails, plan_against_outcome, reason_of
from services.notifier.records import Family, Finding, Row, Undoing
from shared.contracts.codes import by_weight, counted
from shared.contracts.events import Counts
from shared.contracts.facts import fact_words, remedy_of
from shared.contracts.finding_text import finding_text
from shared.contracts.log_columns import mask_number
from shared.contracts.outcomes import Outcome
from shared.contracts.states import state_words

FIRST_FAILURES: Final = 20
FAILURES: Final = (Outcome.FAILED, Outcome.HELD)
_NO_UNDO: Final = Undoing()


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A code, how often it occurs, and its words."""

    code: str
    count: str
    title: str
    remedy: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """Something that the whole import depends on and that changed after the check, and what to do."""

    name: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Failure:
    """One of the first rows that somebody has to look at."""

    line: int
    outcome: str
    codes: str
    reason: str
    account: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the templates show."""

    import_id: UUID
    subject: str
    ending: str
    is_rejected: bool
    kind: str
    biller: str
    file_name: str
    requester: str
    requested_at: str
    started_at: str
    finished_at: str
    undoes: str
    round: str
    in_all: str
    counts: Counts
    conservation: str
    against_plan: str
    codes: Sequence[CodeLine]
    changed: Sequence[ChangeLine]
    failures: Sequence[Failure]
    failures_left: int
    log_note: str
    link: str


def conservation(counts: Counts) -> str:
    parts = [f"{getattr(counts, outcome.value):,} {outcome.words.lower()}" for outcome in Outcome]
    return f"{_rows(counts.read)} = {' + '.join(parts)}"


def report_of(
    overview: Overview,
    failures: Sequence[Row],
    changed: Sequence[str],
    log_note: str,
    link: str,
    findings: Sequence[Finding] = (),
    undoing: Undoing = _NO_UNDO,
    family: Family | None = None,
    *,
    of_pause: bool = False,
) -> Report:
    kind = f"Undo of {overview.kind.spec.label}" if overview.undoes else overview.kind.spec.label
    details = {finding.code: finding.detail for finding in findings}
    counts = overview.counts
    heaviest = sorted(overview.codes.items(), key=lambda one: by_weight(*one))
    return Report(
        import_id=overview.import_id,
        subject=_one_line(
            f"{mask_emails(overview.biller_name)} {kind.lower()}: {_in_short(overview, of_pause=of_pause)}"
        ),
        ending="import paused for review" if of_pause else _ending(overview.state),
        is_rejected=overview.state is State.REJECTED,
        kind=kind,
        biller=mask_emails(overview.biller_name),
        file_name=mask_emails(overview.file_name),
        requester=mask_emails(overview.requester_name),
        requested_at=_when(overview.defined_at),
        started_at=_when(overview.started_at),
        finished_at=_when(overview.finished_at),
        undoes=_undoes(overview, undoing),
        round=f"{overview.round} of import {overview.retries}" if overview.retries else "",
        in_all=_in_all(family),
        counts=counts,
        conservation=conservation(counts),
        against_plan=plan_against_outcome(counts.read, overview.codes) if overview.has_log else "",
        codes=[_code_line(code, count, details.get(code, {})) for code, count in heaviest],
        changed=[ChangeLine(fact_words(name).capitalize(), remedy_of(name)) for name in changed],
        failures=[_failure(row) for row in failures],
        failures_left=max(counts.failed + counts.held - len(failures), 0),
        log_note=log_note,
        link=link,
    )


def _undoes(overview: Overview, undoing: Undoing) -> str:
    """Which rows of which import an undo is of; empty where it is none."""
    if overview.undoes is None:
        return ""
    return f"{overview.undoes}, {undoing.chosen.words if undoing.chosen else 'all rows that were applied'}"


def _in_all(family: Family | None) -> str:
    """How the rows of the whole import stand, each as it ended last."""
    if family is None:
        return ""
    after = f" after {family.rounds} rounds" if family.rounds > 1 else ""
    undone = f"; {family.undone:,} of the applied are undone" if family.undone else ""
    return f"Import {family.import_id}{after}: {conservation(family.totals)}{undone}"


def _ending(state: State) -> str:
    return "file rejected, nothing was imported" if state is State.REJECTED else f"import {state_words(state).lower()}"


def _in_short(overview: Overview, *, of_pause: bool) -> str:
    counts = overview.counts
    to_fix = counts.failed + counts.held
    applied = f"{counts.applied:,} of {counts.read:,} applied" + (f", {to_fix:,} to fix" if to_fix else "")
    if of_pause:
        return f"paused for review, {applied}"
    match overview.state:
        case State.REJECTED:
            return "file rejected"
        case State.CANCELLED | State.FAILED:
            ended = f"import {state_words(overview.state).lower()}"
            return f"{ended}, {applied}" if counts.read else ended
        case _:
            return applied


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _when(moment: datetime | None) -> str:
    """In UTC, and it says so: a mail is read in more than one time zone."""
    if moment is None:
        return "-"
    utc = moment.astimezone(UTC)
    time = f"{utc:%I:%M %p}".lstrip("0")
    return f"{utc:%b} {utc.day}, {utc.year}, {time} UTC"


def _code_line(code: str, count: int, detail: Mapping[str, Any]) -> CodeLine:
    words, said = explain(code), finding_text(detail, quoting=False)
    message = mask_emails(f"{said.message} ({said.place})" if said.message and said.place else said.message)
    return CodeLine(code, counted(code, count), message or words.title, mask_emails(said.remedy) or words.remedy)


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def _failure(row: Row) -> Failure:
    return Failure(
        line=row.line_no,
        outcome=row.outcome.words,
        codes=" ".join(row.codes),
        reason=reason_of(row.codes, row.changed),
        account=mask_number(row.account_number or ""),
    )
