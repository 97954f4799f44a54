"""My notifications: of what emails tell, and the end of them by a link in each."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.notifier.notification_views import MOST_BILLERS, NotificationChoices
from services.notifier.occasions import Occasion
from services.notifier.pages.lists import Services
from services.notifier.usecases import notifications
from shared.contracts.contract import LARGEST_INT8
from shared.http import Problem
from shared.web import Form, SignedInVisitor, render, see_other, whole_number

router = APIRouter()

Token = Annotated[str, Query(max_length=2000)]


@router.get("/status/notifications")
async def show(request: Request, services: Services, visitor: SignedInVisitor, saved: str = "") -> Response:
    found = await notifications.show(services, visitor.person)
    return render(request, "notifications.html", found=found, is_saved=bool(saved), most_billers=MOST_BILLERS)


@router.post("/status/notifications")
async def save(services: Services, visitor: SignedInVisitor, form: Form) -> Response:
    told = form.getlist("event")
    billers = [whole_number(str(text), LARGEST_INT8) for text in form.getlist("biller")]
    wanted = NotificationChoices(
        events={one: one.value in told for one in Occasion},
        every_biller=bool(form.get("every_biller")),
        billers=[number for number in billers if number is not None],
    )
    await notifications.change(services, visitor.person, wanted)
    return see_other("/status/notifications?saved=1")


@router.get("/status/unsubscribe")
async def ask(request: Request, services: Services, token: Token = "") -> Response:
    """Asks first: mail programs and scanners open links, too."""
    occasion = notifications.unsubscribed(services, token)
    if occasion is None:
        raise _unknown()
    return render(request, "unsubscribe.html", occasion=occasion, token=token, is_done=False)


@router.post("/status/unsubscribe")
async def unsubscribe(request: Request, services: Services, token: Token = "") -> Response:
    """By the button of the page, or of a mail program, which brings no session (RFC 8058)."""
    occasion = await notifications.unsubscribe(services, token)
    if occasion is None:
        raise _unknown()
    return render(request, "unsubscribe.html", occasion=occasion, token=token, is_done=True)


def _unknown() -> Problem:
    return Problem(404, "not_found", "This link is not valid", remedy="Sign in and open My notifications")
