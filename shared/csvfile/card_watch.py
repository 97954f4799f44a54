"""Card numbers and forbidden columns in a file that is read: whoever reads one refuses it for the same."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from shared.csvfile.cells import clean_cell
from shared.csvfile.problems import FileRefused, Problem
from shared.csvfile.reader import Batch
from shared.csvfile.sensitive import find_card_in_groups, find_card_number, forbidden_header, may_hold_cards
from shared.csvfile.split_cards import SplitWatch

_FEWEST: Final = 2
_FEWEST_OTHERS: Final = 4  # one number in ten passes the check digit by chance
_FEWEST_SERIALS: Final = 20
_MOST_BY_CHANCE: Final = 5  # of a column of serial numbers at most one in so many
_SHORTEST: Final = 13
_LONGEST: Final = 22
_LONG: Final = re.compile(r"(?<![0-9])[0-9]{13,22}(?![0-9])")
_ALONE: Final = re.compile(r"[A-Za-z]{0,4}[0-9]{13,22}")
_LINK: Final = re.compile(r"https?://", re.IGNORECASE)
_TO_ZERO: Final = str.maketrans("0123456789", "0" * 10)
_LONG_ZEROS: Final = "0" * _SHORTEST
_DIGITS: Final = re.compile(r"[0-9]+")
_LONGEST_FRAME: Final = 200
_MOST_FRAMES: Final = 1_000
_OTHER: Final = "other"
_ALONE_FRAME: Final = "alone"
REPLACE_CARDS: Final = (
    "Replace card numbers with vault tokens. If it is another number, remove its column or shorten the number."
)


@dataclass(slots=True)
class _Counted:
    """Cells with a long number in the same frame of other signs, those that hold card numbers, the first one's line."""

    first: int = 0
    cards: int = 0
    long: int = 0


@dataclass(slots=True)
class _Column:
    filled: int = 0
    frames: dict[str, _Counted] = field(default_factory=dict)

    def kept(self, frame: str, otherwise: str) -> str:
        """The frame; ``otherwise`` for a new one where the column is of texts that all differ."""
        return frame if frame in self.frames or len(self.frames) < _MOST_FRAMES else otherwise

    def count(self, frame: str, line: int, *, is_card: bool) -> None:
        counted = self.frames.get(frame)
        if counted is None:
            counted = self.frames[frame] = _Counted()
        counted.long += 1
        if is_card:
            counted.cards += 1
            counted.first = counted.first or line

    @property
    def cards(self) -> int:
        return sum(one.cards for one in self.with_cards)

    @property
    def with_cards(self) -> list[_Counted]:
        return [one for one in self.frames.values() if one.cards]


@dataclass(slots=True)
class CardWatch:
    """F008. Long numbers pass by chance: where most cells have one in the same frame and few pass, it is none (W309).

    In `exempt`, the columns of account numbers, fewer such cells and more that pass are chance.
    """

    exempt: frozenset[int]
    columns: dict[int, _Column] = field(default_factory=dict)
    split: SplitWatch = field(default_factory=SplitWatch)

    def look(self, batch: Batch) -> None:
        """Raises FileRefused."""
        for position, cells in enumerate(batch.columns):
            if position in self.exempt:
                self._count(position, batch)
            elif may_hold_cards(cells):
                self._look_closely(position, batch)
        self.split.look(batch.columns, batch.line_nos)
        for problem in batch.bad:
            if any(map(find_card_number, problem.cells)):
                raise FileRefused(_card(problem.line, None))

    def conclude(self) -> list[Problem]:
        """The file has ended: columns with card numbers by chance (W309). Raises FileRefused."""
        by_chance = []
        for position, column in sorted(self.columns.items()):
            is_exempt = position in self.exempt
            refused = _of_accounts if is_exempt else _of_others
            for counted in column.with_cards:
                if refused(counted, column):
                    raise FileRefused(_card(None if is_exempt else counted.first, position + 1), counted.cards)
            noted = [one for one in column.with_cards if not is_exempt or _is_much(one)]
            if noted:
                by_chance.append(_by_chance(noted, position + 1))
        return by_chance

    def _look_closely(self, position: int, batch: Batch) -> None:
        column = self.columns.setdefault(position, _Column())
        for line, cell in zip(batch.line_nos, batch.columns[position], strict=True):
            frame = column.kept(_frame(cell), otherwise="")
            is_card = find_card_number(cell)
            # In the groups of cards it is none by chance.
            if is_card and (not frame or find_card_in_groups(cell)):
                raise FileRefused(_card(line, position + 1))
            if frame:
                column.count(frame, line, is_card=is_card)

    def _count(self, position: int, batch: Batch) -> None:
        cells = batch.columns[position]
        column = self.columns.setdefault(position, _Column())
        column.filled += sum(map(bool, map(str.strip, cells)))
        if max(map(len, cells), default=0) < _SHORTEST or not may_hold_cards(cells):
            return
        for line, cell in zip(batch.line_nos, cells, strict=True):
            frame, is_card = _frame(cell), find_card_number(cell)
            if frame or is_card:
                column.count(column.kept(frame or _OTHER, otherwise=_OTHER), line, is_card=is_card)


def _frame(cell: str) -> str:
    """What is around the one long number of a cell, other numbers as 0, or else around each digit; '' for others.

    Links are all alike, and so are numbers alone or after a few letters.
    """
    if cell.isdigit() and _SHORTEST <= len(cell) <= _LONGEST and cell.isascii():  # most numbers
        return _ALONE_FRAME
    text, _ = clean_cell(cell)
    zeros = text.translate(_TO_ZERO)
    has_long = _LONG_ZEROS in zeros
    if has_long and _ALONE.fullmatch(text):
        return _ALONE_FRAME
    if has_long and _LINK.match(text):
        return "link"
    if len(text) > _LONGEST_FRAME or zeros.count("0") < _SHORTEST:
        return ""
    return _DIGITS.sub("0", _LONG.sub("#", text)) if has_long and len(_LONG.findall(zeros)) == 1 else zeros


def _of_accounts(counted: _Counted, column: _Column) -> bool:
    """Whether they are cards: most of those so long, or hardly any fails and most of the column is something else."""
    is_rare = counted.long * 2 <= column.filled and counted.long - counted.cards < _FEWEST_OTHERS
    return is_rare or counted.cards * 2 > counted.long


def _of_others(counted: _Counted, _: _Column) -> bool:
    return counted.long < _FEWEST_SERIALS or _is_much(counted)


def _is_much(counted: _Counted) -> bool:
    return counted.cards >= _FEWEST and counted.cards * _MOST_BY_CHANCE > counted.long


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


def _by_chance(counted: Sequence[_Counted], number: int) -> Problem:
    cards, long = sum(one.cards for one in counted), sum(one.long for one in counted)
    message = f"{cards:,} of {long:,} long numbers in this column look like card numbers, as some do by chance."
    return Problem(
        "W309",
        min(one.first for one in counted),
        number,
        message,
        "If they are card numbers, cancel the import and tell whoever sent the file.",
    )
