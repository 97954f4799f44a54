"""The settings of an enrollment: invoice types, and what no column says and a person has to answer for."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import Response

from services.mapping.draft import Content
from services.mapping.pages.work import DRAFT, Work, Working, shown_at, trouble
from services.mapping.sample import Sample
from services.mapping.usecases.billers import invoice_types
from services.mapping.usecases.counting import Counting
from shared.contracts.definition_rules import consent_problems, enrolls, secret_problems
from shared.contracts.events import RequestProblem
from shared.contracts.lexicon import refusal_in
from shared.today import us_today
from shared.web import Form, see_other, text_in, too_long

router = APIRouter()
STEP: Final = "settings"
_PATIENCE: Final = 0.03  # a page does not wait for what it can show later
_MUCH_PATIENCE: Final = 30.0
_LONGEST_STATEMENT: Final = 2000
_DAYS_AHEAD: Final = 10
_MOST_WORDS: Final = 200  # a column with more different cells holds no words, but names, numbers or notes
_WORDS_NAMED: Final = 3
_ASKS_NOTHING: Final = "value"  # below this header Y and N mean nothing
_LONGEST_WORD: Final = 40
_FIELDS: Final = {"options.attestation": "#attestation", "options.effective_date": "#effective_date"}
_TYPES_SHOWN: Final = "types_shown"


@router.get(DRAFT + "/settings")
async def show_settings(work: Working, *, counted: bool = False) -> Response:
    """Every chosen type enrolls each customer. ``counted``: wait until the customers without a bill are counted."""
    if work.content.shown_kind.spec.enrollment is None:
        return see_other(work.address("account-number"))
    return await _page(work, patience=_MUCH_PATIENCE if counted else _PATIENCE)


@router.post(DRAFT + "/settings")
async def choose_settings(work: Working, form: Form) -> Response:
    statement = text_in(form, "attestation")
    given: dict[str, object] = {"attestation": statement, "notify_customers": form.get("notify") == "yes"}
    kind = work.content.shown_kind
    if kind.spec.enrollment and kind.spec.enrollment.starts_on_a_day:
        given |= _autopay(form)
    types = await _types_in(work, form) if _TYPES_SHOWN in form else work.content.invoice_types
    secrets = list(secret_problems([("options.attestation", statement)]))
    missing = consent_problems(kind, _date(str(form.get("effective_date", ""))), statement, us_today())
    problems = work.changed_elsewhere(form, STEP, **given, invoice_types=types)
    if words := too_long("The statement", statement, _LONGEST_STATEMENT):
        problems.append(trouble(words, "Shorten it; nothing was cut", place="#attestation"))
    problems += [*_without_types(types), *shown_at([*secrets, *missing], _FIELDS)]
    if statement and form.get("agreed") != "yes":
        problems.append(trouble("The statement is not confirmed", "Read it and select the box", "F019", "#agreed"))
    if secrets:
        given["attestation"] = ""
    if problems:
        is_agreed = form.get("agreed") == "yes"
        return await _page(work.with_content(**given, invoice_types=types), problems, is_agreed=is_agreed)
    work = await work.save(**given, invoice_types=types)
    return work.go_on(STEP)


# Until release 0.1 these were two pages: their addresses and their forms, which may still be open, lead here.
@router.get(DRAFT + "/invoice-types")
@router.get(DRAFT + "/choices")
async def show_where_they_are_now(work: Working) -> Response:
    return see_other(work.address(STEP))


@router.post(DRAFT + "/choices")
async def choose_as_before(work: Working, form: Form) -> Response:
    return await choose_settings(work, form)


@router.post(DRAFT + "/invoice-types")
async def choose_types_as_before(work: Working, form: Form) -> Response:
    types = await _types_in(work, form)
    if problems := _without_types(types):
        return await _page(work, problems)
    await work.save(invoice_types=types)
    return see_other(work.address(STEP))


async def _types_in(work: Work, form: FormData) -> tuple[str, ...]:
    """Of those that allow the enrollment; the page says which do not."""
    found = await invoice_types(work.services, work.biller.id)
    chosen = form.getlist("type")
    return tuple(one.code for one in found if enrolls(one.facts(), work.content.shown_kind) and one.code in chosen)


def _without_types(types: Sequence[str]) -> list[RequestProblem]:
    return [] if types else [trouble("No invoice type is selected", "Select at least one", "F012", "#types")]


def _autopay(form: FormData) -> Mapping[str, object]:
    method, account_type = str(form.get("method_kind", "")), str(form.get("account_type", ""))
    return {
        "method_kind_default": method if method in ("ach", "card") else None,
        "bank_account_type_default": account_type if account_type in ("checking", "savings") else None,
        "effective_date": _date(str(form.get("effective_date", ""))),
    }


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


async def _page(
    work: Work,
    problems: Sequence[RequestProblem] = (),
    *,
    is_agreed: bool | None = None,
    patience: float = _PATIENCE,
) -> Response:
    content = work.content
    found = await invoice_types(work.services, work.biller.id)
    counting: Counting = work.request.app.state.counting
    today = us_today()
    doubts = doubts_of(await work.sample(), content) if content.file else {}
    return work.page(
        STEP,
        types=[(one, enrolls(one.facts(), content.shown_kind)) for one in found],
        counts=await counting.of(work.services.database, work.biller.id, patience=patience),
        statement=content.attestation or ("" if doubts else _statement(work)),
        doubts=doubts,
        agreed=bool(content.attestation) if is_agreed is None else is_agreed,
        earliest=today,
        proposed=content.effective_date or today + timedelta(days=_DAYS_AHEAD),
        problems=problems,
    )


def _statement(work: Work) -> str:
    enrollment = work.content.shown_kind.spec.enrollment
    return enrollment.statement.format(biller=work.biller.name) if enrollment else ""


def doubts_of(sample: Sample, content: Content) -> Mapping[str, Sequence[str]]:
    """By column, words of the first rows that say that a customer did not agree, those on most rows first.

    A plain No in a mapped column is no doubt: the check skips the row.
    """
    kind, mapped = content.shown_kind.value, set((content.columns or {}).values())
    plain = refusal_in(_ASKS_NOTHING, kind)
    found = {}
    for place, header in enumerate(sample.header):
        words = Counter(" ".join(row[place].split()) for row in sample.rows if place < len(row))
        own = refusal_in(header, kind)
        if place in sample.hidden or (len(words) > _MOST_WORDS and not own.by_header):
            continue
        says = [
            word
            for word, _ in words.most_common()
            if own.says_no(word) and (header not in mapped or plain.says_no(word)) and "@" not in word
        ]
        if says:
            found[header] = [word[:_LONGEST_WORD] for word in says[:_WORDS_NAMED]]
    return found
