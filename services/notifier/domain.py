"""What the events of an import come to, and how often a mail is tried. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.contracts.codes import CODES, code_title
from shared.contracts.codes.names import NOT_AS_PLANNED
from shared.contracts.events import Counts, FinalState
from shared.contracts.facts import fact_words
from shared.contracts.kinds import ImportKind
from shared.contracts.outcomes import Outcome
from shared.contracts.queue import QueuePlace
from shared.contracts.states import state_words
from shared.contracts.waiting import postponed_by

_LEFT_ALONE: Final = frozenset({"R161", "R162", "R163", "R164"})  # rows that an undo does not take back
UNDONE: Final = "undone"
"""What happened to an applied row that an undo took back."""
_STEPS_OF_A_CHECK: Final = 10
_CONFIRMED: Final = 3
AFTER_THE_CHECKS: Final = 1 << 40
RUNNING: Final = AFTER_THE_CHECKS + 1
CANCELLED: Final = AFTER_THE_CHECKS + 2
FINISHED: Final = AFTER_THE_CHECKS + 3


def checking(check_no: int) -> int:
    """The phase of a check that is running.

    Events may come in any order. Each has a phase, and the state is that of the event with the greatest one, whatever
    came last: so every order ends in the same view.
    """
    return check_no * _STEPS_OF_A_CHECK + 1


def held(check_no: int) -> int:
    return check_no * _STEPS_OF_A_CHECK + 2


def confirmed(check_no: int) -> int:
    return check_no * _STEPS_OF_A_CHECK + _CONFIRMED


def rejected(check_no: int) -> int:
    return check_no * _STEPS_OF_A_CHECK + 4


def approved(check_no: int) -> int:
    return check_no * _STEPS_OF_A_CHECK + 5


class State(StrEnum):
    CHECKING = "checking"
    REJECTED = "rejected"
    HELD = "held"
    APPROVED = "approved"
    RUNNING = "running"
    WAITING = "waiting"
    IN_REVIEW = "in_review"
    CANCELLING = "cancelling"
    COMPLETED = "completed"
    COMPLETED_WITH_ERRORS = "completed_with_errors"
    FAILED = "failed"
    CANCELLED = "cancelled"


IN_PROGRESS: Final = (
    State.CHECKING,
    State.HELD,
    State.APPROVED,
    State.RUNNING,
    State.WAITING,
    State.IN_REVIEW,
    State.CANCELLING,
)
COMPLETED: Final = tuple(state for state in State if state not in IN_PROGRESS)


def state_of(final: FinalState) -> State:
    return State(final.value)


@dataclass(frozen=True, slots=True)
class Behind:
    """Another import of the same biller that has to end first; nameless for who may not see it."""

    import_id: UUID | None
    file_name: str | None
    state: State

    @property
    def state_text(self) -> str:
        return "Ending" if self.state in COMPLETED else state_words(self.state)

    @property
    def text(self) -> str:
        name = f": {self.file_name}" if self.file_name else ""
        return f"Waiting for another import for this biller{name} ({self.state_text})"


@dataclass(frozen=True, slots=True)
class Pause:
    """Those who look after the system hold the import back."""

    since: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class WaitingPart:
    """A part of an import that could not be applied and is tried again."""

    chunk_no: int
    attempts: int
    last_problem: str | None
    not_before: datetime

    @property
    def number(self) -> int:
        return self.chunk_no + 1

    @property
    def text(self) -> str:
        match self.attempts:
            case 0:
                return f"waits: {postponed_by(self.last_problem)}"
            case 1:
                return "failed once"
            case more:
                return f"failed {more:,} times"


@dataclass(frozen=True, slots=True)
class Overview:
    """An import as the view holds it, with the names that belong to its ids."""

    import_id: UUID
    biller_id: int
    kind: ImportKind
    state: State
    phase: int
    verdict_phase: int
    check_no: int | None
    progress_check: int
    rows_read: int
    bytes_read: int
    bytes_total: int
    planned: Counts | None
    codes: Mapping[str, int]
    undecided: Sequence[str]
    chunks: int | None
    chunks_done: int
    counts: Counts
    defined_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    revision: int
    updated_at: datetime
    waiting_since: datetime | None
    waiting_reason: str | None
    biller_name: str
    file_name: str
    requester_name: str
    requester_subject: str
    behind: Behind | None = None
    queue: QueuePlace | None = None
    pause: Pause | None = None
    undoes: UUID | None = None
    in_review_since: datetime | None = None
    retries: UUID | None = None
    round: int | None = None
    totals: Counts | None = None
    """Rows by their newest outcome, where rounds of the import have ended."""

    @property
    def is_settling(self) -> bool:
        """Whether it was cancelled after its approval: chunks in hand may still end, others have no outcome yet."""
        return self.state is State.CANCELLING

    @property
    def has_log(self) -> bool:
        """Whether the import ended and rows have outcomes; an import that never ran has none."""
        return self.phase >= FINISHED and self.counts.read > 0

    @property
    def awaits_next_check(self) -> bool:
        """Whether the progress is that of a check which was confirmed, and the next has said nothing yet."""
        return self.phase < AFTER_THE_CHECKS and self.phase % _STEPS_OF_A_CHECK == _CONFIRMED


@dataclass(frozen=True, slots=True)
class Correction:
    """A cell that a person corrected for a round, as people may see it."""

    round: int
    line_no: int
    column_name: str
    before: str
    after: str
    corrected_by: str
    corrected_at: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row of the file."""

    line_no: int
    outcome: Outcome
    codes: Sequence[str]
    for_log: Mapping[str, str] = field(default_factory=dict)  # what the file says for the log alone, by field
    changed: Sequence[str] = ()  # what of the CRM was not as the check saw it: names of facts
    undone_by: UUID | None = None  # the import that took the row back
    undone_at: datetime | None = None
    returned_to_paper_at: datetime | None = None
    round: int = 1
    corrections: Sequence[Correction] = ()
    customer_id: int | None = None
    login_id: int | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """A code in plain words."""

    code: str
    title: str
    remedy: str
    is_of_the_whole: bool = False


def explain(number: str) -> Explained:
    """The words of the registry; a code of a newer release stands for itself."""
    code = CODES.get(number)
    if code is None:
        return Explained(number, code_title(number), "")
    return Explained(number, code.title, code.remedy, is_of_the_whole=code.is_of_the_whole)


def reason_of(codes: Sequence[str], changed: Sequence[str] = ()) -> str:
    parts = ["; ".join(explain(number).title for number in codes), changes_of(changed, codes)]
    return ". ".join(part for part in parts if part)


def undone_words(undone_by: UUID, undone_at: datetime) -> str:
    return f"Undone {undone_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC by import {undone_by}"


def paper_words(returned_at: datetime) -> str:
    return f"Returned to paper {returned_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC: the email to the customer bounced"


def in_sum(counts: Counts, rounds: Sequence[tuple[Counts, Counts]]) -> Counts:
    """Rows by their newest outcome: of each round how its rows ended takes the place of how they had ended before."""
    sums = {
        outcome.value: getattr(counts, outcome.value)
        + sum(getattr(now, outcome.value) - getattr(before, outcome.value) for now, before in rounds)
        for outcome in Outcome
    }
    return Counts(**sums)


def changes_of(changed: Sequence[str], codes: Sequence[str] = ()) -> str:
    """What of the CRM is not as the check saw it, for the row or another one of its login; empty: not known."""
    since = "import" if _LEFT_ALONE & set(codes) else "check"
    return f"What changed since the {since}: {'; '.join(map(fact_words, changed))}" if changed else ""


# Every character belongs to one run alone, so that no text of a file makes the search long.
_WORDS: Final = re.compile(r"[^\s,;|<>]+")
_ADDRESS: Final = re.compile(r"[\w.+'%-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)


def mask_emails(text: str) -> str:
    """The text with every address in it as ``a***@example.com``."""
    return _WORDS.sub(_mask_word, text) if "@" in text else text


def _mask_word(word: re.Match[str]) -> str:
    """Only the first letter of what stands before a sign; what follows the last one is the domain."""
    *locals_, domain = word[0].split("@")
    return "@".join((*(f"{local[0]}***" if local else "" for local in locals_), domain))


def mask_email_cell(text: str) -> str:
    """A cell that should hold addresses: whatever else stands there may be one, written wrongly, and is not shown."""
    words = _WORDS.findall(text)
    if words and all(map(_ADDRESS.fullmatch, words)):
        return mask_emails(text)
    return f"{text.strip()[:1]}***" if text.strip() else ""


LONGEST_WAIT: Final = timedelta(hours=1)
GIVE_UP_AFTER: Final = timedelta(days=3)
_DOUBLINGS: Final = 12  # 2 ** 12 s is beyond the longest wait


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many tries of a mail: 1 s, 2 s, 4 s … 1 h."""
    doublings = min(max(attempts - 1, 0), _DOUBLINGS)
    return min(timedelta(seconds=1 << doublings), LONGEST_WAIT)


def plan_against_outcome(read: int, codes: Mapping[str, int], rounds: int = 0) -> str:
    others = {code: codes[code] for code in NOT_AS_PLANNED if codes.get(code)}
    if not read:
        return ""
    planned = f"ended as planned after {rounds + 1} rounds" if rounds else "ended as planned"
    if not others:
        return f"The row {planned}" if read == 1 else f"All {read:,} rows {planned}"
    told = [f"{_rows(count)} did not: {explain(code).title} ({code})" for code, count in others.items()]
    return ". ".join([f"{read - sum(others.values()):,} of {read:,} rows {planned}", *told])


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"
