"""Fix and retry: rows of an import that were not applied, corrected on the page or in a file, and checked again."""

import re
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from services.mapping.errors import InvalidRequest
from services.mapping.pages.context_rows import marked_columns, used_columns
from services.mapping.pages.shown import at_fields, in_words
from services.mapping.pages.work import Services
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
from shared.web import Form, SignedInVisitor, Visitor, render, see_other, zone_of

router = APIRouter()
ROWS_SHOWN: Final = 50
_CELL: Final = re.compile(r"cell-([0-9]{1,9})-([0-9]{1,3})")
_LINE: Final = re.compile(r"[0-9]{1,9}")
Code = Annotated[str, Query(pattern=r"^([A-Z][0-9]{3})?$")]


@dataclass(frozen=True, slots=True)
class Editable:
    """A row with the cells that can be corrected: place, header, value, whether a code of the row is about it."""

    shown: ShownRow
    cells: Sequence[tuple[int, str, str, bool]]


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
    try:
        to_fix = await _rows(services, visitor, import_id, code, after)
        started = await start_round(services, visitor.person, import_id, _request_id(form), asked_in(form, to_fix))
    except InvalidRequest as refused:
        problems, status = list(refused.problems), 422
    except DomainError as error:
        problems, status = in_words(error, zone_of(request)), problem_of(error).status
    else:
        return see_other(f"/checks/{started.round_import_id}")
    return await _page(
        request, services, visitor, import_id, code=code, after=after, form=form, problems=problems, status=status
    )


async def _rows(services: Services, visitor: Visitor, import_id: UUID, code: str, after: int) -> RowsToFix:
    return await rows_to_fix(services, visitor.person, import_id, code=code or None, after=after, limit=ROWS_SHOWN)


async def _page(
    request: Request, services: Services, visitor: Visitor, import_id: UUID, *, code: str, after: int,
    form: FormData | None = None, problems: Sequence[RequestProblem] = (), status: int = 200,
) -> Response:  # fmt: skip
    seen = await load_review(services, visitor.person, import_id)
    rows, given = _rows(services, visitor, import_id, code, after), {"code": code, "after": after}
    return await fix_page(
        request, seen, rows, before_run=False, given=given, form=form, problems=problems, status=status
    )


async def fix_page(
    request: Request,
    seen: Review,
    rows: Awaitable[RowsToFix],
    *,
    before_run: bool,
    given: Mapping[str, object],
    form: FormData | None,
    problems: Sequence[RequestProblem],
    status: int,
) -> Response:
    """Rows to correct, before the import starts or after it has ended; ``given`` goes back with the form."""
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
        to_fix=to_fix,
        rows=[_editable(row, to_fix) for row in to_fix.rows] if to_fix else [],
        typed={name: str(value) for name, value in form.items()} if form else {},
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


def asked_in(form: FormData, to_fix: RowsToFix) -> Asked:
    """What the form asks for: a corrected file, every row, or the rows in which something was changed or chosen."""
    if file := form.get("file"):
        return Asked(corrected_file=_id(str(file)))
    values = _values(form)
    if form.get("action") == "all":
        return Asked(outcomes=frozenset({Outcome.FAILED, Outcome.HELD, Outcome.SKIPPED}), values=values)
    shown = {row.row.line_no: row.cells for row in to_fix.rows}
    cells: dict[int, dict[str, str]] = {}
    for name, value in form.items():
        known = _CELL.fullmatch(name)
        line, place = (int(known[1]), int(known[2])) if known else (0, 0)
        if known and place in shown.get(line, {}) and str(value) != shown[line][place]:
            cells.setdefault(line, {})[to_fix.columns.header[place]] = str(value)
    leave_out = _lines(form, "leave")
    return Asked(
        cells={line: changed for line, changed in cells.items() if line not in leave_out},
        lines=_lines(form, "again"),
        leave_out=leave_out,
        codes=frozenset({UNKNOWN_WORDS}) if values else frozenset(),
        values=values,
    )


def _values(form: FormData) -> ValueMap:
    """What words mean, for every row that has them; a blank meaning says nothing."""
    given = [[str(one) for one in form.getlist(name)] for name in ("field", "word", "meaning")]
    found: dict[FieldName, dict[str, str]] = {}
    for field, word, meaning in zip(*given, strict=False):
        if meaning and field in set(FieldName):
            found.setdefault(FieldName(field), {})[word] = meaning
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
