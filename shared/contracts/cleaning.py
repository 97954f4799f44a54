"""Cells as every reader of a file takes them, the check and the preview alike. Whole columns at a time, for speed."""

from collections.abc import Collection, Mapping, Sequence

from shared.contracts.lexicon import has_empty, is_empty, word_key
from shared.csvfile import WIDE, WRAPPERS, clean_cell


def clean_columns(
    columns: Sequence[Sequence[str]],
    positions: Collection[int],
    unwrapped: set[int],
    explained: Mapping[int, Collection[str]] | None = None,
) -> dict[int, list[str]]:
    """The cleaned columns by position; the rows where a spreadsheet's wrapping was removed go to ``unwrapped``.

    What only says that there is nothing, such as NULL, is blank, unless its key is one of the ``explained`` ones.
    """
    explained = explained or {}
    return {
        position: _without_empties(_clean(columns[position], unwrapped), explained.get(position, ()))
        for position in positions
    }


def _without_empties(cells: list[str], explained: Collection[str]) -> list[str]:
    if not has_empty(cells):
        return cells
    empty = {cell for cell in set(cells) if cell and is_empty(cell) and word_key(cell) not in explained}
    return ["" if cell in empty else cell for cell in cells]


def _clean(cells: Sequence[str], unwrapped: set[int]) -> list[str]:
    text = "|".join(cells)
    if not text.isascii() and (not text.isprintable() or WIDE.search(text)):
        return _clean_each(cells, unwrapped)
    # Nothing invisible is in it: only blanks and wrapping are left to remove.
    stripped = list(map(str.strip, cells))
    if any(wrapper in text for wrapper in WRAPPERS) and not WRAPPERS.isdisjoint(cell[:1] for cell in stripped):
        return _clean_each(cells, unwrapped)
    return stripped


def _clean_each(cells: Sequence[str], unwrapped: set[int]) -> list[str]:
    cleaned = []
    for index, cell in enumerate(cells):
        value, was_wrapped = clean_cell(cell)
        cleaned.append(value)
        if was_wrapped:
            unwrapped.add(index)
    return cleaned
