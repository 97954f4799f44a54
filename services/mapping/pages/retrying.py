"""Fix and retry: rows of an import that were not applied, corrected on the page or in a file, and checked again."""

import re
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from services.mapping.corrections import marked_columns, used_columns
from services.mapping.errors import InvalidRequest
from services.mapping.pages.shown import at_fields, in_words
from services.mapping.pages.work import Services, trouble
from services.mapping.usecases.review import Review, load_review
from services.mapping.usecases.rounds import Asked, RowsToFix, ShownRow, rows_to_fix, start_round
from shared.contracts.codes.names import UNKNOWN_WORDS
from shared.contracts.contract import Count
from shared.contracts.definition import ValueMap
from shared.contracts.events import RequestProblem
from shared.contracts.fields import FieldName
from shared.contracts.outcomes import Outcome
from shared.csvfile import column_key
from shared.errors import DomainError
from shared.http import problem_of
from shared.web import Form, SignedInVisitor, Visitor, render, see_other, too_long, zone_of

router = APIRouter()
ROWS_SHOWN: Final = 50
_LONGEST_CELL: Final = 2_000
_CELL: Final = re.compile(r"cell-([0-9]{1,9})-([0-9]{1,3})")
_LOOK: Final = re.compile(r"([A-Z][0-9]{3})?:([0-9]{1,9})")
_LINE: Final = re.compile(r"[0-9]{1,9}")
_NOT_APPLIED: Final = frozenset({Outcome.FAILED, Outcome.HELD, Outcome.SKIPPED})
Code = Annotated[str, Query(pattern=r"^([A-Z][0-9]{3})?$")]


@dataclass(frozen=True, slots=True)
class Editable:
    """A row with the cells that can be corrected: place, header, value, whether a code of the row is about it."""

    shown: ShownRow
    cells: Sequence[tuple[int, str, str, bool]]


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


@router.get("/checks/{import_id}/retry")
async def show_rows_to_fix(
    request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID, code: Code = "", after: Count = 0
) -> Response:
    return await _page(request, services, visitor, import_id, code=code, after=after)


@router.post("/checks/{import_id}/retry")
async def retry(
    request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID, form: Form, code: Code = "",
    after: Count = 0,
) -> Response:  # fmt: skip
    typed = Typed()
    try:
        to_fix = await _rows(services, visitor, import_id, code, after)
        typed = typed_in(form, to_fix)
        if (other := looks_at(form)) is not None:
            return await _page(request, services, visitor, import_id, code=other[0], after=other[1], typed=typed)
        started = await start_round(services, visitor.person, import_id, _request_id(form), asked_in(form, to_fix))
    except InvalidRequest as refused:
        problems, status = list(refused.problems), 422
    except DomainError as error:
        problems, status = in_words(error, zone_of(request)), problem_of(error).status
    else:
        return see_other(f"/checks/{started.round_import_id}")
    return await _page(
        request, services, visitor, import_id, code=code, after=after, typed=typed, problems=problems, status=status
    )


async def _rows(services: Services, visitor: Visitor, import_id: UUID, code: str, after: int) -> RowsToFix:
    return await rows_to_fix(services, visitor.person, import_id, code=code or None, after=after, limit=ROWS_SHOWN)


async def _page(
    request: Request, services: Services, visitor: Visitor, import_id: UUID, *, code: str, after: int,
    typed: Typed | None = None, problems: Sequence[RequestProblem] = (), status: int = 200,
) -> Response:  # fmt: skip
    seen = await load_review(services, visitor.person, import_id)
    rows, given = _rows(services, visitor, import_id, code, after), {"code": code, "after": after}
    return await fix_page(
        request,
        seen,
        rows,
        before_run=False,
        is_checked=services.row_checks.are_on,
        given=given,
        typed=typed,
        problems=problems,
        status=status,
    )


async def fix_page(
    request: Request,
    seen: Review,
    rows: Awaitable[RowsToFix],
    *,
    before_run: bool,
    is_checked: bool,
    given: Mapping[str, object],
    typed: Typed | None,
    problems: Sequence[RequestProblem],
    status: int,
) -> Response:
    """Rows to correct, before the import starts or after it has ended; ``given`` goes back with the form.

    ``is_checked``: while cells are typed, validation says how it would decide their row.
    """
    to_fix = None
    try:
        to_fix = await rows
    except DomainError as error:
        if not problems:
            problems, status = in_words(error, zone_of(request)), problem_of(error).status
    return render(
        request,
        "retry.html",
        status=status,
        seen=seen,
        before_run=before_run,
        is_checked=is_checked,
        to_fix=to_fix,
        rows=[_editable(row, to_fix) for row in to_fix.rows] if to_fix else [],
        typed=typed or Typed(),
        problems=at_fields(problems),
        request_id=uuid4(),
        given=given,
    )


def _editable(row: ShownRow, to_fix: RowsToFix) -> Editable:
    used = used_columns(to_fix.definition)
    marked = {key for code in row.row.codes for key in marked_columns(code, to_fix.definition)}
    return Editable(
        row,
        [
            (place, header, row.cells[place], column_key(header) in marked)
            for place, header in enumerate(to_fix.columns.header)
            if column_key(header) in used
        ],
    )


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


def _request_id(form: FormData) -> UUID:
    """The key of the form, so that it is one round however often it is sent."""
    return _id(str(form.get("request_id")))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()
