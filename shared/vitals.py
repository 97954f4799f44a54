"""What a process measures of itself: its release, delays of its event loop, connections of its pool."""

import asyncio
from collections import deque
from types import TracebackType
from typing import Final, Self

from prometheus_client import Gauge

from shared.postgres import Database
from shared.version import VERSION

_TICK_SECONDS: Final = 0.5
_TICKS_KEPT: Final = 60

BUILD: Final = Gauge("import_build_info", "Always 1, with the release of the process", ("service", "version"))
LOOP_DELAY: Final = Gauge(
    "import_event_loop_delay_seconds", "The longest time in the last 30 seconds that the event loop was blocked"
)
CONNECTIONS: Final = Gauge("import_postgres_connections", "Connections of the process's pool", ("state",))
CONNECTIONS_LIMIT: Final = Gauge("import_postgres_connections_limit", "The most connections that the pool opens")


class Vitals:
    """Measures every half a second, as long as it is entered."""

    def __init__(self, service: str, database: Database) -> None:
        self._database = database
        self._delays: deque[float] = deque(maxlen=_TICKS_KEPT)
        self._task: asyncio.Task[None] | None = None
        BUILD.labels(service, VERSION).set(1)

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="vitals")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            await asyncio.sleep(_TICK_SECONDS)
            self._delays.append(max(0.0, loop.time() - began - _TICK_SECONDS))
            LOOP_DELAY.set(max(self._delays))
            usage = self._database.usage
            CONNECTIONS.labels("used").set(usage.used)
            CONNECTIONS.labels("idle").set(usage.idle)
            CONNECTIONS_LIMIT.set(usage.limit)
