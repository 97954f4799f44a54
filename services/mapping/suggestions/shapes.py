"""The shape of existing account numbers: what all have in common, and the places in which they differ."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_RUNS = re.compile(r"[0-9]+|[A-Za-z]+|[^0-9A-Za-z]+")
_SAME_SHAPE, _MANY_OF_A_SHAPE = 0.6, 0.3


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the shape of existing numbers that differs from one to the next."""

    digits: bool
    length: int | None  # where all have the same
    known: frozenset[str] | None = None
    """What stands in it, where that is always one of a few."""


Shape = tuple[str | Slot, ...]
_FEW: Final = 12
_ENOUGH: Final = 5  # numbers for each of the few, or it is chance that there are no others


def shape_of(numbers: Sequence[str]) -> Shape | None:
    """What most of the numbers have in common; None where they have no common shape."""
    return next(iter(_shapes(numbers, _SAME_SHAPE)), None)


def shapes_of(numbers: Sequence[str]) -> list[Shape]:
    """The shapes that many of the numbers have, the most usual first: some billers number in more than one way."""
    return _shapes(numbers, _MANY_OF_A_SHAPE)


def _shapes(numbers: Sequence[str], least: float) -> list[Shape]:
    split = [tuple(_RUNS.findall(number)) for number in numbers]
    by_class: dict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
    for runs in split:
        by_class[tuple(map(_kind, runs))].append(runs)
    usual = [alike for alike in by_class.values() if len(alike) >= least * len(numbers)]
    return [
        tuple(_place([runs[index] for runs in alike]) for index in range(len(alike[0])))
        for alike in sorted(usual, key=len, reverse=True)
    ]


def _kind(run: str) -> str:
    return "9" if run[0] in "0123456789" else "A" if run.isalpha() and run.isascii() else run


def _place(runs: Sequence[str]) -> str | Slot:
    different = set(runs)
    if len(different) == 1:
        return runs[0]
    lengths = set(map(len, different))
    few = len(different) <= _FEW and len(different) * _ENOUGH <= len(runs)
    return Slot(
        _kind(runs[0]) == "9", lengths.pop() if len(lengths) == 1 else None, frozenset(different) if few else None
    )
