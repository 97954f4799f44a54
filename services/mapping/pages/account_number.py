"""Step 4: the parts of the account number and their order, with a preview on real rows."""

from collections.abc import Mapping, Sequence
from typing import Final

from fastapi import APIRouter
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData
from starlette.responses import Response

from services.mapping.pages.work import DRAFT, Work, Working, shown_at, trouble
from services.mapping.sample import Sample
from services.mapping.suggestions.columns import account_columns
from services.mapping.usecases.matching import ROWS_TRIED, Fitting, Preview, fitting_at, offered, preview_at
from shared.contracts.definition import ColumnPart, LiteralPart, Part, Transform
from shared.contracts.definition_rules import account_number_problems, account_number_texts, secret_problems
from shared.contracts.events import RequestProblem
from shared.contracts.fields import FieldName
from shared.web import Form, see_other, too_long

router = APIRouter()
_STEP: Final = "account-number"
_ROWS_MATCHED: Final = 1_000
_SUGGESTED: Final = 3
_MOST_PARTS: Final = 12
_LONGEST_TEXT: Final = 50
_TRANSFORM: Final[TypeAdapter[Transform]] = TypeAdapter(Transform)


@router.get(DRAFT + "/account-number")
async def show_parts(work: Working) -> Response:
    """Which columns and texts make the number, in which order, and what comes of it."""
    if work.content.columns is None:
        return see_other(work.address("columns"))
    return await parts_page(work)


@router.get(DRAFT + "/order")
async def show_order(work: Working) -> Response:  # the order had a page of its own
    return see_other(work.address(_STEP))


@router.post(DRAFT + "/account-number")
async def change_parts(work: Working, form: Form) -> Response:
    """Each change is kept at once. Where it names a part by its place, the parts must be those that the page showed."""
    action, _, argument = str(form.get("action", "next")).partition(":")
    if problems := work.changed_elsewhere(form, _STEP):
        return await parts_page(work, problems, typed=form)
    if action == "next":
        problem = setup_problem(work.content.parts)
        return await parts_page(work, [problem]) if problem else (await work.save(arranged=True)).go_on(_STEP)
    try:
        parts = await _changed(work, action, argument, form)
    except (ValidationError, ValueError, IndexError):
        return await parts_page(work, [_not_added(action, form)], typed=form)
    if problems := _not_kept(parts):
        return await parts_page(work, problems)
    await work.save(parts=parts, arranged=False)
    return see_other(work.address(_STEP))


def _not_added(action: str, form: FormData) -> RequestProblem:
    if action == "add-text" and (words := too_long("The text", str(form.get("text", "")), _LONGEST_TEXT)):
        return trouble(words, "Shorten it; nothing was cut", place="#text")
    return trouble(
        "This format can't be added",
        "Enter a number from 1 to 50, or up to 50 characters; a part has 50 formats at most",
    )


def _not_kept(parts: Sequence[Part]) -> list[RequestProblem]:
    if secrets := list(secret_problems(account_number_texts(parts))):
        return shown_at(secrets[:1], {secrets[0].place: "#text"})
    if len(parts) <= _MOST_PARTS:
        return []
    return [trouble(f"An account number has at most {_MOST_PARTS} parts", "Remove a part before you add another")]


def setup_problem(parts: Sequence[Part]) -> RequestProblem | None:
    return next(iter(shown_at(account_number_problems(parts), {"account_number": "#column"})), None)


def reordered(parts: tuple[Part, ...], action: str, argument: str) -> tuple[Part, ...] | None:
    try:
        places = [int(place) for place in argument.split(",")]
    except ValueError:
        return None
    if action == "order":
        return tuple(parts[place] for place in places) if sorted(places) == list(range(len(parts))) else None
    place = places[0]
    target = place + {"up": -1, "down": 1}.get(action, 0)
    if not (0 <= place < len(parts) and 0 <= target < len(parts)):
        return None
    moved = [*parts[:place], *parts[place + 1 :]]
    return (*moved[:target], parts[place], *moved[target:])


async def _changed(work: Work, action: str, argument: str, form: FormData) -> tuple[Part, ...]:
    parts = work.content.parts
    match action:
        case "add-column":
            header = str(form.get("column", "")) or argument
            sample = await work.sample()
            return (*parts, ColumnPart(column=header)) if header in offered(sample, _columns(work)) else parts
        case "add-text":
            return (*parts, LiteralPart(literal=str(form.get("text", ""))))
        case "remove":
            return tuple(part for place, part in enumerate(parts) if str(place) != argument)
        case "suggested":
            found = await _fitting(work, await work.sample())
            return found[int(argument or 0)].parts
        case "change" | "unchange":
            place, _, which = argument.partition(".")
            return _with_transform(parts, int(place), which, form if action == "change" else None)
        case _:
            return reordered(parts, action, argument) or parts


def _with_transform(parts: tuple[Part, ...], place: int, which: str, form: FormData | None) -> tuple[Part, ...]:
    part = parts[place]
    if not isinstance(part, ColumnPart):
        return parts
    if form is None:
        kept = tuple(one for index, one in enumerate(part.transforms) if str(index) != which)
    else:
        given = (str(form.get(f"{name}-{place}", "")) for name in ("do", "with", "new", "separator"))
        kept = (*part.transforms, _transform(*given))
    return (*parts[:place], part.model_copy(update={"transforms": kept}), *parts[place + 1 :])


def _transform(kind: str, given: str, new: str, separator: str) -> Transform:
    values: dict[str, object] = {"do": kind}
    match kind:
        case "pad_left":
            values["length"] = int(given)
        case "take_first" | "take_last" | "drop_last":
            values["count"] = int(given)
        case "take_part":
            values |= {"number": int(given), "separator": separator}
        case "remove":
            values["characters"] = given
        case "replace":
            values |= {"old": given, "new": new}
        case _:
            pass  # the others take no value, and what is none of them is refused
    return _TRANSFORM.validate_python(values)


def _columns(work: Work) -> Mapping[FieldName, str]:
    return work.content.columns or {}


async def _fitting(work: Work, sample: Sample) -> list[Fitting]:
    return await fitting_at(work.services, work.biller, sample, work.first_rows(sample, ROWS_TRIED), _columns(work))


async def parts_page(work: Work, problems: Sequence[RequestProblem] = (), *, typed: FormData | None = None) -> Response:
    sample = await work.sample()
    return work.page(
        _STEP,
        offered=offered(sample, _columns(work)),
        values=sample.values(),
        suggested=(await _fitting(work, sample))[:_SUGGESTED],
        preview=await _preview(work, sample),
        likely=account_columns(sample.columns, _columns(work)),
        typed=typed or {},
        problems=problems,
    )


async def _preview(work: Work, sample: Sample) -> Preview | None:
    if setup_problem(work.content.parts):
        return None
    rows = work.first_rows(sample, _ROWS_MATCHED)
    return await preview_at(work.services, work.biller, sample, rows, work.content.parts)
