"""The start page: Import, View In-Progress Imports, View Completed Imports."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.mapping.draft import first_open, steps_of
from services.mapping.pages.work import Services
from services.mapping.records import OpenDraft
from services.mapping.usecases.drafts import unfinished
from shared.web import SignedInVisitor, render

router = APIRouter()
_AFTER_CHECK: Final = {"held": "Check results: needs a decision", "rejected": "File rejected"}
_MOST_DRAFTS: Final = 12


@router.get("/")
async def show_start(request: Request, services: Services, visitor: SignedInVisitor) -> Response:
    """The three ways, and what was left unfinished."""
    found = await unfinished(services, visitor.person, _MOST_DRAFTS)
    drafts = [(draft, _next(draft), _title(draft)) for draft in found]
    return render(request, "start.html", drafts=drafts)


def _next(draft: OpenDraft) -> str:
    if draft.import_id is not None:
        return f"/checks/{draft.import_id}"
    return f"/import/{draft.id}/{first_open(draft.content)}"


def _title(draft: OpenDraft) -> str:
    if draft.import_id is not None:
        return _AFTER_CHECK.get(draft.state or "", "Checking")
    key = first_open(draft.content)
    return next(step.title for step in steps_of(draft.content) if step.key == key)
