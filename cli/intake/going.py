"""Whether an intake goes on: every step of its work asks, and by that says that something moves."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Final

from cli.errors import UnreachableError

_LONGEST_STEP: Final = 1800.0  # seconds; what is asked of a place or the system has shorter limits


class StoppedError(UnreachableError):
    """Somebody stops the intake; what it was working on waits for the next start."""

    def __init__(self) -> None:
        super().__init__("The intake was stopped", remedy="Start it again; it takes what is left as the same imports")


@dataclass(slots=True)
class Going:
    """Of the looks at one place."""

    stopped: Event = field(default_factory=Event)
    _due: float = field(default_factory=lambda: time.monotonic() + _LONGEST_STEP)

    @property
    def is_alive(self) -> bool:
        return time.monotonic() < self._due

    def step(self) -> None:
        """Raises StoppedError once somebody stops the intake."""
        self.rest(0)
        if self.stopped.is_set():
            raise StoppedError

    def rest(self, seconds: float) -> None:
        self._due = time.monotonic() + seconds + _LONGEST_STEP
        self.stopped.wait(seconds)


@contextmanager
def stopping(stopped: Event) -> Iterator[None]:
    """However it is left, by SIGTERM, too, everything is told to stop. A second signal ends the process at once."""
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        stopped.set()


def _stop(*_: object) -> None:
    # an exception and no event: a handler runs in the middle of anything, such as a wait for that event
    raise StoppedError
