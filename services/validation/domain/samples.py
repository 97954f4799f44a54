"""A few values of a file, as they may be shown: with a finding, or of a column that nobody mapped."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from shared.csvfile import mask_digits

_MOST: Final = 10
_LONGEST: Final = 40


def shortened(text: str) -> str:
    """The text, cut, with the last four of its digits."""
    return mask_digits(cut(text))


def cut(text: str) -> str:
    return text[:_LONGEST]


class Samples:
    """How often each of the first different values was met, by code."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}

    def note(self, code: str, shown: str) -> None:
        """One more cell that the code is about; ``shown`` may be seen by whoever sees the finding."""
        counts = self._counts.setdefault(code, Counter())
        if shown in counts or len(counts) < _MOST:
            counts[shown] += 1

    @property
    def by_code(self) -> Mapping[str, Mapping[str, int]]:
        return {code: dict(counts.most_common()) for code, counts in self._counts.items()}
