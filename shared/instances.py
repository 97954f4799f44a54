"""Signs of life: each process says every few seconds that it is alive, since when, and what it works on."""

import os
import socket
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Final, Self
from uuid import uuid4

from shared.activity import Activity
from shared.errors import error_types
from shared.health import Health
from shared.logging import get_logger
from shared.postgres import Database
from shared.version import VERSION
from shared.workers import Worker

BEAT_SECONDS: Final = 5.0
GONE_AFTER: Final = timedelta(seconds=30)
"""An instance without a sign of life for this long counts as gone: killed, cut off, or its host is."""
_FORGOTTEN_AFTER: Final = timedelta(hours=1)

_BEAT: Final = """
    WITH forgotten AS (DELETE FROM instance WHERE seen_at < now() - $7::interval AND id <> $1)
    INSERT INTO instance (id, name, version, started_at, seen_at, work, problems, limits)
    VALUES ($1, $2, $3, $4, now(), $5, $6, $8)
    ON CONFLICT (id) DO UPDATE SET seen_at = now(), work = excluded.work, problems = excluded.problems
"""
_LEAVE: Final = "DELETE FROM instance WHERE id = $1"

log = get_logger()


def name_of_process() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


class Instance:
    """This process among those of its service, as long as it is entered."""

    def __init__(self, database: Database, health: Health, activity: Activity) -> None:
        self._id = uuid4()
        self._started_at = datetime.now(UTC)
        self._database = database
        self._health = health
        self._activity = activity
        self._worker = Worker("sign of life", self.step, health=health, poll_seconds=BEAT_SECONDS)

    async def __aenter__(self) -> Self:
        await self._worker.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._worker.__aexit__(kind, error, trace)
        try:
            async with self._database.connection() as connection:
                await connection.execute(_LEAVE, self._id)
        except Exception as failure:  # noqa: BLE001 - it counts as gone soon anyway
            log.warning("instance_not_removed", error_types=error_types(failure))

    async def step(self) -> bool:
        async with self._database.connection() as connection:
            await connection.execute(
                _BEAT,
                self._id,
                name_of_process(),
                VERSION,
                self._started_at,
                # The driver's own UUIDs are none that JSON knows.
                [{**asdict(one), "import_id": str(one.import_id)} for one in self._activity.now()],
                self._health.ready(),
                _FORGOTTEN_AFTER,
                self._activity.limits,
            )
        return False
