"""What is asked for and read of imports. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.notifier.domain import State, in_sum
from services.notifier.row_changes import RowChange
from shared.contracts.definition import ImportDefinition
from shared.contracts.events import Counts
from shared.contracts.kinds import ImportKind
from shared.contracts.lines import ChosenRows
from shared.contracts.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Search:
    """Which imports are asked for; what is None does not matter."""

    states: Sequence[State] | None = None
    biller_id: int | None = None
    kind: ImportKind | None = None
    person: str | None = None
    text: str | None = None
    after: UUID | None = None
    changed_since: int | None = None
    or_state: Sequence[State] = ()
    import_ids: Sequence[UUID] | None = None
    ended_from: datetime | None = None
    ended_before: datetime | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class CustomerEmails:
    """How far the emails to the customers of an import are."""

    due_at: datetime
    is_read: bool
    done_at: datetime | None
    stopped_at: datetime | None
    stopped_by: str | None
    waiting: int
    sent: int
    not_delivered: int
    withdrawn: int
    stopped: int
    bounced: int
    returned_to_paper: int


@dataclass(frozen=True, slots=True)
class Source:
    """The file of an import and how it is read."""

    definition: ImportDefinition
    object_key: str
    bank_columns: Sequence[int] = ()
    rows_removed: bool = False  # after their retention period
    is_undo: bool = False
    is_corrected: bool = False  # before it ran


@dataclass(frozen=True, slots=True)
class Finding:
    """One code of the newest check."""

    code: str
    count: int
    detail: dict[str, Any]
    sample_lines: Sequence[int]


@dataclass(frozen=True, slots=True)
class Row:
    """A row's result with whom it concerned."""

    line_no: int
    outcome: Outcome
    codes: Sequence[str]
    account_number: str | None
    customer_id: int | None
    login_id: int | None
    for_log: Mapping[str, str]
    changed: Sequence[str] = ()
    undone_by: UUID | None = None
    undone_at: datetime | None = None
    round: int = 1
    returned_to_paper_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """One event of an import."""

    event_id: UUID
    event: str
    occurred_at: datetime
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class MailState:
    """A mail and how far it is. The address is whole: it is masked where it leaves the service."""

    recipient_id: UUID
    email: str | None
    message_id: str
    state: str
    attempts: int
    not_before: datetime
    last_problem: str | None
    queued_at: datetime
    sent_at: datetime | None
    about: str = "end"
    pause_sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """Who decided a check, and who approved it as the second person."""

    decided_by: str
    approved_by: str | None

    @property
    def text(self) -> str:
        approved = f", approved by {self.approved_by}" if self.approved_by else ""
        return f"by {self.decided_by}{approved}"


@dataclass(frozen=True, slots=True)
class Month:
    """The imports of a biller that ended in a month, and what became of their rows."""

    month: date
    imports: int
    applied: int
    no_change: int
    skipped: int
    held: int
    failed: int

    @property
    def rows(self) -> int:
        return self.applied + self.no_change + self.skipped + self.held + self.failed

    @property
    def counts(self) -> dict[str, int]:
        return {outcome.value: getattr(self, outcome.value) for outcome in Outcome}


@dataclass(frozen=True, slots=True)
class Compared:
    """An import beside the number of rows of the one before it, of the same kind."""

    import_id: UUID
    kind: ImportKind
    file_name: str
    finished_at: datetime
    row_count: int
    applied: int
    before: int | None


@dataclass(frozen=True, slots=True)
class Undoing:
    """What undoes an import and its rounds, and how many of their rows; of an undo the rows that were chosen."""

    undone_by: Sequence[UUID] = ()
    undone: int = 0
    chosen: ChosenRows | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """Rows of an import that were tried again, and how they had ended before."""

    import_id: UUID
    round: int
    state: State
    finished_at: datetime | None
    requester_name: str
    defined_at: datetime
    counts: Counts
    replaced: Counts
    codes: Mapping[str, int]
    replaced_codes: Mapping[str, int]
    undone: int

    @property
    def has_results(self) -> bool:
        return self.finished_at is not None and self.counts.read > 0


def totals_of(counts: Counts, rounds: Sequence[Round]) -> Counts:
    """Rows by their newest outcome, over an import and all rounds of it that have ended."""
    return in_sum(counts, [(one.counts, one.replaced) for one in rounds if one.has_results])


def codes_of(codes: Mapping[str, int], rounds: Sequence[Round]) -> dict[str, int]:
    """The same of the codes on the rows."""
    sums = Counter(codes)
    for one in rounds:
        if one.has_results:
            sums.update(one.codes)
            sums.subtract(one.replaced_codes)
    return {code: count for code, count in sums.items() if count > 0}


@dataclass(frozen=True, slots=True)
class Family:
    """The import that a round or an undo belongs to, with all its rounds: how its rows stand."""

    import_id: UUID
    rounds: int
    totals: Counts
    undone: int


@dataclass(frozen=True, slots=True)
class Part:
    """An import or one of its rounds that has ended, with the file that its rows were read from."""

    import_id: UUID
    round: int
    definition: ImportDefinition
    object_key: str


@dataclass(frozen=True, slots=True)
class RecipeOfImport:
    id: UUID
    name: str
    version: int


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A row that was applied to a customer, with the import it belongs to and what it changed."""

    import_id: UUID
    biller_name: str
    kind: ImportKind
    undoes: UUID | None
    file_name: str
    requester_name: str | None
    defined_at: datetime
    account_number: str
    line_no: int
    codes: Sequence[str]
    changes: Sequence[RowChange]


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An import that has not ended, as those see it who look after the system."""

    import_id: UUID
    first_import: UUID  # of which it is a round or an undo; or itself
    biller_name: str
    kind: ImportKind
    state: str
    undecided: Sequence[str]
    waiting_reason: str | None
    chunks: int | None
    chunks_done: int
    since: datetime
    biller_id: int
    behind: UUID | None
    tried_again: int | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class Queue:
    """What a service has still to do; ``since`` is that of the oldest."""

    service: str
    queue: str
    waiting: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Alive:
    """A process of a service. ``work`` is as it wrote it: `what`, `import_id`, `since`, `part` of a batch."""

    service: str
    name: str
    version: str
    started_at: datetime
    seen_at: datetime
    is_alive: bool
    work: Sequence[Mapping[str, Any]]
    problems: Sequence[str]
    limits: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter of a service, without its message."""

    service: str
    id: int
    topic: str
    reason: str
    detail: str
    attempts: int
    created_at: datetime
    state: str
    settled_at: datetime | None
    discarded_by: str | None
    discard_reason: str | None


@dataclass(frozen=True, slots=True)
class PausedWork:
    """What is held back: an import with its rounds and undos, those of a biller, or all where both ids are None."""

    import_id: UUID | None
    biller_id: int | None
    biller_name: str | None
    since: datetime
    paused_by: str
    reason: str

    def covers(self, one: Unfinished) -> bool:
        return self.import_id in {None, one.import_id, one.first_import} and self.biller_id in {None, one.biller_id}


@dataclass(frozen=True, slots=True)
class WatchedBiller:
    """A biller that somebody works for, and whether they are told of its imports."""

    id: int
    name: str
    is_watched: bool


@dataclass(frozen=True, slots=True)
class Webhook:
    """A system that is told of imports: of a biller, or of every one."""

    id: UUID
    biller_id: int | None
    biller_name: str | None
    url: str
    made_by: str
    responsible: str  # who made it, or took it over last
    made_at: datetime
    failures: int
    waiting: int
    not_delivered: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """A request to such a system, and how far it is."""

    id: UUID
    import_id: UUID | None
    occasion: str
    state: str
    attempts: int
    not_before: datetime
    last_problem: str | None
    queued_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Measured:
    """Numbers of what waits in the whole system; ages in seconds."""

    imports: Mapping[str, int]
    oldest: Mapping[str, float]
    letters: Mapping[str, int]
    instances: Mapping[str, int]
    chunks: int
    mails: int
    oldest_mail: float
    not_sent: int
    pauses: int
    webhooks: int = 0
    webhooks_not_delivered: int = 0
