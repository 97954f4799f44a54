"""Where the header stands among the first records, and whether it is one."""

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from shared.csvfile.cells import clean_name, one_spelling
from shared.csvfile.footers import is_rule, is_total
from shared.csvfile.options import DELIMITERS, NO_HEADER, CsvOptions
from shared.csvfile.problems import Problem

_NAME_IT = "Choose the header line and the delimiter, or correct the header."
_HAS_NONE = "Choose the header line, 0 if the file has none, and the delimiter, or add a header."
_DIGITS = re.compile(r"[0-9]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_EVIDENCE_ROWS = 50
_LONG_NUMBER = 5
_WIDE = 3
_ENOUGH = 2
_RARELY = 5  # a column without a name counts from one filled cell in so many: fewer are cells of broken rows


@dataclass(frozen=True, slots=True)
class Record:
    line: int
    cells: list[str]

    @property
    def filled(self) -> list[str]:
        return [cell for cell in self.cells if cell.strip()]


LONGEST_NAME: Final = 300
"""Characters of a column's name in a definition."""
_NUMBER: Final = 20  # room for the number of a repeated one


@dataclass(frozen=True, slots=True)
class Header:
    """The header, the title records before it, the data after it."""

    record: Record
    titles: list[Record]
    body: list[Record]
    used: int  # columns that rows fill

    @property
    def names(self) -> list[str]:
        """The names as they are written, without blank ones at the end that a trailing delimiter makes."""
        names = [clean_name(cell) for cell in self.record.cells]
        while len(names) > max(self.used, 1) and not names[-1]:
            names.pop()
        return names

    def covers(self, width: int) -> bool:
        """Whether rows of this width fill no column that the header lacks."""
        return self.used <= len(self.record.cells) <= width


def locate(records: Sequence[Record], width: int, given_line: int | None) -> Header | None:
    """The header: on the given line, else the first record as wide as the data that is not a title."""
    if given_line == NO_HEADER:
        return _by_position(records, width)
    for index, record in enumerate(records):
        if given_line is not None and record.line != given_line:
            continue
        if given_line is None and (_is_padded_title(record) or _is_numbering(record)):
            continue
        header = Header(record, list(records[:index]), list(records[index + 1 :]), _used(records[index + 1 :], width))
        if given_line is not None or _has_width(record, width) or header.covers(width):
            return header
    return None


def _by_position(records: Sequence[Record], width: int) -> Header | None:
    names = [f"Column {number}" for number in range(1, width + 1)]
    return Header(Record(NO_HEADER, names), [], list(records), width) if records else None


def _used(records: Sequence[Record], width: int) -> int:
    """How many columns the rows of this width fill; what a broken row pushes beyond the last does not count."""
    rows = [record.cells for record in records if len(record.cells) == width]
    for column in range(width, 0, -1):
        filled = sum(1 for row in rows if row[column - 1].strip())
        if filled * _RARELY > len(rows) and (filled >= _ENOUGH or filled == len(rows)):
            return column
    return 0


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
    is_given = options.header_line is not None
    checks = [_too_wide(header, options)]
    if not is_given:
        checks += [_titles(header, delimiter), _values(header), _shape_of_data(header), _second_header(header)]
    found = [problem for problem in checks if problem][:1]
    if not found and not header.body:
        found = [Problem("F002", header.record.line, None, "The file has a header but no rows.", "Export it again.")]
    return found


def _values(header: Header) -> Problem | None:
    for column, cell in enumerate(header.record.cells, start=1):
        if _is_value(cell) and not _is_name_with_a_number(header, column - 1):
            message = "The header is missing: the first line contains values."
            return Problem("F004", header.record.line, column, message, _HAS_NONE)
    return None


def _is_name_with_a_number(header: Header, column: int) -> bool:
    """A name such as Balance 12/31/2025: among plain names, and no cell below has its words or its shape."""
    cells = header.record.cells
    words = _words(cells[column])
    if not words or "@" in cells[column] or all(map(_has_value_sign, filter(str.strip, cells))):
        return False
    below = [row.cells[column] for row in header.body[:_EVIDENCE_ROWS] if len(row.cells) > column]
    shape = shape_of(cells[column])
    return bool(below) and not any(shape_of(cell) == shape or words & _words(cell) for cell in below)


def _words(cell: str) -> set[str]:
    return set(_LETTERS.findall(cell.casefold()))


def _too_wide(header: Header, options: CsvOptions) -> Problem | None:
    if len(header.record.cells) <= options.max_columns:
        return None
    return Problem("F015", header.record.line, None, f"More than {options.max_columns} columns.", "Remove columns.")


def _titles(header: Header, delimiter: str) -> Problem | None:
    """Lines before the header may be skipped only where they cannot be the header."""
    width = len(header.record.cells)
    named = not any(map(_has_value_sign, header.names))
    for title in header.titles:
        is_short = len(title.cells) * 2 <= width and named
        if len(title.cells) > 1 and not (_is_padded_title(title) or _is_numbering(title) or is_short):
            message = f"This line has {len(title.cells)} cells, the lines below it have {width}."
            remedy = "Quote cells that contain the delimiter, or choose the header line."
            return Problem("F006", title.line, None, message, remedy)
        text = title.cells[0]
        if any(text.count(other) == width - 1 for other in DELIMITERS if other != delimiter):
            message = "The header uses a different delimiter from the rows."
            return Problem("F004", title.line, None, message, "Use the same delimiter in the header as in the rows.")
    if header.titles and not _telling_columns(header.record, header.body):
        return Problem("F004", header.titles[0].line, None, "It is not clear which line is the header.", _NAME_IT)
    return None


def _has_value_sign(cell: str) -> bool:
    return any("0" <= letter <= "9" or letter == "@" for letter in cell)


def _is_row(record: Record, header: Record) -> bool:
    """Not a ragged line, a total, a line of dashes or the header again."""
    shorter = min(len(record.cells), len(header.cells))
    if any(cell.strip() for cell in (*record.cells[shorter:], *header.cells[shorter:])):
        return False
    return not is_total(record.cells) and not is_rule(record.cells) and _key(record) != _key(header)


def _telling_columns(candidate: Record, body: Sequence[Record]) -> list[int]:
    """Columns where each row has digits or an address and the candidate has neither: it is not one of them."""
    rows = [record.cells for record in body[:_EVIDENCE_ROWS] if _is_row(record, candidate)]
    if not rows:
        return []
    columns = range(min(len(candidate.cells), *map(len, rows)))
    telling = [index for index in columns if all(_has_value_sign(row[index]) for row in rows)]
    return [index for index in telling if not _has_value_sign(candidate.cells[index])]


def shape_of(cell: str) -> str:
    """What stands for each run of digits and of letters: WTR-0001045 has the shape A-9."""
    return _LETTERS.sub("A", _DIGITS.sub("9", cell.strip()))


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
            return Problem("F004", header.record.line, column + 1, message, _HAS_NONE)
    return None


def _second_header(header: Header) -> Problem | None:
    """The first row looks like a header as well: which of the two names the columns is not ours to guess."""
    again = itertools.takewhile(
        lambda record: is_rule(record.cells) or _key(record) == _key(header.record), header.body
    )
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


def labels_of(names: Sequence[str]) -> list[str]:
    """What the columns are called: by name, by place without one that a definition can hold, repeated ones numbered."""
    times = Counter(map(one_spelling, names))
    taken = {key for key, count in times.items() if key and count == 1}
    numbers: defaultdict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))  # never from 1 again
    labels = []
    for column, name in enumerate(names, start=1):
        label = name
        is_repeated = times[one_spelling(name)] > 1
        is_name = 0 < len(name) <= (LONGEST_NAME - _NUMBER if is_repeated else LONGEST_NAME)
        if is_repeated or not is_name:
            base = name if is_name else f"Column {column}"
            numbered = (f"{base} ({number})" for number in numbers[one_spelling(base)])
            choices = numbered if is_name else itertools.chain((base,), itertools.islice(numbered, 1, None))
            label = next(choice for choice in choices if one_spelling(choice) not in taken)
            taken.add(one_spelling(label))
        labels.append(label)
    return labels
