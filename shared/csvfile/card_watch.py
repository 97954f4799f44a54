"""Card numbers and forbidden columns in a file that is read: whoever reads one refuses it for the same."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from shared.csvfile.problems import FileRefused, Problem
from shared.csvfile.reader import Batch
from shared.csvfile.sensitive import (
    count_card_lengths,
    count_card_numbers,
    find_card_number,
    forbidden_header,
    may_hold_cards,
)

_FEWEST: Final = 2  # one number in ten passes the check digit by chance
_FEWEST_SERIALS: Final = 20
_MOST_BY_CHANCE: Final = 5  # of a column of serial numbers at most one in so many
_ALONE: Final = re.compile(r"\s*(?:https?://\S*[/=]|[A-Za-z]{0,4})[0-9]{13,19}\s*")
REPLACE_CARDS: Final = "Replace card numbers with vault tokens."


@dataclass(slots=True)
class _Counted:
    """A column: its cells with as many digits as a card has, those that are card numbers, and where the first is."""

    first: int
    cards: int = 0
    long: int = 0
    filled: int = 0


@dataclass(slots=True)
class CardWatch:
    """F008. Long numbers pass by chance: a column of many is no column of cards where few of them do (W309).

    In `exempt`, the columns of account numbers, most of the cells as long as a card's must pass.
    """

    exempt: frozenset[int]
    columns: dict[int, _Counted] = field(default_factory=dict)

    def look(self, batch: Batch) -> None:
        """Raises FileRefused."""
        for position, cells in enumerate(batch.columns):
            if position in self.exempt:
                self._count(position, batch)
            elif may_hold_cards(cells):
                self._look_closely(position, batch)
        for problem in batch.bad:
            if any(map(find_card_number, problem.cells)):
                raise FileRefused(_card(problem.line, None))

    def conclude(self) -> list[Problem]:
        """The file has ended: columns with card numbers by chance (W309). Raises FileRefused."""
        by_chance = []
        for position, column in self.columns.items():
            if position in self.exempt:
                if column.cards * 2 > (column.long if column.cards >= _FEWEST else column.filled):
                    raise FileRefused(_card(None, position + 1), column.cards)
            elif column.cards and (column.long < _FEWEST_SERIALS or column.cards * _MOST_BY_CHANCE > column.long):
                raise FileRefused(_card(column.first, position + 1), column.cards)
            elif column.cards:
                by_chance.append(_by_chance(column, position + 1))
        return by_chance

    def _look_closely(self, position: int, batch: Batch) -> None:
        cells = batch.columns[position]
        column = self.columns.setdefault(position, _Counted(0))
        for line, cell in zip(batch.line_nos, cells, strict=True):
            alone = _ALONE.fullmatch(cell) is not None
            column.long += alone
            if not find_card_number(cell):
                continue
            if not alone:  # in groups or among words it is none by chance
                raise FileRefused(_card(line, position + 1))
            column.first = column.first or line
            column.cards += 1

    def _count(self, position: int, batch: Batch) -> None:
        cells = batch.columns[position]
        column = self.columns.setdefault(position, _Counted(0))
        column.filled += sum(map(bool, map(str.strip, cells)))
        column.long += count_card_lengths(cells)
        column.cards += count_card_numbers(cells)


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


def _by_chance(column: _Counted, number: int) -> Problem:
    message = (
        f"{column.cards:,} of {column.long:,} long numbers in this column look like card numbers, as some do by chance."
    )
    return Problem(
        "W309",
        column.first,
        number,
        message,
        "If they are card numbers, cancel the import and tell whoever sent the file.",
    )
