"""What people write by hand and the product keeps and shows: reasons, names, cells."""

from shared.csvfile import find_card_in_text
from shared.errors import Invalid


def refuse_cards(place: str, text: str) -> None:
    """Raises Invalid, F008."""
    if find_card_in_text(text):
        raise Invalid("F008", "The text contains a card number or a security code", place, "Remove it")
