"""What may be tried again, and how often, is told apart in one place."""

import errno
from asyncio import IncompleteReadError

import asyncpg
import pytest

from shared.postgres import Trouble, is_transient, trouble_of

PASSING = [
    asyncpg.SerializationError(),
    asyncpg.DeadlockDetectedError(),
    asyncpg.LockNotAvailableError(),
    asyncpg.AdminShutdownError(),
    asyncpg.CrashShutdownError(),
    asyncpg.CannotConnectNowError(),
    asyncpg.IdleInTransactionSessionTimeoutError(),
    asyncpg.TooManyConnectionsError(),
    asyncpg.ConnectionDoesNotExistError(),
    asyncpg.InterfaceError("the pool is closing"),
    ConnectionResetError(),
    TimeoutError(errno.ETIMEDOUT, "Connection timed out"),
    OSError(errno.EHOSTUNREACH, "No route to host"),
]
EXHAUSTED = [
    asyncpg.QueryCanceledError(),
    asyncpg.DiskFullError(),
    asyncpg.OutOfMemoryError(),
    asyncpg.ConfigurationLimitExceededError(),
    asyncpg.InsufficientResourcesError(),
    asyncpg.InternalClientError("cannot switch to state 11; another operation (2) is in progress"),
    TimeoutError(),
    MemoryError(),
    OSError(errno.ENOSPC, "No space left on device", "part"),
    OSError(errno.EMFILE, "Too many open files"),
]
FAULTS = [
    asyncpg.InsufficientPrivilegeError(),
    asyncpg.UndefinedColumnError(),
    asyncpg.DatatypeMismatchError(),
    asyncpg.UniqueViolationError(),
    asyncpg.FeatureNotSupportedError(),
    asyncpg.InternalServerError(),
    asyncpg.PostgresIOError(),
    asyncpg.exceptions._base.DataError("invalid input"),
    FileNotFoundError(errno.ENOENT, "No such file", "x"),
    PermissionError(errno.EACCES, "Permission denied", "x"),
    IncompleteReadError(b"", 1),
    ZeroDivisionError(),
]


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        *((error, Trouble.PASSING) for error in PASSING),
        *((error, Trouble.EXHAUSTED) for error in EXHAUSTED),
        *((error, Trouble.FAULT) for error in FAULTS),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_error_is_of_one_kind(error: Exception, trouble: Trouble) -> None:
    assert trouble_of(error) is trouble
    assert is_transient(error) is (trouble is not Trouble.FAULT)
