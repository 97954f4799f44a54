"""Which column of the file holds which field."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import Response

from services.mapping.column_words import ColumnWords, words_of_column
from services.mapping.draft import has_settings
from services.mapping.pages.field_help import HELP
from services.mapping.pages.meanings import meanings_in, with_meanings
from services.mapping.pages.recipes import recipes_offered
from services.mapping.pages.words import field_word
from services.mapping.pages.work import DRAFT, QUOTED, Work, Working, shown_at, trouble
from services.mapping.sample import Sample
from services.mapping.suggestions.columns import (
    Suggestion,
    account_columns,
    means_paper,
    suggest,
)
from services.mapping.suggestions.doubts import are_swapped, payment_columns
from services.mapping.usecases.matching import ROWS_TRIED, account_parts
from shared.contracts.definition import ValueMap
from shared.contracts.definition_rules import column_problems
from shared.contracts.events import RequestProblem
from shared.contracts.fields import FieldName, fields_of
from shared.contracts.kinds import ImportKind
from shared.web import Form, see_other

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Row:
    """A field on the page."""

    field: FieldName
    chosen: str
    suggestion: Suggestion | None
    words: ColumnWords | None


@router.get(DRAFT + "/columns")
async def show_columns(work: Working) -> Response:
    """Fields with the columns that may hold them, needed ones first."""
    if work.content.file is None:
        return see_other(work.address("file"))
    is_reversed = None if work.content.columns is None else work.content.paperless_flag_reversed
    return await _page(work, work.content.columns, is_reversed=is_reversed)


@router.post(DRAFT + "/columns")
async def choose_columns(work: Working, form: Form) -> Response:
    """Keep which column holds which field, and what its words mean; ``look`` only shows the words of other columns."""
    sample = await work.sample()
    kind = work.content.shown_kind
    notifies = form.get("notify") == "yes"
    chosen = _chosen(kind, form, sample)
    uses = _uses(chosen, form, sample)
    twice = _fields_with_two_columns(chosen, uses)
    chosen |= {field: header for header, field in uses.items() if field not in twice}
    flag = chosen.get(FieldName.PAPERLESS_FLAG, "")
    is_reversed = bool(flag) and form.get("reversed") == "yes"
    values = _values(work, chosen, form)
    if form.get("action") == "look":
        is_reversed = is_reversed if flag == form.get("reversed-of", flag) else means_paper(flag)
        return await _page(work, chosen, is_reversed=is_reversed, uses=uses, values=values, notifies=notifies)
    kept: dict[str, object] = {"columns": chosen, "paperless_flag_reversed": is_reversed, "values": values}
    if not has_settings(kind):
        kept["notify_customers"] = notifies
    problems = work.changed_elsewhere(form, "columns", **kept)
    problems += mapping_problems(kind, chosen)
    problems += _swapped(sample, chosen)
    problems += [
        trouble(
            f"Two columns are chosen for {field_word(field)}: {' and '.join(map(QUOTED.format, headers))}",
            f"Select the one that is {field_word(field)}; ignore the other, or use it as another field",
            place=f"#f-{field}",
        )
        for field, headers in twice.items()
    ]
    if flag != form.get("reversed-of", flag) and means_paper(flag) != is_reversed:
        is_reversed = means_paper(flag)  # without a script the switch still shows the sense of another column
        remedy = "The switch is below the columns"
        problems.append(trouble(f"Confirm what “Yes” means in {flag}", remedy, place="#reversed"))
    if problems:
        return await _page(
            work, chosen, is_reversed=is_reversed, uses=uses, values=values, problems=problems, notifies=notifies
        )
    recipe = work.content.recipe and work.content.recipe.model_copy(update={"seen": True})
    work = await work.save(**kept, recipe=recipe)
    return work.go_on("columns")


def _swapped(sample: Sample, chosen: Mapping[FieldName, str]) -> list[RequestProblem]:
    """By chance every tenth account number would pass as a routing number, and that account would be debited."""
    if not are_swapped(sample.columns, chosen):
        return []
    routing, account = (QUOTED.format(chosen[one]) for one in (FieldName.ROUTING_NUMBER, FieldName.BANK_ACCOUNT_NUMBER))
    words = f"{field_word(FieldName.ROUTING_NUMBER)} and {field_word(FieldName.BANK_ACCOUNT_NUMBER)} are mixed up"
    remedy = f"{account} has routing numbers and {routing} has none: choose each for the other field"
    return [trouble(words, remedy, place=f"#f-{FieldName.ROUTING_NUMBER}")]


def mapping_problems(kind: ImportKind, chosen: Mapping[FieldName, str]) -> list[RequestProblem]:
    fields = {f"columns.{field}": f"#f-{field}" for field in FieldName} | {"columns": f"#f-{fields_of(kind)[0][0]}"}
    return shown_at(column_problems(kind, chosen, field_word), fields)


def _chosen(kind: ImportKind, form: FormData, sample: Sample) -> dict[FieldName, str]:
    required, optional = fields_of(kind)
    given = {field: str(form.get(f"field-{field}", "")) for field in (*required, *optional)}
    return {field: header for field, header in given.items() if header in sample.header}


def _uses(chosen: Mapping[FieldName, str], form: FormData, sample: Sample) -> dict[str, FieldName]:
    """The fields that were chosen beside columns that are not used."""
    given = zip(map(str, form.getlist("column")), form.getlist("use"), strict=False)
    return {
        header: FieldName(str(use))
        for header, use in given
        if use in set(FieldName) and header in sample.header and header not in chosen.values()
    }


def _values(work: Work, chosen: Mapping[FieldName, str], form: FormData) -> ValueMap:
    """The value map with what was chosen below the columns. What was said of another column of a field goes."""
    before = work.content.columns
    kept = {
        field: words
        for field, words in work.content.values.items()
        if before is None or field not in chosen or before.get(field) == chosen[field]
    }
    shown = {field.value for field, header in chosen.items() if form.get(f"words-of-{field}") == header}
    return with_meanings(kept, (one for one in meanings_in(form) if one[0] in shown))


def _fields_with_two_columns(
    chosen: Mapping[FieldName, str], uses: Mapping[str, FieldName]
) -> dict[FieldName, list[str]]:
    """None of them is taken silently: the field keeps the one that it has, and a person chooses."""
    headers = {field: [chosen[field]] if field in chosen else [] for field in uses.values()}
    for header, field in uses.items():
        headers[field].append(header)
    return {field: found for field, found in headers.items() if len(found) > 1}


async def _page(
    work: Work,
    chosen: Mapping[FieldName, str] | None,
    *,
    is_reversed: bool | None = None,
    uses: Mapping[str, FieldName] = MappingProxyType({}),
    values: ValueMap | None = None,
    notifies: bool | None = None,
    problems: Sequence[RequestProblem] = (),
) -> Response:
    sample = await work.sample()
    kind = work.content.shown_kind
    suggested = suggest(kind, sample.columns, await _account_parts(work, sample))
    used = {field: one.header for field, one in suggested.items()} if chosen is None else dict(chosen)
    required, optional = fields_of(kind)
    flag = used.get(FieldName.PAPERLESS_FLAG, "")
    mapped_first = sorted(optional, key=lambda field: field not in used)
    is_reversed = means_paper(flag) if is_reversed is None else is_reversed
    said = work.content.values if values is None else values

    def row(field: FieldName) -> Row:
        header = used.get(field, "")
        words = words_of_column(sample, header, field, said.get(field, {}), reverses_flags=is_reversed)
        return Row(field, header, suggested.get(field), words)

    return work.page(
        "columns",
        required=list(map(row, required)),
        optional=list(map(row, mapped_first)),
        sample=sample,
        values=sample.values(),
        parts_of_account=account_columns(sample.columns, used),
        unused=[header for header in sample.header if header not in used.values()],
        uses=uses,
        is_suggestion=chosen is None,
        flag=flag,
        means_paper=means_paper(flag),
        is_reversed=is_reversed,
        recipes=[] if sample.refusal else await recipes_offered(work),
        field_help=HELP,
        asks_for_emails=not has_settings(kind),
        notifies=work.content.notify_customers if notifies is None else notifies,
        payments=payment_columns(sample.columns),
        paper_headers=[header for header in sample.header if means_paper(header)],
        problems=problems,
    )


async def _account_parts(work: Work, sample: Sample) -> Collection[str]:
    return await account_parts(work.services, work.biller, sample, work.first_rows(sample, ROWS_TRIED))
