"""Rows of an import that waits: what its plan does not apply, and the file that takes the place of its own."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from services.mapping.corrections import Correction
from services.mapping.records import CorrectedCell, CorrectedCells
from services.mapping.repository.rounds import Part, RowToFix
from shared.auth import Person
from shared.contracts.definition import ImportDefinition
from shared.contracts.log_columns import mask_number
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
        AND line_no > $2 AND ($3::text IS NULL OR $3 = ANY (codes))
    ORDER BY line_no
    LIMIT $4
"""
_CODES: Final = """
    SELECT of_row.code, count(*) AS rows
    FROM validation.planned_row p CROSS JOIN LATERAL unnest(p.codes) AS of_row (code)
    WHERE p.import_id = $1 AND p.verdict <> 'apply' AND p.verdict IN ('failed', 'held', 'skipped')
        AND of_row.code NOT LIKE 'W%'
    GROUP BY of_row.code
    ORDER BY 2 DESC, 1
"""
_REPLACE_FILE: Final = "UPDATE import SET file_id = $2, definition = $3 WHERE id = $1"
# What stood in the file at first stays what it was before, however often a cell is corrected.
_KEEP: Final = """
    INSERT INTO correction
        (import_id, line_no, column_name, before, after, corrected_by_name, corrected_by, corrected_at, place)
    VALUES ($1, $2, $3, $4, $5, $6, $7, now(), $8)
    ON CONFLICT (import_id, line_no, column_name) DO UPDATE
    SET after = excluded.after, corrected_by_name = excluded.corrected_by_name,
        corrected_by = excluded.corrected_by, corrected_at = excluded.corrected_at
"""
_CORRECTORS: Final = "SELECT DISTINCT corrected_by FROM correction WHERE import_id = $1 AND corrected_by IS NOT NULL"
# What any check of the family saw bank data in is masked, as in its history and its log.
_CORRECTIONS: Final = """
    WITH bank AS (
        SELECT DISTINCT unnest(k.bank_columns) AS place
        FROM import asked
        JOIN import f ON f.id = coalesce(asked.retries, asked.id) OR f.retries = coalesce(asked.retries, asked.id)
        JOIN validation.import_check k ON k.import_id = f.id
        WHERE asked.id = $1
    )
    SELECT c.line_no, c.column_name, c.before, c.after,
        c.place IS NOT NULL AND c.place IN (SELECT place FROM bank)
            AND c.column_name IS DISTINCT FROM i.definition #>> '{columns,routing_number}' AS is_bank,
        coalesce(c.corrected_by_name, i.requester ->> 'name') AS corrected_by,
        coalesce(c.corrected_at, i.created_at) AS corrected_at
    FROM correction c JOIN import i ON i.id = c.import_id
    WHERE c.import_id = $1
    ORDER BY c.line_no, c.column_name
    LIMIT $2
"""
_COUNT_CORRECTIONS: Final = """
    SELECT count(*) AS cells, count(DISTINCT line_no) AS rows FROM correction WHERE import_id = $1
"""
_FORGET_DRAFT: Final = "DELETE FROM draft WHERE import_id = $1"


async def corrected_cells(connection: Connection, import_id: UUID, limit: int) -> CorrectedCells:
    """What was corrected for the check of this import, line by line; of bank accounts the last characters."""
    [counted] = await connection.fetch(_COUNT_CORRECTIONS, import_id)
    if not counted["cells"]:
        return CorrectedCells()
    found = await connection.fetch(_CORRECTIONS, import_id, limit)
    return CorrectedCells(counted["cells"], counted["rows"], [_cell(dict(one)) for one in found])


def _cell(values: dict[str, Any]) -> CorrectedCell:
    if values.pop("is_bank"):
        values |= {name: mask_number(values[name]) for name in ("before", "after")}
    return CorrectedCell(**values)


async def part_of(connection: Connection, import_id: UUID) -> Part:
    """The import as one whose rows can be read."""
    [row] = await connection.fetch(_PART, import_id)
    return Part(**{**dict(row), "definition": ImportDefinition.model_validate(row["definition"])})


async def rows_to_fix(
    connection: Connection, import_id: UUID, *, code: str | None, after: int, limit: int
) -> list[RowToFix]:
    rows = await connection.fetch(_PAGE, import_id, after, code, limit)
    return [RowToFix(row["line_no"], Verdict(row["verdict"]).outcome, row["codes"], import_id) for row in rows]


async def codes_to_fix(connection: Connection, import_id: UUID) -> dict[str, int]:
    return {row["code"]: row["rows"] for row in await connection.fetch(_CODES, import_id)}


async def correctors(connection: Connection, import_id: UUID) -> frozenset[str]:
    """Who corrected cells as they now stand in the file of an import that waited."""
    return frozenset(row["corrected_by"] for row in await connection.fetch(_CORRECTORS, import_id))


async def replace_file(
    connection: Connection, import_id: UUID, definition: ImportDefinition, corrections: Sequence[Correction], by: Person
) -> None:
    """The import is about another file from now on; its draft, which is about the first one, goes."""
    await connection.execute(_REPLACE_FILE, import_id, definition.file.id, definition.stored())
    await connection.executemany(
        _KEEP,
        [
            (import_id, one.line, one.column, one.before, one.after, by.name, by.subject, one.place)
            for one in corrections
        ],
    )
    await connection.execute(_FORGET_DRAFT, import_id)
