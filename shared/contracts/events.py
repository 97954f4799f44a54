"""Every event of the system, each with the record of its topic."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, ClassVar, Final
from uuid import UUID

from pydantic import BeforeValidator, Field

from shared.contracts.contract import Contract, Count, Moment, Size, Text
from shared.contracts.definition import ImportDefinition
from shared.contracts.event import Event, ImportEvent
from shared.contracts.kinds import ImportKind
from shared.contracts.topics import Topic

_MOST_CODES: Final = 500
_MOST_PROBLEMS: Final = 50


def _shortened(limit: int) -> BeforeValidator:
    """Cut instead of refused: a problem is told to those who caused it, whatever the words of theirs that it quotes."""

    def cut(value: object) -> object:
        if not isinstance(value, str):
            return value
        stored = value.replace("\0", "\N{REPLACEMENT CHARACTER}")
        return stored if len(stored) <= limit else f"{stored[: limit - 1]}\N{HORIZONTAL ELLIPSIS}"

    return BeforeValidator(cut)


Code = Annotated[Text, Field(max_length=20)]
CodeCounts = Annotated[dict[Code, Count], Field(max_length=_MOST_CODES)]


class Counts(Contract):
    """Rows by outcome. ``read`` is always the sum of the others (conservation)."""

    applied: Count = 0
    no_change: Count = 0
    skipped: Count = 0
    held: Count = 0
    failed: Count = 0

    @property
    def read(self) -> int:
        return self.applied + self.no_change + self.skipped + self.held + self.failed


class FinalState(StrEnum):
    """How an import ended."""

    COMPLETED = "completed"
    COMPLETED_WITH_ERRORS = "completed_with_errors"
    CANCELLED = "cancelled"
    FAILED = "failed"


class RequestProblem(Contract):
    """Why a request cannot be accepted: a stable code, the place and the remedy."""

    code: Annotated[Text, Field(max_length=100), _shortened(100)]
    place: Annotated[Text, Field(max_length=300), _shortened(300)]
    message: Annotated[Text, Field(max_length=500), _shortened(500)]
    remedy: Annotated[Text, Field(max_length=500), _shortened(500)]


def _with_count_of_the_rest(problems: object) -> object:
    if not isinstance(problems, Sequence) or len(problems) <= _MOST_PROBLEMS + 1:
        return problems
    rest = RequestProblem(
        code="more_problems",
        place="request",
        message=f"{len(problems) - _MOST_PROBLEMS:,} more problems are not listed",
        remedy="Fix these first, then send the request again",
    )
    return (*problems[:_MOST_PROBLEMS], rest)


class ImportRequested(Event):
    """A CRM frontend asks for an import. The header ``authorization`` carries the person's bearer token."""

    topic: ClassVar[Topic] = Topic("customer-import.import-requested.v1", producers=("crm",), consumers=("mapping",))

    request_id: UUID
    definition: ImportDefinition

    @property
    def key(self) -> bytes:
        return str(self.definition.biller_id).encode()


class ImportRequestAnswered(Event):
    """The mapping service accepted a request, or says why it did not."""

    keyed_by = "the ID of the request, for a refused one may have no biller"
    topic: ClassVar[Topic] = Topic(
        "customer-import.import-request-answered.v1", producers=("mapping",), consumers=("crm",)
    )

    request_id: UUID | None = Field(description="null if the request was too damaged to have one")
    import_id: UUID | None = None
    problems: Annotated[
        tuple[RequestProblem, ...], Field(max_length=_MOST_PROBLEMS + 1), BeforeValidator(_with_count_of_the_rest)
    ] = ()

    @property
    def key(self) -> bytes:
        return str(self.request_id).encode()


class ImportDefined(ImportEvent):
    """A definition is complete and its file can be checked."""

    history: ClassVar[str] = "Requested"
    topic: ClassVar[Topic] = Topic(
        "customer-import.import-defined.v1", producers=("mapping",), consumers=("validation", "notifier")
    )

    kind: ImportKind


class CheckProgressed(ImportEvent):
    """The check of a file has read this far."""

    history: ClassVar[str] = "Checking"
    topic: ClassVar[Topic] = Topic(
        "customer-import.check-progressed.v1", producers=("validation",), consumers=("notifier",)
    )

    check_no: Count
    bytes_read: Size
    bytes_total: Size
    rows_read: Count


class ImportRejected(ImportEvent):
    """The file cannot be imported as it is (an F code)."""

    history: ClassVar[str] = "File rejected"
    topic: ClassVar[Topic] = Topic(
        "customer-import.import-rejected.v1", producers=("validation",), consumers=("mapping", "notifier")
    )

    check_no: Count
    codes: CodeCounts = Field(description="findings: code → number of rows or places")


class ImportHeld(ImportEvent):
    """The check has ended, and a person has to decide or confirm."""

    history: ClassVar[str] = "Check complete, decision needed"
    topic: ClassVar[Topic] = Topic(
        "customer-import.import-held.v1", producers=("validation",), consumers=("mapping", "notifier")
    )

    check_no: Count
    codes: CodeCounts
    undecided: Annotated[tuple[Code, ...], Field(max_length=_MOST_CODES)] = Field(
        description="C codes that need a decision before the import can continue"
    )
    planned: Counts


class ImportApproved(ImportEvent):
    """The plan is written and may be applied."""

    history: ClassVar[str] = "Ready to apply"
    topic: ClassVar[Topic] = Topic(
        "customer-import.import-approved.v1", producers=("validation",), consumers=("mapping", "executor", "notifier")
    )

    check_no: Count
    codes: CodeCounts
    planned: Counts
    chunks: Count


class ImportAnswered(ImportEvent):
    """A person considers decisions. The file is checked again with them; nothing is confirmed."""

    history: ClassVar[str] = "Checked again"
    topic: ClassVar[Topic] = Topic(
        "customer-import.import-answered.v1", producers=("mapping",), consumers=("validation", "notifier")
    )

    check_no: Count = Field(description="the check that the decisions are about")


class ImportConfirmed(ImportEvent):
    """A person decided and confirmed; the decisions are in the database."""

    history: ClassVar[str] = "Decided"
    topic: ClassVar[Topic] = Topic(
        "customer-import.import-confirmed.v1", producers=("mapping",), consumers=("validation", "notifier")
    )

    check_no: Count = Field(description="the check that was confirmed")


class ApprovalRequested(ImportEvent):
    """Everything but the second person is decided: the import waits for somebody else's approval."""

    history: ClassVar[str] = "Approval requested"
    topic: ClassVar[Topic] = Topic(
        "customer-import.approval-requested.v1", producers=("mapping",), consumers=("notifier",)
    )

    check_no: Count = Field(description="the check that is to be approved")


class ImportReturned(ImportEvent):
    """A second person did not approve; the note that says why is in the database."""

    history: ClassVar[str] = "Returned"
    topic: ClassVar[Topic] = Topic(
        "customer-import.import-returned.v1", producers=("mapping",), consumers=("notifier",)
    )

    check_no: Count = Field(description="the check that was returned")


class ImportCancelled(ImportEvent):
    """A person canceled. No new chunk is started, those in progress may finish; ImportFinished follows the last one."""

    history: ClassVar[str] = "Canceled"
    topic: ClassVar[Topic] = Topic(
        "customer-import.import-cancelled.v1",
        producers=("mapping",),
        consumers=("validation", "executor", "notifier"),
    )


class ChunkApplied(ImportEvent):
    """One chunk of the plan is applied; its counts are those of this chunk alone."""

    history: ClassVar[str] = "Rows applied"
    topic: ClassVar[Topic] = Topic("customer-import.chunk-applied.v1", producers=("executor",), consumers=("notifier",))

    chunk_no: Count
    counts: Counts


class ImportWaiting(ImportEvent):
    """Something that no row causes keeps failing. No new chunk is started until an operator resumes the import."""

    history: ClassVar[str] = "Waiting for an operator"
    topic: ClassVar[Topic] = Topic(
        "customer-import.import-waiting.v1", producers=("executor",), consumers=("notifier",)
    )

    reason: Annotated[Text, Field(max_length=100, description="an SQLSTATE, or the type of an error")]


class ImportResumed(ImportEvent):
    """An operator fixed what the import waited for; it continues where it stopped."""

    history: ClassVar[str] = "Resumed"
    topic: ClassVar[Topic] = Topic("customer-import.import-resumed.v1", producers=("mapping",), consumers=("notifier",))


class FirstRowsApplied(ImportEvent):
    """The first rows have their result. The others wait until a person continues the import or cancels it."""

    history: ClassVar[str] = "Paused for review"
    topic: ClassVar[Topic] = Topic(
        "customer-import.first-rows-applied.v1", producers=("executor",), consumers=("notifier",)
    )


class ImportContinued(ImportEvent):
    """A person has looked at the results of the first rows; the others are applied."""

    history: ClassVar[str] = "Continued"
    topic: ClassVar[Topic] = Topic(
        "customer-import.import-continued.v1", producers=("mapping",), consumers=("notifier",)
    )


class ImportFinished(ImportEvent):
    """The import has ended and every row has its outcome."""

    history: ClassVar[str] = "Completed"
    topic: ClassVar[Topic] = Topic(
        "customer-import.import-finished.v1",
        producers=("executor",),
        consumers=("mapping", "validation", "notifier"),
    )

    state: FinalState
    counts: Counts
    codes: CodeCounts
    started_at: Moment | None
    finished_at: Moment


EVENTS: tuple[type[Event], ...] = (
    ImportRequested,
    ImportRequestAnswered,
    ImportDefined,
    CheckProgressed,
    ImportRejected,
    ImportHeld,
    ImportApproved,
    ImportAnswered,
    ImportConfirmed,
    ApprovalRequested,
    ImportReturned,
    ImportCancelled,
    ChunkApplied,
    ImportWaiting,
    ImportResumed,
    FirstRowsApplied,
    ImportContinued,
    ImportFinished,
)
