"""Where the fields of a definition stand in the file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.validation.domain.recipe import Recipe
from shared.contracts.definition import ColumnPart, ImportDefinition
from shared.contracts.fields import FieldName
from shared.csvfile import clean_name

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
    """Positions of the mapped columns and the compiled recipe."""

    fields: Mapping[FieldName, int]
    recipe: Recipe
    unused: int

    @property
    def used(self) -> frozenset[int]:
        """Every column that is read."""
        return frozenset(self.fields.values()) | frozenset(self.recipe.positions)

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
    positions = {_key(name): position for position, name in enumerate(header)}
    parts = [part for part in definition.account_number if isinstance(part, ColumnPart)]
    mapped = list(definition.columns.values())
    _refuse_repeated([*mapped, *(part.column for part in parts)], positions, header, names or header)
    missing = [name for name in mapped if _key(name) not in positions]
    if missing:
        raise ColumnMissing("F007", len(missing), _not_there(missing))
    unknown = [part.column for part in parts if _key(part.column) not in positions]
    if unknown or not parts:
        raise ColumnMissing("F014", len(unknown) or 1, _not_there(unknown) if unknown else {})
    fields = {field: positions[_key(name)] for field, name in definition.columns.items()}
    by_name = {part.column: positions[_key(part.column)] for part in parts}
    recipe = Recipe(definition.account_number, by_name, fold_case=fold_case)
    return Layout(fields, recipe, len(header) - len({*fields.values(), *recipe.positions}))


def _refuse_repeated(
    wanted: Sequence[str], positions: Mapping[str, int], header: Sequence[str], names: Sequence[str]
) -> None:
    """F005: nobody knows which of the columns is meant."""
    for name in wanted:
        places = [place for place, written in enumerate(names) if _key(written) == _key(name)]
        if len(places) > 1 and _key(name) not in positions:
            offered = " or ".join(f"\u201c{header[place]}\u201d" for place in places[:_MOST_NAMED])
            message = f"{len(places)} columns are named \u201c{name}\u201d, which is mapped; this is the second"
            remedy = f"Map {offered}, or give each column its own name"
            detail = {"column": places[1] + 1, "message": message, "remedy": remedy}
            raise ColumnMissing("F005", 1, detail)


def _not_there(names: Sequence[str]) -> dict[str, str]:
    listed = ", ".join(f"\u201c{name}\u201d" for name in dict.fromkeys(names[:_MOST_NAMED]))
    more = len(names) - _MOST_NAMED
    return {"message": f"Not in the file: {listed}{f' and {more} more' if more > 0 else ''}"}


def _key(name: str) -> str:
    return clean_name(name).casefold()
