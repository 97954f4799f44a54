import asyncpg
import pytest

from shared.messaging.decision import MOST_TRIES, Decision, Done, Retry, ToDeadLetter, UndecodableError, decide
from shared.postgres import is_transient


def decided(error: Exception | None, tries: int) -> Decision:
    return decide(error, tries, is_passing=error is not None and is_transient(error))


def test_no_error_is_done() -> None:
    assert decided(None, 1) == Done()


def test_what_is_no_event_is_set_aside_at_once() -> None:
    assert decided(UndecodableError("why"), 1) == ToDeadLetter("undecodable", "why")


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.SerializationError(),
        asyncpg.DeadlockDetectedError(),
        asyncpg.AdminShutdownError(),
        asyncpg.LockNotAvailableError(),
        asyncpg.ConnectionDoesNotExistError(),
        asyncpg.InterfaceError("the pool is closing"),
        ConnectionRefusedError(),
        TimeoutError(),
    ],
)
def test_trouble_of_the_surroundings_is_tried_again_for_ever(error: Exception) -> None:
    waits = [decided(error, tries) for tries in (1, 2, 3, 100)]
    assert waits == [Retry(1), Retry(2), Retry(4), Retry(30)]


@pytest.mark.parametrize(
    "error",
    [
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
