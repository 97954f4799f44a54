"""Correct rows of an import that waits for a decision: on the page, or in a file with the rows."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.mapping.errors import InvalidRequest
from services.mapping.pages.retrying import ROWS_SHOWN, Typed, asked_in, fix_page, looks_at, typed_in
from services.mapping.pages.shown import check_no_in, in_words
from services.mapping.pages.work import Services
from services.mapping.usecases.correcting import correct, rows_to_correct
from services.mapping.usecases.review import load_review
from services.mapping.usecases.rounds import RowsToFix
from services.mapping.usecases.rows_file import rows_as_file
from shared.contracts.contract import Count
from shared.contracts.events import RequestProblem
from shared.errors import DomainError
from shared.http import problem_of
from shared.web import Form, SignedInVisitor, Visitor, see_other, zone_of

router = APIRouter()
Code = Annotated[str, Query(pattern=r"^([A-Z][0-9]{3})?$")]


@router.get("/checks/{import_id}/correct")
async def show_rows_to_correct(
    request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID, code: Code = "", after: Count = 0
) -> Response:
    return await _page(request, services, visitor, import_id, code=code, after=after)


@router.post("/checks/{import_id}/correct")
async def correct_rows(
    request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID, form: Form, code: Code = "",
    after: Count = 0,
) -> Response:  # fmt: skip
    typed = Typed()
    try:
        to_fix = await _rows(services, visitor, import_id, code, after)
        typed = typed_in(form, to_fix)
        if (other := looks_at(form)) is not None:
            return await _page(request, services, visitor, import_id, code=other[0], after=other[1], typed=typed)
        await correct(services, visitor.person, import_id, check_no_in(form), asked_in(form, to_fix))
    except InvalidRequest as refused:
        problems, status = list(refused.problems), 422
    except DomainError as error:
        problems, status = in_words(error, zone_of(request)), problem_of(error).status
    else:
        return see_other(f"/checks/{import_id}")
    return await _page(
        request, services, visitor, import_id, code=code, after=after, typed=typed, problems=problems, status=status
    )


@router.get("/checks/{import_id}/rows-to-correct.csv")
async def download_rows(services: Services, visitor: SignedInVisitor, import_id: UUID) -> Response:
    content = await rows_as_file(services, visitor.person, import_id)
    name = f'attachment; filename="rows-to-correct-{import_id}.csv"'
    return Response(content, media_type="text/csv; charset=utf-8", headers={"content-disposition": name})


async def _rows(services: Services, visitor: Visitor, import_id: UUID, code: str, after: int) -> RowsToFix:
    return await rows_to_correct(services, visitor.person, import_id, code=code or None, after=after, limit=ROWS_SHOWN)


async def _page(
    request: Request, services: Services, visitor: Visitor, import_id: UUID, *, code: str, after: int,
    typed: Typed | None = None, problems: Sequence[RequestProblem] = (), status: int = 200,
) -> Response:  # fmt: skip
    seen = await load_review(services, visitor.person, import_id)
    rows = _rows(services, visitor, import_id, code, after)
    given = {"code": code, "after": after, "check_no": seen.check.check_no or 0}
    return await fix_page(
        request,
        seen,
        rows,
        before_run=True,
        is_checked=services.row_checks.are_on,
        given=given,
        typed=typed,
        problems=problems,
        status=status,
    )
