"""Results that have been kept long enough: row by row they go, the sums of the chunks stay for longer."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from shared.postgres import Connection

_LINES_AT_ONCE: Final = 10_000
_IMPORTS_AT_ONCE: Final = 20

# An undo and a round go on from the results of the import that they belong to.
_OUTDATED: Final = """
SELECT import_id
FROM job
WHERE finished_at < now() - $1::interval AND rows_removed_at IS NULL
    AND NOT EXISTS (
        SELECT FROM mapping.import i
        WHERE (i.undoes = job.import_id OR i.retries = job.import_id)
            AND i.state IN ('checking', 'held', 'confirmed', 'approved')
    )
ORDER BY import_id
LIMIT 1
FOR UPDATE SKIP LOCKED
"""
_REMOVE_RESULTS: Final = """
WITH removed AS (
    DELETE FROM row_result
    WHERE import_id = $1 AND line_no < (SELECT min(line_no) FROM row_result WHERE import_id = $1) + $2
    RETURNING true
)
SELECT count(*) FROM removed
"""
_NOTE: Final = "UPDATE job SET rows_removed_at = now() WHERE import_id = $1"
_REMOVE_HISTORY: Final = """
WITH outdated AS MATERIALIZED (
    SELECT o.import_id
    FROM validation.outdated_import o
    JOIN job j ON j.import_id = o.import_id AND j.rows_removed_at IS NOT NULL
    WHERE o.ended_at < now() - $1::interval AND (
        EXISTS (SELECT FROM chunk WHERE import_id = o.import_id)
        OR EXISTS (SELECT FROM pause WHERE import_id = o.import_id AND resumed_at IS NOT NULL)
    )
    LIMIT $2
), chunks AS (
    DELETE FROM chunk WHERE import_id IN (SELECT import_id FROM outdated)
), pauses AS (
    DELETE FROM pause WHERE import_id IN (SELECT import_id FROM outdated) AND resumed_at IS NOT NULL
)
SELECT count(*) FROM outdated
"""


async def remove_piece(connection: Connection, keep: timedelta) -> int:
    """Remove some results of an import that ended longer ago than that; 0 where there is none."""
    import_id: UUID | None = await connection.fetchval(_OUTDATED, keep)
    if import_id is None:
        return 0
    removed: int = await connection.fetchval(_REMOVE_RESULTS, import_id, _LINES_AT_ONCE)
    if not removed:
        await connection.execute(_NOTE, import_id)
    return removed or 1


async def remove_history(connection: Connection, keep: timedelta) -> int:
    removed: int = await connection.fetchval(_REMOVE_HISTORY, keep, _IMPORTS_AT_ONCE)
    return removed
