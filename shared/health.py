"""Health looks at progress: whoever has work to do gives a pulse, and a process without one is ended."""

import os
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from shared.logging import get_logger

EXIT_STUCK: Final = 70  # EX_SOFTWARE: whoever supervises starts a fresh process
_LOOK_SECONDS: Final = 1.0
_PAUSED_SECONDS: Final = 5.0

log = get_logger()


class Pulse:
    """The sign of life of one part."""

    def __init__(self, name: str, limit_seconds: float, end: Callable[["Pulse"], None]) -> None:
        self.name = name
        self.problem = ""
        self._limit = limit_seconds
        self._end = end
        self._last = time.monotonic()

    def beat(self, problem: str = "") -> None:
        """Alive; ``problem`` says in plain words what it cannot do for the time being."""
        self.problem = problem
        self._last = time.monotonic()

    def rest(self, seconds: float) -> None:
        """Nothing to do for so long: the limit counts from then on, or from the next beat."""
        self._last = time.monotonic() + seconds

    def forgive(self) -> None:
        """The time until now does not count."""
        self._last = max(self._last, time.monotonic())

    def tell(self, problem: str) -> None:
        """Say what cannot be done, or with an empty text that all can be, which is no sign of life by itself."""
        self.problem = problem

    def end(self) -> None:
        """Stopped on purpose: no longer looked at."""
        self._end(self)

    @property
    def overdue(self) -> bool:
        return time.monotonic() - self._last > self._limit


class Health:
    """All pulses of a process. As a context manager it watches them and ends the process when one is overdue."""

    def __init__(self, exit_process: Callable[[int], object] = os._exit) -> None:
        self._pulses: list[Pulse] = []
        self._exit = exit_process
        self._stopped = threading.Event()

    def pulse(self, name: str, limit_seconds: float) -> Pulse:
        """A new pulse; it has to beat at least once in so many seconds, rests apart."""
        pulse = Pulse(name, limit_seconds, self._pulses.remove)
        self._pulses.append(pulse)
        return pulse

    def ready(self) -> list[str]:
        """What keeps the process from doing its work, in plain words; empty when it is ready."""
        return [f"{pulse.name}: {_ailment(pulse)}" for pulse in list(self._pulses) if _ailment(pulse)]

    def end_process(self, reason: str) -> None:
        """End the process at once: nothing in it can be trusted to clean up, and the database holds the truth."""
        log.critical("process_ended", reason=reason, exit_code=EXIT_STUCK)
        self._exit(EXIT_STUCK)

    async def __aenter__(self) -> Self:
        # A thread, since a blocked event loop is one of the things to notice.
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()

    def _watch(self) -> None:
        looked = time.monotonic()
        while not self._stopped.wait(_LOOK_SECONDS):
            now = time.monotonic()
            if now - looked > _PAUSED_SECONDS:
                self._forgive_pause()
            looked = now
            if overdue := [pulse.name for pulse in list(self._pulses) if pulse.overdue]:
                self.end_process("no progress: " + ", ".join(overdue))

    def _forgive_pause(self) -> None:
        # The whole process was stopped, the watchdog with it: that is not the fault of any part.
        for pulse in list(self._pulses):
            pulse.forgive()


def _ailment(pulse: Pulse) -> str:
    return "no progress" if pulse.overdue else pulse.problem
