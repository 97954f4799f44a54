"""What the executor decides without a database: counts, the end of an import, what kind of failure an error is."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.contracts.events import Counts, FinalState
from shared.contracts.kinds import ImportKind
from shared.contracts.outcomes import Outcome

CHANGED_SINCE_CHECK: Final = "R198"
TECHNICAL_FAILURE: Final = "R199"
NOT_REACHED: Final = "S405"
NO_PERMISSION: Final = "F011"

ATTEMPTS_LIMIT: Final = 5
_LONGEST_DELAY: Final = timedelta(minutes=1)
_DOUBLINGS: Final = 16
_DATA_ERROR_CLASSES: Final = ("22", "23", "44")
_RAISED_BY_A_TRIGGER: Final = "P0001"


class JobState(StrEnum):
    """Where a job stands; what is not running applies no further row."""

    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


class JobStopped(Exception):
    """The import was stopped before the chunk in hand had written anything."""


@dataclass(frozen=True, slots=True)
class Job:
    """An approved import, with what its definition says about applying."""

    import_id: UUID
    biller_id: int
    kind: ImportKind
    subject: str
    realm_id: int
    invoice_type_ids: Sequence[int]
    effective_date: date | None
    attestation: str | None
    notify_customers: bool
    confirm_required: bool
    ignores_case: bool
    undoes: UUID | None = None
    is_canary: bool = False
    """Whether the rest waits until a person has looked at the rows in hand."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk this transaction holds."""

    import_id: UUID
    biller_id: int
    chunk_no: int
    attempts: int
    postponed: int = 0


@dataclass(frozen=True, slots=True)
class ChunkContents:
    """What the rows of a chunk ask for, so that statements with nothing to do are left out."""

    rows: int
    creates_customers: bool
    creates_logins: bool
    links: bool
    replaces_owners: bool
    claims: bool
    updates_email: bool
    has_records: bool
    has_enrollments: bool
    has_methods: bool
    needs_methods: bool


@dataclass(slots=True)
class Changes:
    """What is not as the check saw it: names of facts (``shared/contracts/facts.py``), by group.

    ``whole`` are those of them that are of the whole import.
    """

    groups: dict[int, set[str]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)

    def add(self, leader: int, facts: Iterable[str]) -> None:
        self.groups.setdefault(leader, set()).update(facts)

    def add_whole(self, facts: Collection[str], leaders: Iterable[int]) -> None:
        """Facts of the whole import differ, which concerns these groups."""
        self.whole.update(facts)
        for leader in leaders:
            self.add(leader, facts)


@dataclass(frozen=True, slots=True)
class NotApplied:
    """Groups whose rows end otherwise than planned; ``changed``, by group, where the CRM is to blame."""

    leaders: Collection[int]
    outcome: Outcome
    code: str
    changed: Mapping[int, Collection[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Tally:
    """Rows by outcome and by code, and what of the whole import had changed."""

    outcomes: dict[str, int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)

    def add(self, outcome: str, codes: Iterable[str], rows: int) -> None:
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + rows
        for code in codes:
            self.codes[code] = self.codes.get(code, 0) + rows

    def merge(self, outcomes: Mapping[str, int], codes: Mapping[str, int]) -> None:
        for outcome, rows in outcomes.items():
            self.add(outcome, (), rows)
        for code, rows in codes.items():
            self.codes[code] = self.codes.get(code, 0) + rows

    @property
    def counts(self) -> Counts:
        return Counts(**{outcome: rows for outcome, rows in self.outcomes.items() if outcome != "read"})


def final_state(state: JobState, counts: Counts) -> FinalState:
    match state:
        case JobState.CANCELLED:
            return FinalState.CANCELLED
        case JobState.FAILED:
            return FinalState.FAILED
        case JobState.RUNNING | JobState.FINISHED:
            return FinalState.COMPLETED_WITH_ERRORS if counts.failed or counts.held else FinalState.COMPLETED


def is_data_error(sqlstate: str | None) -> bool:
    """Whether the rows are to blame: a value, a constraint or a trigger of the CRM refused them."""
    return sqlstate is not None and (sqlstate[:2] in _DATA_ERROR_CLASSES or sqlstate == _RAISED_BY_A_TRIGGER)


def problem_of(error: Exception) -> str:
    """The error without its text, which may hold values of a row: its SQLSTATE, else its type."""
    return getattr(error, "sqlstate", None) or type(error).__name__


def retry_delay(failures: int, base: timedelta) -> timedelta:
    """The wait after so many failures: doubled each time, within a limit."""
    return min(base * (1 << min(failures - 1, _DOUBLINGS)), _LONGEST_DELAY)


def halves(groups: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
    """Two parts of at least one group each."""
    middle = len(groups) // 2
    return groups[:middle], groups[middle:]
