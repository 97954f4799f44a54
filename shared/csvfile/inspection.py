"""What a file looks like, judged by its first block."""

import re
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Final

from shared.csvfile import dialect as dialects
from shared.csvfile.dialect import Dialect
from shared.csvfile.header import Header, header_problems, labels_of, locate
from shared.csvfile.known_formats import drawn_columns, not_csv_text
from shared.csvfile.lines import count_lines, start_of_line
from shared.csvfile.options import CsvOptions
from shared.csvfile.problems import Fault, Problem, counted, limit_exceeded
from shared.csvfile.quoting import PLAIN, Quoting
from shared.csvfile.sniff import not_csv, utf16_without_mark
from shared.csvfile.text import BLOCK_BYTES, Decoder

_NOTHING_FOUND: Final = frozenset({"F002", "F004"})
_NO_TABLE: Final = frozenset({"F001", "F004", "F006"})
_CELL: Final = re.compile(r"[,;\t|]")

_LINE_ENDS = {"\r\n": "CRLF", "\n": "LF", "\r": "CR"}
_DELIMITER_NAMES = {";": "a semicolon", "\t": "a tab", "|": "a pipe", ":": "a colon", "^": "a caret", "~": "a tilde"}


@dataclass(slots=True)
class Inspection:
    """What was detected, and what is wrong with it."""

    encoding: str = "utf-8"
    codec: str | None = None  # given, or certain from the first bytes; otherwise decoding finds out
    bom: bool = False
    delimiter: str = ","
    quote: str = '"'
    quoting: Quoting = PLAIN
    line_ending: str = "none"
    preamble: list[str] = field(default_factory=list)
    header_line: int = 1  # 0 where the file has none
    start_line: int = 1  # of the header, else of the first row
    header: list[str] = field(default_factory=list)  # what the columns are called, each otherwise
    names: list[str] = field(default_factory=list)  # as the file names them: several alike, some not at all
    header_cells: list[str] = field(default_factory=list)  # as they stand in the file
    width: int = 0  # cells of each record; more than names where a delimiter ends each line
    problems: list[Problem] = field(default_factory=list)

    @property
    def refusal(self) -> Problem | None:
        return next((problem for problem in self.problems if problem.level == "F"), None)


_ENCODING_REMEDY: Final = "Check names with accents, choose the encoding, or save the file as CSV UTF-8."
_GUESSES: Final = {"cp1252": "Windows-1252", "mac-roman": "Mac Roman"}


def guessed_encoding(line: int, codec: str, doubtful: int = 0) -> Problem:
    """W302. `doubtful` words look right in Windows-1252, and as if they were of an old Mac."""
    message = f"The file is not UTF-8; {_GUESSES.get(codec, codec.upper())} was assumed."
    if doubtful:
        words = counted(doubtful, "word")
        message = f"{message.rstrip('.')}. In {words} a sign may be a letter of Mac Roman."
        return Problem("W302", line, None, message, "Check names with accents, or choose the encoding mac-roman.")
    return Problem("W302", line, None, message, _ENCODING_REMEDY)


def encoding_name(codec: str) -> str:
    return "windows-1252" if codec == "cp1252" else codec


def inspect(source: bytes | BinaryIO, options: CsvOptions | None = None) -> Inspection:
    """Look at the first block; a stream is left where it was. Never raises on what the file holds."""
    if isinstance(source, bytes):
        return inspect_head(source[:BLOCK_BYTES], options or CsvOptions(), complete=len(source) <= BLOCK_BYTES)
    start = source.tell()
    head = source.read(BLOCK_BYTES)
    complete = not source.read(1)
    source.seek(start)
    return inspect_head(head, options or CsvOptions(), complete=complete)


def inspect_head(head: bytes, options: CsvOptions, *, complete: bool) -> Inspection:
    """The inspection of these bytes; `complete` when they are the whole file."""
    found = Inspection(encoding=options.encoding or "utf-8", codec=options.codec)
    if found.codec is None and (guess := utf16_without_mark(head)):
        found.codec = guess
        found.problems.append(guessed_encoding(1, guess))
    problem = not_csv(head, found.codec)
    if problem is None:
        text, problem = _decode(head, options, found, complete=complete)
        if problem is None:
            problem = _read_shape(text, options, found, complete=complete)
            if problem and problem.code in _NOTHING_FOUND:
                problem = _overlong(text, options) or problem
            is_table = found.width > 1 if problem is None else problem.code not in _NO_TABLE
            if not is_table and options.delimiter is None:
                problem = drawn_columns(text) or problem
    if problem:
        found.problems.insert(0, problem)
    return found


def _overlong(text: str, options: CsvOptions) -> Problem | None:
    """A cell above the limit, where the file seems to have no header or no rows: they are not missing, they are cut."""
    for line, written in enumerate(text.split("\n"), start=1):
        if max(map(len, _CELL.split(written))) > options.max_field_bytes:
            return limit_exceeded("bytes in one cell", options.max_field_bytes, line).problem
    return None


def _decode(head: bytes, options: CsvOptions, found: Inspection, *, complete: bool) -> tuple[str, Problem | None]:
    decoder = Decoder(found.codec)
    text, problem = "", None
    try:
        text = decoder.feed(head, final=complete)
    except Fault as fault:
        line = count_lines(fault.before) + 1
        tail = fault.before[start_of_line(fault.before, line) :]
        problem = fault.at(line, tail.count(options.delimiter or ",") + 1).problem
    found.encoding = encoding_name(decoder.encoding)
    found.bom = decoder.bom
    if decoder.guess_offset is not None and problem is None:
        line = count_lines(text[: decoder.guess_offset]) + 1
        found.problems.append(guessed_encoding(line, decoder.encoding, decoder.doubtful_words))
    if problem is None and options.header_line is None:
        problem = not_csv_text(text)
    return text.lstrip("\ufeff"), problem


def _read_shape(text: str, options: CsvOptions, found: Inspection, *, complete: bool) -> Problem | None:
    if not text.strip():
        return Problem("F002", 1, None, "The file is empty.", "Export it again.")
    declared = dialects.declared_delimiter(text)
    first_line = 2 if declared else 1
    if options.header_line:
        first_line = max(first_line, options.header_line)
    if declared and options.delimiter is None and options.quote != declared:
        options = replace(options, delimiter=declared)
    body = text[start_of_line(text, first_line) :]
    dialect = dialects.detect(body, first_line, options, complete=complete)
    if isinstance(dialect, Problem):
        return dialect
    found.delimiter, found.quote, found.quoting = dialect.delimiter, dialect.quote, dialect.quoting
    header = locate(dialect.records, dialect.width, options.header_line)
    damage = dialect.refusal.problem if dialect.refusal else None
    if header is None and damage:
        return damage
    if header is None:
        return _headerless(body, first_line, options)
    _describe(found, header, dialect, text)
    found.start_line = found.header_line or first_line
    problems = header_problems(header, dialect.delimiter, options)
    if damage is None and complete is not _is_blank_below(text, found.header_line):
        problems = [problem for problem in problems if problem.code != "F002"]  # its rows begin further down
    if damage and problems and problems[0].code == "F002":
        return damage  # the header is all that is sound; damage after sound rows is left to reading
    found.problems.extend(problems[1:])
    if not problems and found.preamble:
        found.problems.append(_titles_skipped(len(found.preamble)))
    return problems[0] if problems else None


def _is_blank_below(text: str, header_line: int) -> bool:
    return not text[start_of_line(text, header_line + 1) :].strip()


def _headerless(body: str, first_line: int, options: CsvOptions) -> Problem:
    code = "F004" if body.strip() else "F002"
    if options.header_line is not None:
        remedy = "Choose the line with the column names."
        return Problem(code, first_line, None, "The line chosen as the header is blank or missing.", remedy)
    return Problem(code, first_line, None, "No header was found.", "Choose the header line and the delimiter.")


def _titles_skipped(count: int) -> Problem:
    message = f"{counted(count, 'title line')} before the header {'was' if count == 1 else 'were'} ignored."
    return Problem("W305", 1, None, message, "Check that none of them is the header.")


def _describe(found: Inspection, header: Header, dialect: Dialect, text: str) -> None:
    found.header_line = header.record.line
    found.names, found.header_cells = header.names, header.record.cells
    found.header = labels_of(found.names)
    is_as_wide = len(found.names) == dialect.width or header.covers(dialect.width)
    found.width = dialect.width if is_as_wide else len(header.record.cells)
    before = text[: start_of_line(text, found.header_line)]
    before = before[start_of_line(before, 2) :] if dialects.declared_delimiter(text) else before
    found.preamble = [line for line in before.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
    ends = dialect.line_ends
    found.line_ending = " and ".join(_LINE_ENDS[end] for end in ends) or "none"
    if dialect.delimiter != ",":
        message = f"The delimiter is not a comma but {_DELIMITER_NAMES.get(dialect.delimiter, 'an unusual character')}."
        found.problems.append(Problem("W303", found.header_line, None, message, "Save as CSV with commas."))
    if dialect.quoting.tail:
        message = f"Each line ends with {dialect.quoting.tail} which is ignored."
        found.problems.append(Problem("W307", found.header_line, None, message, "Check the last column."))
    elif dialect.quoting != PLAIN:
        message = f"Cells are not quoted as usual: {dialect.quoting.name}."
        found.problems.append(Problem("W307", found.header_line, None, message, "Check cells that contain quotes."))
