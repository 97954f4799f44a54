"""What people type into forms and addresses, as values that can be stored."""

from typing import Final

from starlette.datastructures import FormData

from shared.contracts.contract import LARGEST_INT4

_MOST_DIGITS: Final = 19  # of any number that is stored; Python refuses to read thousands of them


def is_storable(text: str) -> bool:
    """Whether the text can be written: it holds no NUL, and no half of a character, which some codecs give."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def text_in(form: FormData, name: str) -> str:
    """What was typed, without blanks around it; lines end with a line feed alone, as browsers count them."""
    return str(form.get(name, "")).replace("\r\n", "\n").strip()


def too_long(what: str, text: str, limit: int) -> str:
    """What is wrong with a text that has no room, with both numbers; empty where it has. Nothing is ever cut."""
    return "" if len(text) <= limit else f"{what} has {len(text):,} characters; at most {limit:,} fit"


def whole_number(text: str, largest: int = LARGEST_INT4) -> int | None:
    """The number that the text is; None where it is none, or too large for its column."""
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        return None
    number = int(text)
    return number if number <= largest else None
