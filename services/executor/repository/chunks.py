"""Chunks: claimed, marked as done, put back after a failure."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from services.executor.domain import Chunk, Tally
from services.executor.repository import plans
from shared.postgres import Connection

# The oldest job first: a later one gets its turn when the earlier has no chunk left to claim.
_CLAIM: Final = """
    SELECT c.import_id, j.biller_id, c.chunk_no, c.attempts
    FROM (
        SELECT import_id, biller_id FROM job
        WHERE finished_at IS NULL AND kind IS NOT NULL AND ($1::uuid IS NULL OR import_id = $1)
        ORDER BY started_at, import_id
    ) j
    CROSS JOIN LATERAL (
        SELECT import_id, chunk_no, attempts FROM chunk
        WHERE chunk.import_id = j.import_id AND state = 'pending' AND not_before <= now()
        ORDER BY chunk_no LIMIT 1 FOR UPDATE SKIP LOCKED
    ) c
    LIMIT 1
"""

_DONE: Final = """
    UPDATE chunk SET state = $3, counts = $4, codes = $5, applied_by = $6, applied_at = now()
    WHERE import_id = $1 AND chunk_no = $2
"""

_FAILED: Final = """
    UPDATE chunk SET attempts = attempts + 1, not_before = now() + $3::interval
    WHERE import_id = $1 AND chunk_no = $2 AND state = 'pending'
"""


async def claim(connection: Connection, import_id: UUID | None) -> Chunk | None:
    """Take one pending chunk, of this import or of the oldest job; it is ours until the transaction ends."""
    await plans.for_present_sizes(connection)
    row = await connection.fetchrow(_CLAIM, import_id)
    return None if row is None else Chunk(**row)


async def mark_done(connection: Connection, chunk: Chunk, state: str, tally: Tally, worker: str) -> None:
    """Write the chunk's end beside what it did."""
    counts = tally.counts.model_dump()
    await connection.execute(_DONE, chunk.import_id, chunk.chunk_no, state, counts, tally.codes, worker)


async def put_back(connection: Connection, chunk: Chunk, delay: timedelta) -> None:
    """Count a failed try and let the chunk rest."""
    await connection.execute(_FAILED, chunk.import_id, chunk.chunk_no, delay)
