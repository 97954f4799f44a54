"""Payment methods: bank accounts and cards, as cells describe them."""

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from stdnum.us import rtn

from services.validation.domain.recipe import SCIENTIFIC

Kind = Literal["ach", "card"]
ACH: Final = "ach"
CARD: Final = "card"
CHECKING, SAVINGS = "checking", "savings"

_KINDS: Final[dict[str, Kind]] = {
    **dict.fromkeys(("ach", "bank", "eft", "check", "checking", "savings", "draft", "echeck"), ACH),
    **dict.fromkeys(("card", "cc", "credit", "creditcard", "debit card"), CARD),
}
_PREFIXES: Final = frozenset(f"{number:02}" for number in (*range(1, 13), *range(21, 33), *range(61, 73)))
_ROUTING = re.compile(r"[0-9]{9}")
_EIGHT_DIGITS = re.compile(r"[0-9]{8}")
_BANK_ACCOUNT = re.compile(r"(?=[^1-9]*[1-9])[A-Za-z0-9-]{4,17}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{6,128}")
_TYPES: Final = (
    dict.fromkeys(("c", "chk", "checking", "dda", "d", "1", "22", "27", "23", "28"), (CHECKING, ""))
    | dict.fromkeys(("s", "sav", "savings", "2", "32", "37", "33", "38"), (SAVINGS, ""))
    | {f"{holder} {kind}": (kind, holder) for holder in ("personal", "business") for kind in (CHECKING, SAVINGS)}
)
PRENOTE_CODES: Final = frozenset(("23", "28", "33", "38"))
_NO_BLANKS: Final = {ord(blank): None for blank in " \t\r\n\v\f"}
_NO_HYPHENS: Final = _NO_BLANKS | {ord("-"): None}


def kind_of(text: str) -> Kind | None:
    """The kind of method a word stands for."""
    return _KINDS.get(text)


class Routing(NamedTuple):
    """A routing number as it is written, without spaces and hyphens, as it is taken, and what is to be said of it."""

    written: str
    number: str
    code: str | None = None


@lru_cache(maxsize=20_000)
def routing_number(cell: str) -> Routing:
    """The routing number: right, repaired (W311, C212), or wrong (R121, R122)."""
    digits = cell.translate(_NO_HYPHENS)
    if _EIGHT_DIGITS.fullmatch(digits):
        return _repaired(digits)
    if not _ROUTING.fullmatch(digits):
        return Routing(digits, digits, "R121")
    return Routing(digits, digits, None if _is_right(digits) else "R122")


def _repaired(digits: str) -> Routing:
    """Eight digits: a spreadsheet took the leading zero, or the export left out the check digit."""
    if digits[0] != "0" and _is_right("0" + digits):
        return Routing(digits, "0" + digits, "W311")
    if digits[:2] in _PREFIXES:
        return Routing(digits, digits + rtn.calc_check_digit(digits), "C212")
    return Routing(digits, digits, "R121")


def _is_right(digits: str) -> bool:
    return digits[:2] in _PREFIXES and bool(rtn.calc_check_digit(digits[:8]) == digits[8])


def bank_account(cell: str, routing: Routing) -> tuple[str, str | None]:
    """The account number without spaces, and what is wrong with it."""
    number = cell if cell.isalnum() else cell.translate(_NO_BLANKS)
    usable = (
        _BANK_ACCOUNT.fullmatch(number)
        and not ("-" in number and SCIENTIFIC.fullmatch(number))
        and number not in (routing.written, routing.number)
    )
    return number, None if usable else "R123"


def account_type(text: str) -> tuple[str, str] | None:
    """Type of account and of holder for a word."""
    return _TYPES.get(text)


def is_token(cell: str) -> bool:
    """Whether the cell may be a token of a vault."""
    return _TOKEN.fullmatch(cell) is not None


_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WRITTEN_EXPIRY: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<month>[0-9]{1,2})[/-](?P<year>[0-9]{4}|[0-9]{2})",
        r"(?P<year>1[3-9]|[2-9][0-9])(?P<month>[0-9]{2})",
        r"(?P<month>[0-9]{1,2})(?P<year>[0-9]{2})",
        r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?",
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})",
        rf"(?P<year>[0-9]{{2}})-(?P<name>{'|'.join(_MONTHS)})",
        rf"(?P<name>{'|'.join(_MONTHS)})-(?P<year>[0-9]{{2}})",
    )
)


@lru_cache(maxsize=5_000)
def expiry(cell: str) -> tuple[int, int] | None:
    """Year and month of a card's expiry."""
    for pattern in _WRITTEN_EXPIRY:
        match = pattern.fullmatch(cell)
        if match is None:
            continue
        parts = match.groupdict()
        if parts.get("day") and not _is_day(parts["year"], parts["month"], parts["day"]):
            return None
        month = _MONTHS.index(parts["name"].lower()) + 1 if parts.get("name") else int(parts["month"])
        return _year_and_month(parts["year"], month)
    return None


def expiry_of_columns(month: str, year: str) -> tuple[int, int] | None:
    """Year and month from two columns."""
    if not (re.fullmatch(r"[0-9]{1,2}", month) and re.fullmatch(r"[0-9]{2}|[0-9]{4}", year)):
        return None
    return _year_and_month(year, int(month))


def last_day(year: int, month: int) -> date:
    """The last day on which a card is valid."""
    return date(year, month, monthrange(year, month)[1])


def _year_and_month(year: str, month: int) -> tuple[int, int] | None:
    full = int(year) + (2000 if len(year) == len("YY") else 0)
    return (full, month) if full > 0 and 0 < month <= len(_MONTHS) else None


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def last_four(cell: str) -> str:
    """The last digits of a card as they are kept; zeros a spreadsheet lost are put back, masks fall away."""
    digits = "".join(re.findall(r"[0-9]", cell))[-4:]
    return digits.rjust(4, "0") if digits else ""
