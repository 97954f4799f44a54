"""What imports changed for one customer."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.notifier.pages.lists import Services, Words
from services.notifier.usecases import queries
from shared.contracts.contract import LARGEST_INT8
from shared.web import SignedInVisitor, render, whole_number

router = APIRouter()


@router.get("/status/customers")
async def customers(
    request: Request, services: Services, visitor: SignedInVisitor, *, text: Words = "", biller: str = ""
) -> Response:
    """Every applied row of a customer, whichever import it belongs to."""
    asked = text.strip()
    history = None
    if asked:
        history = await queries.find_customer(services, visitor.person, whole_number(biller, LARGEST_INT8), asked)
    return render(
        request,
        "customers.html",
        history=history,
        given={"text": asked, "biller": biller},
        billers=await queries.billers_of(services, visitor.person),
    )
