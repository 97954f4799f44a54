"""Columns of dates. Each cell is read in American order; the column tells where that is in doubt (rules 2, C244)."""

from array import array
from collections.abc import Iterator, MutableSequence, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import compress, count
from typing import Final

from services.validation.domain.found import Found
from services.validation.domain.values import means_no_date, numbers_of_date, read_date
from shared.contracts.fields import FieldName

DAY_FIRST: Final = "day_first"
_MONTHS: Final = 12
# Of so many dates by chance one has a day above 12, unless all of them are the same day of the month.
_ENOUGH: Final = 5


@dataclass(slots=True)
class _Column:
    """What the numbers of a column's dates say of their order."""

    day_first: int = 0  # cells whose first number can be no month
    month_first: int = 0
    either: MutableSequence[int] = field(
        default_factory=lambda: array("I")
    )  # lines whose date can be read in both ways
    firsts: set[int] = field(default_factory=set)
    seconds: set[int] = field(default_factory=set)

    @property
    def is_in_doubt(self) -> bool:
        """Whether a day may stand before its month."""
        if self.day_first:
            return True
        varies = len(self.firsts) > 1 and len(self.seconds) > 1
        return not self.month_first and varies and len(self.either) >= _ENOUGH


class DateReader:
    """Reads the dates of one file, batch by batch. ``choice`` is the answer to C244."""

    def __init__(self, choice: str | None) -> None:
        self._is_day_first = choice == DAY_FIRST
        self._is_chosen = choice in (DAY_FIRST, "month_first")
        self._columns: dict[FieldName, _Column] = {}
        self._lines: Sequence[int] = ()

    def begin(self, lines: Sequence[int]) -> None:
        """The next batch; ``lines`` are the lines of its rows."""
        self._lines = lines

    @property
    def lines_in_doubt(self) -> Sequence[int]:
        """The lines, once all are read, whose dates are to be read again when somebody has said in which order."""
        return sorted({line for column in self._columns.values() if column.is_in_doubt for line in column.either})

    def days(self, name: FieldName, column: Sequence[str], found: Found) -> dict[str, date | None]:
        """The day of each different cell; None where there is none or it cannot be read.

        C244 on rows whose date can only be read with the day first.
        """
        days = {cell: self._day(cell) for cell in set(column)}
        self._look(name, column, found)
        return days

    def written(self, name: FieldName, column: Sequence[str] | None, found: Found) -> list[str] | None:
        """ISO dates of the column, '' where there is none; R145 where a cell is no date."""
        if column is None or not any(column):
            return None
        days = self.days(name, column, found)
        written = {cell: day.isoformat() if day else "" for cell, day in days.items()}
        unreadable = {cell for cell, day in days.items() if day is None and self.is_unreadable(cell)}
        for index in compress(count(), map(unreadable.__contains__, column)) if unreadable else ():
            found.add(index, "R145")
        return list(map(written.__getitem__, column))

    def is_unreadable(self, cell: str) -> bool:
        """Whether the cell is meant as a date and is none in any order that may still be chosen."""
        if not cell or means_no_date(cell) or self._day(cell):
            return False
        return self._is_chosen or read_date(cell, day_first=True) is None

    def _day(self, cell: str) -> date | None:
        return None if means_no_date(cell) else read_date(cell, day_first=self._is_day_first)

    def _look(self, name: FieldName, column: Sequence[str], found: Found) -> None:
        numbers = {cell: None if means_no_date(cell) else numbers_of_date(cell) for cell in set(column)}
        if not any(numbers.values()):
            return
        seen = self._columns.setdefault(name, _Column())
        for index, first, second in _pairs(column, numbers):
            if first > _MONTHS:
                seen.day_first += 1
                found.add(index, "C244")
            elif second > _MONTHS:
                seen.month_first += 1
            elif first != second:
                seen.either.append(self._lines[index])
                seen.firsts.add(first)
                seen.seconds.add(second)


def _pairs(column: Sequence[str], numbers: dict[str, tuple[int, int] | None]) -> Iterator[tuple[int, int, int]]:
    for index, cell in enumerate(column):
        if pair := numbers[cell]:
            yield index, *pair
