"""Writes rows of a file into another one, each on the line on which it stood, so that its number stays. Pure."""

import csv
import io
from collections.abc import Sequence
from typing import Final

from shared.contracts.definition import Reading

DELIMITER: Final = ","
QUOTE: Final = '"'
_LINE_END: Final = "\n"


def reading_of(header_line: int) -> Reading:
    return Reading(encoding="utf-8", delimiter=DELIMITER, quote=QUOTE, header_line=header_line)


class PlacedRows:
    """Rows come in the order of their lines. A row is written when the line of the next one is known."""

    def __init__(self, header: Sequence[str], header_line: int) -> None:
        self._line = 1  # the next one to be written
        self._waiting: tuple[int, Sequence[str]] | None = (header_line, header) if header_line else None

    def add(self, line: int, cells: Sequence[str]) -> bytes:
        written = self._write(line)
        self._waiting = (line, cells)
        return written

    def close(self) -> bytes:
        return self._write(None)

    def _write(self, following: int | None) -> bytes:
        if self._waiting is None:
            return b""
        line, cells = self._waiting
        record = _record(cells)
        if following is not None and line + record.count(_LINE_END) > following:
            record = _record([" ".join(cell.split("\n")) for cell in cells])  # it has less room than it takes
        blank = _LINE_END * (line - self._line)
        self._line = line + record.count(_LINE_END)
        return (blank + record).encode()


def _record(cells: Sequence[str]) -> str:
    out = io.StringIO(newline="")
    unified = [cell.replace("\r\n", "\n").replace("\r", "\n") for cell in cells]
    csv.writer(out, lineterminator=_LINE_END, delimiter=DELIMITER, quotechar=QUOTE).writerow(unified)
    return out.getvalue()
