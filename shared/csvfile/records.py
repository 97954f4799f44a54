"""From text to records: fast where the quoting is plain, exact where it is not, each with its physical line."""

import csv
import io
import re
from collections.abc import Mapping, Sequence

from shared.csvfile.lines import Block, all_quoted, count_lines, equally_wide, line_ends
from shared.csvfile.options import CsvOptions
from shared.csvfile.problems import FileRefused, limit_exceeded, unterminated_quote
from shared.csvfile.scanner import Scanner

_BYTES_PER_CHARACTER = 4  # at most, in UTF-8


def _one_of(ends: Mapping[str, int]) -> str:
    """The line end of text that has only one kind, or none."""
    return next(iter(ends), "\n")


def _longest_line_exceeds(text: str, end: str, most: int) -> bool:
    start = 0
    while len(text) - start > most:
        stop = text.rfind(end, start, start + most)
        if stop < 0:
            return True
        start = stop + len(end)
    return False


def _last_line_end(text: str, stop: int) -> int:
    """The offset after the last line end before `stop`, or 0."""
    return max(text.rfind("\n", 0, stop), text.rfind("\r", 0, stop)) + 1


class Splitter:
    """Splits text that comes in pieces. `pending` is the start of a record that is not complete yet."""

    def __init__(self, delimiter: str, quote: str, options: CsvOptions, line: int = 1, *, blanks: bool = False) -> None:
        """`blanks`: those at the start of a cell do not belong to it, and a quote may follow them."""
        self.pending = ""
        self.line = line
        self._delimiter = delimiter
        self._quote = quote
        self._options = options
        self._blanks = blanks
        self._smallest_limit = min(options.max_field_bytes, options.max_record_bytes)
        skipped = " *" if blanks else ""
        around = re.escape(delimiter) + r"\r\n"
        mark = re.escape(quote) if quote else "(?!)"
        # What stands between two quoted cells begins and ends with a delimiter or a line end. Empty: an escaped quote.
        self._between = re.compile(rf"(?:[{around}](?:.*[{around}])?{skipped})?", re.DOTALL)
        # Excel writes text as ="00123" without quoting the cell; the quotes belong to the value. The look back stands
        # behind the literal, which lets the search jump from one to the next.
        self._as_formula = re.compile(rf"={mark}(?<=[{around}]={mark})[^{mark}{around}]*{mark}(?=[{around}])")
        self._scanner = Scanner(delimiter, quote, skipped)

    def feed(self, text: str, *, final: bool) -> Block:
        """The records that are complete with this text; with `final` all of them."""
        text = self.pending + text if self.pending else text
        if not self._quote or self._quote not in text:
            return self._plain(text, final=final)
        return self._quoted(text, final=final)

    def _plain(self, text: str, *, final: bool) -> Block:
        # A CR at the very end may be the first half of CRLF.
        end = len(text) if final else _last_line_end(text, len(text) - text.endswith("\r"))
        done = self._take(text, end)
        ends = line_ends(done)
        columns = self._columns(done, self._delimiter, ends)
        if columns is not None:
            return self._of_columns(columns, done, ends)
        lines = done.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if not lines[-1]:
            lines.pop()
        delimiter = self._delimiter
        if "" in lines:
            rows = [line.split(delimiter) if line else [] for line in lines]
        else:
            rows = [line.split(delimiter) for line in lines]
        if self._blanks:
            rows = [[cell.lstrip(" ") for cell in row] for row in rows]
        block = Block(done, range(self.line, self.line + len(rows)), rows, line_ends=ends)
        self.line += len(rows)
        return self._within_limits(block, max(map(len, lines), default=0))

    def _columns(self, text: str, delimiter: str, ends: Mapping[str, int]) -> list[list[str]] | None:
        """The columns of lines with nothing special about them; None where they must be looked at one by one."""
        return equally_wide(text, delimiter, _one_of(ends)) if self._is_simple(text, ends) else None

    def _is_simple(self, text: str, ends: Mapping[str, int]) -> bool:
        """Whether all lines end alike and none is so long that its cells must be measured."""
        most = self._smallest_limit // _BYTES_PER_CHARACTER
        return not self._blanks and len(ends) <= 1 and not _longest_line_exceeds(text, _one_of(ends), most)

    def _of_columns(self, columns: list[list[str]], done: str, ends: Mapping[str, int]) -> Block:
        count = len(columns[0])
        block = Block(done, range(self.line, self.line + count), columns=columns, line_ends=ends)
        self.line += count
        return self._within_limits(block, 0)

    def _quoted(self, text: str, *, final: bool) -> Block:
        parts = text.split(self._quote)
        end = len(text)
        if not final:
            end, parts = self._cut(text, parts)
        if end == 0:
            self._take(text, 0)
            return self._within_limits(Block(), 0)
        outside = "".join(parts[::2])
        ends = line_ends(outside)
        columns = self._quoted_columns(text[:end], parts, ends)
        if columns is None and (len(parts) % 2 == 0 or not self._is_regular(text[:end], parts)):
            return self._scan(text, final=final)
        columns = columns or self._unquoted_columns(text[:end], parts, ends)
        if columns is not None:
            return self._of_columns(columns, self._take(text, end), ends)
        parsed = self._parse(text[:end], outside)
        if parsed is None:
            return self._scan(text, final=final)
        done = self._take(text, end)
        line_nos, rows, longest = parsed
        self.line += count_lines(done)
        return self._within_limits(Block(done, line_nos, rows, line_ends=ends), longest)

    def _cut(self, text: str, parts: list[str]) -> tuple[int, list[str]]:
        """The offset after the last line end outside quotes, and the parts before it."""
        end = len(text)
        for index in range(len(parts) - 1, -1, -1):
            part = parts[index]
            if index % 2 == 0:
                held = index == len(parts) - 1 and part.endswith("\r")
                found = _last_line_end(part, len(part) - held)
                if found:
                    return end - len(part) + found, [*parts[:index], part[:found]]
            end -= len(part) + 1
        return 0, []

    def _quoted_columns(self, text: str, parts: list[str], ends: Mapping[str, int]) -> list[list[str]] | None:
        """The columns where every cell is quoted and holds neither a quote nor a line end; None otherwise."""
        if len(parts) % 2 == 0 or line_ends(text) != ends or not self._is_simple(text, ends):
            return None
        return all_quoted(parts, self._delimiter, _one_of(ends))

    def _unquoted_columns(self, text: str, parts: list[str], ends: Mapping[str, int]) -> list[list[str]] | None:
        """The columns of regular text by taking its quotes away; None where that is not all there is to it.

        NUL, which no file holds, stands for the delimiters that are some.
        """
        if line_ends(text) != ends or "=" + self._quote in text or "\0" in text:
            return None
        between = self._quote.join(parts[::2]).replace(self._delimiter, "\0").split(self._quote)
        if "" in between[1:-1]:  # two quotes inside a cell, which mean one
            between[1:-1] = [part or self._quote for part in between[1:-1]]
        cells = parts.copy()
        cells[::2] = between
        return self._columns("".join(cells), "\0", ends)

    def _parse(self, text: str, outside: str) -> tuple[Sequence[int], list[list[str]], int] | None:
        """Line numbers, rows and the longest line by the C parser; None where the quoting is not plain RFC 4180."""
        lines = list(io.StringIO(text, newline=""))
        reader = csv.reader(
            lines, delimiter=self._delimiter, quotechar=self._quote, strict=True, skipinitialspace=self._blanks
        )
        try:
            if text.count("\n") == outside.count("\n") and text.count("\r") == outside.count("\r"):
                return range(self.line, self.line + len(lines)), list(reader), max(map(len, lines))
            rows, line_nos, line = [], [], self.line
            for row in reader:
                rows.append(row)
                line_nos.append(line)
                line = self.line + reader.line_num
        except csv.Error:
            return None
        return line_nos, rows, len(text)

    def _is_regular(self, text: str, parts: list[str]) -> bool:
        if "=" + self._quote in text:
            parts = self._as_formula.sub("=", "\n" + text + "\n").split(self._quote)
        else:
            parts = ["\n" + parts[0], *parts[1:-1], parts[-1] + "\n"] if len(parts) > 1 else ["\n"]
        return all(map(self._between.fullmatch, set(parts[::2])))

    def _scan(self, text: str, *, final: bool) -> Block:
        block = self._scanner.scan(text, self.line, final=final)
        self._take(text, len(block.text))
        self.line += count_lines(block.text)
        return self._within_limits(block, len(block.text))

    def _take(self, text: str, end: int) -> str:
        self.pending = text[end:]
        return text[:end]

    def _within_limits(self, block: Block, longest: int) -> Block:
        """Limits on cells and records; `longest` characters bound every record and so spare the look at each."""
        smallest = self._smallest_limit
        if longest * _BYTES_PER_CHARACTER > smallest:
            for index, (line, row) in enumerate(zip(block.line_nos, block.records, strict=True)):
                refusal = self._too_large(line, row) if sum(map(len, row)) * _BYTES_PER_CHARACTER > smallest else None
                if refusal:
                    stray = {at: column for at, column in block.stray.items() if at < index}
                    return Block(
                        block.text, block.line_nos[:index], block.records[:index], stray=stray, refusal=refusal
                    )
        if block.refusal is None and len(self.pending) > self._options.max_record_bytes:
            block.refusal = self._endless()
        return block

    def _endless(self) -> FileRefused:
        opened = self._scanner.open_quote(self.pending, self.line)
        if opened:
            return unterminated_quote(*opened)
        return limit_exceeded("bytes in one record", self._options.max_record_bytes, self.line)

    def _too_large(self, line: int, row: list[str]) -> FileRefused | None:
        sizes = [len(cell.encode("utf-8", "surrogatepass")) for cell in row]
        for column, size in enumerate(sizes, start=1):
            if size > self._options.max_field_bytes:
                return limit_exceeded("bytes in one cell", self._options.max_field_bytes, line, column)
        if sum(sizes) + len(sizes) > self._options.max_record_bytes:
            return limit_exceeded("bytes in one record", self._options.max_record_bytes, line)
        return None

    def place(self) -> tuple[int, int]:
        """Line and cell that come next, for a fault right after the text fed so far."""
        column = self._scanner.cells_in(self.pending)
        return self.line + count_lines(self.pending), column
