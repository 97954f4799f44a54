"""Delimiter and quoting, judged by a sample of records: the one way that fits, or a refusal. Never the likelier one."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from shared.csvfile.header import Record, is_plausible
from shared.csvfile.lines import start_of_line
from shared.csvfile.options import DELIMITERS, RARE_DELIMITERS, CsvOptions
from shared.csvfile.problems import Fault, FileRefused, Problem
from shared.csvfile.quoting import BACKSLASH, BLANKS, LINES, PLAIN, TYPOGRAPHIC, QuoteNormalizer, Quoting
from shared.csvfile.records import Splitter

_SAMPLE_LINES = 300
_STEADY = 0.8
_WIDE = 3
_LEAST_WIDTH = 2  # one cell is no table
_SEP_LINE = re.compile(r'"?sep=([^\w\s"\'\0\x1a]|\t)"?[,;\t|]*(?:\r\n|\r|\n|$)', re.IGNORECASE)
_TAILS = frozenset(",;|")
_OTHER_QUOTES = ("'", "`", "\u2033")
_SIGNS = "".join(quoting.marks[0] for quoting in TYPOGRAPHIC)
_IN_A_NAME = frozenset(" -.#/()&")
_ALL_DELIMITERS = (*DELIMITERS, *RARE_DELIMITERS)
_NEVER_DELIMITERS = frozenset("-./&()'@+")  # in names, dates, addresses and account numbers
_NAME_DELIMITER = "Save the file as CSV with commas, or choose the delimiter."


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the records are written, and the sample read that way. `refusal`: what ends the sample early."""

    delimiter: str
    quote: str
    quoting: Quoting
    width: int
    records: list[Record]
    line_ends: Mapping[str, int] = field(default_factory=dict)  # how often each kind occurs outside quotes
    is_regular: bool = True
    refusal: FileRefused | None = None

    @property
    def steadiness(self) -> float:
        """The share of records as wide as most, from the first such record on."""
        widths = [len(record.cells) for record in self.records]
        if self.width < _LEAST_WIDTH or not widths:
            return 0
        widths = widths[widths.index(self.width) :]
        return widths.count(self.width) / len(widths)

    @property
    def fits_throughout(self) -> bool:
        """Every record, from the very first, is as wide as the others."""
        return self.width > 1 and {len(record.cells) for record in self.records} == {self.width}

    @property
    def reads_as_text(self) -> bool:
        """A blank follows every delimiter, as it does in "ORTIZ, ANA"."""
        return all(cell.startswith(" ") for record in self.records for cell in record.cells[1:])

    @property
    def fits_from_the_header_on(self) -> bool:
        """A table of three columns or more that begins with its header, whatever a few lines below are like."""
        return (
            self.width >= _WIDE
            and self.is_regular
            and self.steadiness >= _STEADY
            and len(self.records[0].cells) == self.width
            and not self.reads_as_text
            and is_plausible(self.records, self.width)
        )

    def beats(self, other: "Dialect") -> bool:
        """Nothing speaks for the other, and something for this one."""
        mine, others = self.merits, other.merits
        return mine != others and all(map(bool.__ge__, mine, others))

    @property
    def merits(self) -> tuple[bool, bool, bool]:
        return self.is_regular, self.fits_throughout, is_plausible(self.records, self.width)


@dataclass(frozen=True, slots=True)
class _Sample:
    """The lines that are judged. `complete`: the file ends with them."""

    text: str
    first_line: int
    complete: bool
    options: CsvOptions

    def read(self, delimiter: str, quote: str, quoting: Quoting = PLAIN) -> Dialect:
        splitter = Splitter(delimiter, quote, self.options, self.first_line, blanks=quoting.blanks)
        try:
            text = QuoteNormalizer(quoting, quote).feed(self.text, final=self.complete)
        except Fault:
            return Dialect(delimiter, quote, quoting, 0, [], is_regular=False)
        block = splitter.feed(text, final=self.complete)
        most = self.options.max_columns + 1  # one too many is enough to refuse the file, and all else costs no more
        records = [
            Record(line, cells[:most])
            for line, cells in zip(block.line_nos, block.rows, strict=True)
            if any(cell.strip() for cell in cells)
        ]
        counts = Counter(len(record.cells) for record in records)
        # The first record decides between widths that are equally frequent.
        width = counts.most_common(1)[0][0] if counts else 0
        is_regular = not block.stray and block.refusal is None
        return Dialect(delimiter, quote, quoting, width, records, block.line_ends, is_regular, block.refusal)


def declared_delimiter(text: str) -> str | None:
    """The delimiter of a first line such as `sep=;`, which Excel writes."""
    match = _SEP_LINE.match(text)
    return match[1] if match else None


def detect(text: str, first_line: int, options: CsvOptions, *, complete: bool) -> Dialect | Problem:
    """The one dialect that fits; a problem where none or more than one does."""
    start = text[: start_of_line(text, _SAMPLE_LINES + 1)]
    sample = _Sample(start, first_line, complete and len(start) == len(text), options)
    if options.delimiter is None and options.quote is None and (cut := _without_tails(sample)):
        return cut
    chosen = _by_delimiter(sample, '"' if options.quote is None else options.quote)
    if options.quote is None:
        for quote in filter(start.__contains__, _OTHER_QUOTES):
            other = _by_delimiter(sample, quote)
            if isinstance(other, Dialect) and _is_quoted_by(other, sample, quote):
                return other
    if isinstance(chosen, Problem) or options.quote is not None:
        return chosen
    return _foreign_quotes(chosen) or chosen


def _without_tails(sample: _Sample) -> Dialect | None:
    """The table of one delimiter in lines that all end with others, as a spreadsheet of another country writes them."""
    first = sample.text.lstrip("\r\n")
    line = first[: start_of_line(first, 2)].rstrip("\r\n")
    sign = line[-1:]
    if sign not in _TAILS:
        return None
    quoting = Quoting(tail=line[len(line.rstrip(sign)) :])
    others = (sample.read(other, '"', quoting) for other in DELIMITERS if other != sign)
    tables = [one for one in others if one.is_regular and one.fits_throughout and not one.reads_as_text]
    return tables[0] if len(tables) == 1 else None


def _by_delimiter(sample: _Sample, quote: str) -> Dialect | Problem:
    given = sample.options.delimiter
    if given:
        return _quoted_best(sample, given, quote)
    ordinary = [_quoted_best(sample, delimiter, quote) for delimiter in DELIMITERS]
    present = [delimiter for delimiter in RARE_DELIMITERS if delimiter in sample.text]
    rare = [_quoted_best(sample, delimiter, quote) for delimiter in present]
    chosen = _choose(ordinary, [dialect for dialect in rare if _is_table(dialect)], sample.first_line)
    return _without_stranger(chosen) if isinstance(chosen, Dialect) else chosen


def _is_table(rare: Dialect) -> bool:
    """Signs that also occur in texts must fit everywhere before they are thought to be delimiters."""
    return rare.is_regular and rare.fits_throughout and (rare.width >= _WIDE or rare.delimiter != ":")


def _quoted_best(sample: _Sample, delimiter: str, quote: str) -> Dialect:
    """The sample read with plain quoting, or with another way of quoting that makes sense of every record."""
    plain = sample.read(delimiter, quote)
    if not quote or not (plain.width == 1 or any(sign in sample.text for sign in _SIGNS) or not plain.is_regular):
        return plain
    others = (other for other in _other_quotings(sample, plain, quote) if other.is_regular and other.fits_throughout)
    return next(others, plain)


def _other_quotings(sample: _Sample, plain: Dialect, quote: str) -> Iterator[Dialect]:
    delimiter = plain.delimiter
    if sample.options.quote is None:
        yield from filter(_is_surely_wrapped, [sample.read(delimiter, quote, LINES)])
    if "\\" + quote in sample.text:
        yield sample.read(delimiter, quote, BACKSLASH)
    if " " + quote in sample.text and (plain.width == 1 or not plain.is_regular):
        yield sample.read(delimiter, quote, BLANKS)
    for quoting in TYPOGRAPHIC if sample.options.quote is None else ():
        found = sample.read(delimiter, quote, quoting) if quoting.marks[0] in sample.text else None
        if found and _all_marked(found, sample.text):
            yield found


def _is_surely_wrapped(dialect: Dialect) -> bool:
    """A single quoted column may hold the delimiter as well, but not several in its name, without a blank."""
    header = dialect.records[0].cells if dialect.records else []
    return len(header) >= _WIDE and not any(cell.startswith(" ") for cell in header)


def _all_marked(dialect: Dialect, text: str) -> bool:
    """Each filled cell, with or without those of the header, stands between the marks."""
    opening, closing = (text.count(mark) for mark in dialect.quoting.marks)
    head = len(dialect.records[0].filled) if dialect.records else 0
    filled = sum(len(record.filled) for record in dialect.records)
    first_line = text[: start_of_line(text, 2)]
    return opening == closing >= (filled if dialect.quoting.marks[0] in first_line else filled - head) > 0


def _choose(ordinary: Sequence[Dialect], rare: Sequence[Dialect], first_line: int) -> Dialect | Problem:
    steady = [*(dialect for dialect in ordinary if dialect.steadiness >= _STEADY), *rare]
    tables = [dialect for dialect in steady if dialect.delimiter in DELIMITERS and dialect.fits_from_the_header_on]
    steady = [dialect for dialect in steady if not any(_outdoes(table, dialect) for table in tables)]
    for dialect in steady:
        if all(dialect.beats(other) for other in steady if other is not dialect):
            return dialect
    if steady:
        return Problem("F001", steady[0].records[0].line, None, "Two delimiters fit the file.", _NAME_DELIMITER)
    return _unsteady(ordinary, first_line)


def _outdoes(table: Dialect, other: Dialect) -> bool:
    """A sign that makes fewer columns, or the one of times, stands in the cells of the table."""
    return table is not other and (table.width > other.width or other.delimiter == ":")


def _unsteady(candidates: Sequence[Dialect], first_line: int) -> Dialect | Problem:
    """No delimiter fits most of the lines: a small table with a few ragged lines, a list, or no CSV."""
    possible = [dialect for dialect in candidates if dialect.steadiness > 0]
    if not possible:
        return _single_column(candidates[0], first_line)
    if len(possible) == 1:
        return possible[0]
    return Problem("F001", possible[0].records[0].line, 1, "No delimiter fits the lines of the file.", _NAME_DELIMITER)


def _without_stranger(dialect: Dialect) -> Dialect | Problem:
    """The dialect, unless a sign that is no delimiter of it stands where only delimiters do.

    Where the delimiter fits, a few ragged lines do not turn the hyphen of E-mail into one.
    """
    fits = dialect.steadiness >= _STEADY and not dialect.reads_as_text
    if fits and dialect.width >= _WIDE:
        return dialect
    lines = [dialect.delimiter.join(record.cells) for record in dialect.records]
    head = "".join(lines[: 1 + next((i for i, r in enumerate(dialect.records) if len(r.cells) == dialect.width), 0)])
    known = _NEVER_DELIMITERS.union(dialect.delimiter, "_\"' ")
    signs = {letter for letter in head if not letter.isalnum() and letter not in known}
    rare = signs.intersection(RARE_DELIMITERS) - {":"}
    is_rare = any(sum(sign in line for line in lines) * 2 >= len(lines) for sign in rare)
    if is_rare or (signs and not fits and dialect.steadiness < 1 and _as_often_in_each(signs, lines)):
        message = "The header and the rows contain a character that may be the delimiter."
        return Problem("F001", dialect.records[0].line, 1, message, _NAME_DELIMITER)
    return dialect


def _as_often_in_each(signs: Collection[str], lines: Sequence[str]) -> bool:
    """Whether one of the signs occurs equally often in all lines. No line is searched for signs that it lacks."""
    often = {(sign, count) for sign, count in Counter(lines[0]).items() if sign in signs}
    for line in lines[1:]:
        often &= Counter(line).items()
    return bool(often)


def _in_half(signs: Collection[str], header: str, rows: Sequence[str]) -> bool:
    """Whether half of the rows have one of the signs as often as the header."""
    often = Counter(header)
    counts = Counter(sign for row in rows for sign, count in Counter(row).items() if count >= often[sign])
    return any(counts[sign] * 2 >= len(rows) for sign in signs)


def _single_column(dialect: Dialect, first_line: int) -> Dialect | Problem:
    """One column is believed only where nothing in it can be a delimiter we do not know."""
    if not dialect.records:
        return dialect
    header, *rows = [dialect.delimiter.join(record.cells) for record in dialect.records]
    signs = {letter for letter in header if not letter.isalnum() and letter not in "_\"'"}
    suspects = _in_half(signs - _NEVER_DELIMITERS, header, rows)
    suspects = suspects or any(sum(sign in row for row in rows) * 2 >= len(rows) for sign in _ALL_DELIMITERS)
    if (rows and suspects) or re.search(r"\s{2}", header.strip()) or not _IN_A_NAME.issuperset(signs):
        message = "The delimiter is not a comma, semicolon, tab or pipe."
        return Problem("F001", dialect.records[0].line or first_line, 1, message, _NAME_DELIMITER)
    return dialect


def _is_quoted_by(dialect: Dialect, sample: _Sample, quote: str) -> bool:
    """Whether cells are wrapped in this quote: the whole header, or each row of some column."""
    raw = replace(sample, first_line=1).read(dialect.delimiter, "")
    return _wrapped([record.cells for record in raw.records if len(record.cells) == dialect.width], quote * 2)


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
    pairs = [*(quoting.marks for quoting in TYPOGRAPHIC), *(quote * 2 for quote in _OTHER_QUOTES if quote != "'")]
    if any(_wrapped(rows, pair) for pair in pairs):
        message = 'Cells are enclosed in curly quotes instead of the straight quote " of CSV.'
        remedy = 'Replace them with straight quotes ("), or export the file again.'
        return Problem("F020", dialect.records[0].line, None, message, remedy)
    return None
