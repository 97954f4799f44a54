"""Dates and amounts, in the ways that exports write them."""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from shared.contracts.lexicon import LAST_DAY, NO_LIMIT, NO_OWN_TERMS, word_key

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH_NAMES: Final = (
    "january|february|march|april|may|june|july|august|september|october|november|december|sept|" + "|".join(_MONTHS)
)
_TIME: Final = (
    # With dots instead of colons as Oracle writes it, and DB2 with a hyphen before it.
    r"(?:[T -] ?[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2}(?:[.,][0-9]{1,9})?)?(?: ?[AaPp]\.?[Mm]\.?)?"
    r"(?: ?(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2}))?)?"
)
_NUMBERS: Final = re.compile(
    r"(?P<month>[0-9]{1,2})(?P<between>[-/.])(?P<day>[0-9]{1,2})(?P=between)(?P<year>[0-9]{4}|[0-9]{2})" + _TIME,
    re.IGNORECASE,
)
# A year in front would have a month of 19 or 20.
_SOLID: Final = re.compile(r"(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?P<year>(?:19|20)[0-9]{2})" + _TIME, re.IGNORECASE)
_DATES: Final = tuple(
    re.compile(pattern + _TIME, re.IGNORECASE)
    for pattern in (
        r"(?P<year>[0-9]{4})(?P<between>[-/.])(?P<month>[0-9]{1,2})(?P=between)(?P<day>[0-9]{1,2})",
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
        rf"(?P<day>[0-9]{{1,2}})(?P<between>[- ])(?P<name>{MONTH_NAMES})\.?(?P=between)(?P<year>[0-9]{{4}}|[0-9]{{2}})",
        rf"(?P<name>{MONTH_NAMES})\.? {{1,2}}(?P<day>[0-9]{{1,2}}),? (?P<year>[0-9]{{4}})",
        rf"(?P<day>[0-9]{{2}})(?P<name>{MONTH_NAMES})(?P<year>[0-9]{{4}})",
    )
)
_LONGEST_DATE: Final = 40
# As AS/400 stores them: centuries since 1900, year, month, day. MDDYYYY has a 19 or 20 where the month is.
_PACKED: Final = re.compile(r"([01]?)([0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])")
WHOLE_PACKED: Final = 7  # digits; programs drop a first 0
# What systems store that know no empty date: their first, their last, and the day from which they count.
_FIRST_DAY: Final = date(1980, 1, 1)  # of DOS; those of Unix, spreadsheets and databases are before it
_LAST_YEAR: Final = 2900
_NO_DAY: Final = re.compile(
    r"(?:0{1,4}[-/]0{1,2}[-/]0{1,4}|0|0{6,8}|0?1/0?0/1900|(?:99|9999)[-/]99[-/]99|99[-/]99[-/]9999|9{6,8}"
    r"|[-/.] *[-/.])" + _TIME  # dBase writes its empty dates so
)
_DOTTED: Final = re.compile(r"([0-9]{1,4})\.([0-9]{1,2})\.([0-9]{1,4})")
_PIVOT: Final = 69  # as in POSIX: 69 is 1969, 68 is 2068

# With the four decimals that databases give their type for money.
_AMOUNT = re.compile(
    r"(?:\$|USD)?\s?([0-9]{1,10}|[0-9]{1,3}(?:,[0-9]{3}){1,3}|(?=\.[0-9]))(\.(?:[0-9]{1,2}|[0-9]{2}00)?)?(?: ?USD)?",
    re.IGNORECASE,
)
_NOTHING = re.compile(r"\$ {0,9}(?:-|--|\u2013|\u2014)")  # as accounting formats show 0
_PAY_DAY = re.compile(r"(0?[0-9]|[12][0-9]|3[01])(?:st|nd|rd|th|\.0)?", re.IGNORECASE)
_LAST_DAY: Final = 31
_LARGEST = Decimal(10_000_000_000)


def month_of(name: str) -> int:
    """The number of a month from its name, whole or cut to three letters."""
    return _MONTHS.index(name[:3].lower()) + 1


def read_date(text: str, *, day_first: bool = False) -> date | None:
    """The day, in American order or with the day before the month, with or without a time behind it.

    None where the cell is no date. Names of months and years of four digits in front say the order themselves.
    """
    return None if len(text) > _LONGEST_DATE else _read(text, day_first)


@lru_cache(maxsize=20_000)
def _read(text: str, day_first: bool) -> date | None:
    if match := _in_doubt(text):
        parts = match.groupdict()
        return _day(parts | {"month": parts["day"], "day": parts["month"]} if day_first else parts)
    for pattern in _DATES:
        if match := pattern.fullmatch(text):
            return _day(match.groupdict())
    return None


def unpacked_date(text: str) -> str | None:
    """The day of a number such as 1260315 (2026-03-15) or 991231, as YYYY-MM-DD; None where it is none."""
    match = _PACKED.fullmatch(text)
    if match is None:
        return None
    century, year, month, day = match.groups()
    try:
        return date(1900 + 100 * int(century or 0) + int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def numbers_of_date(text: str) -> tuple[int, int] | None:
    """The first two numbers of a date like 5/12/2026, of which either may be the month; None for all others."""
    match = None if len(text) > _LONGEST_DATE else _in_doubt(text)
    return (int(match["month"]), int(match["day"])) if match else None


def is_dotted(text: str) -> bool:
    """Whether dots part the numbers of a date such as 5.12.2026."""
    return _DOTTED.match(text) is not None


def _in_doubt(text: str) -> re.Match[str] | None:
    """A date in numbers of which either of the first two may be the month."""
    return _NUMBERS.fullmatch(text) or _SOLID.fullmatch(text)


def means_no_date(text: str) -> bool:
    """Whether the cell holds what old systems store where there is no date, such as 0000-00-00 or 12/31/9999."""
    if dotted := _DOTTED.match(text[:_LONGEST_DATE]):
        text = "/".join(dotted.groups()) + text[dotted.end() :]
    if len(text) <= _LONGEST_DATE and _NO_DAY.fullmatch(text):
        return True
    day = read_date(text) or read_date(text, day_first=True)
    return day is not None and (day <= _FIRST_DAY or day.year >= _LAST_YEAR)


def read_amount(text: str) -> Decimal | None:
    """An amount of money, which may be 0; None where it is none."""
    if _NOTHING.fullmatch(text):
        return Decimal(0)
    match = _AMOUNT.fullmatch(text)
    if match is None:
        return None
    amount = Decimal("0" + match[1].replace(",", "") + (match[2] or ""))
    return amount if amount < _LARGEST else None


def read_own_amount(text: str) -> Decimal | None:
    """The same; 0 where words say that the biller's terms apply."""
    return Decimal(0) if word_key(text) in NO_OWN_TERMS else read_amount(text)


def read_limit(text: str) -> Decimal | None:
    """A highest amount; 0 where there is none."""
    return Decimal(0) if not text or word_key(text) in NO_LIMIT else read_amount(text)


def read_pay_day(text: str) -> int | None:
    """A day of the month; 0 where there is none of the customer's own; None where it cannot be read."""
    key = word_key(text)
    if key in NO_OWN_TERMS:
        return 0
    if key in LAST_DAY:
        return _LAST_DAY
    match = _PAY_DAY.fullmatch(text)
    return int(match[1]) if match else None


def _day(parts: dict[str, str | None]) -> date | None:
    year, day = int(parts["year"] or 0), int(parts["day"] or 0)
    if len(parts["year"] or "") == len("YY"):
        year += 1900 if year >= _PIVOT else 2000
    name = parts.get("name")
    try:
        return date(year, month_of(name) if name else int(parts["month"] or 0), day)
    except ValueError:
        return None
