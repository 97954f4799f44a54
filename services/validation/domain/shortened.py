"""Bank account numbers and tokens that lost digits before they came into the file; a column shows it (C219)."""

from array import array
from collections.abc import Iterable, MutableSequence, Sequence
from dataclasses import dataclass, field
from typing import Final

_LAST_FOUR: Final = 4
_KEPT: Final = 15  # digits that spreadsheets keep of a number; zeros stand for the rest
_FEWEST: Final = 3
_ONE_IN: Final = 10  # a few short numbers are enough where one in ten is short
_REPEATED: Final = 2
_SERIES: Final = "0123456789"
_SHORTEST_SERIES: Final = 6


def _is_series(number: str) -> bool:
    """Whether the digits count up or down; nine of them are a placeholder on any row."""
    digits = number.lstrip("0")
    return len(digits) >= _SHORTEST_SERIES and (digits in _SERIES or digits in _SERIES[::-1])


@dataclass(slots=True)
class _Cut:
    """Of the numbers that are long enough to be cut by a spreadsheet, the lines of those that have only zeros there."""

    long: int = 0
    lines: MutableSequence[int] = field(default_factory=lambda: array("I"))

    def look(self, number: str, line: int) -> None:
        self.long += 1
        if not number[_KEPT:].strip("0"):
            self.lines.append(line)

    @property
    def is_much(self) -> bool:
        return len(self.lines) >= _FEWEST and len(self.lines) * 2 > self.long


@dataclass(slots=True)
class ShortenedNumbers:
    """Looks at the account numbers and the tokens of one file, batch by batch."""

    is_in_doubt: bool = False  # the file of which these are a few rows left them in doubt
    lines: Sequence[int] = ()
    filled: int = 0
    last_four: MutableSequence[int] = field(default_factory=lambda: array("I"))
    cut: _Cut = field(default_factory=_Cut)
    cut_tokens: _Cut = field(default_factory=_Cut)
    series: dict[str, list[int]] = field(default_factory=dict)

    def begin(self, lines: Sequence[int]) -> None:
        self.lines = lines

    def look(self, index: int, number: str) -> None:
        self.filled += 1
        if not number.isdigit():
            return
        if len(number) >= _LAST_FOUR >= len(number.lstrip("0")):
            self.last_four.append(self.lines[index])
        elif len(number) > _KEPT:
            self.cut.look(number, self.lines[index])
        elif _is_series(number):
            self.series.setdefault(number.lstrip("0"), []).append(self.lines[index])

    def look_at_token(self, index: int, token: str) -> None:
        if len(token) > _KEPT and token.isdigit():
            self.cut_tokens.look(token, self.lines[index])

    @property
    def lines_in_doubt(self) -> Sequence[int]:
        """The lines of shortened numbers, once all are read; none where very few of many are so short."""
        is_much = self.is_in_doubt or len(self.last_four) >= _FEWEST or len(self.last_four) * _ONE_IN >= self.filled
        cut = [line for one in (self.cut, self.cut_tokens) if self.is_in_doubt or one.is_much for line in one.lines]
        repeated: Iterable[int] = (line for lines in self.series.values() if len(lines) >= _REPEATED for line in lines)
        return sorted([*(self.last_four if is_much else ()), *cut, *repeated])
