"""What a process works on at this moment, and within which limits, for those who look after the system."""

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work in hand; ``part`` is the number of the batch, from 1."""

    what: str
    import_id: UUID
    since: datetime
    part: int | None = None


class Activity:
    """The pieces of work in hand. Kept in memory only; whoever reports it does so every few seconds."""

    def __init__(self) -> None:
        self.limits: Mapping[str, int] = {}  # by the name of their setting
        self._numbers = itertools.count()
        self._work: dict[int, Work] = {}

    @contextmanager
    def on(self, what: str, import_id: UUID, part: int | None = None) -> Iterator[None]:
        """In hand as long as this is entered."""
        number = next(self._numbers)
        self._work[number] = Work(what, import_id, datetime.now(UTC), part)
        try:
            yield
        finally:
            del self._work[number]

    def now(self) -> list[Work]:
        return list(self._work.values())
