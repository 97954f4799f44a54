"""Rounds of an import: what its other rows keep a row from."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from services.validation.repository.tables import WorkingTables
from shared.contracts.codes.names import DAY_OR_MONTH, ELSEWHERE_IN_THE_FILE, SHORTENED, UNKNOWN_WORDS
from shared.postgres import Connection

_DOUBTS: Final = """
SELECT DISTINCT f.code
FROM mapping.import i
JOIN mapping.import p ON p.id = i.retries OR p.retries = i.retries AND p.id <> i.id
JOIN finding f ON f.import_id = p.id
WHERE i.id = $1 AND f.code = ANY ($2::text[])
"""
# The newest result of each row of the file, but for those left out and those taken back. In a working table, whose size
# the planner knows: of the results of one import it expects a row or none, and joins each with all that is staged.
_WITH_RESULT: Final = """
SELECT r.account_number, r.line_no
FROM mapping.import i
JOIN mapping.import p ON p.id = i.retries OR p.retries = i.retries AND p.id <> i.id
JOIN execution.row_result r ON r.import_id = p.id
WHERE i.id = $1 AND r.account_number IS NOT NULL AND NOT 'S404' = ANY (r.codes) AND r.undone_by IS NULL
    AND NOT EXISTS (
        SELECT
        FROM mapping.import later
        CROSS JOIN LATERAL (
            SELECT FROM execution.row_result o WHERE o.import_id = later.id AND o.line_no = r.line_no LIMIT 1
        ) AS newer
        WHERE later.retries = i.retries AND later.round > coalesce(p.round, 1)
    )
"""
_HOLD: Final = """
UPDATE staged s
SET verdict = 'held',
    codes = ARRAY (
        SELECT DISTINCT code FROM unnest(coalesce(s.codes, '{}') || ARRAY [$1::text]) AS known (code) ORDER BY code
    )
FROM with_result w
WHERE s.verdict IS NULL AND s.account_number = w.account_number
    AND NOT EXISTS (SELECT FROM staged here WHERE here.line_no = w.line_no)
"""
# The same for a round that somebody is about to start, of rows on these lines.
_HOLD_TRIED: Final = """
UPDATE staged s
SET verdict = 'held',
    codes = ARRAY (
        SELECT DISTINCT code FROM unnest(coalesce(s.codes, '{}') || ARRAY [$2::text]) AS known (code) ORDER BY code
    )
FROM (
    SELECT r.account_number
    FROM mapping.import i
    JOIN mapping.import p ON p.id = coalesce(i.retries, i.id) OR p.retries = coalesce(i.retries, i.id)
    JOIN execution.row_result r ON r.import_id = p.id
    WHERE i.id = $1 AND r.account_number IN (SELECT account_number FROM staged) AND NOT 'S404' = ANY (r.codes)
        AND r.undone_by IS NULL AND r.line_no <> ALL ($3::int[])
        AND NOT EXISTS (
            SELECT
            FROM mapping.import later
            JOIN execution.row_result o ON o.import_id = later.id AND o.line_no = r.line_no
            WHERE later.retries = coalesce(i.retries, i.id) AND later.round > coalesce(p.round, 1)
        )
) AS other
WHERE s.verdict IS NULL AND s.account_number = other.account_number
"""


async def hold_accounts(work: WorkingTables, import_id: UUID) -> None:
    """Rows whose account is that of another row of the file, which is not in this round, cannot be decided here."""
    await work.make("with_result", _WITH_RESULT, import_id)
    await work.change("staged", _HOLD, ELSEWHERE_IN_THE_FILE)


async def hold_accounts_beside(connection: Connection, import_id: UUID, lines: Sequence[int]) -> None:
    """As in a round of the rows on these lines, of this import or its family."""
    await connection.execute(_HOLD_TRIED, import_id, ELSEWHERE_IN_THE_FILE, list(lines))


async def doubts(connection: Connection, import_id: UUID) -> frozenset[str]:
    """What the whole file of a round's import left in doubt; of anything else nothing."""
    rows = await connection.fetch(_DOUBTS, import_id, [DAY_OR_MONTH, SHORTENED, UNKNOWN_WORDS])
    return frozenset(row["code"] for row in rows)
