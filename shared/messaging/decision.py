"""What becomes of a message after a try: a pure function."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from shared.errors import error_types

MOST_TRIES: Final = 5
MOST_TRIES_IN_THE_WAY: Final = 3  # each waits for a lock as long as the database lets it
_LONGEST_WAIT: Final = 30.0
_LONGEST_WAIT_FOR_A_FAILING_HANDLER: Final = 2.0  # the messages behind it wait as long

UNDECODABLE: Final = "undecodable"
FAILING: Final = "failing"
UNSENDABLE: Final = "unsendable"  # on the way out: no broker takes it
UNOPENABLE: Final = "unopenable"  # not even the client could read the record, so that nothing of it is kept

REFUSED: Final = "refused"  # a request that its handler answered with a refusal
NOT_KEPT: Final = "not_kept"  # stands for many of which nothing is kept


class UndecodableError(Exception):
    """The message is not the event its topic carries; ``detail`` holds nothing of the message."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Done:
    """Handled, now or before: go on with the next."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Leave it on the topic and take it again after a while."""

    seconds: float


@dataclass(frozen=True, slots=True)
class ToDeadLetter:
    """Keep it as a dead letter and go on."""

    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class LeaveToSender:
    """Go on with the next: this one was not recorded, so whoever published it publishes it again after a while."""


Decision = Done | Retry | ToDeadLetter | LeaveToSender


class Outlook(Enum):
    """What an error says of the next try."""

    ALL_WAIT = auto()  # it passes, and no other message could be handled meanwhile
    IN_THE_WAY = auto()  # it passes, but others can be handled: somebody holds what this one needs
    FAILS = auto()


def decide(error: Exception | None, tries: int, outlook: Outlook, *, comes_again: bool) -> Decision:
    """``tries`` counts this one; ``error`` is how it ended; ``comes_again``: the sender repeats it until recorded."""
    match error:
        case None:
            return Done()
        case UndecodableError():
            return ToDeadLetter(UNDECODABLE, error.detail)
        case _ if outlook is Outlook.ALL_WAIT:
            return Retry(min(_LONGEST_WAIT, 2.0 ** min(tries - 1, 10)))
        case _ if outlook is Outlook.IN_THE_WAY and comes_again and tries >= MOST_TRIES_IN_THE_WAY:
            return LeaveToSender()
        case _ if tries < MOST_TRIES:
            return Retry(min(_LONGEST_WAIT_FOR_A_FAILING_HANDLER, 0.1 * 2.0**tries))
        case _:
            return ToDeadLetter(FAILING, f"The handler failed {tries} times: {' from '.join(error_types(error))}")
