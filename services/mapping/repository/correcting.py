"""Rows of an import that waits: what its plan does not apply, and the file that takes the place of its own."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from services.mapping.corrections import Correction
from services.mapping.repository.rounds import Part, RowToFix
from shared.auth import Person
from shared.contracts.definition import ImportDefinition
from shared.contracts.plan import Verdict
from shared.postgres import Connection

_PART: Final = """
    SELECT i.id, coalesce(i.round, 1) AS round, i.definition, f.object_key, f.deleted_at IS NOT NULL AS is_gone,
        coalesce(c.bank_columns, '{}') AS bank_columns
    FROM import i
    JOIN secure_file f ON f.id = i.file_id
    LEFT JOIN validation.import_check c ON c.import_id = i.id
    WHERE i.id = $1
"""
_PAGE: Final = """
    SELECT line_no, verdict, codes FROM validation.planned_row
    WHERE import_id = $1 AND verdict <> 'apply' AND verdict IN ('failed', 'held', 'skipped')
        AND NOT 'S404' = ANY (codes) AND line_no > $2 AND ($3::text IS NULL OR $3 = ANY (codes))
    ORDER BY line_no
    LIMIT $4
"""
_CODES: Final = """
    SELECT of_row.code, count(*) AS rows
    FROM validation.planned_row p CROSS JOIN LATERAL unnest(p.codes) AS of_row (code)
    WHERE p.import_id = $1 AND p.verdict <> 'apply' AND p.verdict IN ('failed', 'held', 'skipped')
        AND NOT 'S404' = ANY (p.codes) AND of_row.code NOT LIKE 'W%'
    GROUP BY of_row.code
    ORDER BY 2 DESC, 1
"""
_REPLACE_FILE: Final = "UPDATE import SET file_id = $2, definition = $3 WHERE id = $1"
# What stood in the file at first stays what it was before, however often a cell is corrected.
_KEEP: Final = """
    INSERT INTO correction (import_id, line_no, column_name, before, after, corrected_by_name, corrected_at, place)
    VALUES ($1, $2, $3, $4, $5, $6, now(), $7)
    ON CONFLICT (import_id, line_no, column_name) DO UPDATE
    SET after = excluded.after, corrected_by_name = excluded.corrected_by_name, corrected_at = excluded.corrected_at
"""
_FORGET_DRAFT: Final = "DELETE FROM draft WHERE import_id = $1"


async def part_of(connection: Connection, import_id: UUID) -> Part:
    """The import as one whose rows can be read."""
    [row] = await connection.fetch(_PART, import_id)
    return Part(**{**dict(row), "definition": ImportDefinition.model_validate(row["definition"])})


async def rows_to_fix(
    connection: Connection, import_id: UUID, *, code: str | None, after: int, limit: int
) -> list[RowToFix]:
    """Rows that the plan does not apply and nobody has left out, in the order of the file."""
    rows = await connection.fetch(_PAGE, import_id, after, code, limit)
    return [RowToFix(row["line_no"], Verdict(row["verdict"]).outcome, row["codes"], import_id) for row in rows]


async def codes_to_fix(connection: Connection, import_id: UUID) -> dict[str, int]:
    return {row["code"]: row["rows"] for row in await connection.fetch(_CODES, import_id)}


async def replace_file(
    connection: Connection, import_id: UUID, definition: ImportDefinition, corrections: Sequence[Correction], by: Person
) -> None:
    """The import is about another file from now on; its draft, which is about the first one, goes."""
    await connection.execute(_REPLACE_FILE, import_id, definition.file.id, definition.stored())
    await connection.executemany(
        _KEEP, [(import_id, one.line, one.column, one.before, one.after, by.name, one.place) for one in corrections]
    )
    await connection.execute(_FORGET_DRAFT, import_id)
