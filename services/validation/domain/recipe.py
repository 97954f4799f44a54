"""The account number: parts in order, column parts through their transforms. Whole columns at a time, for speed."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import add
from typing import Final

from services.validation.domain.found import Found
from shared.contracts.definition import ColumnPart, LiteralPart, Part
from shared.contracts.transforms import Change, change_of

LONGEST: Final = 50
SCIENTIFIC: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE][+-][0-9]+")
# What a spreadsheet or a script made of a number: "1.23E+11", "1002.0", "3-Dec", "Dec-03", "12/3/2026".
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
DAMAGED: Final = re.compile(
    rf"{SCIENTIFIC.pattern}|[0-9]{{1,20}}\.0|[0-9]{{1,2}}-{_MONTH}(?:-[0-9]{{2,4}})?|{_MONTH}-[0-9]{{2}}"
    r"|[0-9]{1,2}/[0-9]{1,2}/(?:19|20)[0-9]{2}",
    re.IGNORECASE,
)
_MAY_BE_DAMAGED = re.compile(rf"[0-9][eE][+-]|\.0(?:\n|$)|/(?:19|20)[0-9]{{2}}|{_MONTH}", re.IGNORECASE)
_PRINTABLE = re.compile(r"[\x20-\x7e]*")
_BETWEEN_CELLS = "\x1f"


@dataclass(frozen=True, slots=True)
class _Column:
    position: int
    changes: tuple[Change, ...]


class Recipe:
    """A compiled recipe. ``positions`` are those of the columns in a row of the file."""

    def __init__(self, parts: Sequence[Part], header: Mapping[str, int], *, fold_case: bool) -> None:
        self._parts = tuple(_compile(part, header) for part in parts)
        self._columns = tuple(part for part in self._parts if isinstance(part, _Column))
        self._fold_case = fold_case
        self.positions = tuple(column.position for column in self._columns)
        # One column as it is: two different cells cannot give the same number, so they need not be compared.
        self.can_collide = len(self._columns) != 1 or bool(self._columns[0].changes)

    def numbers(self, cells: Mapping[int, list[str]], found: Found) -> list[str]:
        """The account numbers of the batch; rows without one are ended in ``found`` (R102, R101, R103)."""
        for column in self._columns:
            _end_where(cells[column.position], _damaged, found, "R102")
        made = [part if isinstance(part, str) else self._transformed(part, cells, found) for part in self._parts]
        numbers = _joined(made)
        _end_where(numbers, _unusable, found, "R103")
        return [number.upper() for number in numbers] if self._fold_case else numbers

    def raw_cells(self, cells: Mapping[int, list[str]]) -> list[str]:
        """The cleaned cells the numbers were made of, to tell duplicates from collisions (R105)."""
        columns = [cells[position] for position in self.positions]
        raw = columns[0] if len(columns) == 1 else list(map(_BETWEEN_CELLS.join, zip(*columns, strict=True)))
        return [cell.upper() for cell in raw] if self._fold_case else raw

    def _transformed(self, column: _Column, cells: Mapping[int, list[str]], found: Found) -> list[str]:
        values = cells[column.position]
        _end_where(values, _blank, found, "R101")
        for change in column.changes:
            values = list(map(change, values))
        if column.changes:
            _end_where(values, _blank, found, "R101")
        return values


def _compile(part: Part, header: Mapping[str, int]) -> _Column | str:
    if isinstance(part, LiteralPart):
        return part.literal
    assert isinstance(part, ColumnPart)  # noqa: S101 - the union has no third member
    return _Column(header[part.column], tuple(change_of(transform) for transform in part.transforms))


def _joined(parts: list[list[str] | str]) -> list[str]:
    count = next(len(part) for part in parts if isinstance(part, list))
    joined, *others = [[part] * count if isinstance(part, str) else part for part in parts]
    for column in others:
        joined = list(map(add, joined, column))
    return joined


def _blank(values: list[str]) -> list[int]:
    return [] if all(values) else [index for index, value in enumerate(values) if not value]


def _damaged(values: list[str]) -> list[int]:
    if not _MAY_BE_DAMAGED.search("\n".join(values)):
        return []
    return [index for index, value in enumerate(values) if DAMAGED.fullmatch(value)]


def _unusable(values: list[str]) -> list[int]:
    text = "".join(values)
    if text.isascii() and text.isprintable() and max(map(len, values), default=0) <= LONGEST:
        return []
    return [i for i, value in enumerate(values) if len(value) > LONGEST or not _PRINTABLE.fullmatch(value)]


def _end_where(values: list[str], select: Callable[[list[str]], list[int]], found: Found, code: str) -> None:
    for index in select(values):
        found.end(index, code)
