"""Claims chunks of approved imports, applies each in one transaction and ends the imports."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from prometheus_client import Counter, Gauge, Histogram

from services.executor.apply import apply_chunk, skip_chunk
from services.executor.domain import (
    ATTEMPTS_LIMIT,
    NO_PERMISSION,
    Chunk,
    Job,
    JobState,
    JobStopped,
    Tally,
    final_state,
    problem_of,
    retry_delay,
)
from services.executor.repository import chunks, jobs, notices
from services.executor.turns import Turns
from shared.activity import Activity
from shared.contracts.events import ChunkApplied, FirstRowsApplied, ImportFinished, ImportWaiting
from shared.contracts.outcomes import Outcome
from shared.contracts.rights import allows, may_undo
from shared.logging import bound_contextvars, get_logger
from shared.messaging import import_span, publish
from shared.metrics import from_zero
from shared.postgres import Connection, Database, Trouble, trouble_of
from shared.rights import right_of
from shared.today import us_today

log = get_logger()

_RETRY_BASE: Final = timedelta(seconds=1)
_POLL_SECONDS: Final = 0.02
_WATCH_SECONDS: Final = 10.0

ROWS = from_zero(Counter("import_executor_rows", "Rows that got their outcome", ["outcome"]), Outcome)
CHUNK_SECONDS = Histogram("import_executor_chunk_seconds", "Time from claim to commit of a batch")
_PASSING: Final = "passing"
_COUNTED: Final = "counted"
CHUNK_FAILURES = from_zero(
    Counter("import_executor_chunk_failures", "Failed tries of batches", ["kind"]), (_PASSING, _COUNTED)
)
WAITING = Gauge("import_executor_waiting_imports", "Imports that wait for an operator")


class RightWithdrawnError(Exception):
    """Who asked for the import may not import this kind at this biller any more."""


class Executor:
    """One loop; any number of them share the chunks."""

    def __init__(
        self,
        database: Database,
        *,
        name: str,
        retry_base: timedelta = _RETRY_BASE,
        today: Callable[[], date] = us_today,
        activity: Activity | None = None,
        most_of_biller: int = 0,
    ) -> None:
        self._database = database
        self._name = name
        self._most_of_biller = most_of_biller
        self._activity = activity or Activity()
        self._retry_base = retry_base
        self._today = today
        self._turns = Turns(retry_base)
        self._watched_at = -_WATCH_SECONDS

    async def step(self, import_id: UUID | None = None) -> bool:
        """Do one piece of work, of one import or of any; False where there is none."""
        await self._count_waiting()
        worked = await self._run_chunk(import_id)
        # An import whose last chunk is done ends or pauses now, not when no other has anything left to do.
        paused = await self._pause_import(import_id)
        ended = await self._end_import(import_id, again=not worked)
        released = await self._release_notices()
        return worked or paused or ended or released

    async def _run_chunk(self, import_id: UUID | None) -> bool:
        chunk: Chunk | None = None
        started = time.perf_counter()
        try:
            # The span outlasts the transaction: the commit is a part of the work.
            async with AsyncExitStack() as traced, self._database.transaction() as connection:
                turns = self._turns
                chunk = await chunks.claim(connection, import_id, turns.served, turns.blocked, self._most_of_biller)
                if chunk is None:
                    return False
                self._turns.note_begun(chunk.import_id)
                span = import_span(connection, "apply batch", chunk.import_id, batch=chunk.chunk_no + 1)
                await traced.enter_async_context(span)
                with (
                    bound_contextvars(import_id=str(chunk.import_id), chunk_no=chunk.chunk_no),
                    self._activity.on("batch", chunk.import_id, chunk.chunk_no + 1),
                ):
                    tally = await self._finish_chunk(connection, chunk)
        except JobStopped:
            return True  # it is still pending: whoever claims it next finds the job stopped
        except RightWithdrawnError:
            await self._stop_job(chunk)
            return True
        except Exception as error:
            if chunk is None:
                raise
            await self._put_back(chunk, error)
            return True
        self._turns.note_served(chunk.import_id)
        _measure(tally, time.perf_counter() - started)
        return True

    async def _finish_chunk(self, connection: Connection, chunk: Chunk) -> Tally:
        running = await jobs.state_of(connection, chunk.import_id) is JobState.RUNNING
        tally = await _run(connection, chunk, self._today()) if running else await skip_chunk(connection, chunk)
        await chunks.mark_done(connection, chunk, "applied" if running else "skipped", tally, self._name)
        await publish(
            connection,
            ChunkApplied(
                import_id=chunk.import_id,
                biller_id=chunk.biller_id,
                chunk_no=chunk.chunk_no,
                counts=tally.counts,
            ),
        )
        log.info("chunk_done", applied=running, rows=tally.counts.read)
        return tally

    async def _stop_job(self, chunk: Chunk | None) -> None:
        if chunk is None:
            return
        async with self._database.transaction() as connection:
            await jobs.fail(connection, chunk.import_id, NO_PERMISSION)
        log.warning("right_withdrawn", import_id=str(chunk.import_id))

    async def _put_back(self, chunk: Chunk, error: Exception) -> None:
        """Let the chunk rest. Where nothing passes by itself, the import waits for an operator in the end."""
        self._turns.note_blocked(chunk.import_id)
        passing = trouble_of(error) is Trouble.PASSING
        problem = problem_of(error)
        CHUNK_FAILURES.labels(_PASSING if passing else _COUNTED).inc()
        tried = {"import_id": str(chunk.import_id), "chunk_no": chunk.chunk_no, "error": type(error).__name__}
        async with (
            self._database.transaction() as connection,
            import_span(connection, "put batch back", chunk.import_id),
        ):
            if passing:
                pause = retry_delay(chunk.postponed + 1, self._retry_base)
                await chunks.postpone(connection, chunk, pause, problem)
                log.warning("chunk_postponed", **tried, problem=problem, postponed=chunk.postponed + 1)
                return
            log.error("chunk_failed", **tried, problem=problem, attempt=chunk.attempts + 1)
            await chunks.put_back(connection, chunk, retry_delay(chunk.attempts + 1, self._retry_base), problem)
            if chunk.attempts + 1 >= ATTEMPTS_LIMIT:
                await _wait_for_operator(connection, chunk, problem)

    async def _pause_import(self, import_id: UUID | None) -> bool:
        """Say that the canary of an import is done and that the rest waits for a person."""
        async with self._database.transaction() as connection:
            paused = await jobs.lock_paused(connection, import_id)
            if paused is None:
                return False
            async with import_span(connection, "pause import", paused.import_id):
                await jobs.pause(connection, paused.import_id)
                await publish(connection, FirstRowsApplied(import_id=paused.import_id, biller_id=paused.biller_id))
        log.info("import_paused", import_id=str(paused.import_id))
        return True

    async def _release_notices(self) -> bool:
        async with self._database.transaction() as connection:
            return await notices.release(connection)

    async def _end_import(self, import_id: UUID | None, *, again: bool) -> bool:
        """End one import; ``again``: also one whose end has just failed, which must not keep chunks waiting."""
        ended: jobs.Ended | None = None
        try:
            async with self._database.transaction() as connection:
                ended = await jobs.lock_ended(connection, import_id, self._turns.blocked, again=again)
                if ended is None:
                    return False
                async with import_span(connection, "end import", ended.import_id):
                    await _finish_import(connection, ended)
        except Exception:
            if ended is not None:
                self._turns.note_blocked(ended.import_id)  # so that others can end before it is tried again
            raise
        return True

    async def _count_waiting(self) -> None:
        now = time.monotonic()
        if now - self._watched_at < _WATCH_SECONDS:
            return
        async with self._database.connection() as connection:
            WAITING.set(await jobs.count_waiting(connection))
        self._watched_at = now


async def _run(connection: Connection, chunk: Chunk, today: date) -> Tally:
    job = await jobs.read(connection, chunk.import_id)
    if not await _is_permitted(connection, job):
        raise RightWithdrawnError
    return await apply_chunk(connection, job, chunk, today)


async def _is_permitted(connection: Connection, job: Job) -> bool:
    right = await right_of(connection, job.subject, job.biller_id)
    return allows(right, job.kind) and (job.undoes is None or may_undo(right))


async def _wait_for_operator(connection: Connection, chunk: Chunk, reason: str) -> None:
    if not await jobs.wait(connection, chunk.import_id, reason):
        return
    await publish(connection, ImportWaiting(import_id=chunk.import_id, biller_id=chunk.biller_id, reason=reason))
    WAITING.set(await jobs.count_waiting(connection))
    log.error("import_waits_for_operator", import_id=str(chunk.import_id), reason=reason)


async def _finish_import(connection: Connection, ended: jobs.Ended) -> None:
    tally = await jobs.tally(connection, ended.import_id)
    counts = tally.counts
    state = final_state(ended.state, counts)
    codes = tally.codes
    if ended.state is JobState.FAILED and ended.reason is not None:
        codes = {**codes, ended.reason: 1}
    await jobs.finish(connection, ended)
    await publish(
        connection,
        ImportFinished(
            import_id=ended.import_id,
            biller_id=ended.biller_id,
            state=state,
            counts=counts,
            codes=codes,
            started_at=ended.started_at,
            finished_at=ended.finished_at,
        ),
    )
    log.info("import_finished", import_id=str(ended.import_id), state=state, rows=counts.read)


class ImportWaitsError(Exception):
    """The import waits for an operator."""


async def apply_pending(
    database: Database,
    import_id: UUID,
    *,
    name: str = "in-process",
    limit: float = 600,
    today: Callable[[], date] = us_today,
) -> None:
    """Run an approved import in this process until every row has its outcome; other executors may share in it.

    Raises ImportWaitsError where it waits for an operator.
    """
    executor = Executor(database, name=name, retry_base=timedelta(milliseconds=1), today=today)
    async with asyncio.timeout(limit):
        while not await _is_finished(database, import_id):
            if not await executor.step(import_id):
                await asyncio.sleep(_POLL_SECONDS)


async def _is_finished(database: Database, import_id: UUID) -> bool:
    async with database.connection() as connection:
        finished, waits_for = await jobs.standing(connection, import_id)
    if waits_for is not None and not finished:
        raise ImportWaitsError(waits_for)
    return finished


def _measure(tally: Tally, seconds: float) -> None:
    CHUNK_SECONDS.observe(seconds)
    for outcome, rows in tally.outcomes.items():
        ROWS.labels(outcome).inc(rows)
