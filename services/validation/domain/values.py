"""Dates, amounts and the words of flags."""

import re
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Final

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_AMERICAN = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_AMOUNT = re.compile(r"\$?\s?([0-9]{1,10}|[0-9]{1,3}(?:,[0-9]{3}){1,3})(\.[0-9]{1,2})?")
_PAY_DAY = re.compile(r"0?[0-9]|[12][0-9]|3[01]")
_LARGEST = Decimal(10_000_000_000)


class Flag(Enum):
    """What an enrolment flag says."""

    YES = "yes"
    PRENOTE = "prenote"
    NO = "no"
    BLANK = "blank"
    BOTH = "both"
    UNREADABLE = "unreadable"


_AUTOPAY_YES = "y yes 1 true t x on active approved enrolled"
_AUTOPAY_NO = "n no 0 false f off inactive revoked cancelled canceled stopped ended"
_PAPERLESS_YES = "y yes 1 true t x e email paperless ebill active enrolled"
_PAPERLESS_NO = "n no 0 false f p paper print mail inactive"
# The words that turn where a column says whether paper is wanted.
_REVERSED_NO = "y yes 1 true t x active enrolled"
_REVERSED_YES = "n no 0 false f inactive"


def _words(yes: str, no: str, **others: Flag) -> dict[str, Flag]:
    return dict.fromkeys(yes.split(), Flag.YES) | dict.fromkeys(no.split(), Flag.NO) | others | {"": Flag.BLANK}


AUTOPAY_FLAGS: Final = _words(_AUTOPAY_YES, _AUTOPAY_NO, prenote=Flag.PRENOTE, pending=Flag.PRENOTE)
PAPERLESS_FLAGS: Final = _words(_PAPERLESS_YES, _PAPERLESS_NO, b=Flag.BOTH, both=Flag.BOTH)
REVERSED_PAPERLESS_FLAGS: Final = PAPERLESS_FLAGS | _words(_REVERSED_YES, _REVERSED_NO)


@lru_cache(maxsize=20_000)
def word(text: str) -> str:
    """The text as words are compared: lower case, single blanks."""
    return " ".join(text.lower().split())


@lru_cache(maxsize=20_000)
def read_date(text: str) -> date | None:
    """YYYY-MM-DD, MM/DD/YYYY or M/D/YYYY; None where it is none of them."""
    try:
        if match := _ISO.fullmatch(text):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _AMERICAN.fullmatch(text):
            return date(int(match[3]), int(match[1]), int(match[2]))
    except ValueError:
        return None
    return None


def read_amount(text: str) -> Decimal | None:
    """An amount of money, which may be 0; None where it is none."""
    match = _AMOUNT.fullmatch(text)
    if match is None:
        return None
    amount = Decimal(match[1].replace(",", "") + (match[2] or ""))
    return amount if amount < _LARGEST else None


def read_pay_day(text: str) -> int | None:
    """A day of the month, or 0; None where it is neither."""
    return int(text) if _PAY_DAY.fullmatch(text) else None
