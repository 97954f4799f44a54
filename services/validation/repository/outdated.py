"""Plans that have been kept long enough: row by row they go, the check's own numbers stay, its codes for longer."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from shared.postgres import Connection

# Some chunks at a time: each of a few thousand rows.
_CHUNKS_AT_ONCE: Final = 5
_IMPORTS_AT_ONCE: Final = 100

# An undo and a round are planned from the rows of the import that they belong to.
_OUTDATED: Final = """
SELECT import_id
FROM import_check
WHERE state IN ('rejected', 'finished', 'cancelled') AND rows_removed_at IS NULL
    AND coalesce(finished_at, checked_at, requested_at) < now() - $1::interval
    AND NOT EXISTS (
        SELECT FROM mapping.import i
        WHERE (i.undoes = import_check.import_id OR i.retries = import_check.import_id)
            AND i.state IN ('checking', 'held', 'confirmed', 'approved')
    )
ORDER BY import_id
LIMIT 1
FOR UPDATE SKIP LOCKED
"""
_REMOVE_PLAN: Final = """
WITH removed AS (
    DELETE FROM plan_row
    WHERE import_id = $1
        AND chunk_no < (SELECT min(chunk_no) FROM plan_row WHERE import_id = $1) + $2
    RETURNING true
)
SELECT count(*) FROM removed
"""
_REMOVE_REST: Final = """
WITH seen AS (
    DELETE FROM plan_seen WHERE import_id = $1
), words AS (
    DELETE FROM plan_word WHERE import_id = $1
), keys AS (
    DELETE FROM imported_key k USING import_check c, unnest(c.row_keys) AS kept (key)
    WHERE c.import_id = $1 AND k.biller_id = c.biller_id AND k.key = kept.key AND k.import_id = $1
), findings AS (
    UPDATE finding SET detail = '{}', sample_lines = '{}' WHERE import_id = $1
)
UPDATE import_check SET rows_removed_at = now(), row_keys = NULL WHERE import_id = $1
"""
_REMOVE_HISTORY: Final = """
WITH outdated AS MATERIALIZED (
    SELECT o.import_id
    FROM outdated_import o
    WHERE o.ended_at < now() - $1::interval AND (
        EXISTS (SELECT FROM finding WHERE import_id = o.import_id)
        OR EXISTS (SELECT FROM canary WHERE import_id = o.import_id)
        OR EXISTS (SELECT FROM cancellation WHERE import_id = o.import_id)
    )
    LIMIT $2
), findings AS (
    DELETE FROM finding WHERE import_id IN (SELECT import_id FROM outdated)
), canaries AS (
    DELETE FROM canary WHERE import_id IN (SELECT import_id FROM outdated)
), cancellations AS (
    DELETE FROM cancellation WHERE import_id IN (SELECT import_id FROM outdated)
)
SELECT count(*) FROM outdated
"""


async def remove_piece(connection: Connection, keep: timedelta) -> int:
    """Remove some rows of the plan of an import that ended longer ago than that; 0 where there is none."""
    import_id: UUID | None = await connection.fetchval(_OUTDATED, keep)
    if import_id is None:
        return 0
    removed: int = await connection.fetchval(_REMOVE_PLAN, import_id, _CHUNKS_AT_ONCE)
    if not removed:
        await connection.execute(_REMOVE_REST, import_id)
    return removed or 1


async def remove_history(connection: Connection, keep: timedelta) -> int:
    """Remove what was found in some imports that ended longer ago than that; of how many."""
    removed: int = await connection.fetchval(_REMOVE_HISTORY, keep, _IMPORTS_AT_ONCE)
    return removed
