"""Imports and what became of their rows."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.notifier import domain
from services.notifier.api.dependencies import Services
from services.notifier.domain import State
from services.notifier.records import Search
from services.notifier.repository import status
from services.notifier.repository.parts import waiting_parts
from services.notifier.usecases.access import visible_import
from services.notifier.views import (
    ImportDetail,
    ImportPage,
    ImportState,
    Mail,
    MailList,
    ProblemBody,
    RowPage,
    RowResult,
    StateGroup,
    TrailItem,
    TrailPage,
)
from shared.bearer import SignedIn
from shared.contracts.contract import Count, Id, Moment, Name
from shared.contracts.kinds import ImportKind
from shared.contracts.outcomes import Outcome

router = APIRouter(tags=["imports"], responses={401: {"model": ProblemBody}})
_NOT_FOUND: dict[int | str, dict[str, object]] = {404: {"model": ProblemBody}}
_GROUPS = {StateGroup.IN_PROGRESS: domain.IN_PROGRESS, StateGroup.COMPLETED: domain.COMPLETED}

Page = Annotated[int, Query(ge=1, le=500, description="how many at most")]


def _states(group: StateGroup | None, state: State | None) -> list[State] | None:
    if group is None and state is None:
        return None
    return [one for one in State if (group is None or one in _GROUPS[group]) and state in (None, one)]


@router.get("/imports")
async def list_imports(
    services: Services,
    person: SignedIn,
    *,
    group: Annotated[StateGroup | None, Query(description="whether it can still change")] = None,
    state: State | None = None,
    biller_id: Id | None = None,
    kind: ImportKind | None = None,
    requester: Annotated[Name | None, Query(description="who started it: id or part of the name")] = None,
    text: Annotated[Name | None, Query(description="part of the file's or biller's name, or id")] = None,
    ended_from: Annotated[Moment | None, Query(description="ended at this moment or later")] = None,
    ended_before: Annotated[Moment | None, Query(description="ended before this moment")] = None,
    after: Annotated[UUID | None, Query(description="`next` of the page before")] = None,
    limit: Page = 50,
) -> ImportPage:
    """The imports you may see, newest first."""
    search = Search(
        states=_states(group, state),
        biller_id=biller_id,
        kind=kind,
        person=requester,
        text=text,
        ended_from=ended_from,
        ended_before=ended_before,
        after=after,
        limit=limit + 1,
    )
    async with services.database.connection() as connection:
        found = await status.list_imports(connection, person.subject, search)
    page = found[:limit]
    return ImportPage(
        items=[ImportState.of(overview) for overview in page],
        next=page[-1].import_id if len(found) > limit else None,
    )


@router.get("/imports/{import_id}", responses=_NOT_FOUND)
async def show_import(services: Services, person: SignedIn, import_id: UUID) -> ImportDetail:
    """One import with its counts, its progress, what the check found and which parts are tried again."""
    async with services.database.connection() as connection:
        overview = await visible_import(connection, person, import_id)
        findings = await status.findings_of(connection, import_id)
        changed = await status.changed_of(connection, import_id)
        parts = await waiting_parts(connection, [import_id])
    return ImportDetail.with_findings(overview, findings, changed, parts.get(import_id, ()))


@router.get("/imports/{import_id}/rows", responses=_NOT_FOUND)
async def list_rows(
    services: Services,
    person: SignedIn,
    import_id: UUID,
    *,
    outcome: Annotated[list[Outcome] | None, Query(description="any of these")] = None,
    code: Annotated[str | None, Query(pattern=r"^[A-Z][0-9]{3}$")] = None,
    after: Annotated[Count, Query(description="`next` of the page before: a line")] = 0,
    limit: Page = 100,
) -> RowPage:
    """The results row by row, in the order of the file. While the import runs, rows not yet reached are missing."""
    async with services.database.connection() as connection:
        await visible_import(connection, person, import_id)
        found = await status.rows_of(connection, import_id, after=after, limit=limit + 1, outcomes=outcome, code=code)
    page = found[:limit]
    return RowPage(items=[RowResult.of(row) for row in page], next=page[-1].line_no if len(found) > limit else None)


@router.get("/imports/{import_id}/trail", responses=_NOT_FOUND)
async def show_trail(
    services: Services,
    person: SignedIn,
    import_id: UUID,
    *,
    after: Annotated[UUID | None, Query(description="`next` of the page before")] = None,
    limit: Page = 100,
) -> TrailPage:
    """What happened to the import, oldest first."""
    async with services.database.connection() as connection:
        await visible_import(connection, person, import_id)
        found = await status.trail_of(connection, import_id, after=after, limit=limit + 1)
    page = found[:limit]
    return TrailPage(
        items=[TrailItem.of(entry) for entry in page], next=page[-1].event_id if len(found) > limit else None
    )


@router.get("/imports/{import_id}/mails", responses=_NOT_FOUND)
async def list_mails(services: Services, person: SignedIn, import_id: UUID) -> MailList:
    """The mails with the log, one for each recipient, and how far each is."""
    async with services.database.connection() as connection:
        await visible_import(connection, person, import_id)
        mails = await status.mails_of(connection, import_id)
    return MailList(items=[Mail.of(mail) for mail in mails])
