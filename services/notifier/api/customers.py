"""What imports changed for a customer."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.notifier.api.dependencies import Services
from services.notifier.customer_views import CustomerHistory
from services.notifier.usecases import queries
from shared.bearer import SignedIn
from shared.contracts.contract import Id, Name
from shared.openapi import ProblemBody

router = APIRouter(tags=["customers"], responses={401: {"model": ProblemBody}})


@router.get("/customer-history")
async def customer_history(
    services: Services,
    person: SignedIn,
    text: Annotated[Name, Query(description="account number, email or user name, as it is in the CRM now")],
    biller_id: Id | None = None,
) -> CustomerHistory:
    """The rows that imports applied to a customer, newest first, with every value before and after."""
    return await queries.find_customer(services, person, biller_id, text)
