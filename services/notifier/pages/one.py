"""One import: summary, rows, mails, trail."""

from contextlib import suppress
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.notifier.pages.acts import CAUSING, WORDS, acted, people_in, told
from services.notifier.pages.lists import Services
from services.notifier.usecases import auditing, customer_texts, history, notifications, queries
from shared.contracts.contract import Count, Id
from shared.contracts.outcomes import Outcome
from shared.errors import Conflict
from shared.web import Form, SignedInVisitor, render, see_other

router = APIRouter()
_ROWS: Final = 100
_EVENTS: Final = 100


@router.get("/status/imports/{import_id}")
async def summary(
    request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID, started: str = ""
) -> Response:
    """How it stands, live while it runs."""
    item = await queries.show_import(services, visitor.person, import_id)
    return render(
        request,
        "one.html",
        item=item,
        tab="summary",
        just_started=bool(started),
        approving=await queries.approving(services, visitor.person, [import_id]),
        waiting_parts={import_id: item.waiting_parts},
        operates=await queries.operates(services, visitor.person),
        recipe=await queries.recipe_of(services, import_id),
        earlier=await history.before(services, item),
        may_undo=await queries.may_undo(services, visitor.person, item.biller_id),
        watched=await notifications.watches(services, visitor.person, import_id),
    )


@router.post("/status/imports/{import_id}/watch")
async def watch(services: Services, visitor: SignedInVisitor, form: Form, import_id: UUID) -> Response:
    await notifications.watch(services, visitor.person, import_id, on=bool(form.get("watch")))
    return see_other(f"/status/imports/{import_id}")


@router.get("/status/imports/{import_id}/rows")
async def rows(
    request: Request,
    services: Services,
    visitor: SignedInVisitor,
    import_id: UUID,
    *,
    outcome: str = "",
    code: Annotated[str, Query(pattern=r"^([A-Z][0-9]{3})?$")] = "",
    after: Count = 0,
) -> Response:
    """What became of every row, page by page."""
    item = await queries.show_import(services, visitor.person, import_id)
    wanted = [Outcome(outcome)] if outcome in set(Outcome) else None
    page = await queries.list_rows(
        services, visitor.person, import_id, outcomes=wanted, code=code or None, after=after, limit=_ROWS
    )
    given = {"outcome": outcome, "code": code, "after": after}
    may_undo = await queries.may_undo(services, visitor.person, item.biller_id)
    return render(request, "rows.html", item=item, tab="rows", page=page, given=given, may_undo=may_undo)


@router.get("/status/imports/{import_id}/mails")
async def mails(request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID) -> Response:
    item = await queries.show_import(services, visitor.person, import_id)
    found = await queries.list_mails(services, visitor.person, import_id)
    names = await auditing.names(services, [found.customers.stopped_by] if found.customers else [])
    return render(
        request, "mails.html", item=item, tab="mails", mails=found.items, customers=found.customers, names=names
    )


@router.post("/status/imports/{import_id}/mails/stop")
async def stop_mails(services: Services, visitor: SignedInVisitor, _form: Form, import_id: UUID) -> Response:
    with suppress(Conflict):
        await customer_texts.stop(services, visitor.person, import_id)
    return see_other(f"/status/imports/{import_id}/mails")


@router.get("/status/imports/{import_id}/trail")
async def trail(
    request: Request,
    services: Services,
    visitor: SignedInVisitor,
    import_id: UUID,
    after: UUID | None = None,
    corrected_after: Count = 0,
    audited_before: Annotated[Id | None, Query()] = None,
) -> Response:
    """What happened, in order, and what was corrected."""
    item = await queries.show_import(services, visitor.person, import_id)
    page = await queries.show_trail(services, visitor.person, import_id, after=after, limit=_EVENTS)
    audit = await auditing.entries_of_import(services, visitor.person, import_id, before=audited_before, limit=_EVENTS)
    caused = await auditing.caused(services, visitor.person, import_id, CAUSING)
    names = await auditing.names(services, people_in([*audit.items, *caused]))
    return render(
        request,
        "trail.html",
        item=item,
        tab="trail",
        page=page,
        is_removed=after is None and not page.items,
        decided=await queries.decided(services, import_id),
        returned=await queries.returned(services, import_id),
        corrections=await queries.list_corrections(
            services, visitor.person, import_id, after=corrected_after, limit=_EVENTS
        ),
        acts=WORDS,
        audit=audit,
        told=told(audit.items, names),
        names=names,
        acted=acted(caused, page.items),
    )
