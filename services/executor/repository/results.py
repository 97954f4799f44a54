"""The one outcome of every row."""

from collections.abc import Sequence
from typing import Any, Final

from services.executor.domain import NOT_REACHED, Chunk, NotApplied, Tally
from shared.contracts.codes import CODES
from shared.contracts.outcomes import Outcome
from shared.postgres import Connection

_APPLIED: Final = """
    WITH changes AS (
        SELECT line_no, concat('[', string_agg(change, ','), ']')::jsonb AS changes FROM work_change GROUP BY line_no
    ), written AS (
        INSERT INTO row_result (import_id, line_no, outcome, codes, account_number, customer_id, login_id, changes,
            for_log)
        SELECT w.import_id, w.line_no, 'applied', w.codes, w.account_number, w.customer_id, w.login_id, c.changes,
            w.for_log
        FROM work_row w LEFT JOIN changes c USING (line_no)
        RETURNING outcome, codes
    )
    SELECT outcome, codes, count(*) AS rows FROM written GROUP BY outcome, codes
"""

# A row that was to be left alone because of another of its group shares the fate of the group: what it followed, or
# what it was said to be already, is no longer sure. What is only said of rows that end as planned goes.
_NOT_APPLIED: Final = """
    WITH written AS (
        INSERT INTO row_result (import_id, line_no, outcome, codes, account_number, customer_id, login_id, for_log,
            changed)
        SELECT p.import_id, p.line_no, coalesce(s.outcome, p.verdict),
            CASE WHEN s.code IS NULL THEN p.codes
                ELSE ARRAY(
                    SELECT DISTINCT x.code FROM unnest(p.codes || s.code) AS x (code)
                    WHERE x.code <> ALL ($7::text[]) ORDER BY x.code
                ) END,
            p.account_number, p.customer_id, p.login_id, p.for_log,
            -- What keeps a row from being undone; no other row that is held has any.
            coalesce(string_to_array(s.changed, $8), CASE p.verdict WHEN 'held' THEN p.seen_enrollments END)
        FROM validation.plan_row p
        LEFT JOIN unnest($3::int[], $4::text[], $5::text[], $6::text[]) AS s (leader_line, outcome, code, changed)
            ON s.leader_line = p.leader_line AND p.verdict IN ('apply', 'no_change')
        WHERE p.import_id = $1 AND p.chunk_no = $2 AND (p.verdict <> 'apply' OR s.leader_line IS NOT NULL)
        RETURNING outcome, codes
    )
    SELECT outcome, codes, count(*) AS rows FROM written GROUP BY outcome, codes
"""

_SKIPPED: Final = """
    WITH written AS (
        INSERT INTO row_result (import_id, line_no, outcome, codes, account_number, customer_id, login_id, for_log,
            changed)
        SELECT import_id, line_no, CASE verdict WHEN 'apply' THEN 'skipped' ELSE verdict END,
            CASE verdict WHEN 'apply'
                THEN ARRAY(
                    SELECT DISTINCT x.code FROM unnest(codes || $3::text) AS x (code)
                    WHERE x.code <> ALL ($4::text[]) ORDER BY x.code
                )
                ELSE codes END,
            account_number, customer_id, login_id, for_log,
            CASE verdict WHEN 'held' THEN seen_enrollments END
        FROM validation.plan_row WHERE import_id = $1 AND chunk_no = $2
        RETURNING outcome, codes
    )
    SELECT outcome, codes, count(*) AS rows FROM written GROUP BY outcome, codes
"""

_OF_ROWS_AS_PLANNED: Final = [code.number for code in CODES.values() if code.is_of_rows_as_planned]
_BETWEEN: Final = "; "  # no name of a fact has it


async def write_applied(connection: Connection, tally: Tally) -> None:
    _count(tally, await connection.fetch(_APPLIED))


async def write_others(connection: Connection, chunk: Chunk, not_applied: Sequence[NotApplied], tally: Tally) -> None:
    lines = [
        (leader, part.outcome, part.code, _BETWEEN.join(sorted(part.changed[leader])) if part.changed else None)
        for part in not_applied
        for leader in part.leaders
    ]
    columns = zip(*lines, strict=True) if lines else ((),) * 4
    written = await connection.fetch(
        _NOT_APPLIED, chunk.import_id, chunk.chunk_no, *columns, _OF_ROWS_AS_PLANNED, _BETWEEN
    )
    _count(tally, written)


async def write_skipped(connection: Connection, chunk: Chunk, tally: Tally) -> None:
    _count(tally, await connection.fetch(_SKIPPED, chunk.import_id, chunk.chunk_no, NOT_REACHED, _OF_ROWS_AS_PLANNED))


def _count(tally: Tally, written: Sequence[Any]) -> None:
    for row in written:
        tally.add(Outcome(row["outcome"]), row["codes"], row["rows"])
