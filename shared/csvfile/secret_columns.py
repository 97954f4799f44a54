"""Columns named like a secret that may be something else: property index numbers, days on which a password changed."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from shared.csvfile.cells import clean_cell
from shared.csvfile.problems import Problem
from shared.csvfile.sensitive import forbidden_header, words_of

_PIN: Final = frozenset(("pin", "pinno", "pinnbr", "pinnumber", "pins"))
_BESIDE_PIN: Final = frozenset(("no", "nbr", "num", "number", "id", "code", "index", "county"))
_DAYS: Final = frozenset(("date", "dt", "on", "at", "time", "timestamp", "datetime", "changed", "reset", "expires"))
_PARCEL: Final = re.compile(r"[0-9A-Z]{1,8}(?:[-./ ][0-9A-Z]{1,8}){2,6}|[0-9]{10,20}", re.IGNORECASE)
_FEWEST_DIGITS: Final = 7  # no PIN that people remember has as many in groups
_DAY: Final = re.compile(
    r"(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.](?:[0-9]{1,2}|[A-Za-z]{3})[-/.](?:[0-9]{4}|[0-9]{2}))"
    r"(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?: ?[AaPp][Mm])?"
    r"(?: ?(?:Z|UTC|[-+][0-9]{2}:?[0-9]{2}))?)?"
)
_LONGEST: Final = 40


def is_told_by_cells(name: str) -> bool:
    """Whether a forbidden name may be that of something else: "PIN", "Password Reset Date"."""
    return _may_be_parcel(name) or _may_be_day(name)


def are_no_secrets(name: str, cells: Iterable[str]) -> bool:
    """Whether every filled cell, at least one, is what the name may mean beside a secret."""
    filled = [cell for cell, _ in map(clean_cell, cells) if cell]
    is_other = _is_parcel if _may_be_parcel(name) else _is_day
    return bool(filled) and all(map(is_other, filled))


def secret_columns(names: Sequence[str], columns: Sequence[Sequence[str]]) -> Iterator[Problem]:
    """F009 for columns whose cells do not say that their names mean something else."""
    for number, (name, cells) in enumerate(zip(names, columns, strict=False), start=1):
        if forbidden_header(name) and is_told_by_cells(name) and not are_no_secrets(name, cells):
            message = "The column contains security codes, PINs, passwords or social security numbers."
            yield Problem("F009", None, number, message, "Remove that column and export again.")


def _may_be_parcel(name: str) -> bool:
    words = {word for word in words_of(name) if not word.isdigit()}
    return not words.isdisjoint(_PIN) and words <= _PIN | _BESIDE_PIN


def _may_be_day(name: str) -> bool:
    return words_of(name)[-1:] != [] and words_of(name)[-1] in _DAYS


def _is_parcel(cell: str) -> bool:
    is_long_enough = sum(map(str.isdigit, cell[:_LONGEST])) >= _FEWEST_DIGITS
    return len(cell) <= _LONGEST and is_long_enough and _PARCEL.fullmatch(cell) is not None


def _is_day(cell: str) -> bool:
    return len(cell) <= _LONGEST and _DAY.fullmatch(cell) is not None
