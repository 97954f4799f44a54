"""States and postal codes; what cannot be used is left out."""

import re
from collections.abc import Callable
from typing import Final

from services.validation.domain.found import Found
from shared.contracts.lexicon import STATES, word_key

_STATE: Final = re.compile(r"[A-Za-z]{2}")
_ZIP: Final = re.compile(r"([0-9]{4,5}|[5-9][0-9]{2})(?:[- ]?([0-9]{4})|-)?")  # the lowest is 00501
_ZIP_LENGTH: Final = 5
_OF_FLOAT: Final = ".0"  # a script read the column as numbers
_LOWEST_ZIP: Final = "00501"
_HIGHEST_ZIP: Final = "99950"
# Typed for the sake of it; places have the others of one digit.
_NO_ZIPS: Final = frozenset(digit * _ZIP_LENGTH for digit in "1678")
_NO_STATES: Final = frozenset(("XX", "ZZ"))


def states(column: list[str], found: Found) -> list[str]:
    """The states as two letters in upper case; W312 where a cell is none."""
    return _each(column, _state, found)


def zips(column: list[str], found: Found) -> list[str]:
    """The postal codes, with the zeros a spreadsheet lost (W301); W312 where a cell is none."""
    text = "".join(column)
    are_whole = text.isascii() and text.isdecimal() and set(map(len, column)) == {_ZIP_LENGTH}
    if are_whole and all(map(_is_place, set(column))):
        return column
    return _each(column, _zip, found)


def _state(cell: str) -> tuple[str, str | None]:
    key = word_key(cell)
    if cell.isascii() and _STATE.fullmatch(key):
        code = key.upper()
        return ("", "W312") if code in _NO_STATES else (code, None)
    known = STATES.get(key)
    return (known, None) if known else ("", "W312")


def _is_place(code: str) -> bool:
    return _LOWEST_ZIP <= code <= _HIGHEST_ZIP and code not in _NO_ZIPS


def _zip(cell: str) -> tuple[str, str | None]:
    """Five digits, or nine as they are written; an empty part behind the hyphen falls away."""
    if cell.endswith(_OF_FLOAT):
        code, why = _zip(cell.removesuffix(_OF_FLOAT)) if cell.count(".") == 1 else ("", "W312")
        return code, why or "W301"
    match = _ZIP.fullmatch(cell)
    if match is None or (len(match[1]) < _ZIP_LENGTH and match[2] and len(cell) == len(match[1]) + len(match[2])):
        return "", "W312"  # seven or eight digits: nobody knows which are lost
    code, more = match[1].rjust(_ZIP_LENGTH, "0"), match[2]
    if not _is_place(code):
        return "", "W312"
    if more == "0000":  # a filler, as is a blank one
        return code, None if len(match[1]) == _ZIP_LENGTH else "W301"
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
