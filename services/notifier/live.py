"""Which imports changed: the database tells the streams of this process, so any instance serves any import."""

import asyncio
import contextlib
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Self
from uuid import UUID

import asyncpg

from services.notifier.repository.events import CHANGED_CHANNEL
from shared.errors import error_types
from shared.logging import get_logger
from shared.postgres import back_off

_CONNECT_SECONDS: Final = 10
_PROBE_SECONDS: Final = 15
_LONGEST_BACK_OFF: Final = 10.0

log = get_logger()


class Watch:
    """What changed since one stream last looked."""

    def __init__(self) -> None:
        self._changed: set[UUID] = set()
        self._everything = False
        self._event = asyncio.Event()

    def tell(self, import_id: UUID | None) -> None:
        """An import changed; None: any may have, since notifications were missed."""
        if import_id is None:
            self._everything = True
        else:
            self._changed.add(import_id)
        self._event.set()

    async def wait(self, seconds: float) -> None:
        """Until something changed, at most so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return

    def take(self) -> set[UUID] | None:
        """What changed since the last call; None where any import may have."""
        changed = None if self._everything else self._changed
        self._changed, self._everything = set(), False
        self._event.clear()
        return changed


class Changes:
    """One connection that listens, however many streams there are."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._watches: set[Watch] = set()
        self._task: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep_listening(), name="notification-listener")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    @contextlib.contextmanager
    def watch(self) -> Iterator[Watch]:
        """For as long as the stream lives."""
        watch = Watch()
        self._watches.add(watch)
        try:
            yield watch
        finally:
            self._watches.discard(watch)

    async def listening(self, seconds: float) -> None:
        """Wait until the database is listened to."""
        async with asyncio.timeout(seconds):
            await self._listening.wait()

    async def _keep_listening(self) -> None:
        failures = 0
        while True:
            try:
                await self._listen()
            except Exception as error:  # noqa: BLE001 - whatever it was, the streams look now and then by themselves
                failures = 1 if self._listening.is_set() else failures + 1
                self._listening.clear()
                log.warning("notification_listener_lost", error_types=error_types(error))
                await asyncio.sleep(back_off(failures, limit=_LONGEST_BACK_OFF))

    async def _listen(self) -> None:
        connection = await asyncpg.connect(
            self._dsn,
            timeout=_CONNECT_SECONDS,
            command_timeout=_CONNECT_SECONDS,
            server_settings={"application_name": "notifier-listener"},
        )
        try:
            lost = asyncio.Event()
            connection.add_termination_listener(lambda *_: lost.set())
            await connection.add_listener(CHANGED_CHANNEL, self._heard)
            self._listening.set()
            self._tell(None)
            while True:  # a connection that died in silence is found by asking
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_PROBE_SECONDS):
                        await lost.wait()
                await connection.execute("SELECT 1")
        finally:
            connection.terminate()

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        try:
            self._tell(UUID(str(payload)))
        except ValueError:
            log.warning("notification_unreadable")

    def _tell(self, import_id: UUID | None) -> None:
        for watch in self._watches:
            watch.tell(import_id)
