"""The account number: columns and texts in order, cells of columns through their transforms.

Everybody who makes one makes it here: the preview, the suggestions and the nearest search of the wizard, and the check
(docs/rules.md, number-1 and on). Whole columns at a time, for speed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import add
from typing import Final

from shared.contracts.definition import ColumnPart, LiteralPart, Part
from shared.contracts.transforms import Change, change_of
from shared.csvfile import column_key

LONGEST: Final = 50
LONGEST_CHANGED: Final = 500
"""What a transform is given of a cell: a few replacements can make gigabytes of one letter."""
SCIENTIFIC: Final = re.compile(r"(?<![0-9])[0-9]+(?:[.,][0-9]+)?[eE][+-][0-9]+")
# What a spreadsheet or a script made of a number: "1.23E+11", "1002.0", "3-Dec", "Dec-03", "12/3/2026".
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = f"(?:{'|'.join(_MONTHS)})"
DAMAGED: Final = re.compile(
    rf"{SCIENTIFIC.pattern}|[0-9]{{1,20}}\.0|[0-9]{{1,2}}-{_MONTH}(?:-[0-9]{{2,4}})?|{_MONTH}-[0-9]{{2}}"
    r"|[0-9]{1,2}/[0-9]{1,2}/(?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2})?"
    r"|1900-01-00|(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?(?: ?[AP]M)?",
    re.IGNORECASE,
)
_MAY_BE_DAMAGED = re.compile(
    rf"[0-9][eE][+-]|\.0(?:\n|$)|/(?:19|20)[0-9]{{2}}|{_MONTH}|1900-01-00|:[0-9]{{2}}", re.IGNORECASE
)
_SIGNS_OF_DAMAGE: Final = ("e+", "e-", ".0", "/19", "/20", ":", *_MONTHS)  # to look for them is ten times as fast
_NO_DAY: Final = "1900-01-00"  # what a spreadsheet makes of 0
_NO_DAMAGE: Final = b"0123456789-\n"  # most columns hold nothing else
_PRINTABLE = re.compile(r"[\x20-\x7e]*")
_BETWEEN_CELLS = "\x1f"


@dataclass(slots=True)
class Composed:
    """The numbers of some rows. One that a code speaks against is there, too, as it was made."""

    numbers: list[str] = field(default_factory=list)
    problems: dict[int, str] = field(default_factory=dict)
    """By row the code that ends it: R102, R101 or R103, the first in this order."""

    @property
    def usable(self) -> list[str]:
        """The numbers, blank where a code speaks against one."""
        if not self.problems:
            return self.numbers
        return ["" if index in self.problems else number for index, number in enumerate(self.numbers)]


@dataclass(frozen=True, slots=True)
class _Column:
    position: int
    changes: tuple[Change, ...]


class AccountNumber:
    """A compiled setup. ``positions`` are those of its columns in a row of the file."""

    def __init__(self, parts: Sequence[Part], header: Sequence[str], *, fold_case: bool) -> None:
        """Every column has to stand in the header, see ``columns_not_in``; and there is at least one."""
        places = places_of(header)
        self._parts = tuple(_compile(part, places) for part in parts)
        self._columns = tuple(part for part in self._parts if isinstance(part, _Column))
        self._fold_case = fold_case
        self.positions = tuple(column.position for column in self._columns)
        # One column as it is: two different cells cannot give the same number, so they need not be compared.
        self.can_collide = len(self._columns) != 1 or bool(self._columns[0].changes)

    def compose(self, cells: Mapping[int, list[str]]) -> Composed:
        problems: dict[int, str] = {}
        for column in self._columns:
            _note(problems, damaged_cells(cells[column.position]), "R102")
        cut: set[int] = set()
        made = [part if isinstance(part, str) else _transformed(part, cells, problems, cut) for part in self._parts]
        numbers = _joined(made)
        _note(problems, [*cut, *_unusable(numbers)], "R103")
        return Composed([number.upper() for number in numbers] if self._fold_case else numbers, problems)

    def raw_cells(self, cells: Mapping[int, list[str]]) -> list[str]:
        """The cleaned cells the numbers were made of, to tell duplicates from collisions (R105)."""
        columns = [cells[position] for position in self.positions]
        raw = columns[0] if len(columns) == 1 else list(map(_BETWEEN_CELLS.join, zip(*columns, strict=True)))
        return [cell.upper() for cell in raw] if self._fold_case else raw


def places_of(header: Sequence[str]) -> dict[str, int]:
    return {column_key(name): position for position, name in enumerate(header)}


def columns_of(parts: Iterable[Part]) -> list[str]:
    return [part.column for part in parts if isinstance(part, ColumnPart)]


def columns_not_in(header: Sequence[str], parts: Iterable[Part]) -> list[str]:
    """The columns that a setup names and the file lacks (F014)."""
    places = places_of(header)
    return [name for name in columns_of(parts) if column_key(name) not in places]


def _compile(part: Part, places: Mapping[str, int]) -> _Column | str:
    match part:
        case LiteralPart():
            return part.literal
        case ColumnPart():
            return _Column(places[column_key(part.column)], tuple(map(change_of, part.transforms)))


def _transformed(column: _Column, cells: Mapping[int, list[str]], problems: dict[int, str], cut: set[int]) -> list[str]:
    values = cells[column.position]
    _note(problems, _blank(values), "R101")
    for change in column.changes:
        values = list(map(change, _bounded(values, cut)))
    if column.changes:
        _note(problems, _blank(values), "R101")
    return values


def _bounded(values: list[str], cut: set[int]) -> list[str]:
    if max(map(len, values), default=0) <= LONGEST_CHANGED:
        return values
    cut.update(index for index, value in enumerate(values) if len(value) > LONGEST_CHANGED)
    return [value[:LONGEST_CHANGED] for value in values]


def _joined(parts: list[list[str] | str]) -> list[str]:
    count = next(len(part) for part in parts if isinstance(part, list))
    joined, *others = [[part] * count if isinstance(part, str) else part for part in parts]
    for column in others:
        joined = list(map(add, joined, column))
    return joined


def _blank(values: list[str]) -> list[int]:
    return [] if all(values) else [index for index, value in enumerate(values) if not value]


def damaged_cells(values: list[str]) -> list[int]:
    """Where cells are that a spreadsheet or a script changed."""
    text = "\n".join(values)
    if _NO_DAY not in text and not text.encode().translate(None, _NO_DAMAGE):
        return []
    folded = text.casefold()
    if not any(sign in folded for sign in (*_SIGNS_OF_DAMAGE, _NO_DAY)) or not _MAY_BE_DAMAGED.search(text):
        return []
    return [index for index, value in enumerate(values) if DAMAGED.fullmatch(value)]


def _unusable(values: list[str]) -> list[int]:
    text = "".join(values)
    if text.isascii() and text.isprintable() and max(map(len, values), default=0) <= LONGEST:
        return []
    return [i for i, value in enumerate(values) if len(value) > LONGEST or not _PRINTABLE.fullmatch(value)]


def _note(problems: dict[int, str], rows: list[int], code: str) -> None:
    for index in rows:
        problems.setdefault(index, code)
