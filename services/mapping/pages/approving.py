"""The second person: what waits for one's approval, and approving or returning it."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.mapping.errors import InvalidRequest
from services.mapping.pages.checking import show_again
from services.mapping.pages.shown import check_no_in, in_words, shown_in
from services.mapping.pages.work import Services, shown_at
from services.mapping.usecases import imports
from services.mapping.usecases.answers import ChangedMeanwhile
from services.mapping.usecases.approvals import still_waits, waiting
from shared.web import Form, SignedInVisitor, render, see_other, web_of, zone_of

router = APIRouter()


@router.get("/approvals")
async def show_approvals(request: Request, services: Services, visitor: SignedInVisitor) -> Response:
    """Everything that waits for this person, those that wait longest first."""
    return render(request, "approvals.html", items=await waiting(services, visitor.person))


@router.get("/checks/{import_id}/waits")
async def show_whether_it_waits(services: Services, visitor: SignedInVisitor, import_id: UUID) -> Response:
    """For the page of who waits, which looks often: nothing while it does, then the page as it stands."""
    if await still_waits(services, visitor.person, import_id):
        return Response(status_code=204)
    return see_other(f"/checks/{import_id}")


@router.post("/checks/{import_id}/approve")
async def approve(
    services: Services, request: Request, visitor: SignedInVisitor, import_id: UUID, form: Form
) -> Response:
    """The second person agrees to what the page shows."""
    try:
        await imports.approve(services, visitor.person, import_id, check_no_in(form), shown_in(form))
    except ChangedMeanwhile as changed:
        return await show_again(request, services, visitor, import_id, in_words(changed, zone_of(request)), 409)
    return see_other(f"{web_of(request).settings.status_url}/status/imports/{import_id}?started=1")


@router.post("/checks/{import_id}/return")
async def give_back(
    services: Services, request: Request, visitor: SignedInVisitor, import_id: UUID, form: Form
) -> Response:
    """The second person does not agree, and says why."""
    note = str(form.get("note", ""))
    try:
        await imports.give_back(services, visitor.person, import_id, check_no_in(form), note, shown_in(form))
    except InvalidRequest as refused:
        problems = shown_at(refused.problems, {"note": "#note"})
        return await show_again(request, services, visitor, import_id, problems, 422, form)
    except ChangedMeanwhile as changed:
        return await show_again(request, services, visitor, import_id, in_words(changed, zone_of(request)), 409, form)
    return see_other(f"/checks/{import_id}")
