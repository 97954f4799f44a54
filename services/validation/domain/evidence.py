"""What a file says besides what is imported: evidence of authorizations and consents, and what is for the log alone."""

import re
from collections.abc import Mapping, Sequence
from json import JSONEncoder
from typing import Final

from services.validation.domain.dates import DateReader
from services.validation.domain.found import Found
from services.validation.domain.layout import Layout
from services.validation.domain.people import Cells
from services.validation.domain.values import read_date
from shared.contracts.fields import FieldName, GoesTo, Holds, going_to
from shared.contracts.kinds import ImportKind

_LONGEST: Final = 200
_DAY: Final = re.compile(r".[^ T]*")  # of a point in time
_as_json: Final = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def permission(
    layout: Layout, cells: Cells, kind: ImportKind, day: FieldName, dates: DateReader, found: Found
) -> tuple[list[str] | None, list[str] | None]:
    """The days of the permissions, and the other evidence: for each row a JSON object of what is filled, by field name.

    '' where nothing is, None where no row has any. A day that cannot be read is among the evidence, as it is written.
    """
    days, unread = dates.evident(day, layout.column(cells, day), found)
    others = {field: _read(layout, cells, field, dates, found) for field in going_to(GoesTo.EVIDENCE, kind)}
    return days, _objects({day: unread} | others)


def for_log(layout: Layout, cells: Cells, kind: ImportKind) -> list[str] | None:
    """The same of what goes to the log and nowhere else."""
    columns = {field: layout.column(cells, field) for field in going_to(GoesTo.LOG, kind)}
    return _objects({field: _days(column) if _is_day(field) else column for field, column in columns.items()})


def _read(layout: Layout, cells: Cells, field: FieldName, dates: DateReader, found: Found) -> list[str] | None:
    column = layout.column(cells, field)
    if not _is_day(field):
        return column
    days, unread = dates.evident(field, column, found)
    return [day or cell for day, cell in zip(days, unread, strict=True)] if days and unread else days


def _is_day(field: FieldName) -> bool:
    return field.spec.holds in (Holds.DATE, Holds.MOMENT)


def _objects(columns: Mapping[FieldName, Sequence[str] | None]) -> list[str] | None:
    given = {name: column for name, column in columns.items() if column is not None and any(column)}
    if not given:
        return None
    names = tuple(given)
    return [_object(names, cells) for cells in zip(*given.values(), strict=True)]


def _days(column: Sequence[str] | None) -> list[str] | None:
    """Points in time as days; what is none ("never", 0000-00-00) as it stands: nothing depends on it."""
    if column is None:
        return None
    days = {cell: _day(cell) for cell in set(column)}
    return list(map(days.__getitem__, column))


def _day(cell: str) -> str:
    found = _DAY.match(cell)
    day = read_date(cell) or (read_date(found[0]) if found else None)
    return day.isoformat() if day else cell


def _object(names: Sequence[str], cells: Sequence[str]) -> str:
    filled = {name: cell[:_LONGEST] for name, cell in zip(names, cells, strict=True) if cell}
    return _as_json(filled) if filled else ""
