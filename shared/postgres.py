"""The way to Postgres: every wait has a limit, JSON comes and goes as objects, errors are told apart."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, cast

import asyncpg
import orjson

from shared.logging import error_types, get_logger

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
else:  # frameworks evaluate annotations at run time, where these cannot be subscripted
    Connection = asyncpg.Connection
    Pool = asyncpg.Pool

_CONNECT_SECONDS: Final = 10.0
_ACQUIRE_SECONDS: Final = 15.0
_CLOSE_SECONDS: Final = 10.0
_START_SECONDS: Final = 60.0
_PROBE_SECONDS: Final = 15.0
_LONGEST_BACK_OFF: Final = 10.0
_JSONB_VERSION: Final = b"\x01"

# Classes and codes of errors that say nothing about the statement: connection, transaction rollback, resources,
# operator intervention, lock time-out, idle or long transaction.
_TRANSIENT_CLASSES: Final = ("08", "40", "53", "57")
_TRANSIENT_CODES: Final = frozenset({"55P03", "25P03", "25P04"})

log = get_logger()


class Database:
    """A pool of connections."""

    def __init__(self, pool: Pool, dsn: str, application_name: str) -> None:
        self._pool = pool
        self._dsn = dsn
        self._application_name = application_name

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
        """A connection, without a transaction."""
        async with self._pool.acquire(timeout=_ACQUIRE_SECONDS) as connection:
            yield cast("Connection", connection)

    @contextlib.asynccontextmanager
    async def transaction(self, *, statement_timeout: float | None = None) -> AsyncIterator[Connection]:
        """A connection with a transaction around the block; ``statement_timeout`` (seconds) is for long statements."""
        acquired = self.connection() if statement_timeout is None else self._patient_connection(statement_timeout)
        async with acquired as connection, connection.transaction():
            yield connection

    async def close(self) -> None:
        """Close every connection; whoever still holds one loses it after a while."""
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    @contextlib.asynccontextmanager
    async def _patient_connection(self, seconds: float) -> AsyncIterator[Connection]:
        # One of its own: the client's time limit belongs to a connection and cannot be changed on a pooled one.
        connection = await asyncpg.connect(self._dsn, **_limits(self._application_name, seconds))
        try:
            await _prepare(connection)
            yield connection
        finally:
            await _close(connection)


class WakeUp:
    """A hint that there may be work: LISTEN on a connection of its own, opened again whenever it is lost."""

    def __init__(self, dsn: str, channel: str) -> None:
        self._dsn = dsn
        self._channel = channel
        self._hint = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep_listening(), name=f"listen-{self._channel}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=_CLOSE_SECONDS)

    async def wait(self, timeout: float) -> None:  # noqa: ASYNC109 - the limit is what callers choose
        """Return on a hint, or after ``timeout`` seconds: hints get lost, so who waits must look by himself too."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._hint.wait()
        self._hint.clear()

    def hint(self) -> None:
        """Wake whoever waits."""
        self._hint.set()

    async def _keep_listening(self) -> None:
        failures = 0
        while True:
            try:
                async with self._listening() as connection:
                    failures = 0
                    self.hint()  # something may have been said while nobody listened
                    await _until_lost(connection)
            except Exception as error:  # noqa: BLE001 - whatever it was, the poll goes on and the hint is tried again
                failures += 1
                log.warning("wake_up_lost", channel=self._channel, error_types=error_types(error))
                await asyncio.sleep(back_off(failures, limit=_LONGEST_BACK_OFF))

    @contextlib.asynccontextmanager
    async def _listening(self) -> AsyncIterator[Connection]:
        connection = await asyncpg.connect(self._dsn, **_limits("wake-up", _CONNECT_SECONDS))
        try:
            await connection.add_listener(self._channel, self._heard)
            yield connection
        finally:
            connection.terminate()

    def _heard(self, *_: object) -> None:
        self.hint()


def is_transient(error: BaseException) -> bool:
    """Whether the same may succeed later: trouble with the connection, the server or another transaction."""
    match error:
        case asyncpg.PostgresError(sqlstate=str(code)):
            return code[:2] in _TRANSIENT_CLASSES or code in _TRANSIENT_CODES
        case asyncpg.InterfaceError():
            # Those that are also ValueErrors blame the arguments: no wait helps there.
            return not isinstance(error, ValueError)
        case ConnectionError() | TimeoutError():
            return True
        case OSError(filename=None):  # no route, no such host: of the network, where a file's error names the file
            return True
        case _:
            return False


def back_off(failures: int, *, limit: float = 10.0) -> float:
    """Seconds to wait after so many failures in a row: twice as long each time, never the same for two processes."""
    return float(min(limit, 0.1 * 2 ** min(failures, 16)) * random.uniform(0.75, 1.25))  # noqa: S311 - no secret


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


async def _until_lost(connection: Connection) -> None:
    lost = asyncio.Event()
    connection.add_termination_listener(lambda _: lost.set())
    while not lost.is_set():
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PROBE_SECONDS):
                await lost.wait()
        if not lost.is_set():
            await connection.execute("SELECT 1")  # a connection that died in silence is found by asking


async def _close(connection: Connection) -> None:
    try:
        await connection.close(timeout=_CLOSE_SECONDS)
    except Exception as error:  # noqa: BLE001 - the work is committed or rolled back already
        log.warning("postgres_close_failed", error_types=error_types(error))
        connection.terminate()
