"""The operator's own directory of routing numbers: the FedACH file of fixed width, or CSV with a header."""

import csv
import re
from collections.abc import Iterator
from typing import Final

from shared.csvfile import clean_name

_MARK: Final = b"\xef\xbb\xbf"
_COLUMNS: Final = (["routing_number"], ["routing_number", "new_routing_number"])
_NUMBER: Final = re.compile(r"[0-9]{9}")
# Number, office code, servicing Federal Reserve Bank, record type, day of the change, new number, name.
_FEDACH: Final = re.compile(r"(?P<number>[0-9]{9})[A-Z ][0-9]{9}(?P<type>[012])[0-9]{6}(?P<new>[0-9]{9}).+")
_REPLACED: Final = "2"
_NO_NUMBER: Final = "000000000"

Entry = tuple[int, str, str]


class UnreadableDirectoryError(Exception):
    """The file cannot be used: why, and the line where it shows."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(f"Line {line}: {reason}")
        self.line = line


def read_directory(content: bytes) -> dict[str, str | None]:
    """Every routing number with the one that replaces it; raises UnreadableDirectoryError."""
    # Only digits are taken, so that the encoding of the banks' names does not matter.
    lines = content.removeprefix(_MARK).decode("latin-1").splitlines()
    entries = _of_csv(lines) if _is_csv(lines) else _of_fedach(lines)
    numbers: dict[str, str | None] = {}
    for line, number, new in entries:
        if number in numbers:
            raise UnreadableDirectoryError("The routing number is listed twice", line)
        if new == number:
            raise UnreadableDirectoryError("The routing number is replaced by itself", line)
        numbers[number] = new or None
    if not numbers:
        raise UnreadableDirectoryError("The file contains no routing number", 1)
    return numbers


def _is_csv(lines: list[str]) -> bool:
    return bool(lines) and _names(next(csv.reader(lines[:1]), []))[:1] == _COLUMNS[0]


def _names(cells: list[str]) -> list[str]:
    return [clean_name(cell).lower() for cell in cells]


def _of_csv(lines: list[str]) -> Iterator[Entry]:
    reader = csv.reader(lines, strict=True)
    header = _names(next(reader))
    if header not in _COLUMNS:
        raise UnreadableDirectoryError("The header is not routing_number or routing_number,new_routing_number", 1)
    try:
        for cells in reader:
            if cells:
                yield _csv_entry([cell.strip() for cell in cells], len(header), reader.line_num)
    except csv.Error:
        raise UnreadableDirectoryError(
            "A quote character is not closed, or is inside an unquoted cell", reader.line_num
        ) from None


def _csv_entry(cells: list[str], width: int, line: int) -> Entry:
    number, new = cells[0], "".join(cells[1:])
    if len(cells) != width or not _NUMBER.fullmatch(number) or (new and not _NUMBER.fullmatch(new)):
        raise UnreadableDirectoryError("These are not the columns of the header with numbers of nine digits", line)
    return line, number, new


def _of_fedach(lines: list[str]) -> Iterator[Entry]:
    for line, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        parts = _FEDACH.fullmatch(text)
        if parts is None:
            raise UnreadableDirectoryError("This is no line of a FedACH directory, nor has the file a CSV header", line)
        is_replaced = parts["type"] == _REPLACED
        if is_replaced and parts["new"] == _NO_NUMBER:
            raise UnreadableDirectoryError(
                "The number is replaced (record type 2), but the new number is missing", line
            )
        yield line, parts["number"], parts["new"] if is_replaced else ""
