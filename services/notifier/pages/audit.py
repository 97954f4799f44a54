"""The audit trail, for people who may audit."""

from contextlib import suppress
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.notifier.pages.acts import WORDS, in_words, people_in, told
from services.notifier.pages.lists import Services, Words
from services.notifier.usecases import auditing
from shared.audit import Act, Wanted
from shared.contracts.contract import LARGEST_INT8
from shared.web import SignedInVisitor, render, whole_number

router = APIRouter()
_PAGE: Final = 100


@router.get("/status/audit")
async def show(
    request: Request,
    services: Services,
    visitor: SignedInVisitor,
    *,
    person: Words = "",
    act: str = "",
    import_id: str = "",
    before: str = "",
) -> Response:
    asked = Wanted(import_id=_uuid(import_id), actor=person.strip() or None, act=Act(act) if act in set(Act) else None)
    page = await auditing.list_entries(
        services, visitor.person, asked, before=whole_number(before, LARGEST_INT8), limit=_PAGE
    )
    names = await auditing.names(services, people_in(page.items))
    given = {"person": person.strip(), "act": asked.act or "", "import_id": import_id if asked.import_id else ""}
    folded = told(page.items, names)
    return render(
        request, "audit.html", page=page, told=folded, given=given, acts=WORDS, names=names, in_words=in_words
    )


def _uuid(text: str) -> UUID | None:
    with suppress(ValueError):
        return UUID(text.strip())
    return None
