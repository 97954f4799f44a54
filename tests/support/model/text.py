"""Cells: cleaning, the account-number recipe, flags, dates and amounts."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

_HARD_SPACES = "\u00a0\u2007\u202f"
_INVISIBLE = (
    "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_SCIENTIFIC = re.compile(r"[0-9]+([.,][0-9]+)?[eE][+-][0-9]+")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_AMERICAN = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_AMOUNT = re.compile(r"\$? *([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]{1,2})?")
_ZIP = re.compile(r"[0-9]{5}(-?[0-9]{4})?")
_TOO_MUCH = Decimal(10_000_000_000)


class UnreadableError(ValueError):
    """A cell holds something else than it should."""


def clean(cell: str) -> tuple[str, bool]:
    """The value of a cell, and whether spreadsheet wrapping was taken off."""
    for space in _HARD_SPACES:
        cell = cell.replace(space, " ")
    text = "".join(character for character in cell if character not in _INVISIBLE).strip()
    if text.startswith("'"):
        return text[1:].removesuffix("'").strip(), True
    if len(text) >= 3 and text.startswith('="') and text.endswith('"'):
        return text[2:-1].replace('""', '"').strip(), True
    return text, False


def is_scientific(cell: str) -> bool:
    return _SCIENTIFIC.fullmatch(cell) is not None


def transformed(value: str, transforms: Sequence[Mapping[str, Any]]) -> str:
    for transform in transforms:
        value = _transform(value, transform)
    return value


def _transform(value: str, transform: Mapping[str, Any]) -> str:
    match transform["do"]:
        case "trim":
            return value.strip()
        case "upper":
            return "".join(c.upper() if c.isascii() else c for c in value)
        case "digits_only":
            return "".join(c for c in value if c in "0123456789")
        case "remove":
            return "".join(c for c in value if c not in transform["characters"])
        case "replace":
            return value.replace(transform["old"], transform["new"])
        case _:
            return _cut_or_fill(value, transform)


def _cut_or_fill(value: str, transform: Mapping[str, Any]) -> str:
    match transform["do"]:
        case "strip_leading_zeros":
            return value.lstrip("0")
        case "pad_left":
            return value.rjust(transform["length"], "0")
        case "take_first":
            return value[: transform["count"]]
        case "take_last":
            return value[-transform["count"] :]
        case "drop_last":
            return value[: -transform["count"]]
    raise ValueError(transform["do"])


def read_date(cell: str) -> date | None:
    """None where the cell is blank; raises UnreadableError."""
    if not cell:
        return None
    if match := _ISO.fullmatch(cell):
        year, month, day = map(int, match.groups())
    elif match := _AMERICAN.fullmatch(cell):
        month, day, year = map(int, match.groups())
    else:
        raise UnreadableError
    try:
        return date(year, month, day)
    except ValueError:
        raise UnreadableError from None


def read_amount(cell: str, *, least: Decimal = Decimal("0.01")) -> Decimal | None:
    """None where the cell is blank; raises UnreadableError."""
    if not cell:
        return None
    if not _AMOUNT.fullmatch(cell):
        raise UnreadableError
    amount = Decimal(cell.replace("$", "").replace(",", "").strip())
    if not least <= amount < _TOO_MUCH:
        raise UnreadableError
    return amount


def read_day(cell: str) -> int | None:
    """A day of the month; None where the cell is blank or zero; raises UnreadableError."""
    if not cell:
        return None
    if not re.fullmatch(r"[0-9]{1,2}", cell) or int(cell) > 31:
        raise UnreadableError
    return int(cell) or None


def read_state(cell: str) -> str | None:
    """None where the cell is blank; raises UnreadableError."""
    if cell and not re.fullmatch(r"[A-Za-z]{2}", cell):
        raise UnreadableError
    return cell.upper() or None


def read_zip(cell: str) -> tuple[str | None, bool]:
    """The code, and whether a lost zero was put back; raises UnreadableError."""
    if re.fullmatch(r"[0-9]{4}", cell):
        return f"0{cell}", True
    if cell and not _ZIP.fullmatch(cell):
        raise UnreadableError
    return cell or None, False
