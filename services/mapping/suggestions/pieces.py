"""What can be taken of the cells of a column: all of them, or a part between separators."""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from services.mapping.suggestions.columns import Column
from shared.contracts.definition import TakePart, Transform, Trim
from shared.contracts.transforms import change_of

TRIM: Final = Trim(do="trim")
_ROWS: Final = 40
_LONGEST_CELL: Final = 60
_MOST_PARTS: Final = 6
_DEEPEST: Final = 2
_MOST_SEPARATORS: Final = 4
_MOST_PIECES: Final = 24
_USUAL: Final = 0.8


@dataclass(frozen=True, slots=True)
class Piece:
    """A column with transforms, and what these make of its first cells.

    ``path`` says where in the cell it stands: the separator and the number of each part on the way.
    """

    column: str
    place: int
    transforms: tuple[Transform, ...]
    values: tuple[str, ...]
    path: tuple[tuple[str, int], ...] = ()

    def overlaps(self, other: "Piece") -> bool:
        shorter = min(len(self.path), len(other.path))
        return self.column == other.column and self.path[:shorter] == other.path[:shorter]

    @property
    def order(self) -> tuple[int, tuple[int, ...]]:
        return self.place, tuple(number for _, number in self.path)


def applied(transforms: Sequence[Transform], values: Sequence[str]) -> tuple[str, ...]:
    made = list(values)
    for transform in transforms:
        made = list(map(change_of(transform), made))
    return tuple(made)


def first_cells(column: Column) -> tuple[str, ...]:
    """Some of its cells, but none that is too long for a number."""
    return tuple(cell for cell in column.filled[:_ROWS] if len(cell) <= _LONGEST_CELL)


def pieces_of(column: Column, place: int) -> Iterator[Piece]:
    """The whole cells, then their parts."""
    if cells := first_cells(column):
        yield from itertools.islice(_with_parts(Piece(column.header, place, (TRIM,), cells)), _MOST_PIECES)


def _with_parts(piece: Piece) -> Iterator[Piece]:
    yield piece
    if len(piece.path) == _DEEPEST:
        return
    for separator in _separators(piece.values):
        count = _usual_count(piece.values, separator)
        for number in range(1, count + 2):
            yield from _with_parts(_part(piece, separator, number))


def _part(piece: Piece, separator: str, number: int) -> Piece:
    taken = TakePart(do="take_part", number=number, separator=separator)
    return Piece(
        piece.column,
        piece.place,
        (*piece.transforms[:-1], taken, TRIM),
        applied((taken, TRIM), piece.values),
        (*piece.path, (separator, number)),
    )


def _separators(values: Sequence[str]) -> list[str]:
    """Signs that separate parts in nearly every cell; a blank beside another separator separates nothing by itself."""
    found = dict.fromkeys(sign for value in values for sign in value if not sign.isalnum())
    usual = [sign for sign in found if 0 < _usual_count(values, sign) < _MOST_PARTS]
    return [sign for sign in usual if sign != " " or not _only_pads(values, usual)][:_MOST_SEPARATORS]


def _only_pads(values: Sequence[str], separators: Sequence[str]) -> bool:
    return any(
        all(f" {sign}" in value or f"{sign} " in value for value in values) for sign in separators if sign != " "
    )


def _usual_count(values: Sequence[str], sign: str) -> int:
    """How often the sign stands in most of the cells; 0 where they differ."""
    count, cells = Counter(value.count(sign) for value in values).most_common(1)[0]
    return count if cells >= _USUAL * len(values) else 0
