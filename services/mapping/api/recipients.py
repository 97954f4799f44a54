"""The address book: who can get logs of imports at a biller."""

from uuid import UUID

from fastapi import APIRouter

from services.mapping.api.bodies import NewRecipient
from services.mapping.api.dependencies import Services
from services.mapping.usecases import recipients
from services.mapping.views import RecipientItem, RecipientList
from shared.bearer import SignedIn
from shared.contracts.contract import Id
from shared.openapi import ProblemBody

router = APIRouter(tags=["log recipients"], responses={401: {"model": ProblemBody}, 403: {"model": ProblemBody}})


@router.get("/billers/{biller_id}/log-recipients")
async def list_recipients(services: Services, person: SignedIn, biller_id: Id) -> RecipientList:
    """The address book of the biller."""
    return await recipients.list_recipients(services, person, biller_id)


@router.post("/billers/{biller_id}/log-recipients", responses={422: {"model": ProblemBody}})
async def add_recipient(services: Services, person: SignedIn, biller_id: Id, new: NewRecipient) -> RecipientItem:
    """Add an address. If it exists, regardless of case, the existing entry is returned."""
    return await recipients.add_recipient(services, person, biller_id, new.email)


@router.delete(
    "/billers/{biller_id}/log-recipients/{recipient_id}", status_code=204, responses={404: {"model": ProblemBody}}
)
async def remove_recipient(services: Services, person: SignedIn, biller_id: Id, recipient_id: UUID) -> None:
    """Remove an address: logs sent from now on do not go there."""
    await recipients.remove_recipient(services, person, biller_id, recipient_id)
