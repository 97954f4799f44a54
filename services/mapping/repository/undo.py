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
    ON CONFLICT DO NOTHING RETURNING id
"""
# Where any of the chosen rows stand: in the first such part, for later ones are undone before it.
_PART_WITH: Final = """
    WITH part AS (
        SELECT i.id, coalesce(i.round, 1) AS round, b.account_number_case = 'insensitive' AS folds_case
        FROM import i JOIN crm.biller b ON b.id = i.biller_id
        WHERE (i.id = $1 OR i.retries = $1) AND EXISTS (SELECT FROM import r WHERE r.retries = $1)
    ), named AS (
        SELECT p.id, p.round, r.undone_by
        FROM part p
        CROSS JOIN unnest($2::int[], $3::int[]) AS l (first, last)
        JOIN execution.row_result r ON r.import_id = p.id AND r.line_no BETWEEN l.first AND l.last
        WHERE r.outcome = 'applied'
        UNION ALL
        SELECT p.id, p.round, r.undone_by
        FROM part p
        JOIN execution.row_result r ON r.import_id = p.id
        WHERE r.outcome = 'applied' AND (
            $5 = ANY (r.codes) OR CASE WHEN p.folds_case THEN upper(r.account_number) ELSE r.account_number END
                IN (SELECT CASE WHEN p.folds_case THEN upper(number) ELSE number END FROM unnest($4::text[]) AS number)
        )
    )
    SELECT id FROM named GROUP BY id, round ORDER BY bool_or(undone_by IS NULL) DESC, round LIMIT 1
"""
# Mapping may not have heard of it yet.
_HAS_BEGUN: Final = "SELECT EXISTS (SELECT FROM execution.job WHERE import_id = $1 AND kind IS NOT NULL)"
_SHOWN: Final = """
    SELECT line_no, changes FROM execution.undo_shown WHERE import_id = $1 AND line_no = ANY ($2::int[])
"""


async def undoable(connection: Connection, import_id: UUID, days: int) -> Undoable:
    [row] = await connection.fetch(_UNDOABLE, import_id, days)
    return Undoable(**{**dict(row), "is_too_late": bool(row["is_too_late"])})


async def has_begun(connection: Connection, import_id: UUID) -> bool:
    """Whether rows of the import are applied, or were."""
    return bool(await connection.fetchval(_HAS_BEGUN, import_id))


async def part_with(connection: Connection, import_id: UUID, chosen: ChosenRows) -> UUID | None:
    """Which part of an import with rounds, itself or a round, applied chosen rows; None where none did."""
    first, last = [one.first for one in chosen.lines], [one.last for one in chosen.lines]
    found: UUID | None = await connection.fetchval(
        _PART_WITH, import_id, first, last, list(chosen.accounts), chosen.code
    )
    return found


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
