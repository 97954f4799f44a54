"""Where the fields of a definition stand in the file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.contracts.account_number import AccountNumber, columns_not_in, columns_of, places_of
from shared.contracts.definition import ImportDefinition
from shared.contracts.fields import FieldName
from shared.csvfile import column_key

_MOST_NAMED: Final = 5


class ColumnMissing(Exception):
    """The file lacks a column the definition names, or has several: its code, how many, and what to say of it."""

    def __init__(self, code: str, count: int, detail: Mapping[str, Any]) -> None:
        super().__init__(code)
        self.code = code
        self.count = count
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Layout:
    """Positions of the mapped columns and the compiled account number."""

    fields: Mapping[FieldName, int]
    account_number: AccountNumber

    @property
    def used(self) -> frozenset[int]:
        return frozenset(self.fields.values()) | frozenset(self.account_number.positions)

    @property
    def deciding(self) -> frozenset[int]:
        """Positions of the columns that decide what happens to a row; the others are only kept."""
        fields = {place for field, place in self.fields.items() if not field.is_only_kept}
        return frozenset(fields) | frozenset(self.account_number.positions)

    @property
    def number_columns(self) -> frozenset[int]:
        """Columns of numbers that may look like cards by chance."""
        account = self.fields.get(FieldName.BANK_ACCOUNT_NUMBER)
        return frozenset(self.account_number.positions) | frozenset(() if account is None else (account,))

    def column(self, cells: Mapping[int, list[str]], field: FieldName) -> list[str] | None:
        """The cleaned column of the field; None where it is not mapped."""
        position = self.fields.get(field)
        return None if position is None else cells[position]

    def filled(self, cells: Mapping[int, list[str]], field: FieldName, count: int) -> list[str]:
        """The cleaned column of the field, blank cells where it is not mapped."""
        return self.column(cells, field) or [""] * count


def lay_out(
    definition: ImportDefinition, header: Sequence[str], *, fold_case: bool, names: Sequence[str] | None = None
) -> Layout:
    """Find the columns, by what they are called; raises ColumnMissing (F005, F007, F014).

    ``names`` are those written in the file, where columns may have the same one: it is none that can be meant.
    """
    places = places_of(header)
    parts = definition.account_number
    mapped = list(definition.columns.values())
    _refuse_repeated([*mapped, *columns_of(parts)], places, header, names or header)
    missing = [name for name in mapped if column_key(name) not in places]
    if missing:
        raise ColumnMissing("F007", len(missing), _not_there(missing))
    unknown = columns_not_in(header, parts)
    if unknown or not columns_of(parts):
        raise ColumnMissing("F014", len(unknown) or 1, _not_there(unknown) if unknown else {})
    fields = {field: places[column_key(name)] for field, name in definition.columns.items()}
    account_number = AccountNumber(parts, header, fold_case=fold_case)
    return Layout(fields, account_number)


def _refuse_repeated(
    wanted: Sequence[str], positions: Mapping[str, int], header: Sequence[str], names: Sequence[str]
) -> None:
    """F005: nobody knows which of the columns is meant."""
    for name in wanted:
        places = [place for place, written in enumerate(names) if column_key(written) == column_key(name)]
        if len(places) > 1 and column_key(name) not in positions:
            offered = " or ".join(f"\u201c{header[place]}\u201d" for place in places[:_MOST_NAMED])
            message = f"{len(places)} columns are named \u201c{name}\u201d, which is mapped; this is the second"
            remedy = f"Map {offered}, or give each column its own name"
            detail = {"column": places[1] + 1, "message": message, "remedy": remedy}
            raise ColumnMissing("F005", 1, detail)


def _not_there(names: Sequence[str]) -> dict[str, str]:
    listed = ", ".join(f"\u201c{name}\u201d" for name in dict.fromkeys(names[:_MOST_NAMED]))
    more = len(names) - _MOST_NAMED
    return {"message": f"Not in the file: {listed}{f' and {more} more' if more > 0 else ''}"}
