"""What differs between two files of customers, row by row: an earlier import's and a later one's. Pure.

Rows of one account number belong together, the first with the first and so on. Of each row a few numbers are kept, so
that two files of a million rows fit into memory.
"""

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from shared.contracts.account_number import AccountNumber
from shared.contracts.cleaning import clean_columns
from shared.contracts.definition import ImportDefinition
from shared.contracts.fields import FieldName
from shared.contracts.log_columns import FileRow, fitted
from shared.csvfile import column_key

MOST_ROWS: Final = 1_000_000
_WITHOUT_NUMBER: Final = "\0"  # no account number begins so


class TooManyRows(Exception):
    """A file has more rows than are compared."""


class Differing(StrEnum):
    """What became of a row between the two files."""

    CHANGED = "changed"
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a file has what is compared: the account number, and the columns of fields."""

    width: int
    account: AccountNumber
    places: Mapping[FieldName, int]

    def cells(self, rows: Sequence[FileRow]) -> dict[int, list[str]]:
        """The columns that count, cleaned as the check cleans them, by place."""
        by_column = list(zip(*(fitted(row.cells, self.width) for row in rows), strict=True))
        return clean_columns(by_column, {*self.account.positions, *self.places.values()}, set())

    def numbers(self, cells: Mapping[int, list[str]]) -> list[str]:
        """The account numbers; of a row without a usable one what stands in its place."""
        raw = self.account.raw_cells(cells)
        return [number or _WITHOUT_NUMBER + cell for number, cell in zip(self._usable(cells), raw, strict=True)]

    def _usable(self, cells: Mapping[int, list[str]]) -> list[str]:
        return self.account.compose(cells).usable


def layout_of(definition: ImportDefinition, header: Sequence[str], *, folds_case: bool) -> Layout:
    """Raises KeyError where the file lacks a column of the definition."""
    keys = {column_key(name): place for place, name in enumerate(header)}
    places = {name: keys[column_key(column)] for name, column in definition.columns.items()}
    return Layout(len(header), AccountNumber(definition.account_number, header, fold_case=folds_case), places)


def shared_fields(before: Layout, after: Layout) -> list[FieldName]:
    """The fields that both files have a column for: only these are compared."""
    return [name for name in after.places if name in before.places]


class _Digests:
    """Of each row its account number, and a digest of the cells that are compared."""

    def __init__(self, layout: Layout, fields: Sequence[FieldName]) -> None:
        self._layout = layout
        self._places = [layout.places[name] for name in fields]
        self._rows = 0

    def of(self, rows: Sequence[FileRow]) -> Iterator[tuple[int, str, int]]:
        """Line, account number and digest. Raises TooManyRows."""
        self._rows += len(rows)
        if self._rows > MOST_ROWS:
            raise TooManyRows
        cells = self._layout.cells(rows)
        compared = [cells[place] for place in self._places] or [[""] * len(rows)]
        digests = map(hash, zip(*compared, strict=True))
        return zip((row.line_no for row in rows), self._layout.numbers(cells), digests, strict=True)


@dataclass(frozen=True, slots=True)
class Difference:
    """Lines of both files; the counts of each file add up to its rows."""

    same: int
    changed: Sequence[int] = field(repr=False)
    """Lines of the later file; ``changed_before`` are those of the earlier one, in the same order."""
    changed_before: Sequence[int] = field(repr=False)
    new: Sequence[int] = field(repr=False)
    gone: Sequence[int] = field(repr=False)

    @property
    def rows(self) -> int:
        return self.same + len(self.changed) + len(self.new)

    @property
    def rows_before(self) -> int:
        return self.same + len(self.changed) + len(self.gone)


class Comparison:
    """Takes the rows of the earlier file, then those of the later one, batch by batch in the order of their lines."""

    def __init__(self, before: Layout, after: Layout) -> None:
        self._fields = shared_fields(before, after)
        self._before = _Digests(before, self._fields)
        self._after = _Digests(after, self._fields)
        self._index: dict[int, int] = {}  # the place of a row by its account number and which of several it is
        self._repeated: Counter[int] = Counter()
        self._lines = array("i")
        self._digests = array("q")
        self._matched = bytearray()
        self._repeated_after: Counter[int] = Counter()
        self._same = 0
        self._new = array("i")
        self._changed, self._changed_before = array("i"), array("i")

    def add_before(self, rows: Sequence[FileRow]) -> None:
        """Raises TooManyRows."""
        for line, number, digest in self._before.of(rows):
            key = hash(number)
            if key in self._index:
                self._repeated[key] += 1
                key = hash((number, self._repeated[key]))
            self._index[key] = len(self._lines)
            self._lines.append(line)
            self._digests.append(digest)
            self._matched.append(False)

    def add_after(self, rows: Sequence[FileRow]) -> None:
        """Raises TooManyRows."""
        for line, number, digest in self._after.of(rows):
            place = self._place_of(number)
            if place is None:
                self._new.append(line)
                continue
            self._matched[place] = True
            if self._digests[place] == digest:
                self._same += 1
            else:
                self._changed.append(line)
                self._changed_before.append(self._lines[place])

    def _place_of(self, number: str) -> int | None:
        key = hash(number)
        place = self._index.get(key)
        if place is None or not self._matched[place]:
            return place
        self._repeated_after[key] += 1
        return self._index.get(hash((number, self._repeated_after[key])))

    def difference(self) -> Difference:
        gone = array("i", (line for line, is_there in zip(self._lines, self._matched, strict=True) if not is_there))
        return Difference(self._same, self._changed, self._changed_before, self._new, gone)
