"""Payment methods: bank accounts and cards, as cells describe them."""

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from stdnum.us import rtn

from services.validation.domain.stand_ins import (
    hides_card,
    is_filler,
    is_masked,
    is_remainder,
    is_stand_in,
    shows_last_digits,
)
from services.validation.domain.values import MONTH_NAMES, month_of, read_date
from shared.contracts.account_number import DAMAGED

ACH: Final = "ach"
CARD: Final = "card"

_PREFIXES: Final = frozenset(f"{number:02}" for number in (*range(1, 13), *range(21, 33), *range(61, 73)))
_ROUTING = re.compile(r"[0-9]{9}")
_EIGHT_DIGITS = re.compile(r"[0-9]{8}")
_ROUTING_LABEL = re.compile(
    r"\A(?:(?:(?:aba|rtn|rt|r/t|routing|transit|no|nbr|num|number)(?:[ .:#/-]+|(?=[0-9])))+|# ?)(?=[0-9])",
    re.IGNORECASE,
)
_ACCOUNT_LABEL = re.compile(
    r"\A(?:(?:bank )?(?:acct|account|a/c)(?: ?(?:no|nbr|num|number))?[ .:#-]*|# ?)(?=[0-9](?:[ -]?[0-9]){6,}$)",
    re.IGNORECASE,
)
_BANK_ACCOUNT = re.compile(r"(?=[^1-9]*[1-9])[A-Za-z0-9-]{4,17}")
# Digits in groups. A few letters may stand before them and fewer behind or between, as the kind of an account.
_GROUPED = re.compile(
    r"(?:(?!xx)[a-z]{1,3}-?|[a-z]{4}(?=[0-9]{7}))?[0-9]+"
    r"(?:(?:[ \t\r\n\v\f-]+|-?[a-z]{1,2}-?)[0-9]+)*(?:-?[a-z]{1,2})?",
    re.IGNORECASE,
)
# A letter typed or read for a digit; the kind of an account has others.
_LOOK_ALIKE = re.compile(r"[0-9][OoIl](?=[0-9]|$)")
_TWO_NUMBERS = re.compile(r"(?:^|[^0-9])[0-9]{6,}[ \t\r\n\v\f]+[0-9]{6}")
_DAY = re.compile(r"(?:19|20)[0-9]{2}-[01]?[0-9]-[0-3]?[0-9]|[0-3]?[0-9]-[0-3]?[0-9]-(?:19|20)[0-9]{2}")
# With the signs of vaults: "ccof:…", "profile|payment", base64.
_TOKEN = re.compile(r"[A-Za-z0-9_:|+/=.-]{6,128}|[0-9]{5}")
_WITHOUT_CHECK_DIGIT: Final = 8
_COUNTED: Final = "12345678"
_MONTHS_A_YEAR: Final = 12
_LAST_YEAR: Final = 2090  # 99 and 9999 stand for no expiry
_NO_BLANKS: Final = {ord(blank): None for blank in " \t\r\n\v\f"}
_NO_HYPHENS: Final = _NO_BLANKS | {ord("-"): None}


class Routing(NamedTuple):
    """A routing number as it is written, without spaces and hyphens, as it is taken, and what is to be said of it."""

    written: str
    number: str
    code: str | None = None


@lru_cache(maxsize=20_000)
def routing_number(cell: str) -> Routing:
    """The routing number: right, repaired (W311, C212), wrong (R121, R122), or a stand-in for one (R128)."""
    digits = _ROUTING_LABEL.sub("", cell, count=1).translate(_NO_HYPHENS) if not cell.isdigit() else cell
    if _is_typed(digits[:_WITHOUT_CHECK_DIGIT]) or is_masked(cell):
        return Routing(digits, digits, "R128")
    if _EIGHT_DIGITS.fullmatch(digits):
        return _repaired(digits)
    if not _ROUTING.fullmatch(digits):
        return Routing(digits, digits, "R121")
    return Routing(digits, digits, None if _is_right(digits) else "R122")


def _is_typed(digits: str) -> bool:
    """Whether the digits before the check digit were typed for the sake of it; some of these numbers are even right."""
    return digits == _COUNTED or is_filler(digits)


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
    is_plain = cell.isalnum()
    written = cell if is_plain and cell[:1].isdigit() else _ACCOUNT_LABEL.sub("", cell, count=1)
    number = written if is_plain else written.translate(_NO_BLANKS)
    if is_masked(written) or is_filler(number) or shows_last_digits(written):
        return number, "R128"
    if not written.isdigit() and not _is_one_number(written):
        return number, "R123" if DAMAGED.fullmatch(number) or not is_remainder(written) else "R128"
    is_usable = _BANK_ACCOUNT.fullmatch(number) and number not in (routing.written, routing.number)
    return number, None if is_usable else "R123"


def may_be_shown(account: str) -> bool:
    """Whether a stand-in is known to be nobody's name or number, so that a finding may show it whole."""
    return is_masked(account) or is_filler(account.translate(_NO_BLANKS)) or shows_last_digits(account)


def _is_one_number(cell: str) -> bool:
    """Whether signs that are no digits belong to the number: no words beside it, no second number, no day."""
    if not _GROUPED.fullmatch(cell) or _TWO_NUMBERS.search(cell) or _LOOK_ALIKE.search(cell):
        return False
    return not ("-" in cell and (DAMAGED.fullmatch(cell) or _DAY.fullmatch(cell)))


def token_problem(cell: str) -> str | None:
    """What is wrong with the token of a vault: it is none (R125), or a stand-in for one (R128)."""
    if is_stand_in(cell) or hides_card(cell):
        return "R128"
    return None if _TOKEN.fullmatch(cell) and not DAMAGED.fullmatch(cell) else "R125"


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
    return _year_and_month(f"{day.year:04}", day.month) if day else None


def expiry_of_columns(month: str, year: str) -> tuple[int, int] | None:
    """Year and month from two columns; the month may be a name, and scripts put ".0" behind numbers."""
    month, year = month.removesuffix(".0"), year.removesuffix(".0")
    if not re.fullmatch(r"[0-9]{2}|[0-9]{4}", year):
        return None
    if _MONTH_NAME.fullmatch(month):
        return _year_and_month(year, month_of(month))
    return _year_and_month(year, int(month)) if re.fullmatch(r"[0-9]{1,2}", month) else None


def last_day(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _year_and_month(year: str, month: int) -> tuple[int, int] | None:
    full = int(year) + (2000 if len(year) == len("YY") else 0)
    return (full, month) if 0 < full <= _LAST_YEAR and 0 < month <= _MONTHS_A_YEAR else None


def last_four(cell: str) -> str:
    """The last digits of a card as they are kept; zeros a spreadsheet lost are put back, masks fall away."""
    digits = "".join(re.findall(r"[0-9]", cell))[-4:]
    return digits.rjust(4, "0") if digits else ""
