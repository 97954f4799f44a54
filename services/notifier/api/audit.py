"""The audit trail: who did what, when and from where."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.notifier.api.dependencies import Services
from services.notifier.audit_views import AuditChain, AuditPage
from services.notifier.usecases import auditing
from shared.audit import Act, Wanted
from shared.bearer import SignedIn
from shared.contracts.contract import Count, Id, Moment, Name
from shared.openapi import ProblemBody

router = APIRouter(tags=["audit"], responses={401: {"model": ProblemBody}, 403: {"model": ProblemBody}})

Page = Annotated[int, Query(ge=1, le=1000, description="maximum number of results")]


@router.get("/audit")
async def list_entries(
    services: Services,
    person: SignedIn,
    *,
    import_id: UUID | None = None,
    actor: Annotated[Name | None, Query(description="ID of the person")] = None,
    act: Act | None = None,
    since: Annotated[Moment | None, Query(description="at or after this time")] = None,
    until: Annotated[Moment | None, Query(description="before this time")] = None,
    before: Annotated[Id | None, Query(description="`next` of the previous page")] = None,
    limit: Page = 100,
) -> AuditPage:
    """Who did what, when and from where, newest first. For people who may audit."""
    wanted = Wanted(import_id, actor, act, since, until)
    return await auditing.list_entries(services, person, wanted, before=before, limit=limit)


@router.get("/audit/chain")
async def read_chain(
    services: Services,
    person: SignedIn,
    *,
    after: Annotated[Count, Query(description="number of the last entry that is known")] = 0,
    limit: Page = 1000,
) -> AuditChain:
    """The same in its own order, with the hashes, to verify it. For people who may audit."""
    return await auditing.read_chain(services, person, after=after, limit=limit)
