"""Step 1: the biller. Choosing one begins a draft."""

from typing import Annotated, Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.mapping import domain
from services.mapping.api.billers import list_billers
from services.mapping.context import Context
from services.mapping.draft import Content, steps_of
from services.mapping.pages.access import DRAFT, Services, Working
from services.mapping.repository import drafts as repository
from services.mapping.repository import files
from services.mapping.usecases.access import biller_with_right
from shared.contracts.contract import LARGEST_INT8, Name
from shared.contracts.rights import Right
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
    """The same, for a draft that has one."""
    return await _page(work.request, work.services, work.visitor, q, draft=work.draft)


@router.post("/import/new")
async def begin(services: Services, visitor: SignedInVisitor, form: Form) -> Response:
    """Begin a draft."""
    biller_id = whole_number(str(form.get("biller", "")), LARGEST_INT8) or _NO_BILLER
    draft_id = uuid4()
    async with services.database.transaction() as connection:
        await biller_with_right(connection, visitor.person, biller_id)
        await repository.new_draft(connection, draft_id, visitor.person.subject, biller_id)
    return see_other(f"/import/{draft_id}/kind")


@router.post(DRAFT + "/biller")
async def change_biller(work: Working, form: Form) -> Response:
    """Another biller has other files and invoice types, so the rest begins anew."""
    biller_id = whole_number(str(form.get("biller", "")), LARGEST_INT8) or _NO_BILLER
    async with work.services.database.transaction() as connection:
        await biller_with_right(connection, work.visitor.person, biller_id)
        content = work.content if biller_id == work.biller.id else Content()
        await repository.save_draft(connection, work.draft.id, biller_id, content)
    return see_other(work.address("kind"))


@router.post(DRAFT + "/discard")
async def discard(services: Services, visitor: SignedInVisitor, draft_id: UUID, _form: Form) -> Response:
    """Throw a draft away; an import made from it stays."""
    async with services.database.transaction() as connection:
        await repository.delete_draft(connection, draft_id, visitor.person.subject)
    return see_other("/")


async def _page(
    request: Request, services: Context, visitor: Visitor, words: str, draft: repository.Draft | None
) -> Response:
    found = (await list_billers(services, visitor.person, q=words.strip(), limit=1000)).items
    async with services.database.connection() as connection:
        recent = await repository.recent_billers(connection, visitor.person.subject)
        visible = {biller.id: domain.visible_files(Right(biller.permission)) for biller in found}
        held = await files.count_of_each(connection, visible)
    ranks = {biller_id: rank for rank, biller_id in enumerate(recent)}
    ordered = sorted(found, key=lambda biller: ranks.get(biller.id, len(ranks)))
    return render(
        request,
        "biller.html",
        billers=ordered[:_MOST_SHOWN],
        total=len(found),
        files=held,
        recent=set(recent),
        words=words,
        draft=draft,
        content=draft.content if draft else Content(),
        steps=steps_of(draft.content if draft else Content()),
        step="biller",
        place=0,
        back="/",
        problems=(),
    )
