"""What was typed into cells, judged like a file that is uploaded: bank accounts are not for everybody."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from services.mapping.corrections import Columns, CorrectedRow, Correction
from services.mapping.suggestions.columns import Column, bank_numbers_beside_routing, columns_of, holds_bank_data
from services.mapping.usecases.access import deny
from shared.contracts.codes import CODES
from shared.contracts.log_columns import mask_number
from shared.contracts.rights import Right, may_see_bank_accounts
from shared.csvfile import BankWatch, find_card_in_text, find_card_number
from shared.errors import Invalid

_FEWEST: Final = 3
_SOLID: Final = re.compile(r"[0-9]{9}")


@dataclass(slots=True)
class Typed:
    """The corrected cells of a file, column by column."""

    columns: Columns
    _cells: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, row: CorrectedRow) -> None:
        """Raises Invalid where a cell holds a card number or its security code."""
        for one in row.corrections:
            cell = row.cells[one.place]
            finds = find_card_number if one.place in self.columns.accounts else find_card_in_text
            if finds(cell):
                words = f"The new value of “{one.column}” on line {one.line} is a card number or holds a security code"
                raise Invalid("F008", words, "cells", CODES["F008"].remedy)
            self._cells[row.line][one.place] = cell

    def bank_columns(self) -> frozenset[int]:
        """Where bank accounts were typed, as far as the cells tell; the check looks at the whole file."""
        rows = [[cells.get(place, "") for place in range(len(self.columns.header))] for cells in self._cells.values()]
        if not rows:
            return frozenset()
        watch = BankWatch(self.columns.accounts)
        watch.look([list(column) for column in zip(*rows, strict=True)])
        # The biller's account numbers may look like routing numbers, one of them by chance.
        known = [["" if place in self.columns.accounts else cell for place, cell in enumerate(row)] for row in rows]
        seen = columns_of(self.columns.header, known)
        typed = {place for cells in self._cells.values() for place in cells}
        routing = {place for place in typed if _lists_routing(seen[place])}
        return frozenset(watch.found) | routing | bank_numbers_beside_routing(seen)


async def require_bank_right(typed: Typed, right: Right) -> frozenset[int]:
    """Where bank accounts were typed; refused as when the file is uploaded to who may not see them."""
    banks = await asyncio.to_thread(typed.bank_columns)
    if banks and not may_see_bank_accounts(right):
        deny("cells")
    return banks


def _lists_routing(column: Column) -> bool:
    """Few cells count only as plain numbers of nine digits: days and ZIP codes have the right check digit by chance."""
    is_enough = len(column.filled) >= _FEWEST or all(map(_SOLID.fullmatch, column.filled))
    return is_enough and holds_bank_data([column])


def masked(corrections: Sequence[Correction], bank_columns: frozenset[int]) -> list[Correction]:
    return [
        replace(one, before=mask_number(one.before), after=mask_number(one.after)) if one.place in bank_columns else one
        for one in corrections
    ]
