"""Step 9: everything chosen, what will happen, who gets the log, and Start. Also canceling."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from services.mapping.domain import ENDED, Check, customers_to_make
from services.mapping.errors import InvalidRequest
from services.mapping.pages.canaries import canary_given, canary_in
from services.mapping.pages.checking import show_again
from services.mapping.pages.shown import at_fields, check_no_in, in_words, number_in, shown_in
from services.mapping.pages.work import Services, trouble
from services.mapping.usecases import imports
from services.mapping.usecases.answers import Shown
from services.mapping.usecases.plan import show_samples
from services.mapping.usecases.recipients import add_recipient, list_recipients
from services.mapping.usecases.review import Review, load_review
from shared.contracts.codes.names import CREATE, FEW_FOUND, NOT_FOUND, SKIP
from shared.contracts.definition import NamedDecision
from shared.contracts.events import RequestProblem
from shared.errors import Conflict, DomainError
from shared.http import problem_of
from shared.today import us_today
from shared.web import Form, SignedInVisitor, Visitor, render, see_other, web_of, zone_of

router = APIRouter()
_MOST_EMAILS: Final = 10
_NUMBERS_FIRST: Final = "Update the numbers first, then start the import"


@router.get("/checks/{import_id}/review")
async def show_review(request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID) -> Response:
    """The last look before anything is written."""
    seen = await load_review(services, visitor.person, import_id)
    if not seen.is_ready:
        return see_other(f"/checks/{import_id}")
    return await _page(request, services, visitor, seen)


@router.post("/checks/{import_id}/review")
async def start(
    request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID, form: Form
) -> Response:
    """Start: the recipients and the answers, then off it goes."""
    seen = await load_review(services, visitor.person, import_id)
    if seen.check.state != "held" or seen.is_outdated:
        return see_other(f"/checks/{import_id}")
    if words := _not_to_start(seen, form):
        return await _page(request, services, visitor, seen, form, [words])
    try:
        shown = shown_in(form)
        decided = await imports.confirm(
            services,
            visitor.person,
            import_id,
            check_no_in(form),
            _answers(seen, shown, form),
            await _recipients(services, visitor, seen, str(form.get("emails", ""))),
            shown,
            canary_in(form),
        )
    except InvalidRequest as refused:
        return await _page(request, services, visitor, seen, form, refused.problems)
    except DomainError as error:
        now = await load_review(services, visitor.person, import_id)
        problems = in_words(error, zone_of(request))
        return await _page(request, services, visitor, now, form, problems, status=problem_of(error).status)
    if decided.second_person_needed:
        return see_other(f"/checks/{import_id}")
    return see_other(f"{web_of(request).settings.status_url}/status/imports/{import_id}?started=1")


@router.post("/checks/{import_id}/create")
async def try_to_create(
    request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID, form: Form
) -> Response:
    """Whether missing customers are created is answered on the review, and its numbers follow: it is checked again."""
    answers = {NOT_FOUND: _about_missing(form)}
    try:
        await imports.consider(services, visitor.person, import_id, check_no_in(form), answers, shown_in(form))
    except DomainError as error:
        problems = in_words(error, zone_of(request))
        return await show_again(request, services, visitor, import_id, problems, problem_of(error).status)
    return see_other(f"/checks/{import_id}?then=review")


@router.get("/checks/{import_id}/cancel")
async def ask_to_cancel(request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID) -> Response:
    seen = await load_review(services, visitor.person, import_id)
    if seen.item.state in ENDED:
        return _to_status(request, import_id)
    return render(request, "cancel.html", seen=seen)


@router.post("/checks/{import_id}/cancel")
async def cancel(
    request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID, _form: Form
) -> Response:
    """Record the wish; the page of the import says when it is final, or how it ended before."""
    with suppress(Conflict):
        await imports.cancel(services, visitor.person, import_id)
    return _to_status(request, import_id)


def _to_status(request: Request, import_id: UUID) -> Response:
    return see_other(f"{web_of(request).settings.status_url}/status/imports/{import_id}")


def _answers(seen: Review, shown: Shown, form: FormData) -> dict[str, NamedDecision]:
    """The answers that the form showed: what was decided in advance stays a decision of who named it."""
    choices = {code: choice for code, choice in (shown.answers or {}).items() if code in seen.answers}
    missing = _about_missing(form)
    if NOT_FOUND in seen.answers or seen.choice_of(NOT_FOUND) != missing:
        choices[NOT_FOUND] = missing
    count = number_in(form, "typed_count")
    found = {one.code for one in seen.decidable}
    return {
        code: NamedDecision(choice=choice, typed_count=count if code == FEW_FOUND else None)
        for code, choice in choices.items()
        if code in found
    }


def _not_to_start(seen: Review, form: FormData) -> RequestProblem | None:
    if _starts_nothing(seen, form):
        return trouble("No row would be applied", "Check the biller, the file, and the account number")
    if _about_missing(form) != (seen.choice_of(NOT_FOUND) or SKIP):
        return trouble("The numbers on this page are not those of your choice", _NUMBERS_FIRST, place="#create")
    return None


def _starts_nothing(seen: Review, form: FormData) -> bool:
    """Whether nothing would come of it: a file of another biller must not end as completed without a word."""
    creates = form.get("create") == "yes" and creatable(seen) > 0
    return seen.changes_nothing and not seen.item.undoes and not creates


def _about_missing(form: FormData) -> str:
    return CREATE if form.get("create") == "yes" else SKIP


async def _recipients(services: Services, visitor: Visitor, seen: Review, given: str) -> tuple[UUID, ...]:
    emails = given.replace(",", " ").replace(";", " ").split()
    if len(emails) > _MOST_EMAILS:
        words = f"The log can be emailed to at most {_MOST_EMAILS} addresses; you entered {len(emails)}"
        raise InvalidRequest([trouble(words, "Remove some of them", place="#emails")])
    found = []
    for email in emails:
        added = await add_recipient(services, visitor.person, seen.item.biller_id, email)
        found.append(added.id)
    return tuple(found)


async def _page(
    request: Request,
    services: Services,
    visitor: Visitor,
    seen: Review,
    form: FormData | None = None,
    problems: Sequence[RequestProblem] = (),
    *,
    status: int = 422,
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
        status=status if problems else 200,
        seen=seen,
        samples=samples.kinds,
        emails=str(form.get("emails", "")) if form else " ".join(filter(None, emails)),
        typed_count=str(form.get("typed_count", "")) if form else "",
        creates=form.get("create") == "yes" if form else _creates(seen),
        creatable=creatable(seen),
        today=us_today(),
        missing=next((found.count for found in seen.check.findings if found.code == NOT_FOUND), 0),
        canary=canary_given(form, seen.item.canary),
        saved=request.query_params.get("saved", ""),
        problems=at_fields(problems),
    )


def _creates(seen: Review) -> bool:
    return seen.choice_of(NOT_FOUND) == CREATE


def creatable(seen: Review) -> int:
    check = Check(seen.check.check_no or 0, seen.check.state, seen.check.rows_read, (), (), seen.check.impact)
    return customers_to_make(check, {NOT_FOUND: CREATE})
