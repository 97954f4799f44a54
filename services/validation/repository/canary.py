"""The rows that a plan starts with: put into chunks of their own, behind all others."""

from typing import Final
from uuid import UUID

from shared.contracts.canary import Canary
from shared.postgres import Connection

_ROWS_PER_CHUNK: Final = 2_000

_CHOSEN: Final = "SELECT rows FROM mapping.canary WHERE import_id = $1"

# Whole groups: rows that share a login are applied together. Random rows are others for another import, but the same
# when it is checked again.
_MOVE: Final = """
WITH named AS MATERIALIZED (
    SELECT leader_line FROM plan_row
    WHERE import_id = $1 AND verdict = 'apply' AND (
        $5::int[] = '{}' OR EXISTS (
            SELECT FROM unnest($5::int[], $6::int[]) AS l (first, last) WHERE line_no BETWEEN l.first AND l.last
        )
    )
    ORDER BY CASE WHEN $4 THEN hashtextextended(line_no::text, hashtextextended($1::text, 0)) END, line_no
    LIMIT $3
), placed AS (
    SELECT leader_line, ($2 + (row_number() OVER (ORDER BY leader_line) - 1) / $7)::int AS chunk_no
    FROM (SELECT DISTINCT leader_line FROM named) AS leaders
), moved AS (
    UPDATE plan_row p SET chunk_no = placed.chunk_no FROM placed
    WHERE p.import_id = $1 AND p.leader_line = placed.leader_line
    RETURNING old.chunk_no AS old_chunk, p.chunk_no, p.line_no, p.verdict
), seen AS (
    SELECT m.chunk_no, s.line_no, s.name, s.login, s.accounts, s.owner, s.role, s.enrollments, s.method, s.linked
    FROM plan_seen p
    CROSS JOIN LATERAL unnest(
        p.line_no, p.name, p.login, p.accounts, p.owner, p.role, p.enrollments, p.method, p.linked
    ) AS s (line_no, name, login, accounts, owner, role, enrollments, method, linked)
    JOIN moved m ON m.line_no = s.line_no AND m.old_chunk = p.chunk_no
    WHERE p.import_id = $1
), seen_moved AS (
    -- What the other chunks keep of these rows is compared with nothing.
    INSERT INTO plan_seen (
        import_id, chunk_no, line_no, name, login, accounts, owner, role, enrollments, method, linked
    )
    SELECT $1 AS import_id, chunk_no, array_agg(line_no) AS line_no, array_agg(name) AS name,
        array_agg(login) AS login, array_agg(accounts) AS accounts, array_agg(owner) AS owner,
        array_agg(role) AS role, array_agg(enrollments) AS enrollments, array_agg(method) AS method,
        array_agg(linked) AS linked
    FROM seen
    GROUP BY chunk_no
)
SELECT count(DISTINCT chunk_no)::int AS chunks, count(*) FILTER (WHERE verdict = 'apply')::int AS rows FROM moved
"""
# Where nothing is left to apply nothing needs to wait. The first row is looked for in the order of the key: in that of
# the table it may come after the rows of all imports before.
_KEEP: Final = """
INSERT INTO canary (import_id, check_no, first_chunk, rows)
SELECT $1, $2, CASE WHEN (
        SELECT true FROM plan_row WHERE import_id = $1 AND chunk_no < $3 AND verdict = 'apply'
        ORDER BY chunk_no, line_no LIMIT 1
    ) THEN $3 ELSE 0 END, $4
ON CONFLICT (import_id, check_no) DO UPDATE SET first_chunk = excluded.first_chunk, rows = excluded.rows
"""


async def chosen(connection: Connection, import_id: UUID) -> Canary | None:
    """With which rows the import is to start; None: with all."""
    rows = await connection.fetchval(_CHOSEN, import_id)
    return None if rows is None else Canary.model_validate(rows)


async def set_apart(connection: Connection, import_id: UUID, check_no: int, canary: Canary, chunks: int) -> int:
    """Move the chosen rows of the plan into chunks of their own; how many chunks the plan has with them."""
    first, last = [one.first for one in canary.lines], [one.last for one in canary.lines]
    limit = canary.first or canary.random
    [moved] = await connection.fetch(
        _MOVE, import_id, chunks, limit, canary.random is not None, first, last, _ROWS_PER_CHUNK
    )
    await connection.execute(_KEEP, import_id, check_no, chunks, moved["rows"])
    return chunks + int(moved["chunks"])
