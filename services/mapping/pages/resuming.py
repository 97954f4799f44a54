"""An operator lets an import go on that waits for one."""

from contextlib import suppress
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.mapping.pages.work import Services
from services.mapping.usecases import imports
from services.mapping.usecases.review import load_review
from shared.contracts.waiting import waits_for
from shared.errors import Conflict
from shared.web import Form, SignedInVisitor, render, see_other, web_of

router = APIRouter()


@router.get("/checks/{import_id}/resume")
async def ask_to_resume(request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID) -> Response:
    waiting = await imports.waiting(services, visitor.person, import_id)
    if waiting is None:
        return _to_status(request, import_id)
    seen = await load_review(services, visitor.person, import_id)
    return render(request, "resume.html", seen=seen, waiting=waiting, cause=waits_for(waiting.reason))


@router.post("/checks/{import_id}/resume")
async def resume(
    request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID, _form: Form
) -> Response:
    """Let it go on; where somebody else has resumed or canceled it meanwhile, its page says how it stands."""
    with suppress(Conflict):
        await imports.resume(services, visitor.person, import_id)
    return _to_status(request, import_id)


def _to_status(request: Request, import_id: UUID) -> Response:
    return see_other(f"{web_of(request).settings.status_url}/status/imports/{import_id}")
