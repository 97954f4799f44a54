"""What a file says besides what is imported: evidence of authorizations and consents, and what is for the log alone."""

import re
from collections.abc import Mapping, Sequence
from json import JSONEncoder
from typing import Final

from services.validation.domain.found import Found
from services.validation.domain.layout import Layout
from services.validation.domain.people import Cells, read_dates
from shared.contracts.definition import FieldName, ImportKind

_LONGEST: Final = 200
_DAY: Final = re.compile(r".[^ T]*")  # of a point in time
_as_json: Final = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def evidence(columns: Mapping[FieldName, Sequence[str] | None]) -> list[str] | None:
    """A JSON object for each row with what is filled, by field name; '' where nothing is, None where no row has any."""
    given = {name: column for name, column in columns.items() if column is not None and any(column)}
    if not given:
        return None
    names = tuple(given)
    return [_object(names, cells) for cells in zip(*given.values(), strict=True)]


def for_log(layout: Layout, cells: Cells, found: Found, kind: ImportKind) -> list[str] | None:
    """The same of what goes to the log and nowhere else; R145 where a day cannot be read."""
    columns: dict[FieldName, Sequence[str] | None] = {FieldName.LEGACY_ID: layout.column(cells, FieldName.LEGACY_ID)}
    if kind is ImportKind.REGISTRATION:
        for field in (FieldName.REGISTERED_AT, FieldName.LAST_LOGIN_AT):
            columns[field] = read_dates(_days(layout.column(cells, field)), found)
    return evidence(columns)


def _days(column: Sequence[str] | None) -> list[str] | None:
    """The column without times of day."""
    return None if column is None else [day[0] if (day := _DAY.match(cell)) else "" for cell in column]


def _object(names: Sequence[str], cells: Sequence[str]) -> str:
    filled = {name: cell[:_LONGEST] for name, cell in zip(names, cells, strict=True) if cell}
    return _as_json(filled) if filled else ""
