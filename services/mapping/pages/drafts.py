"""Step 1: the biller. Choosing one begins a draft."""

from collections.abc import Sequence
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.mapping.context import Context
from services.mapping.draft import Content, steps_of
from services.mapping.pages.work import DRAFT, Services, Working
from services.mapping.records import Draft
from services.mapping.usecases import drafts
from shared.contracts.contract import LARGEST_INT8, Name
from shared.contracts.events import RequestProblem
from shared.web import Form, SignedInVisitor, Visitor, render, see_other, whole_number

router = APIRouter()
_MOST_SHOWN: Final = 50
_NO_BILLER: Final = -1

Words = Annotated[Name, Query()]


@router.get("/import/new")
async def show_billers(request: Request, services: Services, visitor: SignedInVisitor, q: Words = "") -> Response:
    """Search as you type, recent ones first, with what their Secure Upload holds."""
    return await _page(request, services, visitor, q, draft=None)


@router.get(DRAFT + "/biller")
async def show_other_billers(work: Working, q: Words = "") -> Response:
    return await _page(work.request, work.services, work.visitor, q, draft=work.draft)


@router.post("/import/new")
async def begin(services: Services, visitor: SignedInVisitor, form: Form) -> Response:
    biller_id = whole_number(str(form.get("biller", "")), LARGEST_INT8) or _NO_BILLER
    draft_id = await drafts.begin(services, visitor.person, biller_id)
    return see_other(f"/import/{draft_id}/kind")


@router.post(DRAFT + "/biller")
async def change_biller(work: Working, form: Form) -> Response:
    """Another biller has other files and invoice types, so the rest begins anew."""
    biller_id = whole_number(str(form.get("biller", "")), LARGEST_INT8) or _NO_BILLER
    if biller_id != work.biller.id and (problems := work.changed_elsewhere(form, "biller")):
        return await _page(work.request, work.services, work.visitor, "", draft=work.draft, problems=problems)
    await drafts.change_biller(work.services, work.visitor.person, work.draft, biller_id)
    return see_other(work.address("kind"))


@router.post(DRAFT + "/discard")
async def discard(services: Services, visitor: SignedInVisitor, draft_id: UUID, _form: Form) -> Response:
    """Throw a draft away; an import made from it stays."""
    await drafts.discard(services, visitor.person, draft_id)
    return see_other("/")


async def _page(
    request: Request,
    services: Context,
    visitor: Visitor,
    words: str,
    draft: Draft | None,
    problems: Sequence[RequestProblem] = (),
) -> Response:
    found = await drafts.billers_to_choose(services, visitor.person, words.strip())
    return render(
        request,
        "biller.html",
        billers=found.billers[:_MOST_SHOWN],
        total=len(found.billers),
        files=found.files,
        recent=found.recent,
        words=words,
        draft=draft,
        content=draft.content if draft else Content(),
        steps=steps_of(draft.content if draft else Content()),
        step="biller",
        place=0,
        back="/",
        problems=problems,
        draft_version=draft.version if draft else "",
        status=422 if problems else 200,
    )
