"""What the executor decides without a database: counts, the end of an import, what kind of failure an error is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

from shared.contracts.codes import Outcome
from shared.contracts.definition import ImportKind
from shared.contracts.events import Counts, FinalState

CHANGED_SINCE_CHECK: Final = "R198"
TECHNICAL_FAILURE: Final = "R199"
NOT_REACHED: Final = "S405"
NO_PERMISSION: Final = "F011"

ATTEMPTS_LIMIT: Final = 5
_LONGEST_DELAY: Final = timedelta(minutes=1)
_DATA_ERROR_CLASSES: Final = ("22", "23", "44")
_RAISED_BY_A_TRIGGER: Final = "P0001"


class JobState(StrEnum):
    """Where a job stands; what is not running applies no further row."""

    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


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


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk this transaction holds."""

    import_id: UUID
    biller_id: int
    chunk_no: int
    attempts: int

    @property
    def given_up(self) -> bool:
        """Whether it failed so often that its rows are failed instead of tried again."""
        return self.attempts >= ATTEMPTS_LIMIT


@dataclass(frozen=True, slots=True)
class Shape:
    """What the rows of a chunk ask for, so that statements with nothing to do are left out."""

    rows: int
    creates_customers: bool
    creates_logins: bool
    links: bool
    replaces_owners: bool
    claims: bool
    updates_email: bool
    has_records: bool
    has_methods: bool
    needs_methods: bool


@dataclass(frozen=True, slots=True)
class Spoilt:
    """Groups whose rows end otherwise than planned."""

    leaders: Sequence[int]
    outcome: Outcome
    code: str


@dataclass(slots=True)
class Tally:
    """Rows by outcome and by code."""

    outcomes: dict[str, int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)

    def add(self, outcome: str, codes: Iterable[str], rows: int) -> None:
        """Count ``rows`` that ended alike."""
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + rows
        for code in codes:
            self.codes[code] = self.codes.get(code, 0) + rows

    def merge(self, outcomes: Mapping[str, int], codes: Mapping[str, int]) -> None:
        """Add what another tally counted."""
        for outcome, rows in outcomes.items():
            self.add(outcome, (), rows)
        for code, rows in codes.items():
            self.codes[code] = self.codes.get(code, 0) + rows

    @property
    def counts(self) -> Counts:
        """As it goes over the wire."""
        return Counts(**{outcome: rows for outcome, rows in self.outcomes.items() if outcome != "read"})


def final_state(state: JobState, counts: Counts) -> FinalState:
    """How an import ended whose every row has its outcome."""
    if state is JobState.CANCELLED:
        return FinalState.CANCELLED
    if state is JobState.FAILED:
        return FinalState.FAILED
    return FinalState.COMPLETED_WITH_ERRORS if counts.failed or counts.held else FinalState.COMPLETED


def event_id(import_id: UUID, what: str) -> UUID:
    """The same for the same fact, so that saying it twice is saying it once."""
    return uuid5(import_id, what)


def is_data_error(sqlstate: str | None) -> bool:
    """Whether the rows are to blame: a value, a constraint or a trigger of the CRM refused them."""
    return sqlstate is not None and (sqlstate[:2] in _DATA_ERROR_CLASSES or sqlstate == _RAISED_BY_A_TRIGGER)


def retry_delay(attempts: int, base: timedelta) -> timedelta:
    """The wait after so many failures: doubled each time, within a limit."""
    return min(base * (1 << min(attempts - 1, 16)), _LONGEST_DELAY)


def halves(groups: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
    """Two parts of at least one group each."""
    middle = len(groups) // 2
    return groups[:middle], groups[middle:]
