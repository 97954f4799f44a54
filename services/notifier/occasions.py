"""Of what in the life of an import people and other systems are told. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.notifier import domain
from services.notifier.domain import State
from services.notifier.standing import Facts, Standing


class Occasion(StrEnum):
    HELD = "held"
    NEEDS_APPROVAL = "needs_approval"
    APPROVED = "approved"
    RETURNED = "returned"
    WAITING = "waiting"
    IN_REVIEW = "in_review"
    STARTED = "started"
    FINISHED = "finished"
    FAILED = "failed"

    @property
    def words(self) -> str:
        return _WORDS[self]

    @property
    def is_on_by_default(self) -> bool:
        """Somebody has to do something, or did not get what they asked for; recipients of the log hear of the end."""
        return self not in {Occasion.STARTED, Occasion.FINISHED}

    @property
    def state(self) -> State | None:
        """The state in which telling it makes sense; None: in any."""
        match self:
            case Occasion.HELD | Occasion.NEEDS_APPROVAL | Occasion.RETURNED:
                return State.HELD
            case Occasion.WAITING:
                return State.WAITING
            case Occasion.IN_REVIEW:
                return State.IN_REVIEW
            case _:
                return None

    @property
    def is_told_to_recipients(self) -> bool:
        """Whether the recipients of the log get an email of their own."""
        return self in {Occasion.IN_REVIEW, Occasion.FINISHED, Occasion.FAILED}


_WORDS: Final = {
    Occasion.HELD: "An import needs a decision",
    Occasion.NEEDS_APPROVAL: "An import needs my approval",
    Occasion.APPROVED: "A second person approved an import",
    Occasion.RETURNED: "A second person returned an import with a note",
    Occasion.WAITING: "An import waits for an operator",
    Occasion.IN_REVIEW: "The first rows of an import wait for a review",
    Occasion.STARTED: "An import starts",
    Occasion.FINISHED: "An import has ended",
    Occasion.FAILED: "An import failed, or its file was rejected",
}
_FAILED: Final = frozenset({State.REJECTED, State.FAILED})


@dataclass(frozen=True, slots=True)
class Happened:
    """An occasion, and which one where an import has several."""

    occasion: Occasion
    place: str = ""


def happened(facts: Facts, where: Standing, *, is_further: bool) -> list[Happened]:
    """What is so now. It is told once: an event that comes again finds it told.

    ``is_further``: than at the last event; every batch that is applied has one, and only the first tells of the start.
    """
    if where.is_mailed:
        return [Happened(Occasion.FAILED if where.state in _FAILED else Occasion.FINISHED)]
    if where.state is State.HELD:
        return [Happened(Occasion.HELD, str(where.check_no)), *_of_second_person(facts)]
    found = []
    if is_further and facts.approved_at is not None and where.phase < domain.CANCELLED:
        found.append(Happened(Occasion.APPROVED, facts.approved_at.isoformat()))
    if is_further and facts.started_at is not None and where.state in {State.APPROVED, State.RUNNING}:
        found.append(Happened(Occasion.STARTED))
    if facts.waiting_since is not None and where.phase < domain.CANCELLED:
        found.append(Happened(Occasion.WAITING, facts.waiting_since.isoformat()))
    if facts.is_paused and where.phase < domain.CANCELLED:
        found.append(Happened(Occasion.IN_REVIEW))
    return found


def _of_second_person(facts: Facts) -> list[Happened]:
    if facts.wait is not None:
        return [Happened(Occasion.NEEDS_APPROVAL, facts.wait)]
    return [] if facts.returned_at is None else [Happened(Occasion.RETURNED, facts.returned_at.isoformat())]
