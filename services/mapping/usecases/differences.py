"""What differs between the file of an import and that of the earlier one that is most like it, row by row."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.mapping.context import Context
from services.mapping.corrections import Columns
from services.mapping.differing import (
    MOST_ROWS,
    Comparison,
    Difference,
    Differing,
    Layout,
    TooManyRows,
    layout_of,
    shared_fields,
)
from services.mapping.repository import alike, billers, correcting
from services.mapping.repository.alike import AlikeImport
from services.mapping.repository.rounds import Part
from services.mapping.usecases.access import visible_import
from services.mapping.usecases.rounds.making import columns_of
from services.mapping.usecases.rounds.refusals import away, conflict, gone
from services.mapping.usecases.rounds.stored import FileAway, StoredRows, rows_on
from shared.audit import Act, Detail, record
from shared.auth import Person
from shared.contracts.fields import FieldName
from shared.contracts.log_columns import FileRow, mask_number
from shared.csvfile import FileRefused
from shared.errors import NotFound, TooLarge
from shared.postgres import Connection


@dataclass(frozen=True, slots=True)
class DifferingCell:
    """A field's cell in both files; None where the row is in one of them alone. Of bank data the last characters."""

    field: FieldName
    column: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class DifferingRow:
    """A row with its line in each file, None where it is not in that one."""

    line: int | None
    line_before: int | None
    account_number: str
    cells: Sequence[DifferingCell]


@dataclass(frozen=True, slots=True)
class Differences:
    """The counts, and a page of rows; ``next`` is the place at which the next page begins."""

    against: AlikeImport
    rows: int
    rows_before: int
    same: int
    counts: Mapping[Differing, int]
    fields: Sequence[FieldName]
    only_here: Sequence[FieldName]
    only_before: Sequence[FieldName]
    items: Sequence[DifferingRow]
    next: int | None


@dataclass(frozen=True, slots=True)
class _File:
    """The file of an import, with what is known of its columns."""

    part: Part
    columns: Columns
    layout: Layout

    @classmethod
    async def of(cls, context: Context, part: Part, *, folds_case: bool) -> "_File":
        if part.is_gone:
            raise gone()
        columns, _ = await columns_of(context, [part])
        try:
            return cls(part, columns, layout_of(part.definition, columns.header, folds_case=folds_case))
        except KeyError:
            raise gone() from None

    def shown(self, field: FieldName, cells: Mapping[int, list[str]], index: int) -> str:
        place = self.layout.places[field]
        return self.columns.shown(place, cells[place][index])

    def number(self, cells: Mapping[int, list[str]], index: int) -> str:
        number = self.layout.account.compose(cells).numbers[index]
        return mask_number(number) if self.columns.hidden.intersection(self.layout.account.positions) else number


async def most_alike(context: Context, person: Person, import_id: UUID) -> AlikeImport | None:
    """The earlier import that an import is most like; None for an undo and a round, whose rows are another's."""
    async with context.database.connection() as connection:
        item, _ = await visible_import(connection, person, import_id)
        return None if item.undoes or item.retries else await alike.most_alike(connection, import_id)


async def differences(
    context: Context, person: Person, import_id: UUID, *, which: Differing, after: int, limit: int,
    against: UUID | None = None,
) -> Differences:  # fmt: skip
    """A page of rows that differ ``against`` another import of the biller and kind; None: the one most like it.

    Raises Conflict where there is nothing to compare with, Gone where a file is not there any more, TooLarge.
    """
    async with context.database.connection() as connection:
        item, _ = await visible_import(connection, person, import_id)
        other = await _other(connection, item.undoes or item.retries, import_id, against)
        biller = await billers.find(connection, item.biller_id)
        parts = [await correcting.part_of(connection, one) for one in (import_id, other.id)]
        told: Detail = {"what": "differences", "count": limit, "against": str(other.id)}
        await record(
            connection, Act.ROWS_SEEN, person.subject, import_id=item.id, biller_id=item.biller_id, detail=told
        )
    folds_case = biller is not None and biller.folds_case
    here, before = [await _File.of(context, part, folds_case=folds_case) for part in parts]
    key = (import_id, other.id, here.part.object_key, before.part.object_key)
    found = await context.comparisons.of(key, lambda: _compared(context, here, before))
    fields = shared_fields(before.layout, here.layout)
    counts = {Differing.CHANGED: len(found.changed), Differing.NEW: len(found.new), Differing.GONE: len(found.gone)}
    return Differences(
        against=other,
        rows=found.rows,
        rows_before=found.rows_before,
        same=found.same,
        counts=counts,
        fields=fields,
        only_here=[name for name in here.layout.places if name not in fields],
        only_before=[name for name in before.layout.places if name not in fields],
        items=await _page(context, here, before, found, which, slice(after, after + limit)),
        next=after + limit if counts[which] > after + limit else None,
    )


async def _other(connection: Connection, of: UUID | None, import_id: UUID, against: UUID | None) -> AlikeImport:
    if of is not None:
        conflict("nothing_to_compare", "The rows are those of another import", f"Compare that one: {of}")
    if against is None:
        found = await alike.most_alike(connection, import_id)
        if found is None:
            words = "The biller has no earlier import of this kind whose file is still there"
            conflict("nothing_to_compare", words, "The first import has nothing to be compared with")
        return found
    named = await alike.named(connection, import_id, against)
    if named is None:
        words = "The biller has no such import of this kind that has ended"
        raise NotFound("import_not_found", words, "against", "Check the ID")
    return named


async def _compared(context: Context, here: _File, before: _File) -> Difference:
    made = Comparison(before.layout, here.layout)
    try:
        for file, add in ((before, made.add_before), (here, made.add_after)):
            async with StoredRows(context, file.part.object_key, file.part.definition) as stored:
                async for batch in stored.batches():
                    await asyncio.to_thread(add, batch)
    except TooManyRows:
        words = f"Files of more than {MOST_ROWS:,} rows are not compared"
        raise TooLarge("too_many_rows", words, "import_id", "Compare the logs of both imports") from None
    except (FileAway, FileRefused):
        raise gone() from None
    except (ConnectionError, TimeoutError):
        raise away() from None
    return await asyncio.to_thread(made.difference)


async def _page(
    context: Context, here: _File, before: _File, found: Difference, which: Differing, place: slice
) -> list[DifferingRow]:
    match which:
        case Differing.CHANGED:
            rows = await _rows(context, here, found.changed[place])
            others = await _rows(context, before, found.changed_before[place])
            return [_changed(here, before, *pair) for pair in zip(rows, others, strict=True)]
        case Differing.NEW:
            return [_alone(here, row, is_new=True) for row in await _rows(context, here, found.new[place])]
        case Differing.GONE:
            return [_alone(before, row, is_new=False) for row in await _rows(context, before, found.gone[place])]


async def _rows(context: Context, file: _File, lines: Sequence[int]) -> list[FileRow]:
    """The rows on these lines, in the order in which they are asked for."""
    found = {row.line_no: row for row in await rows_on(context, file.part, set(lines))}
    if len(found) < len(set(lines)):
        raise gone()
    return [found[line] for line in lines]


def _changed(here: _File, before: _File, row: FileRow, earlier: FileRow) -> DifferingRow:
    after_cells, before_cells = here.layout.cells([row]), before.layout.cells([earlier])
    cells = [
        DifferingCell(
            name,
            here.columns.header[here.layout.places[name]],
            before.shown(name, before_cells, 0),
            here.shown(name, after_cells, 0),
        )
        for name in shared_fields(before.layout, here.layout)
        if after_cells[here.layout.places[name]] != before_cells[before.layout.places[name]]
    ]
    return DifferingRow(row.line_no, earlier.line_no, here.number(after_cells, 0), cells)


def _alone(file: _File, row: FileRow, *, is_new: bool) -> DifferingRow:
    cells = file.layout.cells([row])
    shown = {name: file.shown(name, cells, 0) for name in file.layout.places}
    made = [
        DifferingCell(name, file.columns.header[file.layout.places[name]], *((None, text) if is_new else (text, None)))
        for name, text in shown.items()
        if text
    ]
    line, line_before = (row.line_no, None) if is_new else (None, row.line_no)
    return DifferingRow(line, line_before, file.number(cells, 0), made)
