"""What a biller's imports came to: month by month, and each beside the one before it."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from services.notifier.records import Compared, Month
from shared.contracts.kinds import ImportKind
from shared.postgres import Connection

# Undos change what is there already, and rounds are rows of another import: neither is work of its own. What rounds
# that have ended came to counts with the import, in place of how their rows had ended before.
_MONTHS: Final = """
SELECT date_trunc('month', o.finished_at AT TIME ZONE $3)::date AS month, count(*) AS imports,
    sum(o.applied + later.applied) AS applied, sum(o.no_change + later.no_change) AS no_change,
    sum(o.skipped + later.skipped) AS skipped, sum(o.held + later.held) AS held, sum(o.failed + later.failed) AS failed
FROM import_status o
CROSS JOIN LATERAL (
    SELECT coalesce(sum(r.applied - coalesce((i.retried ->> 'applied')::int, 0)), 0) AS applied,
        coalesce(sum(r.no_change - coalesce((i.retried ->> 'no_change')::int, 0)), 0) AS no_change,
        coalesce(sum(r.skipped - coalesce((i.retried ->> 'skipped')::int, 0)), 0) AS skipped,
        coalesce(sum(r.held - coalesce((i.retried ->> 'held')::int, 0)), 0) AS held,
        coalesce(sum(r.failed - coalesce((i.retried ->> 'failed')::int, 0)), 0) AS failed
    FROM mapping.import i
    JOIN import_view r ON r.import_id = i.id
    WHERE i.retries = o.import_id AND r.finished_at IS NOT NULL
        AND r.applied + r.no_change + r.skipped + r.held + r.failed > 0
) AS later
WHERE o.biller_id = $1 AND o.kind = ANY ($2::text[]) AND o.state IN ('completed', 'completed_with_errors')
    AND o.undoes IS NULL AND o.retries IS NULL AND o.finished_at >= now() - interval '12 months'
GROUP BY month ORDER BY month
"""
_LATEST: Final = """
SELECT import_id, kind, file_name, finished_at, applied, row_count, before
FROM (
    SELECT o.import_id, o.kind, o.file_name, o.finished_at, o.applied + later.applied AS applied,
        o.applied + o.no_change + o.skipped + o.held + o.failed AS row_count,
        lag(o.applied + o.no_change + o.skipped + o.held + o.failed)
            OVER (PARTITION BY o.kind ORDER BY o.finished_at, o.import_id) AS before
    FROM import_status o
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(r.applied - coalesce((i.retried ->> 'applied')::int, 0)), 0)::int AS applied
        FROM mapping.import i
        JOIN import_view r ON r.import_id = i.id
        WHERE i.retries = o.import_id AND r.finished_at IS NOT NULL
            AND r.applied + r.no_change + r.skipped + r.held + r.failed > 0
    ) AS later
    WHERE o.biller_id = $1 AND o.kind = ANY ($2::text[]) AND o.state IN ('completed', 'completed_with_errors')
        AND o.undoes IS NULL AND o.retries IS NULL
) AS listed
ORDER BY finished_at DESC, import_id DESC LIMIT $3
"""
_BEFORE: Final = """
SELECT o.import_id, o.kind, o.file_name, o.finished_at, o.applied,
    o.applied + o.no_change + o.skipped + o.held + o.failed AS row_count, NULL::int AS before
FROM import_status o JOIN import_view v ON v.import_id = $1 AND v.biller_id = o.biller_id AND v.kind = o.kind
WHERE o.state IN ('completed', 'completed_with_errors') AND o.undoes IS NULL AND o.retries IS NULL
    AND o.finished_at < v.finished_at
ORDER BY o.finished_at DESC LIMIT 1
"""


async def months(connection: Connection, biller_id: int, kinds: Sequence[ImportKind], zone: str) -> list[Month]:
    """The last twelve months with imports, the oldest first; months are those of the person's zone."""
    return [Month(**row) for row in await connection.fetch(_MONTHS, biller_id, kinds, zone)]


async def latest(connection: Connection, biller_id: int, kinds: Sequence[ImportKind], limit: int) -> list[Compared]:
    return [Compared(**row) for row in await connection.fetch(_LATEST, biller_id, kinds, limit)]


async def before(connection: Connection, import_id: UUID) -> Compared | None:
    """The import of the same kind that ended before this one at its biller."""
    row = await connection.fetchrow(_BEFORE, import_id)
    return None if row is None else Compared(**row)
