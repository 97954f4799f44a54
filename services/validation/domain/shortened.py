"""Bank account numbers that lost digits before they came into the file; a column shows it, a cell cannot (C219)."""

from array import array
from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass, field
from typing import Final

_LAST_FOUR: Final = 4
_KEPT: Final = 15  # digits that spreadsheets keep of a number; zeros stand for the rest
_FEWEST: Final = 3
_MOST_WHOLE: Final = 10  # of the numbers that are long enough to be cut, at most one in ten is whole


@dataclass(slots=True)
class ShortenedNumbers:
    """Looks at the account numbers of one file, batch by batch."""

    lines: Sequence[int] = ()
    filled: int = 0
    long: int = 0
    last_four: MutableSequence[int] = field(default_factory=lambda: array("I"))
    cut: MutableSequence[int] = field(default_factory=lambda: array("I"))

    def begin(self, lines: Sequence[int]) -> None:
        """The next batch; ``lines`` are the lines of its rows."""
        self.lines = lines

    def look(self, index: int, number: str) -> None:
        """The number of a row of the batch."""
        self.filled += 1
        if len(number) == _LAST_FOUR and number.isdigit():
            self.last_four.append(self.lines[index])
        elif len(number) > _KEPT and number.isdigit():
            self.long += 1
            if not number[_KEPT:].strip("0"):
                self.cut.append(self.lines[index])

    @property
    def lines_in_doubt(self) -> Sequence[int]:
        """The lines of shortened numbers, once all are read; none where only a few are so short."""
        short = self.last_four if len(self.last_four) >= _FEWEST and len(self.last_four) * 2 >= self.filled else ()
        whole = self.long - len(self.cut)
        cut = self.cut if len(self.cut) >= _FEWEST and whole * _MOST_WHOLE <= self.long else ()
        return sorted([*short, *cut])
