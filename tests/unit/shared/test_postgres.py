import asyncpg
import pytest

from shared.postgres import is_transient

_PASSING = (
    asyncpg.SerializationError("another, please"),
    asyncpg.DeadlockDetectedError("one of two"),
    asyncpg.LockNotAvailableError("later"),
    asyncpg.ConnectionFailureError("cut"),
    asyncpg.AdminShutdownError("restarting"),
    asyncpg.CannotConnectNowError("starting"),
    asyncpg.InterfaceError("connection is closed"),
    ConnectionResetError("cut"),
    TimeoutError("nobody answered"),
    OSError("no route to host"),
)
_LASTING = (
    asyncpg.UniqueViolationError("there already"),
    asyncpg.CheckViolationError("not allowed"),
    asyncpg.UndefinedColumnError("no such column"),
    asyncpg.DataError("not a number"),
    FileNotFoundError(2, "No such file", "file.csv"),
    ZeroDivisionError(),
)


@pytest.mark.parametrize("error", _PASSING, ids=lambda error: type(error).__name__)
def test_what_says_nothing_about_the_statement_is_tried_again(error: Exception) -> None:
    assert is_transient(error)


@pytest.mark.parametrize("error", _LASTING, ids=lambda error: type(error).__name__)
def test_what_would_fail_again_is_not(error: Exception) -> None:
    assert not is_transient(error)
