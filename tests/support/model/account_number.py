"""The account number of a row: rules number-*."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.support.model.text import is_damaged, transformed

_LONGEST = 50


def compose(
    parts: Sequence[Mapping[str, Any]], cells: Mapping[str, str], *, folds_case: bool
) -> tuple[tuple[str, ...], str, str | None]:
    """The cells it is made of, the number, and the code that ends the row if there is one."""
    columns = [part for part in parts if "column" in part]
    raw = tuple(cells[part["column"]] for part in columns)
    if folds_case:
        raw = tuple(cell.upper() for cell in raw)
    if any(is_damaged(cell) for cell in raw):
        return raw, "", "R102"
    made = [transformed(cells[part["column"]], part.get("transforms", ())) for part in columns]
    values = [value for value, _ in made]
    if not all(raw) or not all(values):
        return raw, "", "R101"
    following = iter(values)
    number = "".join(next(following) if "column" in part else part["literal"] for part in parts)
    is_cut = any(cut for _, cut in made)
    if is_cut or len(number) > _LONGEST or any(not " " <= character <= "~" for character in number):
        return raw, number, "R103"
    return raw, number.upper() if folds_case else number, None
