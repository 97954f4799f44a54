"""The terms of an autopay authorization: from when and until when, on which day, how much."""

from datetime import date
from itertools import compress
from typing import Final

from services.validation.domain.doubts import Doubts
from services.validation.domain.found import Found
from services.validation.domain.layout import Layout
from services.validation.domain.people import Cells
from services.validation.domain.samples import shortened
from services.validation.domain.values import read_limit, read_own_amount, read_pay_day
from shared.contracts.fields import FieldName
from shared.contracts.lexicon import word_key
from shared.contracts.usual_words import usual_words

_OWN: Final = ((FieldName.FIXED_AMOUNT, read_own_amount), (FieldName.PAY_DAY, read_pay_day))


class TermsReader:
    """Reads columns that hold days and amounts, or words in their place."""

    def __init__(self, layout: Layout, doubts: Doubts, today: date) -> None:
        self._layout = layout
        self._doubts = doubts
        self._today = today

    def start_dates(self, cells: Cells, count: int, found: Found) -> list[str]:
        column = self._dates(FieldName.START_DATE, cells, count, found)
        return self._doubts.dates.written(FieldName.START_DATE, column, found) or [""] * count

    def end_dates(self, cells: Cells, count: int, found: Found) -> list[str]:
        """ISO dates; a day that is past ends its row."""
        column = self._dates(FieldName.END_DATE, cells, count, found)
        if not any(column):
            return column
        column = self._doubts.dates.unpacked(FieldName.END_DATE, column)
        days = self._doubts.dates.days(FieldName.END_DATE, column, found)
        unreadable = {cell for cell, day in days.items() if day is None and self._doubts.dates.is_unreadable(cell)}
        for index, cell in enumerate(column):
            day = days[cell]
            if cell in unreadable:
                found.end(index, "R145")
                found.samples.note("R145", shortened(cell))
            elif day is not None and day < self._today:
                found.end(index, "S403")
            elif day is not None:
                found.add(index, "C214")
        written = {cell: day.isoformat() if day else "" for cell, day in days.items()}
        return list(map(written.__getitem__, column))

    def limits(self, cells: Cells, count: int, found: Found) -> list[str]:
        column = self._without_unknown(FieldName.MAX_AMOUNT, cells, count, found)
        read = {cell: read_limit(cell) for cell in set(column)}
        amounts = {cell: str(amount or "") for cell, amount in read.items()}
        unreadable = {cell for cell, amount in read.items() if amount is None}
        for index in compress(range(count), map(unreadable.__contains__, column)) if unreadable else ():
            found.add_shown(index, "R145", column[index])
        return list(map(amounts.__getitem__, column))

    def look_at_own(self, cells: Cells, count: int, found: Found) -> None:
        """Amounts and days of the customers' own cannot be carried over (C213)."""
        for field, read in _OWN:
            column = self._without_unknown(field, cells, count, found)
            terms = {cell: read(cell) if cell else 0 for cell in set(column)}
            if not any(value != 0 for value in terms.values()):
                continue
            for index, value in enumerate(map(terms.__getitem__, column)):
                if value is None:
                    found.add_shown(index, "R145", column[index])
                elif value > 0:
                    found.add(index, "C213")

    def _dates(self, field: FieldName, cells: Cells, count: int, found: Found) -> list[str]:
        column = self._without_unknown(field, cells, count, found)
        return _blanked(column, {cell for cell in set(column) if word_key(cell) in usual_words(field)})

    def _without_unknown(self, field: FieldName, cells: Cells, count: int, found: Found) -> list[str]:
        """The column; blank where it has a word that nobody knows (C242)."""
        column = self._layout.filled(cells, field, count)
        unknown = {cell for cell in set(column) if _is_word(cell) and word_key(cell) not in usual_words(field)}
        for index in compress(range(count), map(unknown.__contains__, column)) if unknown else ():
            self._doubts.words.ask(index, field, column[index], found)
        return _blanked(column, unknown)


def _is_word(cell: str) -> bool:
    """Where a day or an amount is expected; what has digits is one that cannot be read."""
    return any(map(str.isalpha, cell)) and not any(map(str.isdigit, cell))


def _blanked(column: list[str], cells: set[str]) -> list[str]:
    return ["" if cell in cells else cell for cell in column] if cells else column
