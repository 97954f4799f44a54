"""What may be shown of the digits in a cell: the last four of all of them, whatever stands between."""

import re
from typing import Final

_SHOWN: Final = 4
_DOT: Final = "\u2022"
_DIGIT: Final = re.compile(r"\d")
_DAY: Final = re.compile(
    r"(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2}))"
    r"(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[AaPp][Mm])?)?"
)


def count_digits(text: str) -> int:
    """How many signs are a decimal digit, in Arabic or any other script."""
    return len(_DIGIT.findall(text))


def mask_digits(text: str) -> str:
    """The text with the last four of its digits, the others as dots. A day is shown as it is."""
    hidden = count_digits(text) - _SHOWN
    return text if hidden <= 0 or _DAY.fullmatch(text.strip()) else _DIGIT.sub(_DOT, text, count=hidden)
