"""Imports in progress and completed ones."""

from datetime import date, datetime, time, timedelta, tzinfo
from typing import Annotated, Final, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.notifier import domain
from services.notifier.context import Context
from services.notifier.domain import State
from services.notifier.records import Search
from services.notifier.usecases import auditing, queries
from services.notifier.usecases.queries import states_of
from services.notifier.views import StateGroup
from shared.contracts.contract import LARGEST_INT8, Name
from shared.contracts.kinds import ImportKind
from shared.web import SignedInVisitor, host_of, render, whole_number, zone_of

router = APIRouter()
_PAGE: Final = 25
_MOST_IN_PROGRESS: Final = 200


def services_of(request: Request) -> Context:
    return cast("Context", host_of(request).context)


Services = Annotated[Context, Depends(services_of)]
Words = Annotated[Name, Query()]
Day = Annotated[str, Query(max_length=10)]


@router.get("/status/in-progress")
async def in_progress(request: Request, services: Services, visitor: SignedInVisitor) -> Response:
    search = Search(states=states_of(StateGroup.IN_PROGRESS, None), limit=_MOST_IN_PROGRESS)
    page = await queries.list_imports(services, visitor.person, search)
    return render(
        request,
        "in_progress.html",
        items=page.items,
        waiting_parts=await queries.parts_tried_again(services, [item.import_id for item in page.items]),
        approving=await queries.approving(services, visitor.person, [item.import_id for item in page.items]),
        operates=await queries.operates(services, visitor.person),
        audits=await auditing.audits(services, visitor.person),
        has_more=page.next is not None,
    )


@router.get("/status/completed")
async def completed(
    request: Request,
    services: Services,
    visitor: SignedInVisitor,
    *,
    text: Words = "",
    requester: Words = "",
    kind: str = "",
    state: str = "",
    biller: str = "",
    ended_from: Day = "",
    ended_to: Day = "",
    after: UUID | None = None,
) -> Response:
    """What has ended: searched, filtered, by pages. Days are those of the person's zone."""
    zone = zone_of(request)
    search = Search(
        states=states_of(StateGroup.COMPLETED, State(state) if state in set(domain.COMPLETED) else None),
        kind=ImportKind(kind) if kind in set(ImportKind) else None,
        biller_id=whole_number(biller, LARGEST_INT8),
        person=requester.strip() or None,
        text=text.strip() or None,
        ended_from=_start_of(ended_from, zone),
        ended_before=_start_of(ended_to, zone, days=1),
        after=after,
        limit=_PAGE,
    )
    given = {
        "text": text,
        "requester": requester,
        "kind": kind,
        "state": state,
        "biller": biller,
        "ended_from": ended_from,
        "ended_to": ended_to,
    }
    return render(
        request,
        "completed.html",
        page=await queries.list_imports(services, visitor.person, search),
        given=given,
        billers=await queries.billers_of(services, visitor.person),
        ended=domain.COMPLETED,
        is_filtered=any(given.values()) or after is not None,
        is_later=after is not None,
    )


def _start_of(day: str, zone: tzinfo, *, days: int = 0) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(day) + timedelta(days=days), time(), zone)
    except (ValueError, OverflowError):
        return None
