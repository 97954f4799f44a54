"""Picking from pools: each pick a draw of its own, which shrinks; or all from one seed, for large examples."""

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from hypothesis import strategies as st

_T = TypeVar("_T")
_SEEDS = st.integers(0, 2**32 - 1)


class Drawer:
    """Picks; ``pick`` gives a number below its argument."""

    def __init__(self, pick: Callable[[int], int]) -> None:
        self._pick = pick

    def one(self, values: Sequence[_T]) -> _T:
        return values[self._pick(len(values))]

    def mostly(self, usual: Sequence[_T], other: Sequence[_T], *, one_in: int = 25) -> _T:
        return self.one(other) if self.chance(one_in) else self.one(usual)

    def chance(self, one_in: int) -> bool:
        # The last of the range, since examples are simplest at its beginning.
        return self._pick(one_in) == one_in - 1

    def shuffled(self, values: Sequence[_T]) -> list[_T]:
        left = list(values)
        return [left.pop(self._pick(len(left))) for _ in values]


def drawing(draw: st.DrawFn) -> Drawer:
    """Draws one by one."""
    return Drawer(lambda below: draw(st.integers(0, below - 1)))


def seeded(draw: st.DrawFn) -> Drawer:
    """A single draw, for examples that would otherwise be too large for Hypothesis."""
    return Drawer(Random(draw(_SEEDS)).randrange)
