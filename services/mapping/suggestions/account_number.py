"""Setups of the account number, proposed from numbers that exist."""

import heapq
import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from services.mapping.suggestions.columns import Column
from services.mapping.suggestions.fillings import Field, Filling, fillings
from services.mapping.suggestions.pieces import TRIM, Piece, first_cells, pieces_of
from services.mapping.suggestions.shapes import Shape, Slot, shapes_of
from services.mapping.suggestions.values import looks_like_part
from services.mapping.suggestions.wording import words_of
from shared.contracts.account_number import columns_of
from shared.contracts.definition import (
    ColumnPart,
    DigitsOnly,
    LiteralPart,
    Part,
    Replace,
    StripLeadingZeros,
    Transform,
    Upper,
)

_MOST_SETUPS, _MOST_SETUPS_IN_TWO = 200, 50
_MOST_FIELDS: Final = 5
_MOST_COLUMNS: Final = 12
_MOST_PIECES: Final = 80
_SHORTEST_IN_TWO: Final = 6
_MOST_WIDTHS: Final = 6
_NEARLY_ALL: Final = 0.8
_NEARLY_AS_GOOD, _WORTH_OFFERING, _WITHOUT_DOUBT = 0.9, 0.2, 0.6
_FEWEST_COUNTED: Final = 5
_NUMBERED: Final = frozenset(("account", "customer"))
_UPPER: Final = Upper(do="upper")
_STRIP: Final = StripLeadingZeros(do="strip_leading_zeros")
_DIGITS: Final = DigitsOnly(do="digits_only")
_OUT_OF_ORDER, _ANOTHER_COLUMN = 3, 1


def candidates(numbers: Sequence[str], columns: Sequence[Column], likely: Sequence[str]) -> Iterator[tuple[Part, ...]]:
    """Setups that may give numbers like those that exist, the plainest first."""
    named = [column for column in columns if column.header in likely]
    others = [column for column in columns if column not in named and looks_like_part(column.filled)]
    looked_at = [column for column in (*named, *others) if not _counts_rows(column)][:_MOST_COLUMNS]
    shapes = shapes_of(numbers)
    for column in looked_at:
        yield from _of_one_column(column, shapes)
    found = (piece for place, column in enumerate(looked_at) for piece in pieces_of(column, place))
    pieces = list(itertools.islice(found, _MOST_PIECES))
    for shape in shapes:
        yield from _filled(shape, pieces, _MOST_SETUPS // len(shapes))
        for divided in _in_two(shape, numbers, pieces):
            yield from _filled(divided, pieces, _MOST_SETUPS_IN_TWO // len(shapes))


def doubtful(setups: Sequence[Sequence[Part]], likely: Collection[str]) -> frozenset[int]:
    """Those that use no column named like an account number, although the file has one."""
    return frozenset(
        index for index, parts in enumerate(setups) if likely and set(likely).isdisjoint(columns_of(parts))
    )


def worth_offering(made: Sequence[Sequence[str]], known: Collection[str], doubted: Collection[int] = ()) -> list[int]:
    """The setups to offer, the best first, by the numbers that each made of some rows.

    Different numbers count: a column with the same value in every row may find one customer each time. What finds
    clearly less than the best finds it by chance, and must not be there to be clicked. Where customers have small
    numbers, house numbers find many of them: what is doubted has to find most.
    """
    existing = set(known)
    found = (
        (index, len(existing.intersection(one)) / len(one)) for index, one in enumerate(made) if one not in made[:index]
    )
    scores = {index: share for index, share in found if index not in doubted or share >= _WITHOUT_DOUBT}
    best, *others = ranked(scores) or [0]
    least = max(scores.get(best, 0.0) * _NEARLY_AS_GOOD, _WORTH_OFFERING)
    return [index for index in (best, *others) if scores.get(index, 0.0) >= least]


def ranked(scores: Mapping[int, float]) -> list[int]:
    """Those that find anything, the one that finds most first; of equals the plainest."""
    found = [index for index in scores if scores[index] > 0]
    return sorted(found, key=lambda index: (-round(scores[index], 3), index))


def _counts_rows(column: Column) -> bool:
    """1, 2, 3 and on: a line number, which finds customers by chance where their numbers are small."""
    cells = first_cells(column)
    counted = [[str(first + place) for place in range(len(cells))] for first in (0, 1)]
    return len(cells) >= _FEWEST_COUNTED and list(cells) in counted and _NUMBERED.isdisjoint(words_of(column.title))


def _of_one_column(column: Column, shapes: Sequence[Shape]) -> Iterator[tuple[Part, ...]]:
    """The whole number, or all but what stands before it, from one column."""
    for changes in ((), (_UPPER,), (_STRIP,), (_DIGITS,), *_other_separators(column, shapes)):
        yield (ColumnPart(column=column.header, transforms=(TRIM, *changes)),)
    for head in filter(None, map(_head, shapes)):
        yield (LiteralPart(literal=head), ColumnPart(column=column.header, transforms=(TRIM,)))


def _other_separators(column: Column, shapes: Sequence[Shape]) -> Iterator[tuple[Transform, ...]]:
    """One sign for another, where both the column and the numbers have one."""
    places = {place for shape in shapes for place in shape if isinstance(place, str) and not place[0].isalnum()}
    wanted = {place for place in places if len(place) == 1}
    written = {sign for cell in first_cells(column) for sign in cell if not sign.isalnum()}
    if len(wanted) == len(written) == 1 and wanted != written:
        yield (Replace(do="replace", old=written.pop(), new=wanted.pop()),)


def _head(shape: Shape) -> str:
    return "".join(map(str, itertools.takewhile(lambda place: isinstance(place, str), shape)))


def _in_two(shape: Shape, numbers: Sequence[str], pieces: Sequence[Piece]) -> Iterator[Shape]:
    """One long number as two: a customer and a location without anything between."""
    slots = [index for index, place in enumerate(shape) if isinstance(place, Slot)]
    if len(slots) != 1:
        return
    index = slots[0]
    slot = shape[index]
    if not isinstance(slot, Slot) or not slot.digits or slot.length is None or slot.length < _SHORTEST_IN_TWO:
        return
    longest = [max(map(len, piece.values)) for piece in pieces]
    widths = dict.fromkeys((*_behind_zeros(numbers, slot.length), *longest))
    for width in [width for width in widths if 0 < width < slot.length][:_MOST_WIDTHS]:
        yield (*shape[:index], Slot(True, slot.length - width), Slot(True, width), *shape[index + 1 :])


def _behind_zeros(numbers: Sequence[str], length: int) -> Iterator[int]:
    """Lengths of what begins with a zero in nearly every number, behind a sign that often is none."""
    digits = [number[-length:] for number in numbers if len(number) >= length]
    zeros = [sum(number[place] == "0" for number in digits) / len(digits) for place in range(length)]
    for place in range(1, length):
        if zeros[place] >= _NEARLY_ALL and zeros[place - 1] < _NEARLY_ALL:
            yield length - place


def _filled(shape: Shape, pieces: Sequence[Piece], most: int) -> Iterator[tuple[Part, ...]]:
    """The shape with each of its places filled, texts between them as they are."""
    fields: list[Field] = [place for place in shape if isinstance(place, Slot) or place[0].isalnum()]
    if not 0 < len(fields) <= _MOST_FIELDS:
        return
    ways = [way for way in itertools.product(*fillings(fields, pieces)) if _is_possible(way)]
    whole = {piece.column: piece for piece in pieces if not piece.path}
    for way in heapq.nsmallest(most, ways, key=_cost):
        yield tuple(map(_part, _plain(_units(shape, way), whole)))


def _is_possible(way: Sequence[Filling]) -> bool:
    """Some column, and no sign of it twice."""
    return any(one.piece for one in way) and not any(
        one.clashes(other) for one, other in itertools.combinations(way, 2)
    )


def _cost(way: Sequence[Filling]) -> float:
    used = [one for one in way if one.piece]
    places = [(one.piece.order, -one.span[0]) for one in used if one.piece]
    columns = {one.piece.column for one in used if one.piece}
    return (
        sum(one.cost for one in way) + _OUT_OF_ORDER * (places != sorted(places)) + _ANOTHER_COLUMN * (len(columns) - 1)
    )


def _units(shape: Shape, way: Sequence[Filling]) -> list[str | Filling]:
    """Texts and pieces in order, texts beside each other as one."""
    left = iter(way)
    units: list[str | Filling] = []
    for place in shape:
        filling = next(left) if isinstance(place, Slot) or place[0].isalnum() else None
        if filling is not None and filling.piece is not None:
            units.append(filling)
        elif isinstance(place, str):
            before = units.pop() if units and isinstance(units[-1], str) else ""
            units.append(f"{before}{place}")
    return units


def _plain(units: list[str | Filling], whole: Mapping[str, Piece]) -> list[str | Filling]:
    """The same with the whole cell where pieces of it with the texts between them make it again."""
    for start, end in sorted(itertools.combinations(range(len(units) + 1), 2), key=lambda one: one[0] - one[1]):
        cell = _is_whole(units[start:end], whole) if end - start > 1 else None
        if cell is not None:
            return [*units[:start], Filling(0, cell, values=cell.values), *_plain(units[end:], whole)]
    return units


def _is_whole(units: Sequence[str | Filling], whole: Mapping[str, Piece]) -> Piece | None:
    pieces = [one.piece for one in units if isinstance(one, Filling) and one.piece]
    if isinstance(units[0], str) or isinstance(units[-1], str) or len({piece.column for piece in pieces}) != 1:
        return None
    cell = whole[pieces[0].column]
    made = zip(*((one,) * len(cell.values) if isinstance(one, str) else one.values for one in units), strict=True)
    return cell if all("".join(parts) == value for parts, value in zip(made, cell.values, strict=True)) else None


def _part(unit: str | Filling) -> Part:
    if isinstance(unit, str) or unit.piece is None:
        return LiteralPart(literal=str(unit))
    return ColumnPart(column=unit.piece.column, transforms=(*unit.piece.transforms, *unit.transforms))
