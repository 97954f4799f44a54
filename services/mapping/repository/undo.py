"""Undoing an import: what is known of the one to be undone, and the undo as an import of its own."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from services.mapping.domain import Undoable
from shared.contracts.definition import Requester
from shared.contracts.lines import ChosenRows
from shared.postgres import Connection

_UNDOABLE: Final = """
    SELECT e.finished_at IS NOT NULL AS has_ended,
        now() > e.finished_at + make_interval(days => $2) OR EXISTS (
            SELECT FROM execution.job j WHERE j.import_id = i.id AND j.rows_removed_at IS NOT NULL
        ) AS is_too_late,
        coalesce((
            SELECT sum((c.counts ->> 'applied')::int) FROM execution.chunk c WHERE c.import_id = i.id
        ), 0)::int AS applied
    FROM import i LEFT JOIN execution.ended_job e ON e.import_id = i.id
    WHERE i.id = $1
"""
# The definition of the import stands under `of`; services of the last release find none and refuse it.
_ADD: Final = """
    INSERT INTO import (id, biller_id, kind, file_id, definition, requester, request_id, request_hash, undoes)
    SELECT $2, i.biller_id, i.kind, i.file_id,
        jsonb_build_object(
            'undoes', i.id, 'file', d.definition -> 'file', 'log_recipients', to_jsonb(r.recipients),
            'of', d.definition
        ) || CASE WHEN $6::jsonb IS NULL THEN '{}' ELSE jsonb_build_object('rows', $6::jsonb) END,
        $3, $4, $5, i.id
    FROM import i
    JOIN import_recipients r ON r.import_id = i.id
    CROSS JOIN LATERAL (SELECT coalesce(i.definition -> 'of', i.definition) AS definition) AS d
    WHERE i.id = $1
    ON CONFLICT (request_id) DO NOTHING RETURNING id
"""
_SHOWN: Final = """
    SELECT line_no, changes FROM execution.undo_shown WHERE import_id = $1 AND line_no = ANY ($2::int[])
"""


async def undoable(connection: Connection, import_id: UUID, days: int) -> Undoable:
    [row] = await connection.fetch(_UNDOABLE, import_id, days)
    return Undoable(**{**dict(row), "is_too_late": bool(row["is_too_late"])})


async def add(
    connection: Connection,
    undone: UUID,
    import_id: UUID,
    request_id: UUID,
    request_hash: bytes,
    requester: Requester,
    chosen: ChosenRows | None = None,
) -> bool:
    """Make the undo; False where a request with the same key came first."""
    who = requester.model_dump(mode="json")
    rows = None if chosen is None else chosen.model_dump(mode="json")
    made = await connection.fetchval(_ADD, undone, import_id, who, request_id, request_hash, rows)
    return made is not None


async def shown(
    connection: Connection, import_id: UUID, lines: Sequence[int]
) -> dict[int, Sequence[Mapping[str, Any]]]:
    """What an undo changes, by line, without bank data."""
    rows = await connection.fetch(_SHOWN, import_id, list(lines))
    return {row["line_no"]: row["changes"] or () for row in rows}
