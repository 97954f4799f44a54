"""Undo an import, or chosen rows of it: asked for here, then checked and reviewed like an import."""

from collections.abc import Sequence
from typing import Annotated, Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Request
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.responses import Response

from services.mapping.errors import InvalidRequest
from services.mapping.pages.shown import in_words
from services.mapping.pages.work import Services, trouble
from services.mapping.usecases import undoing
from services.mapping.usecases.review import load_review
from shared.contracts.events import RequestProblem
from shared.contracts.lines import ChosenRows, lines_from
from shared.errors import DomainError
from shared.http import problem_of
from shared.web import Form, SignedInVisitor, Visitor, render, see_other, too_long, zone_of

router = APIRouter()
_MOST_LINES: Final = 1_000  # boxes that were ticked on a page
_LONGEST: Final = 600_000  # ten thousand account numbers
_SOME: Final = "chosen"


@router.get("/checks/{import_id}/undo")
async def ask_to_undo(
    request: Request,
    services: Services,
    visitor: SignedInVisitor,
    import_id: UUID,
    *,
    line: Annotated[list[int] | None, Query(max_length=_MOST_LINES)] = None,
    code: Annotated[str, Query(pattern=r"^([A-Z][0-9]{3})?$")] = "",
) -> Response:
    """What an undo does, before it is asked for; of the rows that were chosen on the import's page, or of all."""
    given = {"lines": ", ".join(map(str, sorted(line or ()))), "code": code, "accounts": ""}
    return await _page(request, services, visitor, import_id, given)


@router.post("/checks/{import_id}/undo")
async def undo(request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID, form: Form) -> Response:
    """Ask for the undo: it is checked like an import, and reviewed before it starts."""
    given = {name: str(form.get(name, "")) for name in ("lines", "code", "accounts")}
    try:
        chosen = _chosen(given, only_some=form.get("rows") == _SOME)
        undo_id = await undoing.undo_import(services, visitor.person, import_id, _request_id(form), chosen)
    except InvalidRequest as refused:
        return await _page(request, services, visitor, import_id, given, refused.problems, status=422)
    except DomainError as error:
        problems, status = in_words(error, zone_of(request)), problem_of(error).status
        return await _page(request, services, visitor, import_id, given, problems, status=status)
    return see_other(f"/checks/{undo_id}")


async def _page(
    request: Request,
    services: Services,
    visitor: Visitor,
    import_id: UUID,
    given: dict[str, str],
    problems: Sequence[RequestProblem] = (),
    *,
    status: int = 200,
) -> Response:
    seen = await load_review(services, visitor.person, import_id)
    obstacle = await undoing.obstacle(services, visitor.person, import_id)
    return render(
        request,
        "undo.html",
        status=status,
        seen=seen,
        obstacle=in_words(obstacle, zone_of(request)) if obstacle else [],
        only_some=obstacle is not None and obstacle.code == undoing.ROUNDS_FIRST,
        request_id=uuid4(),
        given=given,
        problems=problems,
    )


def _chosen(given: dict[str, str], *, only_some: bool) -> ChosenRows | None:
    """The rows as they were typed; None for all. Raises InvalidRequest: none is guessed, nor more undone than meant."""
    if not only_some:
        if given["lines"].strip() or given["accounts"].strip():
            words = "You entered rows, but “All rows that were applied” is selected"
            raise InvalidRequest([trouble(words, "Select “Only some rows”, or remove what you entered", "", "#lines")])
        return None
    for name, what in (("lines", "The list of lines"), ("accounts", "The list of account numbers")):
        if words := too_long(what, given[name], _LONGEST):
            raise InvalidRequest([trouble(words, "Undo the rows in several steps", place=f"#{name}")])
    try:
        lines = lines_from(given["lines"])
    except ValueError as error:
        words = f"“{error}” is not a line number"
        raise InvalidRequest([trouble(words, "Enter numbers and ranges, such as 12, 40-45", place="#lines")]) from None
    accounts = tuple(dict.fromkeys(given["accounts"].split()))
    try:
        return ChosenRows(lines=lines, accounts=accounts, code=given["code"] or None)
    except ValidationError:
        if lines or accounts:
            words, remedy = "Too many rows are chosen", "Choose at most 10,000 ranges of lines and account numbers"
        else:
            words, remedy = "No rows are chosen", "Enter line or account numbers, or undo all rows"
        raise InvalidRequest([trouble(words, remedy, place="#lines")]) from None


def _request_id(form: FormData) -> UUID:
    """The key of the form, so that it is one undo however often it is sent."""
    try:
        return UUID(str(form.get("request_id")))
    except ValueError:
        return uuid4()
