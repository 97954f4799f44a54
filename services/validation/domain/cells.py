"""Cleaning the cells of whole columns."""

from collections.abc import Collection, Sequence

from services.validation.domain.found import Found
from shared.csvfile import WRAPPERS, clean_cell


def clean_columns(columns: Sequence[Sequence[str]], positions: Collection[int], found: Found) -> dict[int, list[str]]:
    """The cleaned columns by position; W301 on the rows where a spreadsheet's wrapping was removed."""
    return {position: _clean(columns[position], found) for position in positions}


def _clean(cells: Sequence[str], found: Found) -> list[str]:
    text = "|".join(cells)
    if not text.isascii() and not text.isprintable():
        return _clean_each(cells, found)
    # Nothing invisible is in it: only blanks and wrapping are left to remove.
    stripped = list(map(str.strip, cells))
    if any(wrapper in text for wrapper in WRAPPERS) and not WRAPPERS.isdisjoint(cell[:1] for cell in stripped):
        return _clean_each(cells, found)
    return stripped


def _clean_each(cells: Sequence[str], found: Found) -> list[str]:
    cleaned = []
    for index, cell in enumerate(cells):
        value, unwrapped = clean_cell(cell)
        cleaned.append(value)
        if unwrapped:
            found.warn(index, "W301")
    return cleaned
