"""The whole system on one page, for those who look after it, and the dead letters of every service."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, ValidationError
from starlette.responses import Response

from services.notifier.operations_views import RUNBOOKS, Scope
from services.notifier.pages.lists import Services
from services.notifier.usecases import auditing, operations, pausing
from shared.contracts.contract import Id
from shared.contracts.topics import SCHEMA_OF, Party
from shared.errors import Conflict, Invalid
from shared.web import Form, SignedInVisitor, render, see_other, text_in, too_long

router = APIRouter()
_PAGE: Final = 50
_LONGEST_REASON: Final = 500
_ADDRESS: Final = "/status/operations"

Moment = Annotated[AwareDatetime | None, Query()]


@router.get("/status/operations")
async def show(request: Request, services: Services, visitor: SignedInVisitor) -> Response:
    return await _show(request, services, visitor)


async def _show(
    request: Request, services: Services, visitor: SignedInVisitor, refused: str = "", reason: str = ""
) -> Response:
    system = await operations.show(services, visitor.person)
    told = {"system": system, "runbooks": RUNBOOKS, "refused": refused, "reason": reason}
    return render(request, "operations.html", status=422 if refused else 200, **told)


@router.post("/status/operations/pause")
async def pause(request: Request, services: Services, visitor: SignedInVisitor, form: Form) -> Response:
    reason = text_in(form, "reason")
    scope = _scope(str(form.get("scope", "")))
    if refused := _no_reason(reason, "say why"):
        return await _show(request, services, visitor, refused, reason)
    if scope is not None:
        try:
            with suppress(Conflict):
                await pausing.pause(services, visitor.person, scope, reason)
        except Invalid as card:
            return await _show(request, services, visitor, card.title)
    return see_other(_ADDRESS)


def _no_reason(reason: str, ask: str) -> str:
    return too_long("the reason", reason, _LONGEST_REASON) if reason else ask


@router.post("/status/operations/resume")
async def resume(services: Services, visitor: SignedInVisitor, form: Form) -> Response:
    scope = _scope(str(form.get("scope", "")))
    if scope is not None:
        with suppress(Conflict):
            await pausing.resume(services, visitor.person, scope)
    return see_other(_ADDRESS)


def _scope(text: str) -> Scope | None:
    """`all`, or `biller:` or `import:` with an id; None for anything else."""
    what, _, number = text.partition(":")
    names = {"biller": "biller_id", "import": "import_id"}
    given = {} if text == "all" else {names[what]: number} if what in names else None
    try:
        return None if given is None else Scope.model_validate(given)
    except ValidationError:
        return None


@router.get("/status/operations/dead-letters")
async def list_letters(
    request: Request,
    services: Services,
    visitor: SignedInVisitor,
    *,
    service: str = "",
    state: str = "",
    before: Moment = None,
) -> Response:
    return await _letters(request, services, visitor, service, state, before)


@router.post("/status/operations/dead-letters/{service}/{letter_id}/discard")
async def discard(
    request: Request, services: Services, visitor: SignedInVisitor, service: Party, letter_id: Id, form: Form
) -> Response:
    reason = text_in(form, "reason")
    refused = _no_reason(reason, "say why nobody needs it")
    if refused or service not in SCHEMA_OF:
        typed: dict[tuple[str, int], str] = {(service, letter_id): reason}
        told = f"Nothing was discarded: {refused or 'there is no such service'}"
        return await _letters(request, services, visitor, notice=told, typed=typed, status=422)
    try:
        done = await operations.discard_letter(services, visitor.person, service, letter_id, reason)
    except Invalid as card:
        return await _letters(request, services, visitor, notice=f"Nothing was discarded: {card.title}", status=422)
    told = f"Message {letter_id} of {service} " + ("was discarded" if done else "was already handled or discarded")
    return await _letters(request, services, visitor, notice=told)


async def _letters(
    request: Request,
    services: Services,
    visitor: SignedInVisitor,
    service: str = "",
    state: str = "",
    before: datetime | None = None,
    notice: str = "",
    typed: Mapping[tuple[str, int], str] | None = None,
    status: int = 200,
) -> Response:
    asked = service if service in SCHEMA_OF else None
    is_open = state != "settled"
    found = await operations.list_letters(
        services, visitor.person, asked, is_open=is_open, before=before, limit=_PAGE + 1
    )
    return render(
        request,
        "dead_letters.html",
        letters=found[:_PAGE],
        names=await auditing.names(services, [one.discarded_by for one in found]),
        has_more=len(found) > _PAGE,
        given={"service": asked or "", "state": "open" if is_open else "settled"},
        all_services=sorted(SCHEMA_OF),
        notice=notice,
        typed=typed or {},
        status=status,
    )
