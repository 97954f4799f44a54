"""Rows of an import that were not applied, with their cells, for somebody who corrects them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.mapping.context import Context
from services.mapping.corrections import Columns
from services.mapping.domain import Check
from services.mapping.repository import checks, rounds
from services.mapping.repository.rounds import Part, RowToFix
from services.mapping.usecases.rounds.making import columns_of
from services.mapping.usecases.rounds.starting import require_retryable, root_of
from services.mapping.usecases.rounds.stored import rows_on
from shared.audit import Act, Detail, record
from shared.auth import Person
from shared.contracts.codes.names import UNKNOWN_WORDS
from shared.contracts.definition import ImportDefinition
from shared.contracts.log_columns import FileRow, fitted


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row with its cells as people may see them, each with its place in the file."""

    row: RowToFix
    cells: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class RowsToFix:
    """A page of rows that were not applied."""

    definition: ImportDefinition
    columns: Columns
    rows: Sequence[ShownRow]
    codes: Mapping[str, int]
    unknown_words: Mapping[str, Mapping[str, int]]
    next: int | None


async def rows_to_fix(
    context: Context, person: Person, import_id: UUID, *, code: str | None, after: int, limit: int
) -> RowsToFix:
    """Raises Conflict where no rows of the import can be tried again now."""
    async with context.database.connection() as connection:
        root = await root_of(connection, person, import_id)
        parts = await require_retryable(connection, root)
        ids = [part.id for part in parts]
        found = await rounds.rows_to_fix(connection, ids, code=code, after=after, limit=limit + 1)
        codes = await rounds.codes_to_fix(connection, ids)
        check = await checks.newest(connection, parts[-1].id)
        told: Detail = {"what": "rows to fix", "count": min(len(found), limit)}
        await record(
            connection, Act.ROWS_SEEN, person.subject, import_id=root.id, biller_id=root.biller_id, detail=told
        )
    columns, _ = await columns_of(context, parts)
    page = found[:limit]
    return RowsToFix(
        definition=parts[-1].definition,
        columns=columns,
        rows=await shown_rows(context, parts, page, columns),
        codes=codes,
        unknown_words=words_of(check),
        next=page[-1].line_no if len(found) > limit else None,
    )


async def shown_rows(
    context: Context, parts: Sequence[Part], page: Sequence[RowToFix], columns: Columns
) -> list[ShownRow]:
    """The rows with their cells, each as the part has it that had it last."""
    cells: dict[int, dict[int, str]] = {}
    for part in parts:
        found = await _rows(context, part, {row.line_no for row in page if row.import_id == part.id})
        cells |= {row.line_no: _shown(row, columns) for row in found}
    return [ShownRow(row, cells[row.line_no]) for row in page if row.line_no in cells]


def words_of(check: Check | None) -> Mapping[str, Mapping[str, int]]:
    findings = check.findings if check else ()
    found: Mapping[str, Mapping[str, int]] = next(
        (one.detail.get("words") or {} for one in findings if one.code == UNKNOWN_WORDS), {}
    )
    return {field: {word: rows for word, rows in words.items() if word} for field, words in found.items()}


async def rows_at_hand(context: Context, part: Part, lines: Iterable[int]) -> list[FileRow]:
    """The rows on these lines as the part has them; without those that it has not."""
    known = [row for line in lines if (row := context.rows_at_hand.get(part.object_key, line)) is not None]
    return [*known, *await _rows(context, part, {*lines} - {row.line_no for row in known})]


def _shown(row: FileRow, columns: Columns) -> dict[int, str]:
    show = columns.shown if row.in_place else lambda _, cell: columns.shown_astray(cell)
    return {place: show(place, cell) for place, cell in enumerate(fitted(row.cells, len(columns.header)))}


async def _rows(context: Context, part: Part, lines: set[int]) -> list[FileRow]:
    found = await rows_on(context, part, lines)
    for row in found:
        context.rows_at_hand.keep(part.object_key, row)
    return found
