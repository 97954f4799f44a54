"""Where an import stands, by what the tables of the other services say. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.notifier import domain
from services.notifier.domain import State
from shared.contracts.checks import CheckState
from shared.contracts.events import Counts, FinalState


@dataclass(frozen=True, slots=True)
class Facts:
    """What validation, the executors and mapping say of an import, and how far its check has told to be."""

    check_no: int | None  # None: validation has not heard of it
    check_state: CheckState | None
    checked_at: datetime | None
    planned: Counts | None
    undecided: Sequence[str]
    is_checked_again: bool  # the newest check was confirmed or answered
    progress_check: int
    started_at: datetime | None
    cancelled_at: datetime | None
    end: FinalState | None
    ended_at: datetime | None
    chunks: int | None
    chunks_done: int
    counts: Counts
    is_paused: bool = False
    waiting_since: datetime | None = None
    wait: str | None = None  # which of its waits for a second person it is in; None: it waits for none
    approved_at: datetime | None = None  # by a second person
    returned_at: datetime | None = None  # the newest check, by a second person


@dataclass(frozen=True, slots=True)
class Standing:
    """What the view says of it."""

    phase: int
    state: State
    check_no: int | None = None  # None: as it was
    finished_at: datetime | None = None

    @property
    def is_mailed(self) -> bool:
        """Whether the recipients hear of it: it ended, or its file was refused."""
        return self.phase == domain.FINISHED or self.state is State.REJECTED


def standing(facts: Facts) -> Standing:
    """The executors have the last word, then whoever cancelled, then the newest check."""
    if facts.end is not None:
        return Standing(domain.FINISHED, domain.state_of(facts.end), _ended_check(facts), facts.ended_at)
    if facts.cancelled_at is not None:
        return Standing(domain.CANCELLED, State.CANCELLED, _ended_check(facts), facts.cancelled_at)
    if facts.chunks_done:
        return Standing(domain.RUNNING, State.RUNNING, facts.check_no)
    return _checked(facts)


def _checked(facts: Facts) -> Standing:
    number = facts.check_no or 0
    match facts.check_state:
        case "rejected":
            return Standing(domain.rejected(number), State.REJECTED, number, facts.checked_at)
        case "held" if facts.is_checked_again:
            return Standing(domain.confirmed(number), State.CHECKING, number)
        case "held":
            return Standing(domain.held(number), State.HELD, number)
        case "approved" | "finished":
            return Standing(domain.approved(number), State.APPROVED, number)
        case "pending" | "cancelled" | None:
            return _awaited(facts.progress_check, number)


def _awaited(progress_check: int, number: int) -> Standing:
    """The check with this number has not ended; it may not have told anything yet."""
    if number and progress_check == number:
        return Standing(domain.checking(number), State.CHECKING, number)
    if number > 1:
        return Standing(domain.confirmed(number - 1), State.CHECKING, number - 1)
    return Standing(domain.checking(0), State.CHECKING)


def _ended_check(facts: Facts) -> int | None:
    return None if facts.check_state == "pending" else facts.check_no


def verdict_phase(facts: Facts) -> int | None:
    """The phase of the newest verdict; None while there is none to tell."""
    number = facts.check_no or 0
    match facts.check_state:
        case "rejected":
            return domain.rejected(number)
        case "approved" | "finished":
            return domain.approved(number)
        case "held" | "cancelled":
            return None if facts.checked_at is None else domain.held(number)
        case "pending" | None:
            return None
