"""Setups of the account number, proposed from numbers that exist."""

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.mapping.suggestions.columns import Column
from shared.contracts.definition import (
    ColumnPart,
    DigitsOnly,
    DropLast,
    LiteralPart,
    PadLeft,
    Part,
    StripLeadingZeros,
    TakeLast,
    Transform,
    Trim,
    Upper,
)

_RUNS = re.compile(r"[0-9]+|[A-Za-z]+|[^0-9A-Za-z]+")
_MOST_ORDERS: Final = 200
_MOST_SLOTS: Final = 3
_SAME_SHAPE: Final = 0.6
_LIKELY_COLUMNS: Final = 6
_TRIM: Final = Trim(do="trim")
_UPPER: Final = Upper(do="upper")
_STRIP: Final = StripLeadingZeros(do="strip_leading_zeros")
_DIGITS: Final = DigitsOnly(do="digits_only")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the shape of existing numbers that differs from one to the next."""

    digits: bool
    length: int | None  # where all have the same


Shape = tuple[str | Slot, ...]


def shape_of(numbers: Sequence[str]) -> Shape | None:
    """What most of the numbers have in common; None where they have no common shape."""
    split = [tuple(_RUNS.findall(number)) for number in numbers]
    classes = Counter(tuple(map(_kind, runs)) for runs in split)
    if not classes:
        return None
    common, count = classes.most_common(1)[0]
    if count < len(numbers) * _SAME_SHAPE:
        return None
    alike = [runs for runs in split if tuple(map(_kind, runs)) == common]
    return tuple(_place([runs[index] for runs in alike]) for index in range(len(common)))


def candidates(numbers: Sequence[str], columns: Sequence[Column], likely: Sequence[str]) -> Iterator[tuple[Part, ...]]:
    """Setups that may give numbers like those that exist, the plainest first."""
    ordered = sorted(columns, key=lambda column: (column.header not in likely, columns.index(column)))
    headers = [column.header for column in ordered[: max(_LIKELY_COLUMNS, len(likely))]]
    shape = shape_of(numbers)
    for header in headers:
        yield from _of_one_column(header, shape)
    slots = [place for place in shape or () if isinstance(place, Slot)]
    if shape is None or not 0 < len(slots) <= _MOST_SLOTS:
        return
    for order in itertools.islice(itertools.permutations(headers, len(slots)), _MOST_ORDERS):
        for fill in _FILLS:
            yield tuple(_filled(shape, order, fill))


def ranked(scores: Mapping[int, float]) -> list[int]:
    """Those that find anything, the one that finds most first; of equals the plainest."""
    found = [index for index in scores if scores[index] > 0]
    return sorted(found, key=lambda index: (-round(scores[index], 3), index))


def _of_one_column(header: str, shape: Shape | None) -> Iterator[tuple[Part, ...]]:
    """The whole number, or all but what stands before it, from one column."""
    for changes in ((), (_UPPER,), (_STRIP,), (_DIGITS,)):
        yield (ColumnPart(column=header, transforms=(_TRIM, *changes)),)
    if shape and isinstance(shape[0], str):
        yield (LiteralPart(literal=_head(shape)), ColumnPart(column=header, transforms=(_TRIM,)))


def _head(shape: Shape) -> str:
    """What stands before the first place that differs."""
    head = ""
    for place in shape:
        if not isinstance(place, str):
            break
        head += place
    return head


def _padded(slot: Slot) -> tuple[Transform, ...]:
    return (PadLeft(do="pad_left", length=slot.length),) if slot.digits and slot.length else ()


def _digits(slot: Slot) -> tuple[Transform, ...]:
    return (_DIGITS, *_padded(slot)) if slot.digits else ()


def _stripped(slot: Slot) -> tuple[Transform, ...]:
    """Zeros in the file that the numbers do not have, or have otherwise."""
    return (_STRIP, *_padded(slot)) if slot.digits else ()


def _without_check_digit(slot: Slot) -> tuple[Transform, ...]:
    return (DropLast(do="drop_last", count=1), *_padded(slot)) if slot.digits else ()


def _last(slot: Slot) -> tuple[Transform, ...]:
    return (TakeLast(do="take_last", count=slot.length),) if slot.length else ()


_FILLS: Final = (_padded, _stripped, _digits, _without_check_digit, _last)


def _kind(run: str) -> str:
    return "9" if run[0] in "0123456789" else "A" if run.isalpha() and run.isascii() else run


def _place(runs: Sequence[str]) -> str | Slot:
    if len(set(runs)) == 1:
        return runs[0]
    lengths = {len(run) for run in runs}
    return Slot(_kind(runs[0]) == "9", lengths.pop() if len(lengths) == 1 else None)


def _filled(shape: Shape, order: Sequence[str], fill: Callable[[Slot], tuple[Transform, ...]]) -> Iterator[Part]:
    headers = iter(order)
    literal = ""
    for place in shape:
        if isinstance(place, str):
            literal += place
            continue
        if literal:
            yield LiteralPart(literal=literal)
            literal = ""
        yield ColumnPart(column=next(headers), transforms=(_TRIM, *fill(place)))
    if literal:
        yield LiteralPart(literal=literal)
