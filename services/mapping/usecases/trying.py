"""Cells of a row that somebody corrects, checked while they are typed: nothing is kept, and the row stays as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.mapping.context import Context
from services.mapping.corrections import CorrectedRow, corrected_fields, marked_columns
from services.mapping.differing import layout_of
from services.mapping.placing import PlacedRows, reading_of
from services.mapping.records import Import
from services.mapping.repository import billers, checks, correcting, plan, rounds
from services.mapping.repository.rounds import Part
from services.mapping.row_checks import unavailable
from services.mapping.usecases import deciding
from services.mapping.usecases.access import visible_import
from services.mapping.usecases.rounds.asked import Asked
from services.mapping.usecases.rounds.looking import rows_at_hand
from services.mapping.usecases.rounds.making import Kept, columns_of, corrected_cells
from services.mapping.usecases.rounds.refusals import conflict, gone
from services.mapping.usecases.rounds.sent import read_sent
from services.mapping.usecases.rounds.starting import require_retryable, root_of
from shared.audit import Act, record
from shared.auth import Person
from shared.contracts.codes import CODES, Code, Level
from shared.contracts.definition import ImportDefinition
from shared.contracts.log_columns import FileRow
from shared.contracts.outcomes import Outcome
from shared.contracts.row_check import LONGEST_CONTENT, RowCheck
from shared.csvfile import column_key
from shared.errors import Invalid
from shared.postgres import Connection

_MOST_BESIDE: Final = 20


@dataclass(frozen=True, slots=True)
class Found:
    """A code of the row, with the columns that it is about."""

    code: Code
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TriedRow:
    """How the check would decide the row with these cells. ``outcome`` None: it would refuse the file."""

    line: int
    outcome: Outcome | None
    found: tuple[Found, ...]

    @property
    def problems(self) -> tuple[Found, ...]:
        """What keeps the row out."""
        goes_on = self.outcome in (Outcome.APPLIED, Outcome.NO_CHANGE)
        return () if goes_on else tuple(one for one in self.found if one.code.level is not Level.WARNING)

    @property
    def notes(self) -> tuple[Found, ...]:
        return tuple(one for one in self.found if one not in self.problems)


@dataclass(frozen=True, slots=True)
class _Basis:
    """Whose row it is: of the parts of the import the one that had it last."""

    root: Import
    parts: Sequence[Part]
    part: Part
    is_tried_again: bool


async def try_row(
    context: Context, person: Person, authorization: str, import_id: UUID, line: int, cells: Mapping[str, str]
) -> TriedRow:
    """Ask, with the person's own ``authorization``, how the check would decide a row with these cells, by column.

    Raises what correcting it would raise for its cells alone, and Unavailable where there is no answer.
    """
    async with context.database.connection() as connection:
        item, right = await visible_import(connection, person, import_id)
        basis = await _basis(connection, person, item, line)
    if basis.part.is_gone:
        raise gone()
    row = next(iter(await rows_at_hand(context, basis.part, [line])), None)
    if row is None:
        raise _no_such_row(line)
    columns, header_line = await columns_of(context, basis.parts)
    sent = await read_sent(context, basis.root, Asked(cells={line: cells}), columns, person, right)
    made = corrected_cells(row, sent.cells[line], columns)
    if made is None:
        conflict("nothing_corrected", f"Line {line:,} is broken and nothing in it was corrected", "Correct a cell")
    kept = Kept(columns)
    kept.add(made)
    await kept.judge(right, Asked())
    async with context.database.connection() as connection:
        lines = await _lines_beside(connection, basis, columns.header, made)
        await _tell(context, connection, person, basis, made)
    beside = await _rows_beside(context, basis, lines)
    asked = _row_check(basis, columns.header, made, beside, header_line)
    if asked is None:
        raise unavailable()
    judged = await context.row_checks.judge(authorization, asked)
    outcome = judged.verdict.outcome if judged.verdict else None
    definition = basis.part.definition
    return TriedRow(line, outcome, tuple(_found(code, columns.header, definition) for code in judged.codes))


async def _basis(connection: Connection, person: Person, item: Import, line: int) -> _Basis:
    check = await checks.newest(connection, item.id)
    if check is not None and check.state == "held":
        await deciding.require_correctable(connection, item, check.check_no)
        waiting = await correcting.part_of(connection, item.id)
        return _Basis(item, [waiting], waiting, is_tried_again=False)
    root = await root_of(connection, person, item.id)
    parts = await require_retryable(connection, root)
    found = await rounds.rows_to_fix(connection, [part.id for part in parts], code=None, after=line - 1, limit=1)
    had_last = {row.import_id for row in found if row.line_no == line}
    part = next((part for part in parts if part.id in had_last), None)
    if part is None:
        raise _no_such_row(line)
    return _Basis(root, parts, part, is_tried_again=True)


async def _tell(context: Context, connection: Connection, person: Person, basis: _Basis, made: CorrectedRow) -> None:
    root = basis.root
    row, fields = (person.subject, root.id, made.line), corrected_fields(made, basis.part.definition)
    told = context.tries.due(row, fields)
    if told is not None:
        await record(
            connection, Act.CELLS_TRIED, person.subject, import_id=root.id, biller_id=root.biller_id, detail=told
        )
        context.tries.told(row, fields)


async def _lines_beside(
    connection: Connection, basis: _Basis, header: Sequence[str], made: CorrectedRow
) -> Mapping[UUID, Sequence[int]]:
    """By part, other rows of the account that the row has now, or of the login that it was found to have."""
    if basis.is_tried_again:
        found = await rounds.chosen(
            connection, [part.id for part in basis.parts], {made.line}, frozenset(), frozenset()
        )
        beside = [row for row in found if row.line_no != made.line][:_MOST_BESIDE]
        return {part.id: [row.line_no for row in beside if row.import_id == part.id] for part in basis.parts}
    biller = await billers.find(connection, basis.root.biller_id)
    layout = layout_of(basis.part.definition, header, folds_case=biller is not None and biller.folds_case)
    [number] = layout.numbers(layout.cells([FileRow(made.line, made.cells, in_place=True)]))
    return {basis.part.id: await plan.lines_beside(connection, basis.part.id, made.line, number, _MOST_BESIDE)}


async def _rows_beside(context: Context, basis: _Basis, lines: Mapping[UUID, Sequence[int]]) -> list[FileRow]:
    """Without those on broken lines, which belong to no account."""
    found = [row for part in basis.parts for row in await rows_at_hand(context, part, lines.get(part.id, ()))]
    return [row for row in found if row.in_place]


def _row_check(
    basis: _Basis, header: Sequence[str], made: CorrectedRow, beside: Sequence[FileRow], header_line: int
) -> RowCheck | None:
    """The row, with those beside it in the order of the file, in a file as a correction would write it.

    None where they are too long to be asked about at every key.
    """
    first = min(header_line, 1)
    placed = PlacedRows(header, first)
    content, line, asked_line = b"", first + 1, 0
    for number, cells in sorted([(made.line, made.cells), *((row.line_no, row.cells) for row in beside)]):
        content += placed.add(line, cells)
        asked_line = line if number == made.line else asked_line
        line += 1 + sum(cell.count("\n") + cell.count("\r") for cell in cells)
    last = basis.parts[-1]
    text = (content + placed.close()).decode()
    if len(text) > LONGEST_CONTENT:
        return None
    return RowCheck(
        import_id=last.id,
        line=asked_line,
        lines=(made.line, *(row.line_no for row in beside)),
        content=text,
        reading=reading_of(first),
        values=last.definition.values,
        is_tried_again=basis.is_tried_again,
    )


def _found(code: str, header: Sequence[str], definition: ImportDefinition) -> Found:
    marked = marked_columns(code, definition)
    return Found(CODES[code], tuple(name for name in header if column_key(name) in marked))


def _no_such_row(line: int) -> Invalid:
    return Invalid("no_such_row", f"No row on line {line:,} waits to be corrected", "line", "Check the line")
