"""What becomes of a message after a try: a pure function."""

from dataclasses import dataclass
from typing import Final

from shared.errors import error_types

MOST_TRIES: Final = 5
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


Decision = Done | Retry | ToDeadLetter


def decide(error: Exception | None, tries: int, *, is_passing: bool) -> Decision:
    """``tries`` counts this one; ``error`` is how it ended, ``is_passing`` whether it may not happen again."""
    match error:
        case None:
            return Done()
        case UndecodableError():
            return ToDeadLetter(UNDECODABLE, error.detail)
        case _ if is_passing:
            return Retry(min(_LONGEST_WAIT, 2.0 ** min(tries - 1, 10)))
        case _ if tries < MOST_TRIES:
            return Retry(min(_LONGEST_WAIT_FOR_A_FAILING_HANDLER, 0.1 * 2.0**tries))
        case _:
            return ToDeadLetter(FAILING, f"The handler failed {tries} times: {' from '.join(error_types(error))}")
