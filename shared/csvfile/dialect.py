"""Delimiter and quote character, judged by a sample of records."""

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from shared.csvfile.header import Record
from shared.csvfile.options import DELIMITERS, CsvOptions
from shared.csvfile.problems import Problem

_SAMPLE = 300
_STEADY = 0.8
_SEP_LINE = re.compile(r'"?sep=([^\w\s"\'\0\x1a]|\t)"?[,;\t|]*(?:\r\n|\r|\n|$)', re.IGNORECASE)
_OTHER_QUOTES = ("\u201c\u201d", "\u2018\u2019", "\u00ab\u00bb", "``", "\u201e\u201c", "\u2033\u2033")
_NAME_DELIMITER = "Save the file as CSV with commas, or name the delimiter."


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the records are written, and the sample read that way."""

    delimiter: str
    quote: str
    width: int
    records: list[Record]


def told_by_file(text: str) -> str | None:
    """The delimiter of a first line such as `sep=;`, which Excel writes."""
    match = _SEP_LINE.match(text)
    return match[1] if match else None


def detect(text: str, first_line: int, options: CsvOptions, *, complete: bool) -> Dialect | Problem:
    """The one dialect that fits; a problem where none or more than one does."""
    quotes = (options.quote,) if options.quote is not None else ('"', "'")
    known = options.delimiter
    best: Dialect | Problem | None = None
    for quote in quotes:
        candidates = [
            Dialect(delimiter, quote, *_shape(_sample(text, delimiter, quote, first_line, complete=complete)))
            for delimiter in ((known,) if known else DELIMITERS)
        ]
        chosen = candidates[0] if known else _choose(candidates, first_line)
        if best is None:
            best = chosen
        elif isinstance(chosen, Dialect) and _is_quoted_by(chosen, "'", text):
            return chosen
    if best is None:  # quotes is never empty
        raise AssertionError
    return _foreign_quotes(best) or best if isinstance(best, Dialect) else best


def _sample(text: str, delimiter: str, quote: str, first_line: int, *, complete: bool) -> list[Record]:
    lines = io.StringIO(text, newline="")
    if quote:
        reader = csv.reader(lines, delimiter=delimiter, quotechar=quote)
    else:
        reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    records = []
    line = 0
    try:
        for cells in itertools.islice(reader, _SAMPLE):
            if any(cell.strip() for cell in cells):
                records.append(Record(first_line + line, cells))
            line = reader.line_num
        if not complete and next(reader, None) is None and len(records) > 1:
            records.pop()  # the text ends within it
    except csv.Error:
        pass  # a cell beyond all limits ends the sample; reading will name it
    return records


def _shape(records: list[Record]) -> tuple[int, list[Record]]:
    """The number of cells most records have; the first record decides between equals."""
    counts = Counter(len(record.cells) for record in records)
    return (counts.most_common(1)[0][0] if counts else 0), records


def _steadiness(dialect: Dialect) -> float:
    """The share of records as wide as most, from the first such record on."""
    widths = [len(record.cells) for record in dialect.records]
    if dialect.width < 2 or not widths:  # noqa: PLR2004 - one cell is no table
        return 0
    widths = widths[widths.index(dialect.width) :]
    return widths.count(dialect.width) / len(widths)


def _choose(candidates: Sequence[Dialect], first_line: int) -> Dialect | Problem:
    steady = [dialect for dialect in candidates if _steadiness(dialect) >= _STEADY]
    if len(steady) == 1:
        return steady[0]
    if steady:
        message = "Two delimiters fit the file."
        return Problem("F001", steady[0].records[0].line, None, message, _NAME_DELIMITER)
    best = max(candidates, key=_steadiness)
    return best if _steadiness(best) > 0 else _single_column(candidates[0], first_line)


def _single_column(dialect: Dialect, first_line: int) -> Dialect | Problem:
    """One column is believed only where nothing in it can be a delimiter we do not know."""
    if not dialect.records:
        return dialect
    header, *rows = [record.cells[0] for record in dialect.records]
    signs = {letter for letter in header if not letter.isalnum() and letter not in "_\"'"}
    suspects = [sign for sign in signs if sum(row.count(sign) >= header.count(sign) for row in rows) * 2 >= len(rows)]
    if (rows and suspects) or re.search(r"\s{2}", header.strip()) or any(sign in header for sign in DELIMITERS):
        message = "The delimiter is not one of comma, semicolon, tab and bar."
        return Problem("F001", dialect.records[0].line or first_line, 1, message, _NAME_DELIMITER)
    return dialect


def _is_quoted_by(dialect: Dialect, quote: str, text: str) -> bool:
    """Whether cells are wrapped in this quote: the whole header, or each row of some column."""
    raw = _sample(text, dialect.delimiter, "", dialect.records[0].line if dialect.records else 1, complete=True)
    return _wrapped([record.cells for record in raw if len(record.cells) == dialect.width], quote * 2)


def _wrapped(rows: Sequence[Sequence[str]], pair: str) -> bool:
    def is_wrapped(cell: str) -> bool:
        text = cell.strip()
        return len(text) > 1 and text[0] == pair[0] and text[-1] == pair[1]

    if not rows:
        return False
    if all(map(is_wrapped, rows[0])):
        return True
    columns = list(zip(*rows[1:], strict=True))
    filled = [[cell for cell in column if cell.strip()] for column in columns]
    return any(len(cells) > 1 and all(map(is_wrapped, cells)) for cells in filled)


def _foreign_quotes(dialect: Dialect) -> Problem | None:
    rows = [record.cells for record in dialect.records if len(record.cells) == dialect.width]
    if any(_wrapped(rows, pair) for pair in _OTHER_QUOTES):
        message = 'Cells are enclosed in typographic quotes, which are not the quote " of CSV.'
        remedy = 'Replace them with the plain quote ", or export the file again.'
        return Problem("F020", dialect.records[0].line, None, message, remedy)
    return None
