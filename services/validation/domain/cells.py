"""Cleaning the cells of whole columns."""

from collections.abc import Collection, Sequence

from services.validation.domain.found import Found
from shared.csvfile import clean_cell


def clean_columns(rows: Sequence[Sequence[str]], positions: Collection[int], found: Found) -> dict[int, list[str]]:
    """The cleaned columns by position; W301 on the rows where a spreadsheet's wrapping was removed."""
    columns = list(zip(*rows, strict=True))
    return {position: _clean(columns[position], found) for position in positions}


def _clean(cells: Sequence[str], found: Found) -> list[str]:
    text = "".join(cells)
    if not text.isascii() or "'" in text or "=" in text:
        return _clean_each(cells, found)
    if " " not in text and text.isprintable():
        return list(cells)
    return [cell.strip() for cell in cells]


def _clean_each(cells: Sequence[str], found: Found) -> list[str]:
    cleaned = []
    for index, cell in enumerate(cells):
        value, unwrapped = clean_cell(cell)
        cleaned.append(value)
        if unwrapped:
            found.warn(index, "W301")
    return cleaned
