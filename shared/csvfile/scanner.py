"""Records cell by cell, where the quoting is damaged."""

import re

from shared.csvfile.lines import LINE_END, Block, count_lines, line_ends
from shared.csvfile.problems import FileRefused, text_after_quote, unterminated_quote


class Scanner:
    """Cell by cell, for text whose quoting is damaged: finds the place, keeps the rows that are sound."""

    def __init__(self, delimiter: str, quote: str, skipped: str) -> None:
        self._delimiter = delimiter
        self._quote = quote
        self._skipped = re.compile(skipped)
        mark = re.escape(quote) if quote else "(?!)"
        self._quoted = re.compile(rf"{mark}([^{mark}]*(?:{mark}{mark}[^{mark}]*)*){mark}(?!{mark})") if quote else None
        self._bare = re.compile(rf"[^{re.escape(delimiter)}\r\n]*")
        self._as_formula = re.compile(rf"={mark}[^{mark}]*{mark}")

    def scan(self, text: str, line: int, *, final: bool) -> Block:
        """All complete records up to the first that nobody can read; with `final` the last one needs no line end."""
        found = Block()
        line_nos: list[int] = []
        bare: list[str] = []
        start = 0
        while start < len(text):
            try:
                record = self._record(text, start, line, final=final)
            except FileRefused as refusal:
                found.refusal = refusal
                break
            if record is None:
                break
            cells, stray, end, outside = record
            if stray:
                found.stray[len(found.records)] = stray
            found.records.append([] if cells == [""] and text[start] in "\r\n" else cells)
            line_nos.append(line)
            bare.append(outside)
            line += count_lines(text[start:end])
            start = end
        found.text, found.line_nos, found.line_ends = text[:start], line_nos, line_ends("".join(bare))
        return found

    def _record(self, text: str, pos: int, line: int, *, final: bool) -> tuple[list[str], int, int, str] | None:
        """Cells, the cell with a stray quote or 0, where the next record starts, the line end; None: not complete."""
        cells: list[str] = []
        stray = 0
        while True:
            found = self._cell(text, pos, line, len(cells) + 1, final=final)
            if found is None:
                return None
            cell, end, is_stray = found
            line += count_lines(cell)
            cells.append(cell)
            stray = stray or (len(cells) if is_stray else 0)
            if end >= len(text):
                return cells, stray, end, ""
            if text[end] != self._delimiter:
                line_end = LINE_END.match(text, end)
                if line_end is None or (line_end[0] == "\r" and line_end.end() == len(text) and not final):
                    return None
                return cells, stray, line_end.end(), line_end[0]
            pos = end + 1

    def _cell(self, text: str, pos: int, line: int, column: int, *, final: bool) -> tuple[str, int, bool] | None:
        """The cell at `pos`, where it ends, whether a quote is astray in it; None: not complete."""
        pos = self._skip(text, pos)
        if self._quoted is None or not text.startswith(self._quote, pos):
            match = self._bare.match(text, pos)
            cell = match[0] if match else ""
            end = pos + len(cell)
            is_stray = bool(self._quote) and self._quote in cell and not self._as_formula.fullmatch(cell)
            return None if end == len(text) and not final else (cell, end, is_stray)
        match = self._quoted.match(text, pos)
        if match is None:
            if final:
                raise unterminated_quote(line, column)
            return None
        end = match.end()
        if end == len(text):
            return (match[1].replace(self._quote * 2, self._quote), end, False) if final else None
        if text[end] not in (self._delimiter, "\r", "\n"):
            raise text_after_quote(line, column)
        return match[1].replace(self._quote * 2, self._quote), end, False

    def _skip(self, text: str, pos: int) -> int:
        match = self._skipped.match(text, pos)
        return match.end() if match else pos

    def open_quote(self, text: str, line: int) -> tuple[int, int] | None:
        """Line and cell of the quote that opens in the incomplete record `text` and is not closed in it."""
        start = pos = 0
        column = 1
        while self._quoted is not None:
            pos = self._skip(text, pos)
            if text.startswith(self._quote, pos) and self._quoted.match(text, pos) is None:
                return line + count_lines(text[start:pos]), column
            match = (self._quoted if text.startswith(self._quote, pos) else self._bare).match(text, pos)
            pos = match.end() if match else len(text)
            if not text.startswith(self._delimiter, pos):
                return None
            pos += 1
            column += 1
        return None

    def cells_in(self, text: str) -> int:
        """How many cells the incomplete record `text` has so far."""
        pos, column = 0, 1
        while True:
            pos = self._skip(text, pos)
            is_quoted = self._quoted is not None and text.startswith(self._quote, pos)
            match = (self._quoted if is_quoted and self._quoted else self._bare).match(text, pos)
            pos = match.end() if match else len(text)
            if not text.startswith(self._delimiter, pos):
                return column
            pos += 1
            column += 1
