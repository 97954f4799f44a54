"""Account numbers of the first rows of a file, as the check will make them. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

from services.mapping.sample import Sample
from shared.contracts.account_number import LONGEST, AccountNumber, Composed, columns_not_in
from shared.contracts.cleaning import clean_columns
from shared.contracts.definition import Part

_LONGEST_TRIED: Final = 2 * LONGEST


@dataclass(frozen=True, slots=True)
class FirstRows:
    """Rows with the cells of each column, cleaned."""

    header: tuple[str, ...]
    lines: tuple[int, ...]
    cells: Mapping[int, list[str]]

    def compose(self, parts: Sequence[Part], *, fold_case: bool) -> Composed:
        """Their account numbers; all of them lack a part where the file lacks a column."""
        if not self.lines:
            return Composed()
        if columns_not_in(self.header, parts):
            return Composed([""] * len(self.lines), dict.fromkeys(range(len(self.lines)), "R101"))
        return AccountNumber(parts, self.header, fold_case=fold_case).compose(self.cells)

    def without_notes(self) -> Self:
        """The same with long cells left blank: whoever tries many setups need not look at them each time."""
        cells = {
            position: [cell if len(cell) <= _LONGEST_TRIED else "" for cell in column]
            for position, column in self.cells.items()
        }
        return replace(self, cells=cells)


def first_rows(sample: Sample, limit: int, *, left_out: Collection[int] = ()) -> FirstRows:
    """The first rows that the check will look at, in which what only says that there is nothing is blank for it."""
    kept = [index for index, line in enumerate(sample.lines) if line not in left_out][:limit]
    by_column = zip(*(sample.rows[index] for index in kept), strict=True)
    positions = range(len(sample.header))
    cells = clean_columns(list(by_column), positions, set()) if kept else {}
    return FirstRows(sample.header, tuple(sample.lines[index] for index in kept), cells)
