"""Chunks: claimed, marked as done, put back after a failure."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg

from services.executor.domain import Chunk, Tally
from services.executor.repository import locks, planner
from shared.postgres import Connection

# Each job in turn, so that none waits for the end of another: first who was served least recently by this executor,
# and those last of whose chunks the last one waited for a lock in vain.
# What operations paused, with its rounds and undos, is passed over, but for rows of stopped jobs: they need an outcome.
_CLAIM: Final = """
    SELECT c.import_id, j.biller_id, c.chunk_no, c.attempts, c.postponed
    FROM (
        SELECT import_id, biller_id FROM job
        WHERE finished_at IS NULL AND kind IS NOT NULL AND waiting_since IS NULL
            AND ($1::uuid IS NULL OR import_id = $1) AND biller_id <> ALL ($4::bigint[])
            AND (state <> 'running' OR NOT EXISTS (
                SELECT FROM pause WHERE resumed_at IS NULL
                    AND (
                        pause.import_id IS NULL
                        OR mapping.first_import(pause.import_id) = mapping.first_import(job.import_id)
                    )
                    AND (pause.biller_id IS NULL OR pause.biller_id = job.biller_id)
            ))
        ORDER BY import_id = ANY ($3::uuid[]), array_position($2::uuid[], import_id) NULLS FIRST, started_at, import_id
    ) j
    CROSS JOIN LATERAL (
        SELECT import_id, chunk_no, attempts, postponed FROM chunk
        WHERE chunk.import_id = j.import_id AND state = 'pending' AND not_before <= now()
        ORDER BY chunk_no LIMIT 1 FOR UPDATE SKIP LOCKED
    ) c
    LIMIT 1
"""
# One of the places of a biller, held until the transaction ends, however that may be.
_TAKE_PLACE: Final = """
    SELECT EXISTS (
        SELECT FROM generate_series(1, $2::int) AS place
        WHERE pg_try_advisory_xact_lock(hashtextextended('batch ' || place, $1::bigint))
    )
"""
_DONE: Final = """
    UPDATE chunk SET state = $3, counts = $4, codes = $5, applied_by = $6, applied_at = now(),
        changed = $7
    WHERE import_id = $1 AND chunk_no = $2
"""

_FAILED: Final = """
    UPDATE chunk SET attempts = attempts + 1, not_before = now() + $3::interval, last_problem = $4
    WHERE import_id = $1 AND chunk_no = $2 AND state = 'pending'
"""
_POSTPONED: Final = """
    UPDATE chunk SET postponed = postponed + 1, not_before = now() + $3::interval, last_problem = $4
    WHERE import_id = $1 AND chunk_no = $2 AND state = 'pending'
"""


async def claim(
    connection: Connection,
    import_id: UUID | None,
    served: Sequence[UUID] = (),
    blocked: Sequence[UUID] = (),
    most_of_biller: int = 0,
) -> Chunk | None:
    """Take one pending chunk, of this import or of the job whose turn it is; ours until the transaction ends.

    ``served`` are jobs in the order in which they were served last, ``blocked`` those that others keep from going on.
    Of each biller all executors together have ``most_of_biller`` chunks in hand, with 0 as many as they like.
    """
    await planner.for_present_sizes(connection)
    row = await _find(connection, (import_id, served, blocked), most_of_biller)
    if row is None:
        return None
    chunk = Chunk(**row)
    await locks.for_comparing(connection)
    return chunk


async def _find(connection: Connection, wanted: tuple[object, ...], most_of_biller: int) -> asyncpg.Record | None:
    full: list[int] = []
    if not most_of_biller:
        return await connection.fetchrow(_CLAIM, *wanted, full)
    while True:
        look = connection.transaction()
        await look.start()
        row = await connection.fetchrow(_CLAIM, *wanted, full)
        if row is None or await _take_place(connection, row["biller_id"], most_of_biller):
            await look.commit()
            return row
        await look.rollback()  # which lets go of the chunk
        full.append(row["biller_id"])


async def _take_place(connection: Connection, biller_id: int, places: int) -> bool:
    return bool(await connection.fetchval(_TAKE_PLACE, biller_id, places))


async def mark_done(connection: Connection, chunk: Chunk, state: str, tally: Tally, worker: str) -> None:
    counts, changed = tally.counts.model_dump(), sorted(tally.changed) or None
    await connection.execute(_DONE, chunk.import_id, chunk.chunk_no, state, counts, tally.codes, worker, changed)


async def put_back(connection: Connection, chunk: Chunk, delay: timedelta, problem: str) -> None:
    """Count a failed try and let the chunk rest."""
    await connection.execute(_FAILED, chunk.import_id, chunk.chunk_no, delay, problem)


async def postpone(connection: Connection, chunk: Chunk, delay: timedelta, problem: str) -> None:
    """Let the chunk rest until a passing reason may have passed."""
    await connection.execute(_POSTPONED, chunk.import_id, chunk.chunk_no, delay, problem)
