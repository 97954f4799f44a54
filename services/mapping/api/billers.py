"""Billers, and what can be imported there."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.mapping.api.dependencies import Services
from services.mapping.usecases import billers
from services.mapping.views import BillerDetail, BillerList
from shared.bearer import SignedIn
from shared.contracts.contract import Id, Name
from shared.openapi import ProblemBody

router = APIRouter(tags=["billers"], responses={401: {"model": ProblemBody}})


@router.get("/billers")
async def list_billers(
    services: Services,
    person: SignedIn,
    q: Annotated[Name, Query(description="part of the name")] = "",
    limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
) -> BillerList:
    """The active billers that you have access to, by name."""
    return await billers.list_billers(services, person, q, limit)


@router.get("/billers/{biller_id}", responses={403: {"model": ProblemBody}})
async def show_biller(services: Services, person: SignedIn, biller_id: Id) -> BillerDetail:
    """A biller: its invoice types, and each kind of import, with the reasons if it is not offered.

    What is offered depends on your permission and on the files in the biller's Secure Upload.
    """
    return await billers.show_biller(services, person, biller_id)
