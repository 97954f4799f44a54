"""Plans that have been kept long enough: row by row they go, the check's own numbers stay."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from shared.postgres import Connection

# Some chunks at a time: each of a few thousand rows.
_CHUNKS_AT_ONCE: Final = 5

_OUTDATED: Final = """
SELECT import_id
FROM import_check
WHERE state IN ('rejected', 'finished', 'cancelled') AND rows_removed_at IS NULL
    AND coalesce(finished_at, checked_at, requested_at) < now() - $1::interval
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
), keys AS (
    DELETE FROM imported_key k USING import_check c, unnest(c.row_keys) AS kept (key)
    WHERE c.import_id = $1 AND k.biller_id = c.biller_id AND k.key = kept.key AND k.import_id = $1
), findings AS (
    UPDATE finding SET detail = '{}', sample_lines = '{}' WHERE import_id = $1
)
UPDATE import_check SET rows_removed_at = now(), row_keys = NULL WHERE import_id = $1
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
