"""Step 5: columns; and for enrolments the careful choices on a page of their own."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import Response

from services.mapping.pages.recipes import recipes_offered
from services.mapping.pages.words import field_word
from services.mapping.pages.work import DRAFT, Work, Working, shown_at, trouble
from services.mapping.sample import Sample
from services.mapping.suggestions.columns import (
    Suggestion,
    account_columns,
    means_paper,
    suggest,
)
from services.mapping.usecases.matching import ROWS_TRIED, account_parts
from shared.contracts.definition_rules import card_problems, column_problems, consent_problems
from shared.contracts.events import RequestProblem
from shared.contracts.fields import FieldName, fields_of
from shared.contracts.kinds import ImportKind
from shared.today import us_today
from shared.web import Form, see_other

router = APIRouter()
_LONGEST_STATEMENT: Final = 2000
_DAYS_AHEAD: Final = 10
_CHOICES: Final = {"options.attestation": "#attestation", "options.effective_date": "#effective_date"}


@dataclass(frozen=True, slots=True)
class Row:
    """A field on the page."""

    field: FieldName
    chosen: str
    suggestion: Suggestion | None


@router.get(DRAFT + "/columns")
async def show_columns(work: Working) -> Response:
    """Fields with the columns that may hold them, needed ones first."""
    if work.content.file is None:
        return see_other(work.address("file"))
    is_reversed = None if work.content.columns is None else work.content.paperless_flag_reversed
    return await _page(work, work.content.columns, is_reversed=is_reversed)


@router.post(DRAFT + "/columns")
async def choose_columns(work: Working, form: Form) -> Response:
    """Keep which column holds which field."""
    sample = await work.sample()
    kind = work.content.shown_kind
    chosen = _chosen(kind, form, sample)
    flag = chosen.get(FieldName.PAPERLESS_FLAG, "")
    is_reversed = bool(flag) and form.get("reversed") == "yes"
    problems = mapping_problems(kind, chosen)
    if flag != form.get("reversed-of", flag) and means_paper(flag) != is_reversed:
        is_reversed = means_paper(flag)  # without a script the switch still shows the sense of another column
        remedy = "The switch is below the columns"
        problems.append(trouble(f"Confirm what “Yes” means in {flag}", remedy, place="#reversed"))
    if problems:
        return await _page(work, chosen, is_reversed=is_reversed, problems=problems)
    recipe = work.content.recipe and work.content.recipe.model_copy(update={"seen": True})
    work = await work.save(columns=chosen, paperless_flag_reversed=is_reversed, recipe=recipe)
    return work.go_on("columns")


@router.get(DRAFT + "/choices")
async def show_choices(work: Working) -> Response:
    """What no column says and a person has to answer for."""
    return _choices_page(work, {})


@router.post(DRAFT + "/choices")
async def choose(work: Working, form: Form) -> Response:
    statement = str(form.get("attestation", "")).strip()[:_LONGEST_STATEMENT]
    given: dict[str, object] = {"attestation": statement, "notify_customers": form.get("notify") == "yes"}
    kind = work.content.shown_kind
    if kind.spec.enrollment and kind.spec.enrollment.starts_on_a_day:
        given |= _autopay(form)
    cards = list(card_problems([("options.attestation", statement)]))
    missing = consent_problems(kind, _date(str(form.get("effective_date", ""))), statement, us_today())
    problems = shown_at([*cards, *missing], _CHOICES)
    if statement and form.get("agreed") != "yes":
        problems.append(trouble("The statement is not confirmed", "Read it and select the box", "F019", "#agreed"))
    if cards:
        given["attestation"] = ""
    if problems:
        return _choices_page(work, given, problems)
    work = await work.save(**given)
    return work.go_on("choices")


def mapping_problems(kind: ImportKind, chosen: Mapping[FieldName, str]) -> list[RequestProblem]:
    fields = {f"columns.{field}": f"#f-{field}" for field in FieldName} | {"columns": f"#f-{fields_of(kind)[0][0]}"}
    return shown_at(column_problems(kind, chosen, field_word), fields)


def _chosen(kind: ImportKind, form: FormData, sample: Sample) -> dict[FieldName, str]:
    required, optional = fields_of(kind)
    given = {field: str(form.get(f"field-{field}", "")) for field in (*required, *optional)}
    return {field: header for field, header in given.items() if header in sample.header}


async def _page(
    work: Work,
    chosen: Mapping[FieldName, str] | None,
    *,
    is_reversed: bool | None = None,
    problems: Sequence[RequestProblem] = (),
) -> Response:
    sample = await work.sample()
    kind = work.content.shown_kind
    suggested = suggest(kind, sample.columns, await _account_parts(work, sample))
    used = {field: one.header for field, one in suggested.items()} if chosen is None else dict(chosen)
    required, optional = fields_of(kind)
    flag = used.get(FieldName.PAPERLESS_FLAG, "")
    mapped_first = sorted(optional, key=lambda field: field not in used)
    return work.page(
        "columns",
        required=[_row(field, used, suggested) for field in required],
        optional=[_row(field, used, suggested) for field in mapped_first],
        sample=sample,
        values=sample.values(),
        parts_of_account=account_columns(sample.columns, used),
        unused=[header for header in sample.header if header not in used.values()],
        is_suggestion=chosen is None,
        flag=flag,
        means_paper=means_paper(flag),
        is_reversed=means_paper(flag) if is_reversed is None else is_reversed,
        recipes=[] if sample.refusal else await recipes_offered(work),
        paper_headers=[header for header in sample.header if means_paper(header)],
        problems=problems,
    )


async def _account_parts(work: Work, sample: Sample) -> Collection[str]:
    return await account_parts(work.services, work.biller, sample, work.first_rows(sample, ROWS_TRIED))


def _row(field: FieldName, used: Mapping[FieldName, str], suggested: Mapping[FieldName, Suggestion]) -> Row:
    return Row(field, used.get(field, ""), suggested.get(field))


def _autopay(form: FormData) -> dict[str, object]:
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


def _choices_page(work: Work, given: Mapping[str, object], problems: Sequence[RequestProblem] = ()) -> Response:
    content = work.content.with_changes(**given)
    today = us_today()
    return work.page(
        "choices",
        given=content,
        statement=content.attestation or _statement(work),
        agreed=bool(work.content.attestation),
        earliest=today,
        proposed=content.effective_date or today + timedelta(days=_DAYS_AHEAD),
        problems=problems,
    )


def _statement(work: Work) -> str:
    enrollment = work.content.shown_kind.spec.enrollment
    return enrollment.statement.format(biller=work.biller.name) if enrollment else ""
