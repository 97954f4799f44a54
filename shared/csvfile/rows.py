"""Which records are rows of data: exact width, no footers, no repeated headers, no pieces of broken rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.csvfile.cells import clean_name
from shared.csvfile.options import CsvOptions
from shared.csvfile.problems import (
    RowProblem,
    beside_fragment,
    limit_exceeded,
    not_data,
    stray_quote,
    wrong_width,
)
from shared.csvfile.records import Block

_TOTAL = re.compile(
    r"\W*(?:grand\s+|sub\s*-?\s*)?totals?(?:\s+(?:rows|records|count|lines|accounts))?\W*[\d.,]*\W*", re.IGNORECASE
)
_FOOTER = re.compile(
    r"\W*(?:(?:grand |sub-?)?totals?|(?:record|row|line)s?(?: count)?|count)\s*(?:[:=]\s*|\s)[\d.,$ ]*\d\W*"
    r"|\W*(?:grand |sub-?)?totals?\W*"
    r"|\W*[\d.,]+ (?:records?|rows?|lines?|accounts?)(?: affected| exported| selected)?\W*"
    r"|\W*end of (?:report|file|data|list)\W*|\W*page \d+(?: of \d+)?\W*|[-=_*#~]{3,}",
    re.IGNORECASE,
)
_TOTAL_HINTS = ("otal", "OTAL")
# Longer cells are no footers, and patterns need not meet what was made to slow them down.
_LONGEST_FOOTER = 80


@dataclass(slots=True)
class Checked:
    """Rows that can be used, and those that cannot."""

    line_nos: list[int]
    rows: list[list[str]]
    bad: list[RowProblem] = field(default_factory=list)


class RowCheck:
    """Checks the records after the header, block by block, one record behind: its neighbour may spoil it."""

    def __init__(self, header: Sequence[str], width: int, options: CsvOptions) -> None:
        self.ragged = 0
        self.first_ragged: RowProblem | None = None
        self.blank = 0
        self._seen = 0
        self._names = len(header)
        self._width = width
        self._options = options
        self._key = [name.casefold() for name in header]
        names = sorted(set(header), key=len, reverse=True)
        self._hints = [(name, name.upper(), name.lower(), name.title()) for name in names]
        self._held: tuple[int, list[str]] | None = None
        self._after_fragment = False

    def check(self, block: Block, *, final: bool) -> Checked:
        """What is known to be good or bad with this block."""
        rows, line_nos = block.rows, block.line_nos
        if self._is_clean(block) and not self._after_fragment and not final:
            return self._pass_on(line_nos, rows)
        return self._check_each(block, final=final)

    def _is_clean(self, block: Block) -> bool:
        rows = block.rows
        return (
            bool(rows)
            and not block.stray
            and set(map(len, rows)) == {self._width}
            and (self._width == self._names or not any(any(row[self._names :]) for row in rows))
            and all(map(any, rows))
            and not any(hint in block.text for hint in _TOTAL_HINTS)
            and not self._may_repeat_header(block.text)
        )

    def _may_repeat_header(self, text: str) -> bool:
        return all(any(spelling in text for spelling in spellings) for spellings in self._hints)

    def _pass_on(self, line_nos: Sequence[int], rows: list[list[str]]) -> Checked:
        """The fast path: everything is good, the last record waits for its neighbour."""
        self._count(line_nos)
        if self._width > self._names:
            rows = [row[: self._names] for row in rows]
        held, self._held = self._held, (line_nos[-1], rows.pop())
        if held is None:
            return Checked(list(line_nos[:-1]), rows)
        rows.insert(0, held[1])
        return Checked([held[0], *line_nos[:-1]], rows)

    def _check_each(self, block: Block, *, final: bool) -> Checked:
        found = Checked([], [])
        for index, (line, row) in enumerate(zip(block.line_nos, block.rows, strict=True)):
            if not any(row) or (len(row) == 1 and not row[0].strip() and self._width > 1):
                self.blank += 1
                continue
            self._count((line,))
            self._next(found, line, row, block.stray.get(index, 0))
        if final:
            self._finish(found)
        return found

    def _count(self, line_nos: Sequence[int]) -> None:
        left = self._options.max_rows - self._seen
        if len(line_nos) > left:
            raise limit_exceeded("rows", self._options.max_rows, line_nos[left])
        self._seen += len(line_nos)

    def _next(self, found: Checked, line: int, row: list[str], stray: int) -> None:
        problem = self._problem(line, row, stray)
        is_fragment = problem is not None and problem.code != "R106" and len(row) == 1 < self._width
        if problem is None and self._after_fragment:
            problem = beside_fragment(line, row)
        self._release(found, spoilt=is_fragment)
        self._after_fragment = is_fragment
        if problem is None:
            self._held = (line, row[: self._names])
            return
        found.bad.append(problem)

    def _release(self, found: Checked, *, spoilt: bool) -> None:
        """The held record is good unless what follows it is a piece of a row."""
        if self._held is None:
            return
        line, row = self._held
        self._held = None
        if spoilt:
            found.bad.append(beside_fragment(line, row))
            return
        found.line_nos.append(line)
        found.rows.append(row)

    def _problem(self, line: int, row: list[str], stray: int) -> RowProblem | None:
        if stray:
            return stray_quote(line, stray, row)
        if self._is_header(row):
            return not_data(line, "the header again", row)
        if len(row) == self._width and not any(row[self._names :]):
            return not_data(line, "a total", row) if self._is_total(row) else None
        if len(row) > self._options.max_columns:
            raise limit_exceeded("columns", self._options.max_columns, line)
        if self._is_footer(row):
            return not_data(line, "a footer", row)
        self.ragged += 1
        problem = wrong_width(line, len(row), self._names, row)
        self.first_ragged = self.first_ragged or problem
        return problem

    def _is_header(self, row: list[str]) -> bool:
        if row[0] and clean_name(row[0]).casefold() != self._key[0]:
            return False
        return [clean_name(cell).casefold() for cell in row[: self._names]] == self._key and not any(row[self._names :])

    def _is_total(self, row: list[str]) -> bool:
        """A customer may be called Total: only a cell that says nothing else, and no name or address beside it."""
        first = next(cell for cell in row if cell)
        return len(first) <= _LONGEST_FOOTER and _TOTAL.fullmatch(first) is not None and _only_numbers_after(row)

    def _is_footer(self, row: list[str]) -> bool:
        first = next((cell for cell in row if cell.strip()), "")
        return len(first) <= _LONGEST_FOOTER and _FOOTER.fullmatch(first) is not None and _only_numbers_after(row)

    def _finish(self, found: Checked) -> None:
        """The last record of the file may be a footer that is padded to the full width."""
        if self._held is None:
            return
        line, row = self._held
        if self._width > 1 and len([cell for cell in row if cell.strip()]) == 1 and self._is_footer(row):
            self._held = None
            found.bad.append(not_data(line, "a footer", row))
            return
        self._release(found, spoilt=False)


def _only_numbers_after(row: list[str]) -> bool:
    filled = [cell for cell in row if cell.strip()]
    return not any(letter.isalpha() for cell in filled[1:] for letter in cell)
