"""Whether what makes the account numbers of a file looks like the numbers of bank accounts (F021)."""

import re
from collections.abc import Collection, Sequence
from typing import Final

from services.validation.domain.methods import routing_number
from shared.csvfile import clean_cell

_DIGITS: Final = re.compile(r"[0-9]{4,17}")
_FEWEST: Final = 3  # of fewer cells nothing can be told
_RIGHT: Final = frozenset((None, "W311"))


def looks_like_bank_accounts(
    columns: Sequence[Sequence[str]], account_columns: Sequence[int], may_be_routing: Collection[int]
) -> bool:
    """Whether one column of plain numbers makes the account numbers, with routing numbers in another beside it."""
    beside = [place for place in may_be_routing if place not in account_columns]
    if len(account_columns) != 1 or not beside:
        return False
    numbers = _filled(columns[account_columns[0]])
    if len(numbers) < _FEWEST or sum(map(_is_number, numbers)) * 10 < len(numbers) * 9:
        return False
    return any(_are_routing(_filled(columns[place])) for place in beside)


def _filled(cells: Sequence[str]) -> list[str]:
    return [cell for cell, _ in map(clean_cell, cells) if cell]


def _is_number(cell: str) -> bool:
    return _DIGITS.fullmatch(cell.replace(" ", "").replace("-", "")) is not None


def _are_routing(cells: Sequence[str]) -> bool:
    return len(cells) >= _FEWEST and sum(routing_number(cell).code in _RIGHT for cell in cells) * 2 > len(cells)
