"""Where the header stands among the first records, and whether it is one."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from shared.csvfile.cells import clean_name
from shared.csvfile.footers import is_total
from shared.csvfile.options import DELIMITERS, CsvOptions
from shared.csvfile.problems import Problem

_NAME_IT = "Choose the line with the header, or correct the header."
_EVIDENCE_ROWS = 50
_LONG_NUMBER = 5
_WIDE = 3
_ENOUGH = 2


@dataclass(frozen=True, slots=True)
class Record:
    """A record of the sample."""

    line: int
    cells: list[str]

    @property
    def filled(self) -> list[str]:
        """The cells that hold something."""
        return [cell for cell in self.cells if cell.strip()]


@dataclass(frozen=True, slots=True)
class Header:
    """The header, the title records before it, the data after it."""

    record: Record
    titles: list[Record]
    body: list[Record]

    @property
    def names(self) -> list[str]:
        """The names, without blank ones that a trailing delimiter makes."""
        names = [clean_name(cell) for cell in self.record.cells]
        while len(names) > 1 and not names[-1]:
            names.pop()
        return names


def locate(records: Sequence[Record], width: int, told: int | None) -> Header | None:
    """The header: on the line that was told, else the first record as wide as the data that is not a title."""
    for index, record in enumerate(records):
        if told is not None and record.line != told:
            continue
        if told is None and (not _has_width(record, width) or _is_padded_title(record) or _is_numbering(record)):
            continue
        return Header(record, list(records[:index]), list(records[index + 1 :]))
    return None


def is_plausible(records: Sequence[Record], width: int) -> bool:
    """Whether a header can be told from titles and rows in records of this width."""
    header = locate(records, width, None)
    if header is None or _values(header):
        return False
    return not header.titles or bool(_telling_columns(header.record, header.body))


def _has_width(record: Record, width: int) -> bool:
    """As wide as the rows, or ending with a delimiter or two that the rows do not have."""
    cells = record.cells
    return len(cells) == width or (len(cells) > width and bool(cells[width - 1].strip()) and not any(cells[width:]))


def _is_padded_title(record: Record) -> bool:
    filled = record.filled
    if len(record.cells) < _WIDE:
        return False
    if len(filled) == 1:
        return True
    return len(filled) <= len(record.cells) / 2 and any(c.strip().endswith(":") or _is_value(c) for c in filled)


def _is_numbering(record: Record) -> bool:
    """Columns numbered from 1, as forms have them above the names."""
    return [cell.strip() for cell in record.cells] == [str(number) for number in range(1, len(record.cells) + 1)]


def _is_value(cell: str) -> bool:
    """Whether the cell looks like data, which no header name does."""
    text = clean_name(cell)
    digits = sum("0" <= letter <= "9" for letter in text)
    has_letter = any(letter.isalpha() for letter in text)
    return digits >= _LONG_NUMBER or (digits > 0 and not has_letter) or re.search(r"\w@\w", text) is not None


def header_problems(header: Header, delimiter: str, options: CsvOptions) -> list[Problem]:
    """Everything that forbids to use this header, the most telling first."""
    told = options.header_line is not None
    checks = [_too_wide(header, options), None if told else _titles(header, delimiter), _values(header)]
    if not told:
        checks += [_shape_of_data(header), _second_header(header)]
    found = [problem for problem in checks if problem][:1]
    if not found and not options.headers_by_position:
        found = _names(header)
    if not found and not header.body:
        found = [Problem("F002", header.record.line, None, "The file has a header but no rows.", "Export it again.")]
    return found


def _values(header: Header) -> Problem | None:
    for column, cell in enumerate(header.record.cells, start=1):
        if _is_value(cell):
            message = "The header is missing: the first line contains values."
            return Problem("F004", header.record.line, column, message, _NAME_IT)
    return None


def _too_wide(header: Header, options: CsvOptions) -> Problem | None:
    if len(header.record.cells) <= options.max_columns:
        return None
    return Problem("F015", header.record.line, None, f"More than {options.max_columns} columns.", "Remove columns.")


def _titles(header: Header, delimiter: str) -> Problem | None:
    """Lines before the header may be skipped only where they cannot be the header."""
    width = len(header.record.cells)
    named = all(cell.strip() and not _has_value_sign(cell) for cell in header.names)
    for title in header.titles:
        is_short = len(title.cells) * 2 <= width and named
        if len(title.cells) > 1 and not (_is_padded_title(title) or _is_numbering(title) or is_short):
            message = f"This line has {len(title.cells)} cells, the lines below it have {width}."
            return Problem("F006", title.line, None, message, _NAME_IT)
        text = title.cells[0]
        if any(text.count(other) == width - 1 for other in DELIMITERS if other != delimiter):
            return Problem("F004", title.line, None, "The header uses another delimiter than the data.", _NAME_IT)
    if header.titles and not _telling_columns(header.record, header.body):
        return Problem("F004", header.titles[0].line, None, "It is not clear which line is the header.", _NAME_IT)
    return None


def _has_value_sign(cell: str) -> bool:
    return any("0" <= letter <= "9" or letter == "@" for letter in cell)


def _is_row(record: Record, header: Record) -> bool:
    """Not a ragged line, a total or the header again."""
    return _has_width(header, len(record.cells)) and not is_total(record.cells) and _key(record) != _key(header)


def _telling_columns(candidate: Record, body: Sequence[Record]) -> list[int]:
    """Columns where each row has digits or an address and the candidate has neither: it is not one of them."""
    rows = [record.cells for record in body[:_EVIDENCE_ROWS] if _is_row(record, candidate)]
    if not rows:
        return []
    columns = range(min(map(len, rows)))
    telling = [index for index in columns if all(_has_value_sign(row[index]) for row in rows)]
    return [index for index in telling if not _has_value_sign(candidate.cells[index])]


def _mask(cell: str) -> str:
    return re.sub(r"[^\W\d_]", "A", re.sub(r"[0-9]", "9", cell.strip()))


def _shape_of_data(header: Header) -> Problem | None:
    """A first line with the digits where all rows have them is a row."""
    rows = [record.cells for record in header.body[:_EVIDENCE_ROWS]]
    for column, cell in enumerate(header.record.cells):
        mask = _mask(cell)
        same = [len(row) > column and _mask(row[column]) == mask for row in rows]
        if "9" in mask and len(rows) >= _ENOUGH and all(same):
            message = "The header is missing: the first line looks like the rows below it."
            return Problem("F004", header.record.line, column + 1, message, _NAME_IT)
    return None


def _second_header(header: Header) -> Problem | None:
    """The first row looks like a header as well: which of the two names the columns is not ours to guess."""
    again = itertools.takewhile(lambda record: _key(record) == _key(header.record), header.body)
    body = header.body[len(list(again)) :]
    if len(body) <= _ENOUGH:
        return None
    first, rest = body[0], body[1:]
    telling = _telling_columns(first, rest)
    unnamed = all(cell.strip() and not _has_value_sign(cell) for cell in first.cells)
    if not telling or not unnamed or len(first.cells) != len(header.record.cells):
        return None
    return Problem("F004", first.line, None, "Two lines look like a header: this one and the one before.", _NAME_IT)


def _key(record: Record) -> list[str]:
    return [clean_name(cell).casefold() for cell in record.cells]


def _names(header: Header) -> list[Problem]:
    found = []
    seen: set[str] = set()
    remedy = "Give each column a unique name."
    for column, name in enumerate(header.names, start=1):
        key = name.casefold()
        if not key:
            found.append(Problem("F005", header.record.line, column, "The column has no name.", remedy))
        elif key in seen:
            found.append(Problem("F005", header.record.line, column, "Another column has the same name.", remedy))
        seen.add(key)
    return found
