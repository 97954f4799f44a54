"""Which records are rows of data: exact width, no footers, no repeated headers, no pieces of broken rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from shared.csvfile.footers import (
    GROUP_HINTS,
    MOST_OF_GROUP,
    TOTAL_HINTS,
    begins_filters,
    is_filter,
    is_footer,
    is_of_report,
    is_rule,
    is_total,
    is_wide_footer,
)
from shared.csvfile.header import shape_of
from shared.csvfile.lines import Block
from shared.csvfile.options import CsvOptions
from shared.csvfile.problems import (
    RowProblem,
    beside_fragment,
    header_in_another_order,
    limit_exceeded,
    not_data,
    stray_quote,
    wrong_width,
)

_MARK = "\ufeff"
_BROKEN_BY_QUOTING = re.compile(r"[^\w ]")
_LONGEST_TAIL = 10  # lines of a footer; what is longer is no footer


@dataclass(slots=True)
class Checked:
    """Rows that can be used, their cells by column, and those that cannot."""

    line_nos: list[int]
    columns: list[list[str]]
    bad: list[RowProblem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A line with too few cells: a row that lacks some, or a piece of the row before or after it."""

    first: str
    is_sure: bool

    def may_belong_to(self, row: Sequence[str]) -> bool:
        """Not where both begin with a number of the same shape: then this line is a row of its own."""
        shape = shape_of(self.first)
        return self.is_sure or "9" not in shape or shape != shape_of(row[0])


class RowCheck:
    """Checks the records after the header, block by block, one record behind: its neighbour may spoil it."""

    def __init__(
        self, header: Sequence[str], cells: Sequence[str], width: int, options: CsvOptions, delimiter: str
    ) -> None:
        """`header` are the names, `cells` what the header line holds."""
        self.ragged = 0
        self.first_ragged: RowProblem | None = None
        self.blank = 0
        self.repeated_headers = 0
        self.footers = 0
        self._seen = 0
        self._names = len(header)
        self._width = width
        self._options = options
        self._spellings = [_spellings(cell.strip()) for cell in cells[: len(header)]]
        self._keys = {spelling: spellings[0].casefold() for spellings in self._spellings for spelling in spellings}
        self._order = [spellings[0].casefold() for spellings in self._spellings]
        self._sorted = sorted(self._order)
        blank = max(len(header), width) - 1
        alone = (delimiter * blank, f'{delimiter}""' * blank) if blank > 1 else ()
        self._group_hints = (*GROUP_HINTS, *alone)
        self._hints = sorted(map(_hints, self._spellings), key=lambda hints: -len(hints[0]))
        self._is_without_rows = True  # since the last header
        self._held: tuple[int, list[str]] | None = None
        self._piece: _Piece | None = None
        self._tail: list[RowProblem] = []  # what may belong to the held record, or be the footer of the file
        self._is_below_filters = False  # nothing but filters since a line that announces them
        self._is_torn = False  # pieces stand among the rows, or one begins the tail

    def check(self, block: Block, *, final: bool) -> Checked:
        """What is known to be good or bad with this block."""
        columns = block.columns
        is_clean = columns and self._piece is None and not self._tail and self._is_clean(columns, block.text)
        if columns and is_clean and not (final and _end_with_footer(columns)):
            found = self._pass_on(block.line_nos, columns)
        else:
            found = self._check_each(block)
        if final:
            self._finish(found)
        return found

    def _is_clean(self, columns: list[list[str]], text: str) -> bool:
        return (
            len(columns) == self._width
            and bool(columns[0])
            and not any(any(map(str.strip, column)) for column in columns[self._names :])
            and not (self._is_below_header and is_rule([column[0] for column in columns]))
            and self._has_no_groups(columns, text)
            and not any(hint in text for hint in TOTAL_HINTS)
            and not self._may_repeat_header(text)
        )

    def _has_no_groups(self, columns: list[list[str]], text: str) -> bool:
        # Blank lines and those that name a group have few cells; most files have more columns that are filled.
        filled = sum(1 for _ in islice(filter(None, map(all, columns)), MOST_OF_GROUP + 1))
        if filled > MOST_OF_GROUP:
            return True
        is_without_blank = filled or all(map(any, zip(*columns, strict=True)))
        return bool(is_without_blank) and not any(hint in text for hint in self._group_hints)

    def _may_repeat_header(self, text: str) -> bool:
        return all(any(spelling in text for spelling in spellings) for spellings in self._hints)

    def _pass_on(self, line_nos: Sequence[int], columns: list[list[str]]) -> Checked:
        """The fast path: everything is good, the last record waits for its neighbour."""
        self._count(line_nos)
        self._is_below_filters = False
        self._is_without_rows = self._is_without_rows and self._held is None and len(line_nos) == 1
        columns = columns[: self._names]
        held, self._held = self._held, (line_nos[-1], [column.pop() for column in columns])
        if held is None:
            return Checked(list(line_nos[:-1]), columns)
        line, row = held
        return Checked([line, *line_nos[:-1]], [[cell, *column] for cell, column in zip(row, columns, strict=True)])

    def _check_each(self, block: Block) -> Checked:
        found = Checked([], [[] for _ in range(self._names)])
        for index, (line, row) in enumerate(zip(block.line_nos, block.rows, strict=True)):
            if not any(row) or (len(row) == 1 and not row[0].strip() and self._width > 1):
                self.blank += 1
                continue
            self._count((line,))
            self._next(found, line, row, block.stray.get(index, 0))
        return found

    def _count(self, line_nos: Sequence[int]) -> None:
        left = self._options.max_rows - self._seen
        if len(line_nos) > left:
            raise limit_exceeded("rows", self._options.max_rows, line_nos[left])
        self._seen += len(line_nos)

    def _next(self, found: Checked, line: int, row: list[str], stray: int) -> None:
        headers = self.repeated_headers
        if row[0].startswith(_MARK):  # files were put one after the other
            row = [row[0].lstrip(_MARK), *row[1:]]
        problem = self._problem(line, row, stray)
        piece = self._piece_of(line, row, problem)
        if problem is None and self._piece and self._piece.may_belong_to(row):
            problem = beside_fragment(line, row)
        self._piece = piece
        if problem and self._may_be_tail(row, piece):
            self._is_torn |= not self._tail and piece is not None and piece.is_sure
            self._tail.append(problem)
            return
        self._settle(found, is_torn=True)
        self._is_without_rows = self._is_without_rows or self.repeated_headers > headers
        if problem is None:
            self._held = (line, row[: self._names])
            return
        found.bad.append(problem)

    def _piece_of(self, line: int, row: list[str], problem: RowProblem | None) -> _Piece | None:
        if problem is None or problem.code == "R106" or len(row) >= self._width or line in self._options.left_out:
            return None
        return _Piece(row[0], is_sure=len(row) == 1 or problem.code == "R107")

    def _may_be_tail(self, row: list[str], piece: _Piece | None) -> bool:
        """Whether the record may be of the held one, or of the footer of the file: only what follows tells."""
        if self._tail:
            return len(row) < self._width and len(self._tail) < _LONGEST_TAIL
        return piece is not None and self._held is not None and piece.may_belong_to(self._held[1])

    def _settle(self, found: Checked, *, is_torn: bool) -> None:
        """Where rows are torn the held record is one with what follows it; else that is the footer of the file.

        So it is where it has several cells: a line break in the last cell of a row leaves one.
        """
        self._is_torn = self._is_torn or (is_torn and bool(self._tail))
        self._release(found, is_next_fragment=is_torn and bool(self._tail))
        found.bad.extend(self._tail)
        self._tail = []

    def _release(self, found: Checked, *, is_next_fragment: bool) -> None:
        """The held record is good unless what follows it is a piece of a row."""
        if self._held is None:
            return
        line, row = self._held
        self._held = None
        if is_next_fragment:
            found.bad.append(beside_fragment(line, row))
            return
        self._is_without_rows = False
        found.line_nos.append(line)
        for column, cell in zip(found.columns, row, strict=True):
            column.append(cell)

    def _problem(self, line: int, row: list[str], stray: int) -> RowProblem | None:
        if stray:
            return stray_quote(line, stray, row)
        if self._is_header(row):
            self.repeated_headers += 1
            return not_data(line, "the header again", row)
        if self._is_header_in_another_order(row):
            raise header_in_another_order(line)
        if (self._is_below_header or len(row) != self._width) and is_rule(row):
            return self._footer(line, "a line under the header", row)
        if len(row) == self._width and not any(map(str.strip, row[self._names :])):
            self._is_below_filters = False
            what = "a total" if is_total(row) else "a line of a report" if is_of_report(row) else None
            return self._footer(line, what, row) if what else None
        if len(row) > self._options.max_columns:
            raise limit_exceeded("columns", self._options.max_columns, line)
        if is_footer(row) or (self._is_below_filters and is_filter(row)):
            self._is_below_filters = self._is_below_filters or begins_filters(row)
            return self._footer(line, "a footer", row)
        self._is_below_filters = False
        problem = wrong_width(line, len(row), self._names, row)
        if line not in self._options.left_out:
            self.ragged += 1
            self.first_ragged = self.first_ragged or problem
        return problem

    def _footer(self, line: int, what: str, row: list[str]) -> RowProblem:
        self.footers += 1
        return not_data(line, what, row)

    @property
    def _is_below_header(self) -> bool:
        """No row stands between the header and what comes next, which may be a line of dashes."""
        return self._is_without_rows and self._held is None

    def _is_header(self, row: list[str]) -> bool:
        """The header again, be it in capitals; `_may_repeat_header` must be true for a text that holds one."""
        if row[0].strip() not in self._spellings[0] or not self._may_be_header(row):
            return False
        return all(cell.strip() in spellings for cell, spellings in zip(row, self._spellings, strict=False))

    def _is_header_in_another_order(self, row: list[str]) -> bool:
        """Rows below would be read with their cells crossed. Names of digits alone may be chance."""
        if row[0].strip() not in self._keys or not self._may_be_header(row):
            return False
        keys = [self._keys.get(cell.strip()) for cell in row[: self._names]]
        moved = [key for key, name in zip(keys, self._order, strict=True) if key != name]
        return any(key and any(map(str.isalpha, key)) for key in moved) and sorted(map(str, keys)) == self._sorted

    def _may_be_header(self, row: list[str]) -> bool:
        return len(row) >= self._names and not any(map(str.strip, row[self._names :]))

    def _finish(self, found: Checked) -> None:
        """The last record of the file may be a footer that is padded to the full width."""
        if self._held is None:
            return
        if self._tail:
            self._settle(found, is_torn=self._is_torn)
            return
        line, row = self._held
        is_alone = len([cell for cell in row if cell.strip()]) == 1
        if self._width > 1 and (is_footer(row) if is_alone else is_wide_footer(row)):
            self._held = None
            found.bad.append(self._footer(line, "a footer", row))
            return
        self._release(found, is_next_fragment=False)


def _end_with_footer(columns: list[list[str]]) -> bool:
    return any(map(is_wide_footer, zip(*(column[-_LONGEST_TAIL:] for column in columns), strict=True)))


def _spellings(name: str) -> tuple[str, ...]:
    return name, name.upper(), name.lower(), name.title()


def _hints(spellings: tuple[str, ...]) -> tuple[str, ...]:
    """What of each spelling stands in the text of a record whatever the quoting."""
    return tuple(dict.fromkeys(max(_BROKEN_BY_QUOTING.split(name), key=len) for name in spellings))
