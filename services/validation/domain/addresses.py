"""States and postal codes; what cannot be used is left out."""

import re
from collections.abc import Callable
from typing import Final

from services.validation.domain.found import Found

_STATE: Final = re.compile(r"[A-Za-z]{2}")
_ZIP: Final = re.compile(r"[0-9]{5}(?:-?[0-9]{4})?")
_ZIP_LENGTH: Final = 5
_SHORT_ZIP: Final = re.compile(r"[0-9]{4}")


def states(column: list[str], found: Found) -> list[str]:
    """The states in upper case; W312 where a cell is none."""
    return _each(column, _state, found)


def zips(column: list[str], found: Found) -> list[str]:
    """The postal codes, with the zero a spreadsheet lost (W301); W312 where a cell is none."""
    text = "".join(column)
    if text.isascii() and text.isdecimal() and set(map(len, column)) == {_ZIP_LENGTH}:
        return column
    return _each(column, _zip, found)


def _state(cell: str) -> tuple[str, str | None]:
    return (cell.upper(), None) if _STATE.fullmatch(cell) else ("", "W312")


def _zip(cell: str) -> tuple[str, str | None]:
    if _ZIP.fullmatch(cell):
        return cell, None
    return ("0" + cell, "W301") if _SHORT_ZIP.fullmatch(cell) else ("", "W312")


def _each(column: list[str], read: Callable[[str], tuple[str, str | None]], found: Found) -> list[str]:
    made = {cell: read(cell) if cell else (cell, None) for cell in set(column)}
    if all(value == cell for cell, (value, _) in made.items()):
        return column
    codes = {cell: code for cell, (_, code) in made.items() if code}
    for index, code in enumerate(map(codes.get, column)) if codes else ():
        if code:
            found.warn(index, code)
    values = {cell: value for cell, (value, _) in made.items()}
    return list(map(values.__getitem__, column))
