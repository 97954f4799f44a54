"""Cells that a person corrected, told from those that only look otherwise in a log. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.contracts.account_number import columns_of
from shared.contracts.codes import CODES
from shared.contracts.definition import ImportDefinition
from shared.contracts.log_columns import FileRow, fitted, line_column, mask_number
from shared.csvfile import column_key, count_digits, defuse_formula

_LONGEST_KEPT: Final = 500
_MASK: Final = "****"


class StillMasked(Exception):
    """A cell that shows the last characters of something else than what stands in the file."""

    def __init__(self, line: int, place: int) -> None:
        super().__init__()
        self.line = line
        self.place = place


@dataclass(frozen=True, slots=True)
class Correction:
    """A cell before and after, as people may see it."""

    line: int
    column: str
    before: str
    after: str
    place: int


@dataclass(frozen=True, slots=True)
class CorrectedRow:
    """A row as it is checked again."""

    line: int
    cells: list[str]
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """What a file calls its columns, and which of them nobody sees whole."""

    header: Sequence[str]
    hidden: frozenset[int]
    accounts: frozenset[int] = frozenset()
    """Those of numbers that may look like card numbers by chance."""

    def place_of(self, column: str) -> int | None:
        """Where the column stands; None where the file has none of that name."""
        keys = [column_key(name) for name in self.header]
        return keys.index(column_key(column)) if column_key(column) in keys else None

    def shown(self, place: int, cell: str) -> str:
        return mask_number(cell) if place in self.hidden else cell

    def shown_astray(self, cell: str) -> str:
        """A cell of a broken line: it may be a secret that slipped under another header."""
        return mask_number(cell) if self.hidden and count_digits(cell) else cell


@dataclass(frozen=True, slots=True)
class ColumnsOfLog:
    """Where a corrected log has the line numbers and the columns of the file: (place here, place there)."""

    line: int
    places: tuple[tuple[int, int], ...]


def find_columns(header: Sequence[str], of_file: Sequence[str]) -> ColumnsOfLog | None:
    """None where it is no log of this file: without line numbers nobody knows which row is meant."""
    keys = [column_key(name) for name in header]
    line = column_key(line_column(of_file))
    places = tuple(
        (keys.index(column_key(name)), place) for place, name in enumerate(of_file) if column_key(name) in keys
    )
    return ColumnsOfLog(keys.index(line), places) if line in keys and places else None


def corrected(row: FileRow, given: Mapping[int, str], columns: Columns) -> CorrectedRow | None:
    """The row with what was given for its cells, by place; None where its line is broken and nobody mended it.

    Raises StillMasked.
    """
    cells = row.cells if row.in_place else fitted(row.cells, len(columns.header))
    changed = {
        place: value
        for place, value in ((place, _as_typed(value)) for place, value in given.items())
        if not _is_same(value, cells[place], is_masked=place in columns.hidden or not row.in_place)
    }
    if not changed:
        return CorrectedRow(row.line_no, cells) if row.in_place else None
    _refuse_masks(row.line_no, changed, columns.hidden)
    corrections = tuple(_correction(row.line_no, place, cells[place], to, columns) for place, to in changed.items())
    return CorrectedRow(row.line_no, [changed.get(place, cell) for place, cell in enumerate(cells)], corrections)


def _as_typed(value: str) -> str:
    """Without the sign that keeps a spreadsheet from running it, on one line."""
    text = " ".join(value.split("\n")).replace("\r", "")
    return text[1:] if text[:1] == "'" and defuse_formula(text[1:]) == text else text


def _is_same(value: str, cell: str, *, is_masked: bool) -> bool:
    wanted = value.split()
    return wanted == cell.split() or (is_masked and wanted == mask_number(cell).split())


def _refuse_masks(line: int, changed: Mapping[int, str], hidden: Collection[int]) -> None:
    for place, value in changed.items():
        if place in hidden and value.strip().startswith(_MASK):
            raise StillMasked(line, place)


def _correction(line: int, place: int, before: str, after: str, columns: Columns) -> Correction:
    shown = [columns.shown(place, cell)[:_LONGEST_KEPT] for cell in (before, after)]
    return Correction(line, columns.header[place], shown[0], shown[1], place)


def used_columns(definition: ImportDefinition) -> frozenset[str]:
    """Keys of the columns that the import reads."""
    return frozenset(map(column_key, definition.columns.values())) | _account(definition)


def corrected_fields(row: CorrectedRow, definition: ImportDefinition) -> frozenset[str]:
    # Fields, not columns: what a file calls its columns may be anything.
    keys = {column_key(one.column) for one in row.corrections}
    named = {str(field) for field, column in definition.columns.items() if column_key(column) in keys}
    return frozenset(named | ({"account_number"} if keys & _account(definition) else set()))


def _account(definition: ImportDefinition) -> frozenset[str]:
    return frozenset(map(column_key, columns_of(definition.account_number)))


def marked_columns(number: str, definition: ImportDefinition) -> frozenset[str]:
    """Keys of the columns that a code leads the eye to."""
    code = CODES.get(number)
    if code is None:
        return frozenset()
    named = frozenset(column_key(definition.columns[field]) for field in code.fields if field in definition.columns)
    return named or (_account(definition) if code.marks_account_number else frozenset())
