"""What people write by hand and the product keeps and shows: reasons, names, notes."""

from shared.csvfile import secret_in_text
from shared.errors import Invalid


def refuse_secrets(place: str, text: str) -> None:
    """Raises Invalid, F008."""
    if found := secret_in_text(text):
        raise Invalid("F008", f"The text contains {found}", place, "Remove it")
