"""Card numbers and forbidden columns in a file that is read: whoever reads one refuses it for the same."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from shared.csvfile.problems import FileRefused, Problem
from shared.csvfile.reader import Batch
from shared.csvfile.sensitive import (
    count_card_lengths,
    count_card_numbers,
    find_card_column,
    find_card_number,
    forbidden_header,
)

_FEWEST: Final = 2  # one number in ten passes the check digit by chance
REPLACE_CARDS: Final = "Replace card numbers with vault tokens."


@dataclass(slots=True)
class CardWatch:
    """F008. Account numbers pass by chance: in their columns most of the cells as long as a card's must do so."""

    exempt: frozenset[int]
    cards: dict[int, int] = field(default_factory=dict)
    long: dict[int, int] = field(default_factory=dict)  # cells with as many digits as a card has
    filled: dict[int, int] = field(default_factory=dict)

    def look(self, batch: Batch) -> None:
        """Raises FileRefused."""
        found = find_card_column(batch.columns, self.exempt)
        if found is not None:
            raise FileRefused(_card(batch.line_nos[found[0]], found[1] + 1))
        for problem in batch.bad:
            if any(map(find_card_number, problem.cells)):
                raise FileRefused(_card(problem.line, None))
        for position in self.exempt:
            self._count(position, batch.columns[position])

    def conclude(self) -> None:
        """The file has ended. Raises FileRefused."""
        for position, cards in self.cards.items():
            compared = self.long[position] if cards >= _FEWEST else self.filled[position]
            if cards * 2 > compared:
                raise FileRefused(_card(None, position + 1), cards)

    def _count(self, position: int, cells: Sequence[str]) -> None:
        self.filled[position] = self.filled.get(position, 0) + sum(map(bool, map(str.strip, cells)))
        self.long[position] = self.long.get(position, 0) + count_card_lengths(cells)
        self.cards[position] = self.cards.get(position, 0) + count_card_numbers(cells)


def forbidden_names(header: Sequence[str]) -> Iterator[Problem]:
    """Names of columns for which a file is refused (F008, F009)."""
    for column, name in enumerate(header, start=1):
        if find_card_number(name):
            yield _card(None, column)
        elif forbidden_header(name):
            message = "The column contains security codes, PINs, passwords or social security numbers."
            yield Problem("F009", None, column, message, "Remove that column and export again.")


def cards_above(preamble: Iterable[str]) -> Iterator[Problem]:
    """The same of the lines above the header (F008)."""
    for line in preamble:
        if find_card_number(line):
            message = "A line above the header contains a card number, so the file is rejected."
            yield Problem("F008", None, None, message, REPLACE_CARDS)


def _card(line: int | None, column: int | None) -> Problem:
    return Problem("F008", line, column, "The cell contains a card number, so the file is rejected.", REPLACE_CARDS)
