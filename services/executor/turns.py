"""Whose turn it is: an executor serves the imports one after the other, a chunk each."""

import time
from datetime import timedelta
from uuid import UUID

from services.executor.domain import retry_delay

_MOST_REMEMBERED = 1000


class Turns:
    """What one executor remembers of the imports that it served; another one has turns of its own."""

    def __init__(self, pause: timedelta) -> None:
        self._pause = pause
        self._served: dict[UUID, None] = {}
        self._blocked: dict[UUID, tuple[int, float]] = {}

    @property
    def served(self) -> list[UUID]:
        """Imports in the order in which they were served last."""
        return list(self._served)

    @property
    def blocked(self) -> list[UUID]:
        """Imports that are looked at only where no other has anything to do, since others keep them from going on."""
        now = time.monotonic()
        return [import_id for import_id, (_, until) in self._blocked.items() if until > now]

    def note_begun(self, import_id: UUID) -> None:
        """A chunk of this import is in hand: whoever looks for the next one meanwhile serves another import first."""
        self._to_the_end(import_id)

    def note_served(self, import_id: UUID) -> None:
        self._blocked.pop(import_id, None)
        self._to_the_end(import_id)

    def note_blocked(self, import_id: UUID) -> None:
        failures = self._blocked.get(import_id, (0, 0.0))[0] + 1
        self._blocked[import_id] = (failures, time.monotonic() + retry_delay(failures, self._pause).total_seconds())
        self._to_the_end(import_id)

    def _to_the_end(self, import_id: UUID) -> None:
        self._served.pop(import_id, None)
        self._served[import_id] = None
        if len(self._served) > _MOST_REMEMBERED:
            forgotten = next(iter(self._served))
            del self._served[forgotten]
            self._blocked.pop(forgotten, None)
