"""Emails to customers: the texts of a biller."""

from collections.abc import Callable, Coroutine
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from fastapi.routing import APIRoute

from services.notifier.api.dependencies import Services
from services.notifier.customer_email_views import (
    BounceReport,
    CustomerEmailPreview,
    CustomerEmailSwitch,
    CustomerTexts,
    NewCustomerText,
)
from services.notifier.customer_texts import About
from services.notifier.usecases import bounces, customer_texts
from shared.bearer import SignedIn
from shared.contracts.contract import LARGEST_INT8
from shared.openapi import ProblemBody

router = APIRouter(tags=["emails to customers"], responses={status: {"model": ProblemBody} for status in (401, 404)})
_SIGNED: dict[int | str, dict[str, object]] = {status: {"model": ProblemBody} for status in (403, 503)}
_EDITED: dict[int | str, dict[str, object]] = {403: {"model": ProblemBody}}
Biller = Annotated[int, Path(ge=1, le=LARGEST_INT8)]


class _SignedRoute(APIRoute):
    """Looks at the signature before anything in the body is: whoever sends it has no other credential."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[object, object, Response]]:
        handle = super().get_route_handler()

        async def handle_signed(request: Request) -> Response:
            bounces.require_signed(request.app.state.context, request.headers, await request.body())
            return await handle(request)

        return handle_signed


_signed_router = APIRouter(route_class=_SignedRoute)


@router.get("/customer-emails/{biller_id}/texts", responses=_EDITED)
async def list_texts(services: Services, person: SignedIn, biller_id: Biller) -> CustomerTexts:
    """What customers of the biller are told when an import changes something, and the fields of each text."""
    return await customer_texts.show(services, person, biller_id)


@router.put("/customer-emails/{biller_id}/texts/{about}", status_code=204, responses=_EDITED)
async def change_text(
    services: Services, person: SignedIn, biller_id: Biller, about: About, new: NewCustomerText
) -> None:
    """Change a text. Emails sent from now on have it."""
    await customer_texts.change(services, person, biller_id, about, new.text)


@router.delete("/customer-emails/{biller_id}/texts/{about}", status_code=204, responses=_EDITED)
async def use_default_text(services: Services, person: SignedIn, biller_id: Biller, about: About) -> None:
    """Go back to the default text."""
    await customer_texts.change(services, person, biller_id, about, None)


@router.post("/customer-emails/{biller_id}/texts/{about}/preview", responses=_EDITED)
async def preview_text(
    services: Services, person: SignedIn, biller_id: Biller, about: About, new: NewCustomerText
) -> CustomerEmailPreview:
    """The text as a customer would get it, with the values of a real row of a recent import; nothing is saved."""
    return await customer_texts.preview(services, person, biller_id, about, new.text)


@router.put("/customer-emails/{biller_id}", status_code=204, responses=_EDITED)
async def switch_customer_emails(
    services: Services, person: SignedIn, biller_id: Biller, wanted: CustomerEmailSwitch
) -> None:
    """Switch the emails to customers of a biller off, whatever imports say, or on again."""
    await customer_texts.switch(services, person, biller_id, on=wanted.on)


@router.delete("/imports/{import_id}/customer-emails", status_code=204, responses={409: {"model": ProblemBody}})
async def stop_customer_emails(services: Services, person: SignedIn, import_id: UUID) -> None:
    """Send none of the emails to the customers of an import that still wait. Nothing brings them back."""
    await customer_texts.stop(services, person, import_id)


@_signed_router.post("/customer-emails/bounces", status_code=204, responses=_SIGNED)
async def take_bounce(services: Services, report: BounceReport) -> None:
    """A report of the mail provider, signed as Standard Webhooks say. Reports of unknown emails have no effect."""
    await bounces.take(services, report)


router.include_router(_signed_router)
