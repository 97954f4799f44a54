"""Step 9: everything chosen, what will happen, who gets the log, and Start. Also cancelling and the second person."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from services.mapping.api.decisions import approve_import, cancel_import, confirm_import
from services.mapping.api.models import Approval, Confirmation, NewRecipient, RefusedRequest
from services.mapping.api.plan import show_samples
from services.mapping.api.recipients import add_recipient, list_recipients
from services.mapping.domain import Check, customers_to_make
from services.mapping.pages.access import Services, trouble
from services.mapping.pages.checking import Seen, answers_of, look
from shared.contracts.definition import NamedDecision
from shared.contracts.events import RequestProblem
from shared.http import Problem
from shared.web import Form, SignedInVisitor, Visitor, render, see_other, web_of

router = APIRouter()
_LONGEST_EMAIL: Final = 320
_MOST_EMAILS: Final = 10


@router.get("/checks/{import_id}/review")
async def show_review(request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID) -> Response:
    """The last look before anything is written."""
    seen = await look(services, visitor, import_id)
    if seen.check.state != "held" or seen.unanswered or seen.is_outdated:
        return see_other(f"/checks/{import_id}")
    return await _page(request, services, visitor, seen)


@router.post("/checks/{import_id}/review")
async def start(
    request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID, form: Form
) -> Response:
    """Start: the recipients and the answers, then off it goes."""
    seen = await look(services, visitor, import_id)
    if seen.check.state != "held" or seen.check.check_no is None or seen.is_outdated:
        return see_other(f"/checks/{import_id}")
    answers = _answers(seen, form)
    try:
        recipients = await _recipients(services, visitor, seen, str(form.get("emails", "")))
        confirmation = Confirmation(check_no=seen.check.check_no, decisions=answers, log_recipients=recipients)
        decided = await confirm_import(services, visitor.person, import_id, confirmation)
    except RefusedRequest as refused:
        return await _page(request, services, visitor, seen, form, refused.problems)
    except Problem as problem:
        return await _page(
            request, services, visitor, seen, form, [trouble(problem.title, problem.remedy, problem.code)]
        )
    if decided.second_person_needed:
        return see_other(f"/checks/{import_id}")
    return see_other(f"{web_of(request).settings.status_url}/status/imports/{import_id}?started=1")


@router.post("/checks/{import_id}/approve")
async def approve(
    services: Services, request: Request, visitor: SignedInVisitor, import_id: UUID, form: Form
) -> Response:
    """The second person agrees."""
    check_no = int(str(form.get("check_no", "0")))
    await approve_import(services, visitor.person, import_id, Approval(check_no=check_no))
    return see_other(f"{web_of(request).settings.status_url}/status/imports/{import_id}?started=1")


@router.get("/checks/{import_id}/cancel")
async def ask_to_cancel(request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID) -> Response:
    """What cancelling does and does not do."""
    seen = await look(services, visitor, import_id)
    return render(request, "cancel.html", seen=seen)


@router.post("/checks/{import_id}/cancel")
async def cancel(
    request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID, _form: Form
) -> Response:
    """When this answers no further row is applied."""
    await cancel_import(services, visitor.person, import_id)
    return see_other(f"{web_of(request).settings.status_url}/status/imports/{import_id}")


def _answers(seen: Seen, form: FormData) -> dict[str, NamedDecision]:
    choices = answers_of(seen)
    if "C202" in seen.check.undecided:
        choices["C202"] = "create" if form.get("create") == "yes" else "skip"
    typed = str(form.get("typed_count", "")).replace(",", "").strip()
    count = int(typed) if typed.isascii() and typed.isdigit() else None
    found = {one.code for one in seen.decidable}
    return {
        code: NamedDecision(choice=choice, typed_count=count if code == "C201" else None)
        for code, choice in choices.items()
        if code in found
    }


async def _recipients(services: Services, visitor: Visitor, seen: Seen, given: str) -> tuple[UUID, ...]:
    emails = [one for one in given[: _LONGEST_EMAIL * _MOST_EMAILS].replace(",", " ").replace(";", " ").split() if one]
    found = []
    for email in emails[:_MOST_EMAILS]:
        added = await add_recipient(
            services, visitor.person, seen.item.biller_id, NewRecipient(email=email[:_LONGEST_EMAIL])
        )
        found.append(added.id)
    return tuple(found)


async def _page(
    request: Request,
    services: Services,
    visitor: Visitor,
    seen: Seen,
    form: FormData | None = None,
    problems: Sequence[RequestProblem] = (),
) -> Response:
    samples = await show_samples(services, visitor.person, seen.item.import_id)
    book = await list_recipients(services, visitor.person, seen.item.biller_id)
    chosen = seen.item.log_recipients
    emails = [one.email for one in book.items if one.id in chosen.recipients]
    if not emails and chosen.chosen_by is None:
        emails = [visitor.session.email]
    return render(
        request,
        "review.html",
        status=422 if problems else 200,
        seen=seen,
        samples=samples.kinds,
        emails=str(form.get("emails", "")) if form else " ".join(filter(None, emails)),
        creates=form.get("create") == "yes" if form else answers_of(seen).get("C202") == "create",
        creatable=creatable(seen),
        missing=next((found.count for found in seen.check.findings if found.code == "C202"), 0),
        saved=request.query_params.get("saved", ""),
        problems=problems,
    )


def creatable(seen: Seen) -> int:
    """Customers that would be made if missing ones are created."""
    impact: Mapping[str, Any] = seen.check.impact
    check = Check(seen.check.check_no or 0, seen.check.state, seen.check.rows_read, (), (), impact)
    return customers_to_make(check, {"C202": "create"})
