"""Card numbers whose digits are in several columns: the first eight and the last eight, four columns of four."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, permutations
from typing import Final

from shared.csvfile.cells import clean_cell
from shared.csvfile.problems import FileRefused, Problem
from shared.csvfile.sensitive import is_card_number

_GROUPS: Final = frozenset(((4, 4, 4, 4), (4, 6, 5)))
# A routing number of nine digits beside an account of seven is none.
_HALVES: Final = frozenset(((8, 8), (4, 12), (12, 4), (6, 10), (10, 6), (4, 11), (11, 4), (5, 10), (10, 5)))
_WIDTHS: Final = frozenset(width for parts in _GROUPS | _HALVES for width in parts)
_FAR: Final = 3  # columns from one half to the other
_ROWS: Final = 100  # of a batch: a column is written alike throughout
_FIRST: Final = 3
_FEWEST: Final = 2  # different cards in halves; one in thirty pairs of numbers looks like one by chance
_REMEDY: Final = "Replace card numbers with vault tokens. If they are other numbers, remove these columns."


@dataclass(slots=True)
class _Tally:
    long: int = 0
    count: int = 0
    first: int = 0
    cards: set[int] = field(default_factory=set)


@dataclass(slots=True)
class SplitWatch:
    """F008 where columns make cards together: in more than half of the rows that fill them."""

    tallies: dict[tuple[int, ...], _Tally] = field(default_factory=dict)

    def look(self, columns: Sequence[Sequence[str]], lines: Sequence[int]) -> None:
        """Raises FileRefused."""
        widths = {place: width for place, cells in enumerate(columns) if (width := _width(cells)) in _WIDTHS}
        for places in _candidates(widths):
            tally = self.tallies.setdefault(places, _Tally())
            _count(tally, columns, lines, [(place, widths[place]) for place in places])
            fewest = _FEWEST if len(places) == _FEWEST else 1
            if len(tally.cards) >= fewest and tally.count * 2 > tally.long:
                numbers = " and ".join(str(place + 1) for place in sorted(places))
                message = f"The cells of columns {numbers} make card numbers together, so the file is rejected."
                raise FileRefused(Problem("F008", tally.first, min(places) + 1, message, _REMEDY), tally.count)


def _digits(cell: str) -> str:
    digits = clean_cell(cell)[0].replace(" ", "").replace("-", "")
    return digits if digits.isascii() and digits.isdigit() else ""


def _width(cells: Sequence[str]) -> int:
    """How many digits the first cells of a column have; programs drop zeros before them. 0 for other columns."""
    filled = filter(None, cells)
    first = [_digits(cell) for cell in islice(filled, _FIRST)]
    if not any(first):
        return 0
    sample = [*first, *(_digits(cell) for cell in islice(filled, _ROWS))]
    numbers = list(filter(None, sample))
    return max(map(len, numbers)) if len(numbers) * 2 > len(sample) else 0


def _candidates(widths: dict[int, int]) -> Iterator[tuple[int, ...]]:
    for pair in permutations(widths, 2):
        if (widths[pair[0]], widths[pair[1]]) in _HALVES and abs(pair[0] - pair[1]) <= _FAR:
            yield pair
    places = sorted(widths)
    for start in range(len(places)):
        for size in (3, 4):
            window = tuple(places[start : start + size])
            if tuple(widths[place] for place in window) in _GROUPS:
                yield window


def _count(
    tally: _Tally, columns: Sequence[Sequence[str]], lines: Sequence[int], parts: Sequence[tuple[int, int]]
) -> None:
    rows = zip(lines, *(columns[place] for place, _ in parts), strict=True)
    for line, *cells in islice((row for row in rows if all(row[1:])), _ROWS):
        first, *others = map(_digits, cells)
        number = first + "".join(digits.rjust(width, "0") for digits, (_, width) in zip(others, parts[1:], strict=True))
        if not (first and all(others)):
            continue
        tally.long += 1
        if is_card_number(number):
            tally.count += 1
            tally.first = tally.first or line
            if len(tally.cards) < _FEWEST:
                tally.cards.add(hash(number))
