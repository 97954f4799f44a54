"""Which imports changed: the database tells the streams of this process, so any instance serves any import."""

import asyncio
import contextlib
from collections.abc import Iterator
from types import TracebackType
from typing import Self
from uuid import UUID

from services.notifier.repository.events import CHANGED_CHANNEL
from shared.logging import get_logger
from shared.postgres import Listener

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
        self._watches: set[Watch] = set()
        self._listener = Listener(dsn, CHANGED_CHANNEL, self._heard, "notifier-listener")

    async def __aenter__(self) -> Self:
        await self._listener.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._listener.__aexit__(kind, error, trace)

    @contextlib.contextmanager
    def watch(self) -> Iterator[Watch]:
        watch = Watch()
        self._watches.add(watch)
        try:
            yield watch
        finally:
            self._watches.discard(watch)

    async def listening(self, seconds: float) -> None:
        await self._listener.listening(seconds)

    def _heard(self, payload: str | None) -> None:
        try:
            import_id = None if payload is None else UUID(payload)
        except ValueError:
            log.warning("notification_unreadable")
            return
        for watch in self._watches:
            watch.tell(import_id)
