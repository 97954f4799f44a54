"""Claims chunks of approved imports, applies each in one transaction and ends the imports."""

import asyncio
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from prometheus_client import Counter, Histogram

from services.executor.apply import apply_chunk, give_up_chunk, skip_chunk
from services.executor.domain import NO_PERMISSION, Chunk, Job, JobState, Tally, event_id, final_state, retry_delay
from services.executor.repository import chunks, jobs
from shared.contracts.events import ChunkApplied, ImportFinished
from shared.logging import bound_contextvars, get_logger
from shared.messaging import say
from shared.postgres import Connection, Database, is_transient
from shared.rights import allows, right_of
from shared.today import us_today

log = get_logger()

_RETRY_BASE: Final = timedelta(seconds=1)
_POLL_SECONDS: Final = 0.02

ROWS = Counter("import_executor_rows", "Rows that got their outcome", ["outcome"])
CHUNK_SECONDS = Histogram("import_executor_chunk_seconds", "Time from claim to commit of a chunk")


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
    ) -> None:
        self._database = database
        self._name = name
        self._retry_base = retry_base
        self._today = today

    async def step(self, import_id: UUID | None = None) -> bool:
        """Do one piece of work, of one import or of any; False where there is none."""
        return await self._run_chunk(import_id) or await self._end_import(import_id)

    async def _run_chunk(self, import_id: UUID | None) -> bool:
        chunk: Chunk | None = None
        started = time.perf_counter()
        try:
            async with self._database.transaction() as connection:
                chunk = await chunks.claim(connection, import_id)
                if chunk is None:
                    return False
                with bound_contextvars(import_id=str(chunk.import_id), chunk_no=chunk.chunk_no):
                    tally = await self._finish_chunk(connection, chunk)
        except RightWithdrawnError:
            await self._stop_job(chunk)
            return True
        except Exception as error:
            # Trouble with connections and locks is nobody's fault and says nothing about the rows: it is tried again.
            if chunk is None or is_transient(error):
                raise
            await self._put_back(chunk, error)
            return True
        _measure(tally, time.perf_counter() - started)
        return True

    async def _finish_chunk(self, connection: Connection, chunk: Chunk) -> Tally:
        running = await jobs.hold(connection, chunk.import_id) is JobState.RUNNING
        tally = await _run(connection, chunk, self._today()) if running else await skip_chunk(connection, chunk)
        await chunks.mark_done(connection, chunk, "applied" if running else "skipped", tally, self._name)
        await say(
            connection,
            ChunkApplied(
                event_id=event_id(chunk.import_id, f"chunk {chunk.chunk_no}"),
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
        log.error(
            "chunk_failed",
            import_id=str(chunk.import_id),
            chunk_no=chunk.chunk_no,
            attempt=chunk.attempts + 1,
            error=type(error).__name__,
            sqlstate=getattr(error, "sqlstate", None),
        )
        async with self._database.transaction() as connection:
            await chunks.put_back(connection, chunk, retry_delay(chunk.attempts + 1, self._retry_base))

    async def _end_import(self, import_id: UUID | None) -> bool:
        async with self._database.transaction() as connection:
            ended = await jobs.lock_ended(connection, import_id)
            if ended is None:
                return False
            await _finish_import(connection, ended)
        return True


async def _run(connection: Connection, chunk: Chunk, today: date) -> Tally:
    job = await jobs.read(connection, chunk.import_id)
    if not await _is_permitted(connection, job):
        raise RightWithdrawnError
    if chunk.given_up:
        return await give_up_chunk(connection, chunk)
    return await apply_chunk(connection, job, chunk, today)


async def _is_permitted(connection: Connection, job: Job) -> bool:
    """Whether who asked for the import still has the right to it."""
    return allows(await right_of(connection, job.subject, job.biller_id), job.kind)


async def _finish_import(connection: Connection, ended: jobs.Ended) -> None:
    tally = await jobs.tally(connection, ended.import_id)
    counts = tally.counts
    state = final_state(ended.state, counts)
    codes = tally.codes
    if ended.state is JobState.FAILED and ended.reason is not None:
        codes = {**codes, ended.reason: 1}
    await jobs.finish(connection, ended)
    await say(
        connection,
        ImportFinished(
            event_id=event_id(ended.import_id, "finished"),
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


async def apply_pending(
    database: Database,
    import_id: UUID,
    *,
    name: str = "in-process",
    limit: float = 600,
    today: Callable[[], date] = us_today,
) -> None:
    """Run an approved import in this process until every row has its outcome; other executors may share in it."""
    executor = Executor(database, name=name, retry_base=timedelta(milliseconds=1), today=today)
    async with asyncio.timeout(limit):
        while not await _is_finished(database, import_id):
            if not await executor.step(import_id):
                await asyncio.sleep(_POLL_SECONDS)


async def _is_finished(database: Database, import_id: UUID) -> bool:
    async with database.connection() as connection:
        return await jobs.is_finished(connection, import_id)


def _measure(tally: Tally, seconds: float) -> None:
    CHUNK_SECONDS.observe(seconds)
    for outcome, rows in tally.outcomes.items():
        ROWS.labels(outcome).inc(rows)
