"""What each transform of a definition does to a cell, and what it is called: one meaning for preview and check."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
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
    TakePart,
    Transform,
    Trim,
    Upper,
)

Change = Callable[[str], str]

_NOT_DIGITS: Final = re.compile(r"[^0-9]+")
_UPPER_ASCII: Final = {ord(letter): letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"}


def change_of(transform: Transform) -> Change:  # noqa: C901, PLR0911 - a line for each member of a closed union
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
        case TakePart(number=number, separator=separator):
            return lambda text: _part(text, number, separator)
        case Replace(old=old, new=new):
            return lambda text: text.replace(old, new)


def _part(text: str, number: int, separator: str) -> str:
    """Blank where the text has fewer parts, which makes the account number blank (R101)."""
    parts = text.split(separator, number)
    return parts[number - 1] if number <= len(parts) else ""


class TransformKind(StrEnum):
    """The transforms by the name that stands under ``do``, in the order in which they are offered."""

    TRIM = "trim"
    UPPER = "upper"
    DIGITS_ONLY = "digits_only"
    STRIP_LEADING_ZEROS = "strip_leading_zeros"
    PAD_LEFT = "pad_left"
    TAKE_FIRST = "take_first"
    TAKE_LAST = "take_last"
    DROP_LAST = "drop_last"
    TAKE_PART = "take_part"
    REMOVE = "remove"
    REPLACE = "replace"

    @property
    def label(self) -> str:
        return _WORDS[self][0]


_WORDS: Final[Mapping[TransformKind, tuple[str, str]]] = {
    TransformKind.TRIM: ("trim spaces", "trim spaces"),
    TransformKind.UPPER: ("uppercase", "uppercase"),
    TransformKind.DIGITS_ONLY: ("digits only", "digits only"),
    TransformKind.STRIP_LEADING_ZEROS: ("drop leading zeros", "drop leading zeros"),
    TransformKind.PAD_LEFT: ("pad with zeros to this many digits", "pad to {length} digits"),
    TransformKind.TAKE_FIRST: ("keep this many first characters", "keep first {count}"),
    TransformKind.TAKE_LAST: ("keep this many last characters", "keep last {count}"),
    TransformKind.DROP_LAST: ("drop this many last characters", "drop last {count}"),
    TransformKind.TAKE_PART: ("keep this part between separators", "part {number} between {separator}"),
    TransformKind.REMOVE: ("remove these characters", "remove {characters}"),
    TransformKind.REPLACE: ("replace this text", "{old} → {new}"),
}


def words_of(transform: Transform) -> str:
    values = transform.model_dump()
    kind = TransformKind(values.pop("do"))
    if not values.get("separator", "-").strip():
        values["separator"] = "blanks"
    return _WORDS[kind][1].format(**values | {"new": values.get("new") or "nothing"})
