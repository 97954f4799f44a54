"""The plan of an undo: a row for each row that the import had applied, chunk for chunk as it was applied."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.validation.repository.tables import WorkingTables
from shared.contracts.lines import ChosenRows
from shared.postgres import Connection

# Times are of the request, so that a check that waits for its turn or for a person comes to the same end.
_UNDONE: Final = """
SELECT o.id AS import_id, e.finished_at IS NOT NULL AS has_ended,
    u.created_at > e.finished_at + make_interval(days => $2) OR j.rows_removed_at IS NOT NULL AS is_too_late,
    EXISTS (SELECT FROM mapping.decision d WHERE d.import_id = o.id AND d.approved_by IS NOT NULL) AS was_seconded,
    ARRAY(
        SELECT chunk_no FROM execution.chunk WHERE import_id = o.id AND state = 'applied' ORDER BY chunk_no
    ) AS chunks,
    u.definition -> 'rows' AS chosen
FROM mapping.import u
JOIN mapping.import o ON o.id = u.undoes
LEFT JOIN execution.ended_job e ON e.import_id = o.id
LEFT JOIN execution.job j ON j.import_id = o.id
WHERE u.id = $1
"""

# The rows that somebody chose, and those that stand in one group with them. Ranges end where the import ends, so that
# each of their lines can be looked at. In working tables, whose size the planner knows: of the results of one import it
# expects a row or none, which LIMIT keeps from being read again for each other.
_APPLIED_ROW: Final = """
SELECT p.chunk_no, p.line_no, p.leader_line, r.account_number, r.codes
FROM plan_row p
CROSS JOIN LATERAL (
    SELECT o.account_number, o.codes
    FROM execution.row_result o
    WHERE o.import_id = p.import_id AND o.line_no = p.line_no AND o.outcome = 'applied'
    LIMIT 1
) AS r
WHERE p.import_id = $1
"""
_NAMED_ROW: Final = """
SELECT a.chunk_no, a.line_no, a.leader_line
FROM applied_row a
WHERE a.line_no IN (
    SELECT generate_series(l.first, least(l.last, (SELECT max(line_no) FROM applied_row)))
    FROM unnest($1::int[], $2::int[]) AS l (first, last)
) OR CASE WHEN $4 THEN upper(a.account_number) ELSE a.account_number END = ANY ($3::text[]) OR $5 = ANY (a.codes)
"""
_CHOSEN: Final = """
SELECT a.chunk_no, a.line_no, n.line_no IS NOT NULL AS is_named
FROM applied_row a
LEFT JOIN named_row n ON n.line_no = a.line_no
WHERE (a.chunk_no, a.leader_line) IN (SELECT chunk_no, leader_line FROM named_row)
"""
_CHUNKS_CHOSEN: Final = "SELECT DISTINCT chunk_no FROM chosen ORDER BY chunk_no"
# Chosen lines and accounts of which no row was applied. What lies behind the last row of the file is no row.
_NOT_APPLIED: Final = """
SELECT (
    SELECT count(*) FROM (
        SELECT generate_series(l.first, least(l.last, (SELECT max(line_no) FROM plan_row WHERE import_id = $1)))
        FROM unnest($2::int[], $3::int[]) AS l (first, last)
    ) AS asked (line_no)
    WHERE line_no NOT IN (SELECT line_no FROM chosen)
) + (
    SELECT count(*) FROM unnest($2::int[]) AS first (line)
    WHERE line > (SELECT max(line_no) FROM plan_row WHERE import_id = $1)
) + (
    SELECT count(*) FROM unnest($4::text[]) AS asked (number)
    WHERE number NOT IN (
        SELECT CASE WHEN $5 THEN upper(a.account_number) ELSE a.account_number END
        FROM chosen c JOIN applied_row a ON a.line_no = c.line_no
        WHERE a.account_number IS NOT NULL
    )
)
"""
_LINES_CHOSEN: Final = """
SELECT array_agg(line_no) AS lines, array_agg(line_no) FILTER (WHERE NOT is_named) AS added
FROM chosen WHERE chunk_no = $1
"""

_TALLY: Final = "CREATE TEMP TABLE tally (verdict text, codes text[], rows bigint, lines int[]) ON COMMIT DROP"

# A group is undone together or not at all. Rows keep chunk and group of the import, whose records they lock in the
# same order; a row without changes has nothing to undo. Each result is looked up by its key, which LIMIT makes sure of:
# statistics that are older than the import promise a row of it or none, and all its results would be read for each row.
_PLAN: Final = """
WITH block AS MATERIALIZED (
    SELECT leader_line, code, fact FROM execution.undo_blocks_3($2, $3, $4)
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
        CASE v.verdict WHEN 'held' THEN b.codes WHEN 'no_change' THEN ARRAY['W334'] ELSE '{}' END
            || CASE WHEN p.line_no = ANY ($5::int[]) THEN ARRAY['W335'] ELSE '{}' END AS codes,
        r.account_number, r.customer_id, r.login_id,
        CASE v.verdict WHEN 'held' THEN b.changed END AS seen_enrollments
    FROM plan_row p
    CROSS JOIN LATERAL (
        SELECT o.outcome, o.account_number, o.customer_id, o.login_id, o.undone_by, o.changes IS NULL AS is_unchanged
        FROM execution.row_result o
        WHERE o.import_id = p.import_id AND o.line_no = p.line_no
        LIMIT 1
    ) AS r
    LEFT JOIN blocked b ON b.leader_line = p.leader_line
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN r.undone_by IS NOT NULL OR r.is_unchanged THEN 'no_change'
            WHEN b.leader_line IS NOT NULL THEN 'held'
            ELSE 'apply'
        END AS verdict
    ) AS v
    WHERE p.import_id = $2 AND p.chunk_no = $3 AND r.outcome = 'applied'
        AND ($4::int[] IS NULL OR p.line_no = ANY ($4))
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
CROSS JOIN LATERAL (
    SELECT o.changes FROM execution.row_result o WHERE o.import_id = $2 AND o.line_no = p.line_no LIMIT 1
) AS r
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
    chosen: ChosenRows | None


@dataclass(frozen=True, slots=True)
class Choice:
    """What of the chosen rows there is: the chunks that they are in, and how many were not applied."""

    chunks: Sequence[int]
    not_applied: int


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
    chosen = row["chosen"] and ChosenRows.model_validate(row["chosen"])
    return Undone(**{**dict(row), "is_too_late": bool(row["is_too_late"]), "chosen": chosen})


async def choose(connection: Connection, undone: UUID, chosen: ChosenRows, *, folds_case: bool) -> Choice:
    """Find the chosen rows and those in one group with them, for the chunks to be planned."""
    accounts = [number.upper() if folds_case else number for number in chosen.accounts]
    given = [[one.first for one in chosen.lines], [one.last for one in chosen.lines], accounts, folds_case]
    work = WorkingTables(connection)
    await work.make("applied_row", _APPLIED_ROW, undone)
    await work.make("named_row", _NAMED_ROW, *given, chosen.code)
    await work.make("chosen", _CHOSEN)
    chunks = [row["chunk_no"] for row in await connection.fetch(_CHUNKS_CHOSEN)]
    return Choice(chunks, int(await connection.fetchval(_NOT_APPLIED, undone, *given)))


async def begin(connection: Connection) -> None:
    await connection.execute(_TALLY)


async def plan_chunk(connection: Connection, import_id: UUID, undone: UUID, chunk_no: int, *, chosen: bool) -> None:
    """Plan the rows that were applied in one chunk; of them those that are chosen, if any are."""
    lines = await connection.fetchrow(_LINES_CHOSEN, chunk_no) if chosen else None
    named, added = (None, None) if lines is None else (lines["lines"], lines["added"])
    await connection.execute(_PLAN, import_id, undone, chunk_no, named, added)


async def size(connection: Connection, import_id: UUID) -> Size:
    [row] = await connection.fetch(_SIZE)
    return Size(**row, chunks=int(await connection.fetchval(_CHUNKS, import_id)))


async def taken_back(connection: Connection, import_id: UUID, undone: UUID) -> dict[str, int]:
    """What becomes of which records: removed, returned to what they were, or made again."""
    rows = await connection.fetch(_TAKEN_BACK, import_id, undone)
    return {f"{row['record']} {row['how']}": row["records"] for row in rows}


async def customers(connection: Connection, import_id: UUID) -> int:
    return int(await connection.fetchval(_CUSTOMERS, import_id))
