"""The first part of a file: its header, some rows, and about how many there are. Pure."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import Final, Literal

from services.mapping.suggestions.columns import (
    Column,
    bank_numbers_beside_routing,
    columns_of,
    holds_bank_data,
    is_sensitive,
    names_account_part,
)
from shared.contracts.definition import Reading
from shared.csvfile import (
    BankWatch,
    CardWatch,
    CsvOptions,
    FileRefused,
    Problem,
    clean_cell,
    find_card_number,
    forbidden_names,
    is_told_by_cells,
    names_bank_number,
    read,
    refusing_unusable,
    secret_columns,
)
from shared.csvfile.problems import SAVE_AS_CSV

_SAMPLE_BYTES: Final = 1024 * 1024
_MOST_ROWS: Final = 2_000
_MOST_LOOKED_AT: Final = 500  # for what a column holds
_HEADER_BYTES: Final = 16 * 1024
_HEADER_LINES: Final = 20
_LONGEST_NAME: Final = 100
_SEPARATOR: Final = re.compile(r"[,;|\t]")
_SHOWN: Final = 4
_SHOWN_VALUES: Final = 3
_NEVER_KEPT: Final = frozenset(("F008", "F009"))
_FULL_OF_CARDS: Final = 20
_OF_THE_CUT: Final = frozenset(("F006", "F020"))  # a file cut short may end within a quoted cell


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the file cannot be used."""

    code: str
    message: str
    remedy: str
    line: int | None = None
    column: int | None = None
    may_be_read_otherwise: bool = True
    """Whether another delimiter, encoding or header line may help: no spreadsheet becomes a CSV by it."""


@dataclass(frozen=True, slots=True)
class Detected:
    """How a file was read: told by a person, or detected."""

    encoding: str
    delimiter: str
    header_line: int


@dataclass(frozen=True, slots=True)
class Shape:
    """What a column looks like in the first rows; values as people may see them."""

    header: str
    filled: float
    distinct: int
    most_frequent: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Sample:
    """The beginning of a file."""

    header: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    count: int = 0
    exact: bool = True
    refusal: Refusal | None = None
    columns: tuple[Column, ...] = field(default=())
    holds_bank_data: bool | None = None
    """Whether it lists bank accounts, so that it is not for people who may import paperless only; None: unreadable."""
    bank_columns: frozenset[int] = frozenset()
    """Positions of columns in which any row showed bank data, here or in a check, which reads them all."""
    detected: Detected | None = None
    footers: int = 0
    """Rows that look like a total or a footer, which the check does not import."""

    @property
    def must_not_be_kept(self) -> Refusal | None:
        return self.refusal if self.refusal and self.refusal.code in _NEVER_KEPT else None

    def by_header(self, limit: int) -> list[Mapping[str, str]]:
        return [dict(zip(self.header, row, strict=False)) for row in self.rows[:limit]]

    def shown(self, limit: int) -> list[tuple[int, list[str]]]:
        """Lines as people may see them: bank accounts, tokens and card numbers with their last characters."""
        hidden = self.hidden
        picked = zip(self.lines[:limit], self.rows[:limit], strict=True)
        return [
            (line, [masked(cell) if index in hidden else mask_cards(cell) for index, cell in enumerate(row)])
            for line, row in picked
        ]

    @cached_property
    def hidden(self) -> frozenset[int]:
        named = {index for index, column in enumerate(self.columns) if is_sensitive(column)}
        return bank_numbers_beside_routing(self.columns) | named | self.bank_columns

    def shapes(self) -> list[Shape]:
        return [
            Shape(
                column.header,
                len(column.filled) / max(1, len(column.values)),
                len(counted := Counter(column.filled)),
                [(self._shown(place, cell), count) for cell, count in counted.most_common(_SHOWN_VALUES)],
            )
            for place, column in enumerate(self.columns)
        ]

    def _shown(self, place: int, cell: str) -> str:
        return masked(cell) if place in self.hidden else mask_cards(cell)

    def values(self, limit: int = 3) -> dict[str, list[str]]:
        found = {}
        for index, column in enumerate(self.columns):
            picked = list(dict.fromkeys(column.filled))[:limit]
            found[column.header] = [self._shown(index, cell) for cell in picked]
        return found


def sample_of(first: bytes, total: int, reading: Reading | None = None) -> Sample:
    head, complete = first, len(first) >= total
    if len(first) > _SAMPLE_BYTES or not complete:
        head = first[:_SAMPLE_BYTES]
        head = head[: head.rfind(b"\n") + 1] or head
        complete = False
    header: list[str] = []
    names: list[str] = []
    lines: list[int] = []
    rows: list[tuple[str, ...]] = []
    count = 0
    banks = BankWatch()
    cards: CardWatch | None = None
    try:
        with refusing_unusable():
            options = CsvOptions(**(reading or Reading()).model_dump(), batch_rows=_MOST_ROWS)
        reader = read(iter([head]), options)
        header, names = reader.header, reader.names
        banks = BankWatch([place for place, name in enumerate(header) if names_account_part(name)])
        for batch in reader:
            count += len(batch.rows) + len(batch.bad)
            banks.look(batch.columns)
            cards = cards or CardWatch(_may_be_numbers(batch.columns))
            cards.look(batch)
            if len(rows) < _MOST_ROWS:
                lines += batch.line_nos
                rows += map(tuple, batch.rows)
        if cards:
            _with_enough(cards, complete=complete).conclude()
    except FileRefused as refused:
        if complete or not rows or refused.code not in _OF_THE_CUT:
            return _refused(head, header, rows, banks, _refusal(refused.problem))
    if forbidden := _forbidden(names, rows):
        return _refused(head, header, rows, banks, _refusal(forbidden))
    if not complete:
        count = round(count * total / max(1, len(head)))
    columns = tuple(columns_of(header, rows[:_MOST_LOOKED_AT], names))
    judged = bool(banks.found) or holds_bank_data(columns)
    found = frozenset(banks.found)
    seen = reader.inspection
    return Sample(
        header=tuple(header),
        lines=tuple(lines),
        rows=tuple(rows),
        count=count,
        exact=complete,
        columns=columns,
        holds_bank_data=judged,
        bank_columns=found,
        detected=Detected(seen.encoding, seen.delimiter, seen.header_line),
        footers=reader.footers if complete else 0,
    )


def _may_be_numbers(columns: Sequence[Sequence[str]]) -> frozenset[int]:
    """Columns of which most filled cells hold a digit: in account numbers, one like that of a card is chance."""
    return frozenset(place for place, cells in enumerate(columns) if _with_digits(cells) * 2 > sum(map(bool, cells)))


def _with_digits(cells: Sequence[str]) -> int:
    return sum(any(map(str.isdigit, cell)) for cell in cells)


def _with_enough(cards: CardWatch, *, complete: bool) -> CardWatch:
    """Of the beginning of a file, only columns that are full of card numbers count: the rest may be other numbers."""
    if complete:
        return cards
    return replace(cards, columns={at: one for at, one in cards.columns.items() if one.cards >= _FULL_OF_CARDS})


def _forbidden(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Problem | None:
    """F009, where a column is named for a secret and its cells do not say that it is something else."""
    named = (one for one in forbidden_names(names) if one.code == "F009" and one.column is not None)
    sure = (one for one in named if not is_told_by_cells(names[(one.column or 1) - 1]))
    return next(chain(sure, secret_columns(names, list(zip(*rows, strict=True)))), None)


def _refused(
    head: bytes, header: Sequence[str], rows: Sequence[tuple[str, ...]], banks: BankWatch, refusal: Refusal
) -> Sample:
    """Without anything to show, but judged as far as it was read: it may be read in another way."""
    judged = holds_bank_data(columns_of(header, rows[:_MOST_LOOKED_AT])) if header else _names_bank_numbers(head)
    return Sample(tuple(header), refusal=refusal, holds_bank_data=True if banks.found else judged)


def _names_bank_numbers(head: bytes) -> Literal[True] | None:
    """Whether a cell of the first lines is such a name, whatever separates them; None, for nobody can tell, if not."""
    text = head[:_HEADER_BYTES].decode("latin-1").replace("\0", "")
    cells = (cell.strip(" \"'") for line in text.splitlines()[:_HEADER_LINES] for cell in _SEPARATOR.split(line))
    return True if any(len(cell) <= _LONGEST_NAME and names_bank_number(cell) for cell in cells) else None


def masked(cell: str) -> str:
    """The last characters of a number or token, never more than half of it."""
    text = clean_cell(cell)[0]
    if not text:
        return ""
    kept = min(_SHOWN, len(text) // 2)
    return "••••" + text[len(text) - kept :] if kept else "••••"


def mask_cards(cell: str) -> str:
    """The cell, unless it holds a card number."""
    return masked(cell) if find_card_number(cell) else cell


def _refusal(problem: Problem) -> Refusal:
    words = problem.as_detail()
    is_csv = problem.remedy != SAVE_AS_CSV
    return Refusal(problem.code, words["message"], words["remedy"], problem.line, problem.column, is_csv)
