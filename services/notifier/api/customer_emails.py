"""Emails to customers: the texts of a biller."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.notifier.api.dependencies import Services
from services.notifier.customer_email_views import CustomerEmailPreview, CustomerTexts, NewCustomerText
from services.notifier.customer_texts import About
from services.notifier.usecases import customer_texts
from shared.bearer import SignedIn
from shared.contracts.contract import LARGEST_INT8
from shared.openapi import ProblemBody

router = APIRouter(
    prefix="/customer-emails/{biller_id}",
    tags=["emails to customers"],
    responses={status: {"model": ProblemBody} for status in (401, 403, 404)},
)
Biller = Annotated[int, Path(ge=1, le=LARGEST_INT8)]


@router.get("/texts")
async def list_texts(services: Services, person: SignedIn, biller_id: Biller) -> CustomerTexts:
    """What customers of the biller are told when an import changes something, and which fields the texts can name."""
    return await customer_texts.show(services, person, biller_id)


@router.put("/texts/{about}", status_code=204)
async def change_text(
    services: Services, person: SignedIn, biller_id: Biller, about: About, new: NewCustomerText
) -> None:
    """Change a text. Emails sent from now on have it."""
    await customer_texts.change(services, person, biller_id, about, new.text)


@router.delete("/texts/{about}", status_code=204)
async def use_default_text(services: Services, person: SignedIn, biller_id: Biller, about: About) -> None:
    """Go back to the default text."""
    await customer_texts.change(services, person, biller_id, about, None)


@router.post("/texts/{about}/preview")
async def preview_text(
    services: Services, person: SignedIn, biller_id: Biller, about: About, new: NewCustomerText
) -> CustomerEmailPreview:
    """The text as a customer would get it, with the values of a real row of a recent import; nothing is saved."""
    return await customer_texts.preview(services, person, biller_id, about, new.text)
