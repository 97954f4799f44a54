"""What the API returns, as described in the OpenAPI document."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.notifier import domain
from services.notifier.domain import AFTER_THE_CHECKS, IN_PROGRESS, Overview, State, explain, reason_of
from services.notifier.records import Finding, Round, Row, TrailEntry, Undoing, codes_of, totals_of
from shared.contracts import events
from shared.contracts.codes import Level, by_weight
from shared.contracts.facts import fact_words, remedy_of
from shared.contracts.finding_text import finding_text
from shared.contracts.kinds import ImportKind
from shared.contracts.lines import ChosenRows
from shared.contracts.outcomes import Outcome
from shared.contracts.queue import QueuePlace
from shared.contracts.waiting import waits_for


class Answer(BaseModel):
    """Part of a response."""

    model_config = ConfigDict(frozen=True)


class StateGroup(StrEnum):
    """Whether an import can still change."""

    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


class Counts(Answer):
    """Rows by outcome: every row has exactly one."""

    read: int = Field(description="always the sum of the five outcomes")
    applied: int
    no_change: int
    skipped: int
    held: int
    failed: int

    @classmethod
    def of(cls, counts: events.Counts) -> Self:
        return cls(read=counts.read, **counts.model_dump())


class Progress(Answer):
    """Progress of the import."""

    bytes_read: int = Field(description="by the check that is running or ran last")
    bytes_total: int
    rows_read: int
    chunks: int | None = Field(description="batches of the plan; null until there is one")
    chunks_done: int


class Waiting(Answer):
    """Why an import waits for an operator. None of its rows caused it; it continues where it stopped."""

    since: datetime
    reason: str = Field(description="an SQLSTATE, or the type of an error")
    text: str = Field(description="the same in words")


class Paused(Answer):
    """Those who look after the system pause the import: batches in progress finish, no new batch is started."""

    since: datetime
    reason: str


class Behind(Answer):
    """Another import of the same biller that has to end before this one is checked."""

    import_id: UUID | None = Field(description="null if you may not see that import")
    file_name: str | None = Field(description="null if you may not see that import")
    state: State
    state_text: str = Field(description="the state in words")
    text: str = Field(description="the whole sentence")

    @classmethod
    def of(cls, behind: domain.Behind) -> Self:
        return cls(
            import_id=behind.import_id,
            file_name=behind.file_name,
            state=behind.state,
            state_text=behind.state_text,
            text=behind.text,
        )


class ImportState(Answer):
    """An import as it stands now."""

    import_id: UUID
    biller_id: int
    biller_name: str
    kind: ImportKind
    file_name: str
    requester: str
    state: State
    group: StateGroup
    check_no: int | None
    counts: Counts = Field(description="rows by outcome so far; final once the import has ended")
    totals: Counts = Field(description="rows by their newest outcome, over all rounds that have ended")
    planned: Counts | None = Field(description="rows by outcome as the newest check plans them")
    progress: Progress
    codes: dict[str, int]
    undecided: list[str] = Field(description="codes that need a decision before the import can continue")
    defined_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    waiting: Waiting | None = Field(description="why it waits for an operator; null if it does not")
    paused: Paused | None = Field(description="null if the import is not paused")
    behind: Behind | None = Field(description="the import of the same biller that it waits for; null if it does not")
    queue: QueuePlace | None = Field(default=None, description="where its check waits; null if it waits for no other")
    is_settling: bool = Field(
        description="canceled, but not final: batches in progress may finish, rows not reached are being recorded"
    )
    has_log: bool
    revision: int = Field(description="grows with every change; the id of server-sent events")
    undoes: UUID | None = Field(description="the import that this one undoes")
    in_review_since: datetime | None = Field(
        description="since when it waits for somebody to review its first rows; null if it does not"
    )
    retries: UUID | None = Field(default=None, description="the import that this one is a round of")
    round: int | None = Field(default=None, description="which round of it; the first one is 2")

    @classmethod
    def of(cls, overview: Overview) -> Self:
        ended = overview.state not in IN_PROGRESS
        return cls(
            import_id=overview.import_id,
            biller_id=overview.biller_id,
            biller_name=overview.biller_name,
            kind=overview.kind,
            file_name=overview.file_name,
            requester=overview.requester_name,
            undoes=overview.undoes,
            in_review_since=overview.in_review_since,
            retries=overview.retries,
            round=overview.round,
            state=overview.state,
            group=StateGroup.COMPLETED if ended else StateGroup.IN_PROGRESS,
            check_no=overview.check_no,
            counts=Counts.of(overview.counts),
            totals=Counts.of(overview.totals or overview.counts),
            planned=None if overview.planned is None else Counts.of(overview.planned),
            progress=_progress(overview),
            codes=dict(overview.codes),
            undecided=list(overview.undecided) if overview.phase < AFTER_THE_CHECKS else [],
            defined_at=overview.defined_at,
            started_at=overview.started_at,
            finished_at=overview.finished_at if ended else None,
            waiting=_waiting(overview),
            paused=None if (pause := overview.pause) is None else Paused(since=pause.since, reason=pause.reason),
            behind=None if overview.behind is None else Behind.of(overview.behind),
            queue=overview.queue,
            is_settling=overview.is_settling,
            has_log=overview.has_log,
            revision=overview.revision,
        )


def _waiting(overview: Overview) -> Waiting | None:
    if overview.waiting_since is None or overview.waiting_reason is None:
        return None
    text = waits_for(overview.waiting_reason)
    return Waiting(since=overview.waiting_since, reason=overview.waiting_reason, text=text)


def _progress(overview: Overview) -> Progress:
    fresh = overview.awaits_next_check
    return Progress(
        bytes_read=0 if fresh else overview.bytes_read,
        bytes_total=overview.bytes_total,
        rows_read=0 if fresh else overview.rows_read,
        chunks=overview.chunks,
        chunks_done=overview.chunks_done,
    )


class FoundCode(Answer):
    """A code with its words, and how often it occurs in this import."""

    code: str
    level: str = Field(description="F file, R row, C decision, W notice, S skipped by rule")
    title: str
    message: str = Field(description="what exactly is wrong; empty if the title says everything")
    place: str = Field(description="where in the file, such as 'line 3, column 2'; empty if it is not one place")
    remedy: str
    is_on_rows: bool = Field(description="whether rows have it; otherwise it is about the file or the import")
    count: int = Field(description="what the code counts: rows, or accounts, logins, columns, cells, changes")
    sample_lines: list[int] = Field(description="the first lines of the file that have it")
    detail: dict[str, Any] = Field(description="places, numbers and words")

    @classmethod
    def of(cls, finding: Finding) -> Self:
        return cls.counted(finding.code, finding.count, finding.sample_lines, finding.detail)

    @classmethod
    def counted(
        cls, code: str, count: int, sample_lines: Sequence[int] = (), detail: dict[str, Any] | None = None
    ) -> Self:
        words, said = explain(code), finding_text(detail or {})
        return cls(
            code=code,
            level=code[:1] if code[:1] in set(Level) else "",
            title=words.title,
            message=said.message,
            place=said.place,
            remedy=said.remedy or words.remedy,
            is_on_rows=not words.is_of_the_whole,
            count=count,
            sample_lines=list(sample_lines),
            detail=detail or {},
        )


class ChangedFact(Answer):
    """Something that the whole import depends on and that changed after the check, so rows were put on hold."""

    name: str
    text: str = Field(description="the same in words")
    remedy: str = Field(description="what to do; empty if a newer release stored it")


class WaitingPart(Answer):
    """A batch that could not be applied and is tried again; nothing of it was written."""

    part: int = Field(description="number of the batch, from 1")
    attempts: int = Field(description="how often it failed; 0 if it only waits for something temporary")
    next_try_at: datetime
    text: str = Field(description="the result of the last try, in words")

    @classmethod
    def of(cls, part: domain.WaitingPart) -> Self:
        return cls(part=part.number, attempts=part.attempts, next_try_at=part.not_before, text=part.text)


class RoundState(Answer):
    """Rows of the import that were tried again."""

    import_id: UUID = Field(description="where the round's check, decisions and own results are")
    round: int
    state: State
    requester: str
    defined_at: datetime
    finished_at: datetime | None
    counts: Counts
    undone: int = Field(description="how many of its applied rows are undone")

    @classmethod
    def of(cls, one: Round) -> Self:
        return cls(
            import_id=one.import_id,
            round=one.round,
            state=one.state,
            requester=one.requester_name,
            defined_at=one.defined_at,
            finished_at=one.finished_at,
            counts=Counts.of(one.counts),
            undone=one.undone,
        )


_NO_UNDO: Final = Undoing()


class ImportDetail(ImportState):
    """An import with the findings of its check and its results."""

    findings: list[FoundCode] = Field(description="of the newest check")
    result_codes: list[FoundCode] = Field(description="the codes of the rows as they ended last, over all rounds")
    changed: list[ChangedFact] = Field(description="what the whole import depends on and changed between check and run")
    waiting_parts: list[WaitingPart] = Field(description="batches that are tried again; the first 50")
    undone: int = Field(description="how many of the applied rows of `totals` are undone")
    undone_by: list[UUID] = Field(description="the undos of it and of its rounds, the first one asked for first")
    undoes_rows: ChosenRows | None = Field(description="of an undo the rows that were chosen; null: all applied rows")
    rounds: list[RoundState] = Field(description="rows tried again, in rounds; the import itself is round 1")
    against_plan: str = Field(
        description="how many rows ended as planned, and why others did not; empty until it ended"
    )

    @classmethod
    def with_findings(
        cls,
        overview: Overview,
        findings: Sequence[Finding],
        changed: Sequence[str],
        parts: Sequence[domain.WaitingPart] = (),
        undoing: Undoing = _NO_UNDO,
        rounds: Sequence[Round] = (),
    ) -> Self:
        codes, stands = codes_of(overview.codes, rounds), totals_of(overview.counts, rounds)
        return cls(
            **ImportState.of(replace(overview, totals=stands)).model_dump(),
            findings=[
                FoundCode.of(finding) for finding in sorted(findings, key=lambda one: by_weight(one.code, one.count))
            ],
            result_codes=[
                FoundCode.counted(code, count) for code, count in sorted(codes.items(), key=lambda one: by_weight(*one))
            ],
            changed=[ChangedFact(name=name, text=fact_words(name), remedy=remedy_of(name)) for name in changed],
            waiting_parts=[WaitingPart.of(part) for part in parts],
            undone=undoing.undone,
            undone_by=list(undoing.undone_by),
            undoes_rows=undoing.chosen,
            rounds=[RoundState.of(one) for one in rounds],
            against_plan=domain.plan_against_outcome(stands.read, codes, sum(one.has_results for one in rounds))
            if overview.has_log
            else "",
        )


class ImportPage(Answer):
    """A page of imports, newest first."""

    items: list[ImportState]
    next: UUID | None = Field(description="`after` of the next page; null on the last page")


class RowResult(Answer):
    """The result of one row."""

    line: int = Field(description="the physical line on which the row starts; the header's is 1 in a plain file")
    outcome: Outcome
    codes: list[str]
    reason: str
    changed: list[str] = Field(
        description="what changed in the CRM after the check (R198), for this row or another row of its login"
    )
    account_number: str | None
    customer_id: int | None
    login_id: int | None
    for_log: dict[str, str] = Field(description="values from the file that go to the log only, by field")
    undone_by: UUID | None = Field(description="the import that took this applied row back; null: none did")
    undone_at: datetime | None
    round: int = Field(description="the round of the import that the result is from")
    returned_to_paper_at: datetime | None = Field(default=None, description="when an email to the customer bounced")

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(
            line=row.line_no,
            outcome=row.outcome,
            codes=list(row.codes),
            reason=reason_of(row.codes, row.changed),
            changed=list(row.changed),
            account_number=row.account_number,
            customer_id=row.customer_id,
            login_id=row.login_id,
            for_log=dict(row.for_log),
            undone_by=row.undone_by,
            undone_at=row.undone_at,
            round=row.round,
            returned_to_paper_at=row.returned_to_paper_at,
        )


class RowPage(Answer):
    """A page of rows in the order of the file."""

    items: list[RowResult]
    next: int | None = Field(description="`after` of the next page; null on the last page")
    removed_at: datetime | None = Field(
        default=None, description="when the rows were removed after their retention period"
    )


class TrailItem(Answer):
    """One event in the life of an import: ids and counts only."""

    event_id: UUID
    event: str
    occurred_at: datetime
    detail: dict[str, Any]

    @classmethod
    def of(cls, entry: TrailEntry) -> Self:
        return cls(event_id=entry.event_id, event=entry.event, occurred_at=entry.occurred_at, detail=entry.detail)


class TrailPage(Answer):
    """A page of the trail, oldest first."""

    items: list[TrailItem]
    next: UUID | None = Field(description="`after` of the next page; null on the last page")
