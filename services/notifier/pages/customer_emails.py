"""Emails to customers: the texts of a biller, an editor with a preview for each."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.responses import Response

from services.notifier.customer_email_views import CustomerEmailPreview, NewCustomerText
from services.notifier.customer_texts import LONGEST_BODY, LONGEST_SUBJECT, About
from services.notifier.pages.lists import Services
from services.notifier.usecases import auditing, customer_texts
from shared.contracts.contract import LARGEST_INT8
from shared.contracts.events import RequestProblem
from shared.errors import Invalid
from shared.http import Problem
from shared.web import Form, SignedInVisitor, Visitor, render, see_other

router = APIRouter()
Biller = Annotated[int, Path(ge=1, le=LARGEST_INT8)]


@router.get("/status/billers/{biller_id}/emails")
async def list_texts(
    request: Request, services: Services, visitor: SignedInVisitor, biller_id: Biller, saved: str = ""
) -> Response:
    found = await customer_texts.show(services, visitor.person, biller_id)
    names = await auditing.names(services, [one.changed_by for one in found.items])
    return render(request, "customer_emails.html", found=found, names=names, is_saved=bool(saved))


@router.post("/status/billers/{biller_id}/emails")
async def switch(services: Services, visitor: SignedInVisitor, biller_id: Biller, form: Form) -> Response:
    await customer_texts.switch(services, visitor.person, biller_id, on=bool(form.get("on")))
    return see_other(f"/status/billers/{biller_id}/emails")


@router.get("/status/billers/{biller_id}/emails/{about}")
async def edit(
    request: Request, services: Services, visitor: SignedInVisitor, biller_id: Biller, about: About
) -> Response:
    return await _editor(request, services, visitor, biller_id, about)


@router.post("/status/billers/{biller_id}/emails/{about}")
async def save(
    request: Request, services: Services, visitor: SignedInVisitor, biller_id: Biller, about: About, form: Form
) -> Response:
    try:
        await customer_texts.change(services, visitor.person, biller_id, about, _given(form).text)
    except Invalid as refused:
        return await _editor(request, services, visitor, biller_id, about, form, refused=refused)
    return see_other(f"/status/billers/{biller_id}/emails?saved=1")


@router.post("/status/billers/{biller_id}/emails/{about}/preview")
async def preview(
    request: Request, services: Services, visitor: SignedInVisitor, biller_id: Biller, about: About, form: Form
) -> Response:
    try:
        seen = await customer_texts.preview(services, visitor.person, biller_id, about, _given(form).text)
    except Invalid as refused:
        return await _editor(request, services, visitor, biller_id, about, form, refused=refused)
    return await _editor(request, services, visitor, biller_id, about, form, preview=seen)


@router.post("/status/billers/{biller_id}/emails/{about}/default")
async def use_default(
    services: Services, visitor: SignedInVisitor, biller_id: Biller, about: About, _form: Form
) -> Response:
    await customer_texts.change(services, visitor.person, biller_id, about, None)
    return see_other(f"/status/billers/{biller_id}/emails?saved=1")


def _given(form: FormData) -> NewCustomerText:
    """Raises Invalid: forms are checked in the browser, too, so it says no more than the limits."""
    try:
        return NewCustomerText.model_validate(_typed(form))
    except ValidationError:
        limits = f"at most {LONGEST_SUBJECT} characters in the subject and {LONGEST_BODY:,} in the body"
        raise Invalid("invalid", "The subject or the body is empty or too long", "subject", f"Enter {limits}") from None


def _typed(form: FormData) -> dict[str, str]:
    """Browsers send the line ends of a form as CR LF."""
    return {name: str(form.get(name, "")).replace("\r\n", "\n") for name in ("subject", "body")}


async def _editor(
    request: Request,
    services: Services,
    visitor: Visitor,
    biller_id: int,
    about: About,
    form: FormData | None = None,
    *,
    preview: CustomerEmailPreview | None = None,
    refused: Invalid | None = None,
) -> Response:
    found = await customer_texts.show(services, visitor.person, biller_id)
    item = next((one for one in found.items if one.about is about), None)
    if item is None:
        raise Problem(404, "not_found", "No such email", remedy="See the list of emails")
    return render(
        request,
        "customer_email.html",
        status=422 if refused else 200,
        found=found,
        item=item,
        names=await auditing.names(services, [item.changed_by]),
        typed=_typed(form) if form else {"subject": item.subject, "body": item.body},
        preview=preview,
        problems=[_shown(refused)] if refused else [],
        limits={"subject": LONGEST_SUBJECT, "body": LONGEST_BODY},
    )


def _shown(refused: Invalid) -> RequestProblem:
    return RequestProblem(code=refused.code, place=f"#{refused.place}", message=refused.title, remedy=refused.remedy)
