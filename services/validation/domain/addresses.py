"""States and postal codes; what cannot be used is left out."""

import re
from collections.abc import Callable
from typing import Final

from services.validation.domain.found import Found
from shared.contracts.lexicon import STATES, word_key

_STATE: Final = re.compile(r"[A-Za-z]{2}")
_ZIP: Final = re.compile(r"([0-9]{4,5}|[5-9][0-9]{2})(?:[- ]?([0-9]{4})|-)?")  # the lowest is 00501
_ZIP_LENGTH: Final = 5


def states(column: list[str], found: Found) -> list[str]:
    """The states as two letters in upper case; W312 where a cell is none."""
    return _each(column, _state, found)


def zips(column: list[str], found: Found) -> list[str]:
    """The postal codes, with the zeros a spreadsheet lost (W301); W312 where a cell is none."""
    text = "".join(column)
    if text.isascii() and text.isdecimal() and set(map(len, column)) == {_ZIP_LENGTH}:
        return column
    return _each(column, _zip, found)


def _state(cell: str) -> tuple[str, str | None]:
    key = word_key(cell)
    if cell.isascii() and _STATE.fullmatch(key):
        return key.upper(), None
    code = STATES.get(key)
    return (code, None) if code else ("", "W312")


def _zip(cell: str) -> tuple[str, str | None]:
    """Five digits, or nine as they are written; an empty part behind the hyphen falls away."""
    match = _ZIP.fullmatch(cell)
    if match is None or (len(match[1]) < _ZIP_LENGTH and match[2] and len(cell) == len(match[1]) + len(match[2])):
        return "", "W312"  # seven or eight digits: nobody knows which are lost
    code, more = match[1].rjust(_ZIP_LENGTH, "0"), match[2]
    written = cell if len(match[1]) == _ZIP_LENGTH and more else f"{code}-{more}" if more else code
    return written.replace(" ", "-"), None if len(match[1]) == _ZIP_LENGTH else "W301"


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
