"""Imports and what became of their rows."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.notifier.api.dependencies import Services
from services.notifier.domain import State
from services.notifier.mail_views import MailList
from services.notifier.records import Search
from services.notifier.round_views import CorrectionPage
from services.notifier.usecases import queries
from services.notifier.usecases.queries import states_of
from services.notifier.views import ImportDetail, ImportPage, RowPage, StateGroup, TrailPage
from shared.bearer import SignedIn
from shared.contracts.contract import Count, Id, Moment, Name
from shared.contracts.kinds import ImportKind
from shared.contracts.outcomes import Outcome
from shared.openapi import ProblemBody

router = APIRouter(tags=["imports"], responses={401: {"model": ProblemBody}})
_NOT_FOUND: dict[int | str, dict[str, object]] = {404: {"model": ProblemBody}}

Page = Annotated[int, Query(ge=1, le=500, description="maximum number of results")]


@router.get("/imports")
async def list_imports(
    services: Services,
    person: SignedIn,
    *,
    group: Annotated[StateGroup | None, Query(description="in progress or completed")] = None,
    state: State | None = None,
    biller_id: Id | None = None,
    kind: ImportKind | None = None,
    requester: Annotated[Name | None, Query(description="who started it: ID or part of the name")] = None,
    text: Annotated[Name | None, Query(description="part of the file name or biller name, or the ID")] = None,
    ended_from: Annotated[Moment | None, Query(description="ended at or after this time")] = None,
    ended_before: Annotated[Moment | None, Query(description="ended before this time")] = None,
    after: Annotated[UUID | None, Query(description="`next` of the previous page")] = None,
    limit: Page = 50,
) -> ImportPage:
    """The imports you may see, newest first."""
    search = Search(
        states=states_of(group, state),
        biller_id=biller_id,
        kind=kind,
        person=requester,
        text=text,
        ended_from=ended_from,
        ended_before=ended_before,
        after=after,
        limit=limit,
    )
    return await queries.list_imports(services, person, search)


@router.get("/imports/{import_id}", responses=_NOT_FOUND)
async def show_import(services: Services, person: SignedIn, import_id: UUID) -> ImportDetail:
    """One import with its counts, its progress, what the check found and which batches are tried again."""
    return await queries.show_import(services, person, import_id)


@router.get("/imports/{import_id}/rows", responses=_NOT_FOUND)
async def list_rows(
    services: Services,
    person: SignedIn,
    import_id: UUID,
    *,
    outcome: Annotated[list[Outcome] | None, Query(max_length=len(Outcome), description="any of these")] = None,
    code: Annotated[str | None, Query(pattern=r"^[A-Z][0-9]{3}$")] = None,
    after: Annotated[Count, Query(description="`next` of the previous page: a line number")] = 0,
    limit: Page = 100,
) -> RowPage:
    """The result of each row, in file order. While the import runs, rows not reached yet are missing."""
    return await queries.list_rows(services, person, import_id, outcomes=outcome, code=code, after=after, limit=limit)


@router.get("/imports/{import_id}/trail", responses=_NOT_FOUND)
async def show_trail(
    services: Services,
    person: SignedIn,
    import_id: UUID,
    *,
    after: Annotated[UUID | None, Query(description="`next` of the previous page")] = None,
    limit: Page = 100,
) -> TrailPage:
    """What happened to the import, oldest first."""
    return await queries.show_trail(services, person, import_id, after=after, limit=limit)


@router.get("/imports/{import_id}/corrections", responses=_NOT_FOUND)
async def list_corrections(
    services: Services,
    person: SignedIn,
    import_id: UUID,
    *,
    after: Annotated[Count, Query(description="`next` of the previous page: a line number")] = 0,
    limit: Page = 100,
) -> CorrectionPage:
    """What was corrected for rounds of the import: which cell, from what to what, when and by whom."""
    return await queries.list_corrections(services, person, import_id, after=after, limit=limit)


@router.get("/imports/{import_id}/mails", responses=_NOT_FOUND)
async def list_mails(services: Services, person: SignedIn, import_id: UUID) -> MailList:
    """The emails with the log, one per recipient, and the status of each."""
    return await queries.list_mails(services, person, import_id)
