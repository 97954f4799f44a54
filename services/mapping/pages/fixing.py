"""Rows that the plan does not apply, or that were not applied: corrected on the page or in a file, and checked again.

Before the start that is the same import with another check, after its end a round of it; the pages are the same.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Protocol
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Query, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from services.mapping.context import Context
from services.mapping.corrections import marked_columns, used_columns
from services.mapping.errors import InvalidRequest
from services.mapping.pages.fix_form import Typed, asked_in, looks_at, request_id_in, typed_in
from services.mapping.pages.shown import at_fields, check_no_in, in_words
from services.mapping.pages.work import Services
from services.mapping.usecases.correcting import correct, rows_to_correct
from services.mapping.usecases.review import load_review
from services.mapping.usecases.rounds import Asked, RowsToFix, ShownRow, rows_to_fix, start_round
from services.mapping.usecases.rows_file import rows_as_file
from shared.auth import Person
from shared.contracts.contract import Count
from shared.contracts.events import RequestProblem
from shared.csvfile import column_key
from shared.errors import DomainError
from shared.http import problem_of
from shared.web import Form, SignedInVisitor, render, see_other, zone_of

router = APIRouter()
_IMPORT: Final = "/checks/{import_id}"  # read by what every page asks for
_ROWS_SHOWN: Final = 50


class _Rows(Protocol):
    async def __call__(
        self, context: Context, person: Person, import_id: UUID, *, code: str | None, after: int, limit: int
    ) -> RowsToFix: ...


@dataclass(frozen=True, slots=True)
class _Way:
    """What differs before the start and after the end. ``send`` returns the import whose check says what came of it."""

    before_run: bool
    rows: _Rows
    send: Callable[[Context, Person, UUID, FormData, Asked], Awaitable[UUID]]


@dataclass(frozen=True)
class _Asking:
    """Whose rows are looked at: of which import, with which code, after which line."""

    request: Request
    services: Services
    visitor: SignedInVisitor
    import_id: UUID
    code: Annotated[str, Query(pattern=r"^([A-Z][0-9]{3})?$")] = ""
    after: Count = 0

    async def rows(self, way: _Way, code: str, after: int) -> RowsToFix:
        person = self.visitor.person
        return await way.rows(self.services, person, self.import_id, code=code or None, after=after, limit=_ROWS_SHOWN)


@dataclass(frozen=True, slots=True)
class Editable:
    """A row with the cells that can be corrected: place, header, value, whether a code of the row is about it."""

    shown: ShownRow
    cells: Sequence[tuple[int, str, str, bool]]


async def _correct(context: Context, person: Person, import_id: UUID, form: FormData, asked: Asked) -> UUID:
    await correct(context, person, import_id, check_no_in(form), asked)
    return import_id


async def _try_again(context: Context, person: Person, import_id: UUID, form: FormData, asked: Asked) -> UUID:
    return (await start_round(context, person, import_id, request_id_in(form), asked)).round_import_id


_BEFORE: Final = _Way(before_run=True, rows=rows_to_correct, send=_correct)
_AFTER: Final = _Way(before_run=False, rows=rows_to_fix, send=_try_again)
Asking = Annotated[_Asking, Depends()]


@router.get(f"{_IMPORT}/correct")
async def show_rows_to_correct(asking: Asking) -> Response:
    return await _page(asking, _BEFORE, asking.code, asking.after)


@router.post(f"{_IMPORT}/correct")
async def correct_rows(asking: Asking, form: Form) -> Response:
    return await _sent(asking, _BEFORE, form)


@router.get("/checks/{import_id}/rows-to-correct.csv")
async def download_rows(services: Services, visitor: SignedInVisitor, import_id: UUID) -> Response:
    content = await rows_as_file(services, visitor.person, import_id)
    name = f'attachment; filename="rows-to-correct-{import_id}.csv"'
    return Response(content, media_type="text/csv; charset=utf-8", headers={"content-disposition": name})


@router.get(f"{_IMPORT}/retry")
async def show_rows_to_fix(asking: Asking) -> Response:
    return await _page(asking, _AFTER, asking.code, asking.after)


@router.post(f"{_IMPORT}/retry")
async def retry(asking: Asking, form: Form) -> Response:
    return await _sent(asking, _AFTER, form)


async def _sent(asking: _Asking, way: _Way, form: FormData) -> Response:
    typed = Typed()
    try:
        to_fix = await asking.rows(way, asking.code, asking.after)
        typed = typed_in(form, to_fix)
        if (other := looks_at(form)) is not None:
            return await _page(asking, way, *other, typed=typed)
        checked = await way.send(asking.services, asking.visitor.person, asking.import_id, form, asked_in(form, to_fix))
    except InvalidRequest as refused:
        problems, status = list(refused.problems), 422
    except DomainError as error:
        problems, status = in_words(error, zone_of(asking.request)), problem_of(error).status
    else:
        return see_other(f"/checks/{checked}")
    return await _page(asking, way, asking.code, asking.after, typed=typed, problems=problems, status=status)


async def _page(
    asking: _Asking,
    way: _Way,
    code: str,
    after: int,
    *,
    typed: Typed | None = None,
    problems: Sequence[RequestProblem] = (),
    status: int = 200,
) -> Response:
    seen = await load_review(asking.services, asking.visitor.person, asking.import_id)
    to_fix = None
    try:
        to_fix = await asking.rows(way, code, after)
    except DomainError as error:
        if not problems:
            problems, status = in_words(error, zone_of(asking.request)), problem_of(error).status
    return render(
        asking.request,
        "retry.html",
        status=status,
        seen=seen,
        before_run=way.before_run,
        is_checked=asking.services.row_checks.are_on,
        to_fix=to_fix,
        rows=[_editable(row, to_fix) for row in to_fix.rows] if to_fix else [],
        typed=typed or Typed(),
        problems=at_fields(problems),
        request_id=uuid4(),
        given={"code": code, "after": after, "check_no": seen.check.check_no or 0},
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
