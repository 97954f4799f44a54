"""Columns of dates. Each cell is read in American order; the column tells where that is in doubt (word-4, word-5)."""

from array import array
from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import compress, count
from typing import Final

from services.validation.domain.found import Found
from services.validation.domain.samples import shortened
from services.validation.domain.values import (
    WHOLE_PACKED,
    is_dotted,
    means_no_date,
    numbers_of_date,
    read_date,
    unpacked_date,
)
from shared.contracts.codes.names import DAY_OR_MONTH
from shared.contracts.fields import FieldName

DAY_FIRST: Final = "day_first"
_MONTHS: Final = 12
# Of so many dates by chance one has a day above 12, unless all of them are the same day of the month.
_ENOUGH: Final = 5


@dataclass(slots=True)
class _Column:
    """What the numbers of a column's dates say of their order."""

    has_day_first: bool = False  # a first number that can be no month
    has_month_first: bool = False
    either: MutableSequence[int] = field(
        default_factory=lambda: array("I")
    )  # lines whose date can be read in both ways
    has_dots: bool = False  # as most of those write who put the day first
    firsts: set[int] = field(default_factory=set)
    seconds: set[int] = field(default_factory=set)

    @property
    def is_in_doubt(self) -> bool:
        if self.has_day_first:
            return True
        if self.has_dots and not self.has_month_first:
            return True
        varies = len(self.firsts) > 1 and len(self.seconds) > 1
        return not self.has_month_first and varies and len(self.either) >= _ENOUGH


class DateReader:
    """Reads the dates of one file, batch by batch. ``choice`` is the answer to C244.

    ``is_in_doubt``: the file of which these are a few rows left the order in doubt.
    """

    def __init__(self, choice: str | None, *, is_in_doubt: bool = False) -> None:
        self._is_in_doubt = is_in_doubt
        self._is_day_first = choice == DAY_FIRST
        self._is_chosen = choice in (DAY_FIRST, "month_first")
        self._columns: dict[FieldName, _Column] = {}
        self._packed: dict[FieldName, bool] = {}  # whether all dates so far are numbers such as 1260315
        self._lines: Sequence[int] = ()

    def begin(self, lines: Sequence[int]) -> None:
        """The next batch; ``lines`` are the lines of its rows."""
        self._lines = lines

    @property
    def lines_in_doubt(self) -> Sequence[int]:
        """The lines, once all are read, whose dates are to be read again when somebody has said in which order."""
        columns = [column for column in self._columns.values() if self._is_in_doubt or column.is_in_doubt]
        return sorted({line for column in columns for line in column.either})

    def unpacked(self, name: FieldName, column: list[str]) -> list[str]:
        """The column; with ISO dates for numbers such as 1260315 where all of its dates so far are of that kind."""
        if not self._packed.get(name, True):
            return column
        dates = (cell for cell in set(column) if any(map(str.isdigit, cell)) and not means_no_date(cell))
        packed = dict[str, str]()
        for cell in dates:
            day = unpacked_date(cell)
            if day is None:
                self._packed[name] = False
                return column
            packed[cell] = day
        if not any(len(cell) == WHOLE_PACKED for cell in packed) and name not in self._packed:
            return column
        self._packed[name] = True
        return [packed.get(cell, cell) for cell in column]

    def days(self, name: FieldName, column: Sequence[str], found: Found) -> dict[str, date | None]:
        """The day of each different cell; None where there is none or it cannot be read.

        C244 on rows whose date can only be read with the day first.
        """
        days = {cell: self._day(cell) for cell in set(column)}
        self._look(name, column, found)
        return days

    def written(self, name: FieldName, column: list[str] | None, found: Found) -> list[str] | None:
        """ISO dates of the column, '' where there is none; R145 where a cell is no date."""
        if column is None or not any(column):
            return None
        column = self.unpacked(name, column)
        written, unreadable = self._written(name, column, found)
        for index in unreadable:
            found.add_shown(index, "R145", column[index])
        return written

    def evident(
        self, name: FieldName, column: list[str] | None, found: Found
    ) -> tuple[list[str] | None, list[str] | None]:
        """ISO dates of a column that is evidence, and beside them the cells that are no date, as they stand (W315)."""
        if column is None or not any(column):
            return None, None
        column = self.unpacked(name, column)
        written, unreadable = self._written(name, column, found)
        as_they_stand = [""] * len(column)
        for index in unreadable:
            found.warn(index, "W315")
            found.samples.note("W315", shortened(column[index]))
            as_they_stand[index] = column[index]
        return written, as_they_stand

    def _written(self, name: FieldName, column: Sequence[str], found: Found) -> tuple[list[str], list[int]]:
        days = self.days(name, column, found)
        written = {cell: day.isoformat() if day else "" for cell, day in days.items()}
        unreadable = {cell for cell, day in days.items() if day is None and self.is_unreadable(cell)}
        lost = compress(count(), map(unreadable.__contains__, column)) if unreadable else ()
        return list(map(written.__getitem__, column)), list(lost)

    def is_unreadable(self, cell: str) -> bool:
        """Whether the cell is meant as a date and is none in any order that may still be chosen."""
        if not cell or means_no_date(cell) or self._day(cell):
            return False
        return self._is_chosen or read_date(cell, day_first=True) is None

    def _day(self, cell: str) -> date | None:
        return None if means_no_date(cell) else read_date(cell, day_first=self._is_day_first)

    def _look(self, name: FieldName, column: Sequence[str], found: Found) -> None:
        given = {cell: numbers_of_date(cell) for cell in set(column) if not means_no_date(cell)}
        pairs = {cell: pair for cell, pair in given.items() if pair}
        if not pairs:
            return
        seen = self._columns.setdefault(name, _Column())
        seen.has_month_first |= any(first <= _MONTHS < second for first, second in pairs.values())
        if day_first := {cell for cell, (first, second) in pairs.items() if second <= _MONTHS < first}:
            seen.has_day_first = True
            for index in compress(count(), map(day_first.__contains__, column)):
                found.add(index, DAY_OR_MONTH)
        either = {cell: pair for cell, pair in pairs.items() if max(pair) <= _MONTHS and pair[0] != pair[1]}
        seen.has_dots |= any(map(is_dotted, either))
        seen.firsts.update(first for first, _ in either.values())
        seen.seconds.update(second for _, second in either.values())
        seen.either.extend(compress(self._lines, map(either.__contains__, column)))
