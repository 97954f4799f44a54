"""An import that is paused after its first rows: their results beside the plan, and what to do next."""

from contextlib import suppress
from typing import Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from services.mapping.errors import InvalidRequest
from services.mapping.pages.shown import in_words, number_in
from services.mapping.pages.work import Services, trouble
from services.mapping.usecases import canaries, imports
from services.mapping.usecases.review import load_review
from shared.contracts.canary import Canary
from shared.contracts.lines import lines_from, lines_in_words
from shared.errors import Conflict, DomainError
from shared.http import problem_of
from shared.web import Form, SignedInVisitor, Visitor, render, see_other, web_of, zone_of

router = APIRouter()
_FIELDS: Final = {"how": "canary", "rows": "canary_rows", "lines": "canary_lines"}


@router.get("/checks/{import_id}/canary")
async def show_first_rows(request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID) -> Response:
    return await _page(request, services, visitor, import_id)


@router.post("/checks/{import_id}/continue")
async def go_on(
    request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID, _form: Form
) -> Response:
    """Continue; where somebody else has continued or canceled it meanwhile, its page says how it stands."""
    with suppress(Conflict):
        await canaries.continue_import(services, visitor.person, import_id)
    return _to_status(request, import_id)


@router.post("/checks/{import_id}/stop")
async def stop(request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID, form: Form) -> Response:
    """Stop: what was applied stays, or its undo is asked for, which is reviewed like any other."""
    try:
        if form.get("then") == "undo":
            undo_id = await canaries.stop_and_undo(services, visitor.person, import_id, _request_id(form))
            return see_other(f"/checks/{undo_id}")
        await imports.cancel(services, visitor.person, import_id)
    except Conflict:
        return _to_status(request, import_id)
    except DomainError as error:
        return await _page(request, services, visitor, import_id, error)
    return _to_status(request, import_id)


def canary_in(form: FormData) -> Canary | None:
    """The rows to start with, as the form says; None for all. Raises InvalidRequest."""
    how = form.get("canary")
    if how not in ("first", "random", "lines"):
        return None
    if how == "lines":
        with suppress(ValueError):
            return Canary(lines=lines_from(str(form.get("canary_lines", ""))))
        problem = trouble(
            "These are not line numbers", "Enter numbers and ranges, such as 12, 40-45", place="#canary-lines"
        )
        raise InvalidRequest([problem])
    with suppress(ValueError):
        return Canary.model_validate({str(how): number_in(form, "canary_rows")})
    raise InvalidRequest(
        [trouble("Enter how many rows to start with", "Enter a number, such as 10", place="#canary-rows")]
    )


def canary_given(form: FormData | None, chosen: Canary | None) -> dict[str, str]:
    """What the form shows: what was typed, else what was chosen before."""
    if form is not None:
        return {name: str(form.get(key, "")) for name, key in _FIELDS.items()}
    if chosen is None:
        return {"how": "", "rows": "10", "lines": ""}
    if chosen.lines:
        return {"how": "lines", "rows": "", "lines": lines_in_words(chosen.lines)}
    how = "first" if chosen.first else "random"
    return {"how": how, "rows": str(chosen.first or chosen.random), "lines": ""}


async def _page(
    request: Request, services: Services, visitor: Visitor, import_id: UUID, error: DomainError | None = None
) -> Response:
    found = await canaries.first_rows(services, visitor.person, import_id)
    if found is None:
        return _to_status(request, import_id)
    seen = await load_review(services, visitor.person, import_id)
    problems = in_words(error, zone_of(request)) if error else ()
    status = problem_of(error).status if error else 200
    return render(request, "canary.html", status=status, seen=seen, found=found, request_id=uuid4(), problems=problems)


def _request_id(form: FormData) -> UUID:
    try:
        return UUID(str(form.get("request_id")))
    except ValueError:
        return uuid4()


def _to_status(request: Request, import_id: UUID) -> Response:
    return see_other(f"{web_of(request).settings.status_url}/status/imports/{import_id}")
