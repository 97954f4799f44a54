"""Results that have been kept long enough: row by row they go, the sums of the chunks stay."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from shared.postgres import Connection

_LINES_AT_ONCE: Final = 10_000

_OUTDATED: Final = """
SELECT import_id
FROM job
WHERE finished_at < now() - $1::interval AND rows_removed_at IS NULL
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


async def remove_piece(connection: Connection, keep: timedelta) -> int:
    """Remove some results of an import that ended longer ago than that; 0 where there is none."""
    import_id: UUID | None = await connection.fetchval(_OUTDATED, keep)
    if import_id is None:
        return 0
    removed: int = await connection.fetchval(_REMOVE_RESULTS, import_id, _LINES_AT_ONCE)
    if not removed:
        await connection.execute(_NOTE, import_id)
    return removed or 1
