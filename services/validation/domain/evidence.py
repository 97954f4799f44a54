"""What a file says about an authorization or a consent besides its day and channel."""

from collections.abc import Mapping, Sequence
from json import JSONEncoder
from typing import Final

from shared.contracts.definition import FieldName

_LONGEST: Final = 200
_as_json: Final = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def evidence(columns: Mapping[FieldName, Sequence[str] | None]) -> list[str] | None:
    """A JSON object for each row with what is filled, by field name; '' where nothing is, None where no row has any."""
    given = {name: column for name, column in columns.items() if column is not None and any(column)}
    if not given:
        return None
    names = tuple(given)
    return [_object(names, cells) for cells in zip(*given.values(), strict=True)]


def _object(names: Sequence[str], cells: Sequence[str]) -> str:
    filled = {name: cell[:_LONGEST] for name, cell in zip(names, cells, strict=True) if cell}
    return _as_json(filled) if filled else ""
