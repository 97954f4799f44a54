"""What differs from the earlier import that is most alike, by pages."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.mapping.differing import Differing
from services.mapping.pages.shown import in_words
from services.mapping.pages.work import Services
from services.mapping.usecases.differences import differences
from services.mapping.usecases.review import load_review
from shared.contracts.contract import Count
from shared.errors import DomainError
from shared.http import problem_of
from shared.web import SignedInVisitor, render, zone_of

router = APIRouter()
_SHOWN: Final = 50
_WORDS: Final = {Differing.CHANGED: "Changed", Differing.NEW: "New", Differing.GONE: "No longer there"}


@router.get("/checks/{import_id}/differences")
async def show_differences(
    request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID, *, which: str = "",
    after: Count = 0,
) -> Response:  # fmt: skip
    chosen = Differing(which) if which in set(Differing) else Differing.CHANGED
    seen = await load_review(services, visitor.person, import_id)
    page, problems, status = None, [], 200
    try:
        page = await differences(services, visitor.person, import_id, which=chosen, after=after, limit=_SHOWN)
    except DomainError as error:
        problems, status = in_words(error, zone_of(request)), problem_of(error).status
    return render(
        request,
        "differences.html",
        status=status,
        seen=seen,
        page=page,
        which=chosen,
        after=after,
        kinds_of_rows=_WORDS,
        problems=problems,
    )
