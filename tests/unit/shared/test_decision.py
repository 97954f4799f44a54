import asyncpg
import pytest

from shared.contracts.dead_letters import REASONS, reason_words
from shared.messaging.consumer import _outlook
from shared.messaging.decision import (
    FAILING,
    MOST_TRIES,
    MOST_TRIES_IN_THE_WAY,
    NOT_KEPT,
    REFUSED,
    UNDECODABLE,
    UNOPENABLE,
    UNSENDABLE,
    Decision,
    Done,
    LeaveToSender,
    Retry,
    ToDeadLetter,
    UndecodableError,
    decide,
)

_IN_THE_WAY = [asyncpg.SerializationError(), asyncpg.DeadlockDetectedError(), asyncpg.LockNotAvailableError()]


def decided(error: Exception | None, tries: int, *, comes_again: bool = True) -> Decision:
    return decide(error, tries, _outlook(error), comes_again=comes_again)


def test_no_error_is_done() -> None:
    assert decided(None, 1) == Done()


def test_what_is_no_event_is_set_aside_at_once() -> None:
    assert decided(UndecodableError("why"), 1) == ToDeadLetter("undecodable", "why")


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.AdminShutdownError(),
        asyncpg.TooManyConnectionsError(),
        asyncpg.ConnectionDoesNotExistError(),
        asyncpg.InterfaceError("the pool is closing"),
        ConnectionRefusedError(),
        TimeoutError(),
        asyncpg.DiskFullError(),
    ],
)
def test_a_database_that_is_away_is_waited_for(error: Exception) -> None:
    waits = [decided(error, tries) for tries in (1, 2, 3, 100)]
    assert waits == [Retry(1), Retry(2), Retry(4), Retry(30)]


@pytest.mark.parametrize("error", _IN_THE_WAY)
def test_what_somebody_holds_is_left_to_the_sender(error: Exception) -> None:
    assert isinstance(decided(error, MOST_TRIES_IN_THE_WAY - 1), Retry)
    assert decided(error, MOST_TRIES_IN_THE_WAY) == LeaveToSender()


@pytest.mark.parametrize("error", _IN_THE_WAY)
def test_a_request_that_nobody_repeats_is_set_aside_where_somebody_stays_in_its_way(error: Exception) -> None:
    assert isinstance(decided(error, MOST_TRIES - 1, comes_again=False), Retry)
    assert isinstance(decided(error, MOST_TRIES, comes_again=False), ToDeadLetter)


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.QueryCanceledError("canceling statement due to statement timeout"),
        MemoryError(),
        asyncpg.InsufficientPrivilegeError(),
        asyncpg.UniqueViolationError("Key (email)=(x@example.com)"),
        asyncpg.exceptions._base.DataError("invalid input 'x@example.com'"),
        FileNotFoundError(2, "No such file", "x@example.com"),
        ZeroDivisionError("x@example.com"),
    ],
)
def test_a_failing_handler_has_a_few_tries_and_its_words_are_not_kept(error: Exception) -> None:
    assert isinstance(decided(error, MOST_TRIES - 1), Retry)
    last = decided(error, MOST_TRIES)
    assert isinstance(last, ToDeadLetter)
    assert last.reason == "failing"
    assert type(error).__name__ in last.detail
    assert "example.com" not in last.detail


def test_every_reason_of_a_dead_letter_has_words_and_says_what_to_do() -> None:
    reasons = {UNDECODABLE, FAILING, UNSENDABLE, UNOPENABLE, REFUSED, NOT_KEPT}
    assert set(REASONS) == reasons
    assert all(one.words and one.remedy for one in REASONS.values())
    assert reason_words("too_late").words == "Too late"
