"""The plan of an undo: a row for each row that the import had applied, chunk for chunk as it was applied."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from shared.postgres import Connection

# Times are of the request, so that a check that waits for its turn or for a person comes to the same end.
_UNDONE: Final = """
SELECT o.id AS import_id, e.finished_at IS NOT NULL AS has_ended,
    u.created_at > e.finished_at + make_interval(days => $2) OR j.rows_removed_at IS NOT NULL AS is_too_late,
    EXISTS (SELECT FROM mapping.decision d WHERE d.import_id = o.id AND d.approved_by IS NOT NULL) AS was_seconded,
    ARRAY(
        SELECT chunk_no FROM execution.chunk WHERE import_id = o.id AND state = 'applied' ORDER BY chunk_no
    ) AS chunks
FROM mapping.import u
JOIN mapping.import o ON o.id = u.undoes
LEFT JOIN execution.ended_job e ON e.import_id = o.id
LEFT JOIN execution.job j ON j.import_id = o.id
WHERE u.id = $1
"""

_TALLY: Final = "CREATE TEMP TABLE tally (verdict text, codes text[], rows bigint, lines int[]) ON COMMIT DROP"

# A group is undone together or not at all. Rows keep chunk and group of the import, whose records they lock in the
# same order; a row without changes has nothing to undo.
_PLAN: Final = """
WITH block AS MATERIALIZED (
    SELECT leader_line, code, fact FROM execution.undo_blocks_1($2, $3, NULL)
), blocked AS (
    SELECT leader_line, sorted_codes(array_agg(code)) AS codes,
        array_agg(DISTINCT fact ORDER BY fact) FILTER (WHERE fact IS NOT NULL) AS changed
    FROM block
    GROUP BY leader_line
), written AS (
    INSERT INTO plan_row (
        import_id, chunk_no, line_no, leader_line, verdict, codes, account_number, customer_id, login_id,
        seen_enrollments
    )
    SELECT $1 AS import_id, p.chunk_no, p.line_no, p.leader_line, v.verdict,
        CASE v.verdict WHEN 'held' THEN b.codes WHEN 'no_change' THEN ARRAY['W334'] ELSE '{}' END AS codes,
        r.account_number, r.customer_id, r.login_id,
        CASE v.verdict WHEN 'held' THEN b.changed END AS seen_enrollments
    FROM plan_row p
    JOIN execution.row_result r ON r.import_id = p.import_id AND r.line_no = p.line_no
    LEFT JOIN blocked b ON b.leader_line = p.leader_line
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN r.undone_by IS NOT NULL OR r.changes IS NULL THEN 'no_change'
            WHEN b.leader_line IS NOT NULL THEN 'held'
            ELSE 'apply'
        END AS verdict
    ) AS v
    WHERE p.import_id = $2 AND p.chunk_no = $3 AND r.outcome = 'applied'
    RETURNING verdict, codes, line_no
)
INSERT INTO tally
SELECT verdict, codes, count(*), array_agg(line_no) FILTER (WHERE codes <> '{}')
FROM written
GROUP BY verdict, codes
"""

_TAKEN_BACK: Final = """
SELECT c."table" AS record,
    CASE WHEN c.before IS NULL THEN 'removed' WHEN c.after IS NULL THEN 'made' ELSE 'returned' END AS how,
    count(*) AS records
FROM plan_row p
JOIN execution.row_result r ON r.import_id = $2 AND r.line_no = p.line_no
CROSS JOIN LATERAL jsonb_to_recordset(r.changes) AS c ("table" text, before jsonb, after jsonb)
WHERE p.import_id = $1 AND p.verdict = 'apply'
GROUP BY 1, 2
ORDER BY 1, 2
"""
_CUSTOMERS: Final = "SELECT count(DISTINCT customer_id) FROM plan_row WHERE import_id = $1 AND verdict = 'apply'"
_SIZE: Final = """
SELECT coalesce(sum(rows), 0)::int AS rows, coalesce(sum(rows) FILTER (WHERE verdict = 'apply'), 0)::int AS to_apply
FROM tally
"""
_CHUNKS: Final = "SELECT coalesce(max(chunk_no) + 1, 0) FROM plan_row WHERE import_id = $1"


@dataclass(frozen=True, slots=True)
class Undone:
    """The import to be undone."""

    import_id: UUID
    has_ended: bool
    is_too_late: bool
    was_seconded: bool
    chunks: Sequence[int]


@dataclass(frozen=True, slots=True)
class Size:
    """Rows of the plan, those of them to apply, and its chunks."""

    rows: int
    to_apply: int
    chunks: int


async def undone_by(connection: Connection, import_id: UUID, days: int) -> Undone:
    row = await connection.fetchrow(_UNDONE, import_id, days)
    if row is None:
        raise LookupError("The import to be undone is not there")
    return Undone(**{**dict(row), "is_too_late": bool(row["is_too_late"])})


async def begin(connection: Connection) -> None:
    await connection.execute(_TALLY)


async def plan_chunk(connection: Connection, import_id: UUID, undone: UUID, chunk_no: int) -> None:
    await connection.execute(_PLAN, import_id, undone, chunk_no)


async def size(connection: Connection, import_id: UUID) -> Size:
    [row] = await connection.fetch(_SIZE)
    return Size(**row, chunks=int(await connection.fetchval(_CHUNKS, import_id)))


async def taken_back(connection: Connection, import_id: UUID, undone: UUID) -> dict[str, int]:
    """What becomes of which records: removed, returned to what they were, or made again."""
    rows = await connection.fetch(_TAKEN_BACK, import_id, undone)
    return {f"{row['record']} {row['how']}": row["records"] for row in rows}


async def customers(connection: Connection, import_id: UUID) -> int:
    return int(await connection.fetchval(_CUSTOMERS, import_id))
