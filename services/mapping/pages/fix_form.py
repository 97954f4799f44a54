"""What the form of rows to correct brings along: cells that were typed, rows that were chosen, meanings of words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID, uuid4

from starlette.datastructures import FormData

from services.mapping.errors import InvalidRequest
from services.mapping.pages.work import trouble
from services.mapping.usecases.rounds import Asked, RowsToFix
from shared.contracts.codes.names import UNKNOWN_WORDS
from shared.contracts.definition import ValueMap
from shared.contracts.fields import FieldName
from shared.contracts.outcomes import Outcome
from shared.web import too_long

_LONGEST_CELL: Final = 2_000
_CELL: Final = re.compile(r"cell-([0-9]{1,9})-([0-9]{1,3})")
_LOOK: Final = re.compile(r"([A-Z][0-9]{3})?:([0-9]{1,9})")
_LINE: Final = re.compile(r"[0-9]{1,9}")
_NOT_APPLIED: Final = frozenset({Outcome.FAILED, Outcome.HELD, Outcome.SKIPPED})


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed and chosen and is not sent yet, on whichever page of rows: cells by line and place."""

    cells: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    again: frozenset[int] = frozenset()
    leave: frozenset[int] = frozenset()
    values: ValueMap = field(default_factory=dict)

    @property
    def lines(self) -> list[int]:
        return sorted({*self.cells, *self.again, *self.leave})

    def __bool__(self) -> bool:
        return bool(self.lines or self.values)


def typed_in(form: FormData, to_fix: RowsToFix) -> Typed:
    """What differs in the form from the page of rows that it shows, and what it brings along from other pages."""
    shown = {row.row.line_no: row.cells for row in to_fix.rows}
    cells: dict[int, dict[int, str]] = {}
    for name, value in form.items():
        known = _CELL.fullmatch(name)
        line, place = (int(known[1]), int(known[2])) if known else (0, len(to_fix.columns.header))
        if place < len(to_fix.columns.header) and shown.get(line, {}).get(place) != str(value):
            cells.setdefault(line, {})[place] = str(value)
    return Typed(cells, _lines(form, "again"), _lines(form, "leave"), _values(form))


def asked_in(form: FormData, to_fix: RowsToFix) -> Asked:
    """What the form asks for: a corrected file, every row, or the rows in which something was changed or chosen."""
    typed = typed_in(form, to_fix)
    file = form.get("file")
    header = to_fix.columns.header
    _refuse_too_long(typed, header)
    return Asked(
        corrected_file=_id(str(file)) if file else None,
        cells={
            line: {header[place]: value for place, value in changed.items()}
            for line, changed in typed.cells.items()
            if line not in typed.leave
        },
        lines=typed.again - typed.leave,
        outcomes=_NOT_APPLIED if form.get("action") == "all" else frozenset(),
        leave_out=typed.leave,
        codes=frozenset({UNKNOWN_WORDS}) if typed.values else frozenset(),
        values=typed.values,
    )


def _refuse_too_long(typed: Typed, header: Sequence[str]) -> None:
    problems = [
        trouble(words, "Shorten it; nothing was cut", place=f"#cell-{line}-{place}")
        for line, cells in typed.cells.items()
        for place, value in cells.items()
        if (words := too_long(f"{header[place]} on line {line:,}", value, _LONGEST_CELL))
    ]
    if problems:
        raise InvalidRequest(problems)


def looks_at(form: FormData) -> tuple[str, int] | None:
    """The other page of rows that is asked for: its code, and the line that it begins after."""
    found = _LOOK.fullmatch(str(form.get("look", "")))
    return None if found is None else (found[1] or "", int(found[2]))


def _values(form: FormData) -> ValueMap:
    """What words mean, for every row that has them; a blank meaning says nothing."""
    given = [[str(one) for one in form.getlist(name)] for name in ("field", "word", "meaning")]
    found: dict[FieldName, dict[str, str]] = {}
    for name, word, meaning in zip(*given, strict=False):
        if meaning and name in set(FieldName):
            found.setdefault(FieldName(name), {})[word] = meaning
    return found


def _lines(form: FormData, name: str) -> frozenset[int]:
    return frozenset(int(one) for one in map(str, form.getlist(name)) if _LINE.fullmatch(one))


def request_id_in(form: FormData) -> UUID:
    """The key of the form, so that it is one round however often it is sent."""
    return _id(str(form.get("request_id")))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()
