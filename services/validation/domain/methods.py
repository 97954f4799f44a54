"""Payment methods: bank accounts and cards, as cells describe them."""

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from stdnum.us import rtn

from services.validation.domain.values import MONTH_NAMES, month_of, read_date
from shared.contracts.account_number import SCIENTIFIC
from shared.contracts.lexicon import NOT_A_NUMBER, word_key

ACH: Final = "ach"
CARD: Final = "card"

_PREFIXES: Final = frozenset(f"{number:02}" for number in (*range(1, 13), *range(21, 33), *range(61, 73)))
_ROUTING = re.compile(r"[0-9]{9}")
_EIGHT_DIGITS = re.compile(r"[0-9]{8}")
_BANK_ACCOUNT = re.compile(r"(?=[^1-9]*[1-9])[A-Za-z0-9-]{4,17}")
# With the signs of vaults: "ccof:…", "profile|payment", base64.
_TOKEN = re.compile(r"[A-Za-z0-9_:|+/=.-]{6,128}|[0-9]{5}")
_MASK: Final = re.compile(r"[xX*#\u2022. -]+")
_HIDDEN: Final = re.compile(r"[xX*#\u2022.]{2}")
_MASKED_INSIDE: Final = re.compile(r"[0-9]{1,6}[xX*#\u2022]{2,}[0-9]{0,4}")
_SHORT_MASK: Final = re.compile(r"[xX][0-9]{4}")
_MOST_SHOWN: Final = 6
_LEADING_WORD = re.compile(r"[A-Za-z]{4}")
_DIGITS = re.compile(r"[0-9-]+")
_LONGEST: Final = 128
_REPEATED = re.compile(r"([0-9])\1{5,}")
_COUNTING = "01234567890"
_FEWEST_COUNTED = 9
_MONTHS_A_YEAR: Final = 12
_NO_BLANKS: Final = {ord(blank): None for blank in " \t\r\n\v\f"}
_NO_HYPHENS: Final = _NO_BLANKS | {ord("-"): None}


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
    """The account number without spaces, and what is wrong with it: no number (R123), or a stand-in for one (R128)."""
    number = cell if cell.isalnum() else cell.translate(_NO_BLANKS)
    if is_masked(cell) or _is_filler(number):
        return number, "R128"
    usable = (
        _BANK_ACCOUNT.fullmatch(number)
        and not ("-" in number and SCIENTIFIC.fullmatch(number))
        and number not in (routing.written, routing.number)
    )
    return number, None if usable else "R123"


def is_masked(cell: str) -> bool:
    """Whether most of the number is hidden, as in XXXXXX6789."""
    if len(cell) > _LONGEST:
        return False
    if _SHORT_MASK.fullmatch(cell) or _MASKED_INSIDE.fullmatch(cell):
        return True
    mask = cell.rstrip("0123456789")
    hides = _MASK.fullmatch(mask) and _HIDDEN.search(mask)
    return bool(hides) and len(cell) - len(mask) <= _MOST_SHOWN


def _is_filler(number: str) -> bool:
    """Whether somebody typed something for the sake of it: one digit again and again, digits in order, a word."""
    if number.isdigit():
        counted = len(number) >= _FEWEST_COUNTED and (number in _COUNTING or number[::-1] in _COUNTING)
        return counted or (number.strip("0") != "" and _REPEATED.fullmatch(number) is not None)
    return bool(_LEADING_WORD.match(number)) and word_key(_DIGITS.sub("", number)) in NOT_A_NUMBER


def token_problem(cell: str) -> str | None:
    """What is wrong with the token of a vault: it is none (R125), or a stand-in for one (R128)."""
    if is_masked(cell) or (cell.isalpha() and word_key(cell) in NOT_A_NUMBER):
        return "R128"
    return None if _TOKEN.fullmatch(cell) and not SCIENTIFIC.fullmatch(cell) else "R125"


_WRITTEN_EXPIRY: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<month>[0-9]{1,2}) ?[/-] ?(?P<year>[0-9]{4}|[0-9]{2})",
        r"(?P<year>1[3-9]|[2-9][0-9])(?P<month>[0-9]{2})",
        r"(?P<month>[0-9]{1,2})(?P<year>[0-9]{2})",
        r"(?P<month>0[1-9]|1[0-2])(?P<year>20[0-9]{2})",
        r"(?P<year>[0-9]{4}) ?[/-] ?(?P<month>[0-9]{2})",
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})",
        r"(?P<year>[0-9]{2})-(?P<name>[a-z]{3})",
        r"(?P<name>[a-z]{3,9})[- ](?P<year>[0-9]{4}|[0-9]{2})",
    )
)
_MONTH_NAME: Final = re.compile(MONTH_NAMES, re.IGNORECASE)


@lru_cache(maxsize=5_000)
def expiry(cell: str) -> tuple[int, int] | None:
    """Year and month of a card's expiry, also from a date."""
    for pattern in _WRITTEN_EXPIRY:
        match = pattern.fullmatch(cell)
        if match is None:
            continue
        parts = match.groupdict()
        name = parts.get("name")
        if name and not _MONTH_NAME.fullmatch(name):
            return None
        return _year_and_month(parts["year"], month_of(name) if name else int(parts["month"]))
    day = read_date(cell)
    return (day.year, day.month) if day else None


def expiry_of_columns(month: str, year: str) -> tuple[int, int] | None:
    """Year and month from two columns; the month may be a name, and scripts put ".0" behind numbers."""
    month, year = month.removesuffix(".0"), year.removesuffix(".0")
    if not re.fullmatch(r"[0-9]{2}|[0-9]{4}", year):
        return None
    if _MONTH_NAME.fullmatch(month):
        return _year_and_month(year, month_of(month))
    return _year_and_month(year, int(month)) if re.fullmatch(r"[0-9]{1,2}", month) else None


def last_day(year: int, month: int) -> date:
    """The last day on which a card is valid."""
    return date(year, month, monthrange(year, month)[1])


def _year_and_month(year: str, month: int) -> tuple[int, int] | None:
    full = int(year) + (2000 if len(year) == len("YY") else 0)
    return (full, month) if full > 0 and 0 < month <= _MONTHS_A_YEAR else None


def last_four(cell: str) -> str:
    """The last digits of a card as they are kept; zeros a spreadsheet lost are put back, masks fall away."""
    digits = "".join(re.findall(r"[0-9]", cell))[-4:]
    return digits.rjust(4, "0") if digits else ""
