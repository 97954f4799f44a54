"""How many are many."""

from typing import Final

_FEW: Final = 10
_TENTH: Final = 10


def is_much(count: int, rows: int) -> bool:
    """More than a tenth, and not just a few."""
    return count >= _FEW and count * _TENTH > rows
