"""Account numbers from parts: made for the preview, and recipes proposed from numbers that exist."""

import difflib
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.mapping.suggestions.columns import Column
from shared.contracts.definition import (
    ColumnPart,
    LiteralPart,
    PadLeft,
    Part,
    Trim,
    Upper,
)
from shared.contracts.transforms import change_of
from shared.csvfile import clean_cell

LONGEST: Final = 50
_RUNS = re.compile(r"[0-9]+|[A-Za-z]+|[^0-9A-Za-z]+")
_MOST_ORDERS: Final = 200
_MOST_SLOTS: Final = 3
_SAME_SHAPE: Final = 0.6
_LIKELY_COLUMNS: Final = 6


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the shape of existing numbers that differs from one to the next."""

    digits: bool
    length: int | None  # where all have the same


Shape = tuple[str | Slot, ...]


def account_number(parts: Sequence[Part], row: Mapping[str, str]) -> str:
    """The number of one row; empty where a part is."""
    made = [part.literal if isinstance(part, LiteralPart) else _column(part, row) for part in parts]
    return "" if not all(made) else "".join(made)


def _column(part: Part, row: Mapping[str, str]) -> str:
    if not isinstance(part, ColumnPart):
        return ""
    value = clean_cell(row.get(part.column, ""))[0]
    for transform in part.transforms if value else ():
        value = change_of(transform)(value)
    return value


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
    """Recipes that may give numbers like those that exist, the plainest first."""
    ordered = sorted(columns, key=lambda column: (column.header not in likely, columns.index(column)))
    chosen = ordered[: max(_LIKELY_COLUMNS, len(likely))]
    for column in chosen:
        yield (ColumnPart(column=column.header, transforms=(Trim(do="trim"),)),)
        yield (ColumnPart(column=column.header, transforms=(Trim(do="trim"), Upper(do="upper"))),)
    shape = shape_of(numbers)
    slots = [place for place in shape or () if isinstance(place, Slot)]
    if shape is None or not 0 < len(slots) <= _MOST_SLOTS:
        return
    headers = [column.header for column in chosen]
    for order in itertools.islice(itertools.permutations(headers, len(slots)), _MOST_ORDERS):
        yield tuple(_filled(shape, order))


def best(scores: Mapping[int, float]) -> int | None:
    """The recipe that finds most; the plainest of several. None where none finds anything."""
    found = max(scores, key=lambda index: (round(scores[index], 3), -index), default=None)
    return found if found is not None and scores[found] > 0 else None


def nearest(number: str, existing: Sequence[str]) -> str | None:
    """The existing number that looks most like this one. It is shown and never used."""
    found = difflib.get_close_matches(number, existing, n=1, cutoff=0.5)
    return found[0] if found else None


def _kind(run: str) -> str:
    return "9" if run[0] in "0123456789" else "A" if run.isalpha() and run.isascii() else run


def _place(runs: Sequence[str]) -> str | Slot:
    if len(set(runs)) == 1:
        return runs[0]
    lengths = {len(run) for run in runs}
    return Slot(_kind(runs[0]) == "9", lengths.pop() if len(lengths) == 1 else None)


def _filled(shape: Shape, order: Sequence[str]) -> Iterator[Part]:
    headers = iter(order)
    literal = ""
    for place in shape:
        if isinstance(place, str):
            literal += place
            continue
        if literal:
            yield LiteralPart(literal=literal)
            literal = ""
        padded = (PadLeft(do="pad_left", length=place.length),) if place.digits and place.length else ()
        yield ColumnPart(column=next(headers), transforms=(Trim(do="trim"), *padded))
    if literal:
        yield LiteralPart(literal=literal)
