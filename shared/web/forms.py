"""What people type into forms and addresses, as values that can be stored."""

from typing import Final

from shared.contracts.contract import LARGEST_INT4

_MOST_DIGITS: Final = 19  # of any number that is stored; Python refuses to read thousands of them


def is_storable(text: str) -> bool:
    """Whether the text can be written: it holds no NUL, and no half of a character, which some codecs give."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def whole_number(text: str, largest: int = LARGEST_INT4) -> int | None:
    """The number that the text is; None where it is none, or too large for its column."""
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        return None
    number = int(text)
    return number if number <= largest else None
