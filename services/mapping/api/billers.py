"""Billers, and what can be imported there."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.mapping import domain
from services.mapping.api.bodies import ProblemBody
from services.mapping.api.dependencies import Services
from services.mapping.repository import billers, files
from services.mapping.usecases.access import biller_with_right
from services.mapping.views import BillerDetail, BillerItem, BillerList, InvoiceTypeItem, KindItem, ProblemItem
from shared.bearer import SignedIn
from shared.contracts.contract import Id, Name

router = APIRouter(tags=["billers"], responses={401: {"model": ProblemBody}})


@router.get("/billers")
async def list_billers(
    services: Services,
    person: SignedIn,
    q: Annotated[Name, Query(description="part of the name")] = "",
    limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
) -> BillerList:
    """The active billers for which you have any right, by name."""
    async with services.database.connection() as connection:
        found = await billers.of_person(connection, person.subject, q, limit)
    return BillerList(items=[BillerItem.model_validate(biller) for biller in found])


@router.get("/billers/{biller_id}", responses={403: {"model": ProblemBody}})
async def show_biller(services: Services, person: SignedIn, biller_id: Id) -> BillerDetail:
    """A biller: invoice types, and each kind of import with the reasons where it is not offered.

    What is offered follows your permission and what the biller's Secure Upload holds.
    """
    async with services.database.connection() as connection:
        biller, right = await biller_with_right(connection, person, biller_id)
        types = await billers.invoice_types(connection, biller_id)
        by_hint = await files.count_by_hint(connection, biller_id, domain.visible_files(right))
    visible = {hint: count for hint, count in by_hint.items() if hint in domain.visible_hints(right)}
    return BillerDetail.model_validate(
        {
            "id": biller.id,
            "name": biller.name,
            "permission": right.permission,
            "may_approve": right.may_approve,
            "linked_accounts": biller.linked_accounts,
            "invoice_types": [InvoiceTypeItem.model_validate(invoice_type) for invoice_type in types],
            "kinds": [_kind(offered) for offered in domain.kinds_offered(right, visible)],
            "secure_upload": visible,
        }
    )


def _kind(offered: domain.KindOffered) -> KindItem:
    reasons = [ProblemItem.model_validate(problem) for problem in offered.why_not]
    return KindItem(kind=offered.kind, offered=not reasons, why_not=reasons)
