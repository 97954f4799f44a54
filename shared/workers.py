"""Long work, claimed from a table: a step at a time, as long as there is some."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Final, Self

from prometheus_client import Counter

from shared.errors import error_types
from shared.health import Health, Pulse
from shared.logging import bound_contextvars, get_logger
from shared.postgres import WakeUp, back_off, is_transient

STEPS: Final = Counter("import_worker_steps", "Steps of the workers by result", ("worker", "result"))

Step = Callable[[], Awaitable[bool]]

log = get_logger()


class Worker:
    """Runs ``step`` until it returns False (nothing to do), then waits for a hint or for the next look.

    On leaving, the running step may end; what takes longer than ``drain_seconds`` is cancelled, and its transaction
    with it. ``limit_seconds`` is how long one step may take before the process counts as stuck; the pause between
    two looks may be longer.
    """

    def __init__(
        self,
        name: str,
        step: Step,
        *,
        health: Health,
        wake: WakeUp | None = None,
        poll_seconds: float = 1.0,
        limit_seconds: float = 600.0,
        drain_seconds: float = 25.0,
        longest_back_off: float = 5.0,
    ) -> None:
        self._name = name
        self._step = step
        self._health = health
        self._wake = wake
        self._poll_seconds = poll_seconds
        self._limit_seconds = limit_seconds
        self._drain_seconds = drain_seconds
        self._longest_back_off = longest_back_off
        self._stopping = asyncio.Event()
        self._context = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        if self._wake is not None:
            await self._context.enter_async_context(self._wake)
        pulse = self._health.pulse(self._name, self._limit_seconds)
        self._context.callback(pulse.end)
        task = asyncio.create_task(self._run(pulse), name=self._name)
        task.add_done_callback(self._ended)
        self._context.push_async_callback(self._drain, task)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._context.aclose()

    async def _run(self, pulse: Pulse) -> None:
        failures = 0
        while not self._stopping.is_set():
            pulse.beat(pulse.problem)  # the limit is for the step alone
            try:
                with bound_contextvars(worker=self._name):
                    busy = await self._step()
            except Exception as error:  # noqa: BLE001 - a worker outlives whatever its step meets
                failures += 1
                self._failed(error, pulse)
                await self._pause(back_off(failures, limit=self._longest_back_off))
            else:
                failures = 0
                pulse.beat()
                STEPS.labels(self._name, "worked" if busy else "idle").inc()
                if not busy:
                    pulse.rest(self._poll_seconds)
                    await self._wait_for_work()

    def _failed(self, error: Exception, pulse: Pulse) -> None:
        transient = is_transient(error)
        STEPS.labels(self._name, "transient" if transient else "failed").inc()
        pulse.beat("the database or another part is not reachable" if transient else "its step fails")
        if transient:
            log.warning("step_postponed", worker=self._name, error_types=error_types(error))
        else:
            log.error("step_failed", worker=self._name, exc_info=error)

    async def _wait_for_work(self) -> None:
        if self._wake is None:
            await self._pause(self._poll_seconds)
        elif not self._stopping.is_set():
            await self._wake.wait(self._poll_seconds)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    async def _drain(self, task: asyncio.Task[None]) -> None:
        self._stopping.set()
        if self._wake is not None:
            self._wake.hint()
        _, running = await asyncio.wait([task], timeout=self._drain_seconds)
        if running:
            log.warning("step_cut_off", worker=self._name)
            task.cancel()
            await asyncio.wait([task], timeout=self._drain_seconds)

    def _ended(self, task: asyncio.Task[None]) -> None:
        # A cancellation out of nowhere would end the work in silence while the process looks alive.
        if not self._stopping.is_set():
            self._health.end_process(f"{task.get_name()} ended by itself")


class Workers:
    """Several workers side by side; on leaving they drain at the same time."""

    def __init__(self, workers: Sequence[Worker]) -> None:
        self._workers = workers

    async def __aenter__(self) -> Self:
        for worker in self._workers:
            await worker.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*(worker.__aexit__(kind, error, trace) for worker in self._workers))
