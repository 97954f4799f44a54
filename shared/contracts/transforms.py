"""What each transform of a definition does to a cell: one meaning for the preview and for the check."""

import re
from collections.abc import Callable
from typing import Final

from shared.contracts.definition import (
    DigitsOnly,
    DropLast,
    PadLeft,
    Remove,
    Replace,
    StripLeadingZeros,
    TakeFirst,
    TakeLast,
    Transform,
    Trim,
    Upper,
)

Change = Callable[[str], str]

_NOT_DIGITS: Final = re.compile(r"[^0-9]+")
_UPPER_ASCII: Final = {ord(letter): letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"}


def change_of(transform: Transform) -> Change:  # noqa: C901, PLR0911 - a line for each member of a closed union
    """The function that does one transform."""
    match transform:
        case Trim():
            return str.strip
        case Upper():
            return lambda text: text.upper() if text.isascii() else text.translate(_UPPER_ASCII)
        case DigitsOnly():
            return lambda text: _NOT_DIGITS.sub("", text)
        case Remove(characters=characters):
            table = dict.fromkeys(map(ord, characters))
            return lambda text: text.translate(table)
        case StripLeadingZeros():
            return lambda text: text.lstrip("0")
        case PadLeft(length=length):
            return lambda text: text.rjust(length, "0")
        case TakeFirst(count=count):
            return lambda text: text[:count]
        case TakeLast(count=count):
            return lambda text: text[-count:]
        case DropLast(count=count):
            return lambda text: text[:-count]
        case Replace(old=old, new=new):
            return lambda text: text.replace(old, new)
