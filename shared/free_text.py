"""What people write by hand and the product keeps and shows: reasons, names, notes."""

import unicodedata
from typing import Final

from shared.csvfile import secret_in_text
from shared.errors import Invalid

_LINES: Final = frozenset("\t\r\n")
_ORDERS: Final = frozenset(("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"))


def refuse_secrets(place: str, text: str) -> None:
    """Raises Invalid, F008."""
    if found := secret_in_text(text):
        raise Invalid("F008", f"The text contains {found}", place, "Remove it")


def refuse_unreadable(place: str, text: str) -> None:
    """Raises Invalid where a sign controls a terminal, or shows the others in an order that is not theirs."""
    if any(map(_is_unreadable, text)):
        words = "The text contains control characters, or characters that reverse its direction"
        raise Invalid("text_unreadable", words, place, "Remove them, or enter the text by hand")


def is_blank(text: str) -> bool:
    """Whether nobody sees anything of it."""
    return not any(sign.isprintable() and not sign.isspace() for sign in text)


def _is_unreadable(sign: str) -> bool:
    is_control = unicodedata.category(sign) == "Cc" and sign not in _LINES
    return is_control or unicodedata.bidirectional(sign) in _ORDERS
