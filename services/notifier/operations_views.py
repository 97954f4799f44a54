"""What those see who look after the system: what waits, why, since when, who works on it, and what to do."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.notifier.domain import State
from services.notifier.records import Alive, PausedWork, Queue, Unfinished
from services.notifier.views import Answer
from shared.contracts.contract import Id
from shared.contracts.kinds import ImportKind
from shared.contracts.states import state_words
from shared.contracts.waiting import postponed_by, waits_for

Workers = Mapping[UUID, Sequence[str]]
_WAITS: Final = "Nothing: it continues by itself"
_START_ONE: Final = "If no process is alive or each of them is busy, start another one"
_QUEUES: Final = {
    "unpublished messages": "If the oldest is more than a minute old, check that the service reaches Kafka",
    "dead letters": "Read why with `customer-import dead-letters list`, then send or discard each",
    "batches": "To finish sooner, start more executors",
    "paused batches": "See what their imports wait for",
    "emails": "If the oldest is more than an hour old, check the mail server",
    "webhooks": "If the oldest is more than an hour old, see `customer-import webhooks list`",
    "webhooks not delivered": "Have the system mended, then send them again with `customer-import webhooks replay`",
    "emails not sent": "See the emails of the import; download the log and send it yourself",
}
RUNBOOKS: Final = {
    "unpublished messages": "messages-unpublished",
    "dead letters": "dead-letters",
    "batches": "import-stuck",
    "paused batches": "paused",
    "emails": "mail",
    "webhooks": "webhooks",
    "webhooks not delivered": "webhooks",
    "emails not sent": "mail",
}
"""What helps with a queue: the name of its page in docs/runbooks."""


class UnfinishedImport(Answer):
    """An import that has not ended."""

    import_id: UUID
    biller_id: int
    biller_name: str
    kind: ImportKind
    state: str
    state_text: str
    since: datetime = Field(description="nothing new happened to it since")
    waits_for: str = Field(description="in words; empty if it is being worked on")
    what_to_do: str
    workers: list[str] = Field(description="processes that work on it")
    batches: int | None
    batches_done: int

    @classmethod
    def of(cls, one: Unfinished, workers: Workers, pauses: Sequence[PausedWork]) -> Self:
        busy = workers.get(one.import_id, ())
        reason, remedy = _reason(one, pauses, is_worked_on=bool(busy))
        return cls(
            import_id=one.import_id,
            biller_id=one.biller_id,
            biller_name=one.biller_name,
            kind=one.kind,
            state=one.state,
            state_text=state_words(one.state),
            since=one.since,
            waits_for=reason,
            what_to_do=remedy,
            workers=list(busy),
            batches=one.chunks,
            batches_done=one.chunks_done,
        )


class Scope(Answer):
    """An import with its rounds and undos, the imports of a biller, or everything if neither is given."""

    import_id: UUID | None = None
    biller_id: Id | None = None

    @model_validator(mode="after")
    def _one_at_most(self) -> Self:
        if self.import_id is not None and self.biller_id is not None:
            raise ValueError("name an import or a biller, not both")
        return self


class PauseInForce(Scope):
    """What those who operate the system have paused."""

    biller_name: str | None = Field(description="null if everything is paused")
    since: datetime
    paused_by: str
    reason: str

    @classmethod
    def of(cls, paused: PausedWork) -> Self:
        return cls(
            import_id=paused.import_id,
            biller_id=paused.biller_id,
            biller_name=paused.biller_name,
            since=paused.since,
            paused_by=paused.paused_by,
            reason=paused.reason,
        )


class ServiceQueue(Answer):
    """What a service has still to do."""

    service: str
    queue: str
    waiting: int
    since: datetime = Field(description="the oldest waits since then")
    what_to_do: str

    @classmethod
    def of(cls, queue: Queue) -> Self:
        return cls(
            service=queue.service,
            queue=queue.queue,
            waiting=queue.waiting,
            since=queue.since,
            what_to_do=_QUEUES.get(queue.queue, ""),
        )


class WorkInHand(Answer):
    """What a process works on."""

    what: str = Field(description="check or batch")
    import_id: UUID
    part: int | None = Field(default=None, description="number of the batch, from 1")
    since: datetime


class ServiceInstance(Answer):
    """A process of a service."""

    service: str
    name: str = Field(description="host and process ID")
    version: str
    started_at: datetime
    seen_at: datetime = Field(description="last sign of life")
    is_alive: bool = Field(description="false: no sign of life for 30 seconds; it is no longer listed after an hour")
    work: list[WorkInHand]
    problems: list[str] = Field(description="what it cannot do at the moment")
    biller_batches: int | None = Field(
        default=None, description="batches of one biller that all executors together apply at a time; null: no limit"
    )

    @classmethod
    def of(cls, one: Alive) -> Self:
        return cls(
            service=one.service,
            name=one.name,
            version=one.version,
            started_at=one.started_at,
            seen_at=one.seen_at,
            is_alive=one.is_alive,
            work=[WorkInHand.model_validate(work) for work in one.work] if one.is_alive else [],
            problems=list(one.problems),
            biller_batches=one.limits.get("biller_batches"),
        )


class TopicLag(Answer):
    """Messages that a service has still to read from a topic."""

    service: str
    topic: str
    messages: int


class Broker(Answer):
    """What the broker says."""

    is_reachable: bool
    is_permitted: bool = Field(description="whether the notifier may look at the consumer groups of all services")
    lag: list[TopicLag] = Field(description="empty if the broker says nothing")


class Operations(Answer):
    """The whole system at one moment."""

    imports: list[UnfinishedImport] = Field(description="not ended, the longest without news first; at most 200")
    imports_in_all: int
    pauses: list[PauseInForce]
    queues: list[ServiceQueue]
    instances: list[ServiceInstance]
    silent_services: list[str] = Field(description="services of which no process is alive")
    broker: Broker


def workers_of(instances: Sequence[Alive]) -> dict[UUID, list[str]]:
    """By import, which processes work on it."""
    found: dict[UUID, list[str]] = {}
    for one in instances:
        for work in one.work if one.is_alive else ():
            names = found.setdefault(UUID(work["import_id"]), [])
            if one.name not in names:
                names.append(one.name)
    return found


def _reason(one: Unfinished, pauses: Sequence[PausedWork], *, is_worked_on: bool) -> tuple[str, str]:
    """What the import waits for and what to do; both empty where it is worked on."""
    if by_people := _waits_for_people(one):
        return by_people
    if paused := _pause_of(one, pauses):
        return f"Operations: {paused.reason}", f"Resume it with `{resume_command(paused)}`"
    if by_itself := _waits_for_others(one):
        return by_itself, _WAITS
    if is_worked_on:
        return "", ""
    return ("A free process of validation" if one.state == State.CHECKING else "A free executor"), _START_ONE


def _pause_of(one: Unfinished, pauses: Sequence[PausedWork]) -> PausedWork | None:
    if one.state not in {State.APPROVED, State.RUNNING}:
        return None
    return next((paused for paused in pauses if paused.covers(one)), None)


def resume_command(paused: PausedWork) -> str:
    if paused.import_id is not None:
        return f"customer-import ops resume --import {paused.import_id}"
    return f"customer-import ops resume {'--all' if paused.biller_id is None else f'--biller {paused.biller_id}'}"


def _waits_for_people(one: Unfinished) -> tuple[str, str] | None:
    if one.state == State.HELD:
        asked = f"A decision: {', '.join(one.undecided)}" if one.undecided else "A confirmation"
        return asked, "Someone who may import for this biller decides it in the wizard"
    if one.state == State.IN_REVIEW:
        return "A look at the first rows", "Someone who may import for this biller continues or stops it on its page"
    if one.state == State.WAITING:
        reason = one.waiting_reason or ""
        words = f"An operator: {waits_for(reason)} ({reason})"
        return words, f"Fix the cause, then run `customer-import resume {one.import_id}`"
    return None


def _waits_for_others(one: Unfinished) -> str:
    if one.behind:
        return f"Import {one.behind} for the same biller"
    if one.tried_again:
        return f"{_batches(one.tried_again)} tried again: {_problem(one.problem)}"
    return "Batches in progress" if one.state == State.CANCELLING else ""


def _batches(count: int) -> str:
    return "A batch that is" if count == 1 else f"{count:,} batches that are"


def _problem(problem: str | None) -> str:
    known = waits_for(problem or "")
    return postponed_by(problem) if known == waits_for("") else known
