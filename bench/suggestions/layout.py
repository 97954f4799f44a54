"""A layout: the header of an export with what its columns hold, and which field each should be suggested for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bench.suggestions.cells import CELLS
from services.mapping.suggestions.columns import Column, columns_of
from shared.contracts.fields import FieldName
from shared.contracts.kinds import ImportKind

_ROWS: Final = 40
_ACCOUNT: Final = "account"
_NOTHING: Final = "-"
_EITHER: Final = "?"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a column is for: a field, a part of the account number, or nothing.

    ``either`` where nobody can tell whether the field should be suggested; then it may be, and no other.
    """

    header: str
    cells: str
    field: FieldName | None
    is_account: bool
    either: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of export. ``table`` has a line for each column: header | field | cells."""

    name: str
    kind: ImportKind
    table: str

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        return tuple(_read(self.table))

    @property
    def columns(self) -> list[Column]:
        wanted = self.wanted
        rows = [[CELLS[one.cells](row) for one in wanted] for row in range(_ROWS)]
        return columns_of([one.header for one in wanted], rows)


def autopay(name: str, table: str) -> Layout:
    return Layout(name, ImportKind.AUTOPAY, table)


def paperless(name: str, table: str) -> Layout:
    return Layout(name, ImportKind.PAPERLESS, table)


def registration(name: str, table: str) -> Layout:
    return Layout(name, ImportKind.REGISTRATION, table)


def _read(table: str) -> Iterator[Wanted]:
    for line in filter(str.strip, table.splitlines()):
        header, word, cells = map(str.strip, line.split(" | "))
        name = word.removeprefix(_EITHER)
        field = None if name in (_ACCOUNT, _NOTHING) else FieldName(name)
        yield Wanted(header, cells, field, name == _ACCOUNT, word.startswith(_EITHER))
