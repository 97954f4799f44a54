"""The way to Postgres: every wait has a limit, JSON comes and goes as objects, errors are told apart."""

import asyncio
import contextlib
import errno
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from enum import StrEnum
from random import SystemRandom
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self, cast

import asyncpg
import orjson
from asyncpg.connection import LoggedQuery

from shared import tracing
from shared.errors import error_types
from shared.logging import get_logger

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
else:  # frameworks evaluate annotations at run time, where these cannot be subscripted
    Connection = asyncpg.Connection
    Pool = asyncpg.Pool

_CHANCE: Final = SystemRandom()
_CONNECT_SECONDS: Final = 10.0
_ACQUIRE_SECONDS: Final = 15.0
_CLOSE_SECONDS: Final = 10.0
_MOST_PATIENT: Final = 32  # of one process and one time limit
_PATIENT_IDLE_SECONDS: Final = 60.0
_START_SECONDS: Final = 60.0
_PROBE_SECONDS: Final = 15.0
_LONGEST_BACK_OFF: Final = 10.0
_JSONB_VERSION: Final = b"\x01"
_LONGEST_STATEMENT: Final = 400  # as a span tells it
_RESET: Final = "SELECT pg_advisory_unlock_all()"  # what the pool says of each connection that is given back

# Refused by asyncpg before it is sent, out of range, a moment beyond the calendar, NUL in text and in JSON.
_UNSTORABLE: Final = frozenset({None, "22000", "22003", "22008", "22021", "22P05"})
_EXHAUSTED_ERRNOS: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.ENOMEM, errno.EMFILE, errno.ENFILE})

log = get_logger()


class Trouble(StrEnum):
    """What an error says of trying the same again."""

    PASSING = "passing"
    EXHAUSTED = "exhausted"
    FAULT = "fault"


_LOCKED: Final = "55P03"
_OF_TRANSACTIONS: Final = "40"

# By the whole SQLSTATE first, then by its class; what stands in neither is a fault.
_STATES: Final[Mapping[str, Trouble]] = {
    "25P03": Trouble.PASSING,  # idle in transaction: this process stood still for a while
    "25P04": Trouble.EXHAUSTED,  # the time limit of a transaction
    "53300": Trouble.PASSING,  # too many connections
    _LOCKED: Trouble.PASSING,  # the wait for a lock was too long
    "57014": Trouble.EXHAUSTED,  # the time limit of a statement
    "57P01": Trouble.PASSING,  # the server or the connection is being shut down, …
    "57P02": Trouble.PASSING,  # … has crashed, …
    "57P03": Trouble.PASSING,  # … or is still starting
    "57P05": Trouble.PASSING,  # idle for too long
}
_STATE_CLASSES: Final[Mapping[str, Trouble]] = {
    "08": Trouble.PASSING,  # the connection
    _OF_TRANSACTIONS: Trouble.PASSING,  # deadlock, serialization
    "53": Trouble.EXHAUSTED,  # disk, memory, a limit of the configuration
}


class Usage(NamedTuple):
    """Connections of a pool; ``limit`` is how many it opens at most."""

    used: int
    idle: int
    limit: int


class Database:
    """A pool of connections."""

    def __init__(self, pool: Pool, dsn: str, application_name: str) -> None:
        self._pool = pool
        self._dsn = dsn
        self._application_name = application_name
        self._patient: dict[float, Pool] = {}
        self._opening = asyncio.Lock()

    @classmethod
    async def connect(
        cls, dsn: str, *, application_name: str, min_size: int = 1, max_size: int = 8, command_timeout: float = 30
    ) -> Self:
        """Open the pool; waits a while for a server that is still starting."""
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                pool = await asyncpg.create_pool(
                    dsn,
                    min_size=min_size,
                    max_size=max_size,
                    init=_prepare,
                    **_limits(application_name, command_timeout),
                )
            except Exception as error:
                if not is_transient(error) or time.monotonic() > deadline:
                    raise
                log.warning("postgres_unreachable", error_types=error_types(error))
                await asyncio.sleep(1)
            else:
                return cls(pool, dsn, application_name)

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        with _unreachable_if_late():
            connection = await self._pool.acquire(timeout=_ACQUIRE_SECONDS)
        try:
            yield cast("Connection", connection)
        finally:
            await self._pool.release(connection)

    @contextlib.asynccontextmanager
    async def transaction(self, *, statement_timeout: float | None = None) -> AsyncIterator[Connection]:
        """A connection with a transaction around the block; ``statement_timeout`` (seconds) is for long statements."""
        acquired = self.connection() if statement_timeout is None else self._patient_connection(statement_timeout)
        async with acquired as connection, connection.transaction():
            yield connection

    @property
    def usage(self) -> Usage:
        idle = self._pool.get_idle_size()
        return Usage(self._pool.get_size() - idle, idle, self._pool.get_max_size())

    async def close(self) -> None:
        for pool in (*self._patient.values(), self._pool):
            try:
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await pool.close()
            except TimeoutError:
                pool.terminate()

    @contextlib.asynccontextmanager
    async def _patient_connection(self, seconds: float) -> AsyncIterator[Connection]:
        pool = await self._patient_pool(seconds)
        with _unreachable_if_late():
            connection = await pool.acquire(timeout=_ACQUIRE_SECONDS)
        try:
            yield cast("Connection", connection)
        finally:
            await pool.release(connection)

    async def _patient_pool(self, seconds: float) -> Pool:
        # Of its own, since the client's time limit belongs to a connection and cannot be changed on a pooled one. A
        # server process that has done the like before needs a third less time for small work. No statement is kept:
        # working tables of the same name may have other columns the next time.
        async with self._opening:
            if seconds not in self._patient:
                self._patient[seconds] = await asyncpg.create_pool(
                    self._dsn,
                    min_size=0,
                    max_size=_MOST_PATIENT,
                    max_inactive_connection_lifetime=_PATIENT_IDLE_SECONDS,
                    statement_cache_size=0,
                    init=_prepare,
                    **_limits(self._application_name, seconds),
                )
            return self._patient[seconds]


class Listener:
    """LISTEN on a connection of its own, opened again whenever it is lost.

    ``heard`` gets each payload, and None whenever the connection is opened: something may have been said before.
    """

    def __init__(self, dsn: str, channel: str, heard: Callable[[str | None], None], name: str = "wake-up") -> None:
        self._dsn = dsn
        self._channel = channel
        self._heard = heard
        self._name = name
        self._task: asyncio.Task[None] | None = None
        self._open = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep_listening(), name=f"listen-{self._channel}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=_CLOSE_SECONDS)

    async def listening(self, seconds: float) -> None:
        async with asyncio.timeout(seconds):
            await self._open.wait()

    async def _keep_listening(self) -> None:
        failures = 0
        while True:
            try:
                await self._listen()
            except Exception as error:  # noqa: BLE001 - whatever it was, who waits looks by himself too
                failures = 1 if self._open.is_set() else failures + 1
                self._open.clear()
                log.warning("listener_lost", channel=self._channel, error_types=error_types(error))
                await asyncio.sleep(back_off(failures, limit=_LONGEST_BACK_OFF))

    async def _listen(self) -> None:
        connection = await asyncpg.connect(self._dsn, **_limits(self._name, _CONNECT_SECONDS))
        try:
            lost = asyncio.Event()
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(self._channel, lambda *said: self._heard(str(said[-1])))
            self._open.set()
            self._heard(None)
            while True:  # a connection that died in silence is found by asking
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_PROBE_SECONDS):
                        await lost.wait()
                await connection.execute("SELECT 1")
        finally:
            connection.terminate()


class WakeUp:
    """A hint that there may be work: somebody said so on a channel, or may have.

    Workers that wait for the same share one, and with it its connection: it is open as long as any of them uses it.
    """

    def __init__(self, dsn: str, channel: str) -> None:
        self._hint = asyncio.Event()
        self._listener = Listener(dsn, channel, lambda _: self.hint())
        self._users = 0

    async def __aenter__(self) -> Self:
        self._users += 1
        if self._users == 1:
            await self._listener.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._users -= 1
        if not self._users:
            await self._listener.__aexit__(kind, error, trace)

    async def wait(self, timeout: float) -> None:  # noqa: ASYNC109 - the limit is what callers choose
        """Return on a hint, or after ``timeout`` seconds: hints get lost, so who waits must look by himself too."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._hint.wait()
        self._hint.clear()

    def hint(self) -> None:
        self._hint.set()


def trouble_of(error: BaseException) -> Trouble:
    """What kind of trouble an error is: the one place that says what may be tried again, and how often.

    PASSING: the connection, the server going down or coming up, a lock or another transaction. It says nothing about
    the work, which may be tried again as often as it takes, after a growing pause.
    EXHAUSTED: a limit the work itself has run into: its time, the disk, memory. It may help to wait, but the same may
    happen each time: count the tries, and end in a state with a name and a remedy.
    FAULT: all the rest, such as a statement that is wrong, a right that is missing or a value that is refused. It will
    be the same next time; whether the rows are to blame is not said here.
    """
    match error:
        case asyncpg.PostgresError(sqlstate=str(code)):
            return _STATES.get(code) or _STATE_CLASSES.get(code[:2], Trouble.FAULT)
        case asyncpg.InterfaceError():
            # Those that are also ValueErrors blame the arguments: no wait helps there.
            return Trouble.FAULT if isinstance(error, ValueError) else Trouble.PASSING
        case MemoryError() | TimeoutError(errno=None) | asyncpg.InternalClientError():
            return Trouble.EXHAUSTED  # the client's own errors: also of a connection that the server ends right then
        case OSError(errno=number) if number in _EXHAUSTED_ERRNOS:
            return Trouble.EXHAUSTED
        case ConnectionError() | OSError(filename=None):  # of the network, where a file's error names the file
            return Trouble.PASSING
        case _:
            return Trouble.FAULT


def is_transient(error: BaseException) -> bool:
    """Whether the same may succeed later, for those who only answer and do not try again themselves."""
    return trouble_of(error) is not Trouble.FAULT


def is_in_the_way(error: BaseException) -> bool:
    """Whether another transaction holds what this one needs; all the others may go on."""
    code = error.sqlstate if isinstance(error, asyncpg.PostgresError) else None
    return code is not None and (code == _LOCKED or code.startswith(_OF_TRANSACTIONS))


def is_unstorable(error: BaseException) -> bool:
    """Whether a value was given that its column cannot hold: it is for who asked to correct, not for us."""
    return isinstance(error, asyncpg.DataError) and error.sqlstate in _UNSTORABLE


def back_off(failures: int, *, limit: float = 10.0) -> float:
    """Seconds to wait after so many failures in a row: twice as long each time."""
    return spread(min(limit, 0.1 * 2 ** min(failures, 16)))


def spread(seconds: float) -> float:
    """About so many seconds, never the same for two processes."""
    return seconds * _CHANCE.uniform(0.75, 1.25)


def _limits(application_name: str, command_timeout: float) -> dict[str, Any]:
    return {
        "timeout": _CONNECT_SECONDS,
        "command_timeout": command_timeout + 2,  # the server gives up first and says so
        "server_settings": {
            "application_name": application_name,
            "statement_timeout": f"{int(command_timeout * 1000)}",
            "lock_timeout": "10s",
            "idle_in_transaction_session_timeout": "60s",
            "tcp_keepalives_idle": "30",
            "tcp_keepalives_interval": "10",
            "tcp_keepalives_count": "3",
            "timezone": "UTC",
        },
    }


async def _prepare(connection: Connection) -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=lambda value: _JSONB_VERSION + orjson.dumps(value),
        decoder=lambda data: orjson.loads(data[len(_JSONB_VERSION) :]),
    )
    if tracing.is_on():
        connection.add_query_logger(_trace)


def _trace(done: LoggedQuery) -> None:
    """A span for each statement of a piece of work that is traced, without its parameters."""
    text = " ".join(done.query.split())
    if not text.startswith(_RESET):
        told = {"db.system.name": "postgresql", "db.query.text": text[:_LONGEST_STATEMENT]}
        if done.exception is not None:
            told["error.type"] = type(done.exception).__name__
        tracing.past(text.partition(" ")[0].rstrip(";").upper(), "client", done.elapsed, attributes=told)


@contextlib.contextmanager
def _unreachable_if_late() -> Iterator[None]:
    # A time limit hit on the way to the server is no time limit of the work.
    try:
        yield
    except TimeoutError as error:
        raise ConnectionError("No connection in time") from error
