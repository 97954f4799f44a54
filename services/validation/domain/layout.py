"""Where the fields of a definition stand in the file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.validation.domain.recipe import Recipe
from shared.contracts.definition import ColumnPart, ImportDefinition
from shared.contracts.fields import FieldName
from shared.csvfile import clean_name


class ColumnMissing(Exception):  # noqa: N818 - a verdict on the file, not an error of the program
    """The file lacks a column the definition names: its code, and how many."""

    def __init__(self, code: str, count: int) -> None:
        super().__init__(code)
        self.code = code
        self.count = count


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


def lay_out(definition: ImportDefinition, header: Sequence[str], *, fold_case: bool) -> Layout:
    """Find the columns; raises ColumnMissing (F007, F014)."""
    positions = {_key(name): position for position, name in enumerate(header)}
    missing = [name for name in definition.columns.values() if _key(name) not in positions]
    if missing:
        raise ColumnMissing("F007", len(missing))
    parts = [part for part in definition.account_number if isinstance(part, ColumnPart)]
    unknown = [part for part in parts if _key(part.column) not in positions]
    if unknown or not parts:
        raise ColumnMissing("F014", len(unknown) or 1)
    fields = {field: positions[_key(name)] for field, name in definition.columns.items()}
    by_name = {part.column: positions[_key(part.column)] for part in parts}
    recipe = Recipe(definition.account_number, by_name, fold_case=fold_case)
    return Layout(fields, recipe, len(header) - len({*fields.values(), *recipe.positions}))


def _key(name: str) -> str:
    return clean_name(name).casefold()
