"""The columns of a log: those of the file and ours behind them; which of the file show their last characters only."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import Final

from shared.contracts.account_number import columns_of
from shared.contracts.definition import ImportDefinition
from shared.contracts.fields import FieldName, Privacy
from shared.csvfile import column_key, header_key, is_secret_header, names_bank_number

LINE: Final = "line"
RESULT_COLUMNS: Final = (LINE, "outcome", "codes", "reason")
ROUND_COLUMNS: Final = ("round", "corrected")
RECORD_COLUMNS: Final = ("customer_id", "login_id")  # of the CRM, for programs
_MASK: Final = "****"
_VISIBLE: Final = 4
_MASKED: Final = re.compile(rf"\*{{4}}[^*]{{0,{_VISIBLE}}}")


@dataclass(frozen=True, slots=True)
class FileRow:
    """A record of the file. ``in_place``: each cell is sure to stand under its own header."""

    line_no: int
    cells: list[str]
    in_place: bool


def free_name(name: str, taken: Collection[str]) -> str:
    """Our name for a column; another one where the file has such a column already: it may be a log itself."""
    candidates = chain([name, f"import_{name}"], (f"import_{name}_{number}" for number in count(3)))
    return next(candidate for candidate in candidates if header_key(candidate) not in taken)


def line_column(header: Sequence[str]) -> str:
    return free_name(LINE, {header_key(name) for name in header})


def mask_number(text: str) -> str:
    """The last four characters of a number or token, of a short one fewer: never more than half; masked once."""
    kept = text.strip()
    if not kept or _MASKED.fullmatch(kept):
        return kept
    shown = min(_VISIBLE, len(kept) // 2) if len(kept) > _VISIBLE else 0
    return _MASK + kept[len(kept) - shown :]


def fitted(cells: Sequence[str], width: int) -> list[str]:
    """As many cells as the header has: what is too much is joined in the last one, so that nothing is lost."""
    if len(cells) <= width:
        return [*cells, *[""] * (width - len(cells))]
    return [*cells[: width - 1], ",".join(cells[width - 1 :])]


def fields_of(definition: ImportDefinition) -> Mapping[str, FieldName]:
    """Which field each mapped column is, by its key."""
    return {column_key(column): name for name, column in definition.columns.items()}


def hidden_columns(
    header: Sequence[str], definition: ImportDefinition, bank_columns: Collection[int] = ()
) -> frozenset[int]:
    """Positions of the columns that nobody sees whole; in ``bank_columns`` the check saw bank data."""
    fields = fields_of(definition)
    account = {column_key(column) for column in columns_of(definition.account_number)}
    return frozenset(
        place
        for place, name in enumerate(header)
        if _is_hidden(
            name, fields.get(column_key(name)), makes_account=column_key(name) in account, is_bank=place in bank_columns
        )
    )


def _is_hidden(name: str, field: FieldName | None, *, makes_account: bool, is_bank: bool) -> bool:
    if is_bank and field is not FieldName.ROUTING_NUMBER:
        return True
    is_secret = is_secret_header(name) if field is None else field.spec.privacy is Privacy.SECRET
    return is_secret or (makes_account and names_bank_number(name))
