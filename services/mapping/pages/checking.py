"""Step 8: the check, what it found, and the answers to it. Works for every held import, whoever defined it how."""

import io
import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from services.mapping.draft import first_open
from services.mapping.pages.account_number import parts_page, setup_problem
from services.mapping.pages.context_rows import context_of_findings
from services.mapping.pages.meanings import meanings_in, with_meanings
from services.mapping.pages.shown import at_fields, check_no_in, in_words, shown_in
from services.mapping.pages.unknown_words import words_to_explain
from services.mapping.pages.work import DRAFT, Services, Work, Working, trouble, work_on
from services.mapping.usecases import drafts, imports
from services.mapping.usecases.accepting import Refused
from services.mapping.usecases.deciding import NotDecided
from services.mapping.usecases.differences import most_alike
from services.mapping.usecases.plan import show_samples
from services.mapping.usecases.review import Review, load_review, near_numbers, progress, sample_of, wants_another
from services.mapping.views import FindingItem
from shared.contracts.events import RequestProblem
from shared.contracts.finding_text import finding_text
from shared.csvfile import write_rows
from shared.errors import DomainError, NotFound
from shared.http import Problem, problem_of
from shared.web import Form, SignedInVisitor, Visitor, render, see_other, zone_of

router = APIRouter()
MOST_LEFT_OUT: Final = 10_000
MOST_NAMED: Final = 2 * MOST_LEFT_OUT
_AS_LINES: Final = "Go back and enter lines such as 12, 40-45"
_BETWEEN: Final = re.compile(r"[\s,;]+")
_STRETCH: Final = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")
_SAMPLES_TO_APPROVE: Final = 10
_STOP: Final = "stop"
_COUNTED_AT_ONCE: Final = 100_000  # rows; of more, a person says when
_ASKED_LAST: Final = "W351"  # nobody gets the log: the last page asks who


@router.get(DRAFT + "/check")
async def show_start_of_check(work: Working) -> Response:
    """Everything before it is ready; the file is read whole now. Where just this was checked, what came of it."""
    earlier = await drafts.import_of(work.services, work.draft)
    if earlier is not None and not wants_another(earlier.state, work.draft, earlier.definition):
        return see_other(f"/checks/{earlier.id}")
    return work.page("check", saved=work.request.query_params.get("saved", ""), is_changed=earlier is not None)


@router.post(DRAFT + "/check")
async def start_check(work: Working, form: Form) -> Response:
    """Define the import, in the place of the one that was made from this draft before."""
    if problems := work.changed_elsewhere(form, "check"):
        return work.page("check", problems=problems)
    return await _begin(work)


@router.post(DRAFT + "/arranged")
async def check_as_arranged(work: Working, form: Form) -> Response:
    """The account number is put together, and with it everything is said: the check starts by itself."""
    if problems := work.changed_elsewhere(form, "account-number"):
        return await parts_page(work, problems)
    if problem := setup_problem(work.content.parts):
        return await parts_page(work, [problem])
    work = await work.save(arranged=True)
    return see_other(work.address(first_open(work.content))) if _is_incomplete(work) else await _begin(work)


def _is_incomplete(work: Work) -> bool:
    return first_open(work.content) != "check"


@router.post(DRAFT + "/leave-out")
async def leave_out(work: Working, form: Form) -> Response:
    """Leave lines of the file out, or take all back, and check again; the answers so far stay."""
    lines: frozenset[int] = frozenset()
    if form.get("action") != "none":
        lines = lines_of([str(one) for one in form.getlist("line")]) | frozenset(work.content.exclude_lines)
    if len(lines) > MOST_LEFT_OUT:
        raise _too_many_lines()
    if changed := await _changed_elsewhere(work, form, exclude_lines=tuple(sorted(lines))):
        return changed
    work = await work.save(exclude_lines=tuple(sorted(lines)))
    return await _begin(work, carries_answers=True)


@router.post(DRAFT + "/words")
async def explain_words(work: Working, form: Form) -> Response:
    """Keep what words of the file mean, and check again; the answers so far stay. A blank meaning takes one back."""
    given = with_meanings(work.content.values, meanings_in(form))
    if given == work.content.values and work.draft.import_id is not None:
        problems = [trouble("No meaning is chosen", "Choose what at least one value means, then check again")]
        return await show_again(work.request, work.services, work.visitor, work.draft.import_id, problems, 422, form)
    if changed := await _changed_elsewhere(work, form, values=given):
        return changed
    work = await work.save(values=given)
    return await _begin(work, carries_answers=True)


async def _changed_elsewhere(work: Work, form: FormData, **given: object) -> Response | None:
    """The page of the check again, with what was typed, where its draft has changed since it was shown."""
    problems = work.changed_elsewhere(form, "check", **given)
    if not problems:
        return None
    if work.draft.import_id is None:
        return work.page("check", problems=problems)
    return await show_again(work.request, work.services, work.visitor, work.draft.import_id, problems, 422, form)


def lines_of(given: Sequence[str]) -> frozenset[int]:
    """Lines as people write them: numbers and stretches such as 12-15. Raises Problem: no line is guessed."""
    found: set[int] = set()
    named = 0  # lines that overlap count each time: what is read stays in proportion to what may be skipped
    for word in _BETWEEN.split("-".join(map(str.strip, " ".join(given).split("-")))):
        if not word:
            continue
        stretch = _STRETCH.fullmatch(word)
        start, end = (int(stretch[1]), int(stretch[2] or stretch[1])) if stretch else (0, 0)
        if not 0 < start <= end:
            raise Problem(422, "no_such_line", f"“{word[:20]}” is not a line number", remedy=_AS_LINES)
        named += end - start + 1
        if named > MOST_NAMED:
            raise _too_many_lines()
        found.update(range(start, end + 1))
    if not found:
        raise Problem(422, "no_such_line", "No line was entered", remedy=_AS_LINES)
    return frozenset(found)


def _too_many_lines() -> Problem:
    words = f"You can skip at most {MOST_LEFT_OUT:,} lines"
    return Problem(422, "too_many_lines", words, remedy="Remove them from the file and upload it again")


async def _begin(work: Work, *, carries_answers: bool = False) -> Response:
    if work.content.kind is None or work.content.file is None:
        return see_other(work.address("kind"))
    if work.content.recipe is not None and not work.content.recipe.seen:
        return see_other(work.address("columns"))  # nobody has looked at what differs from the recipe
    result = await drafts.check(work.services, work.visitor.person, work.draft, carries_answers=carries_answers)
    if isinstance(result, Refused):
        return work.page("check", problems=result.problems)
    return see_other(f"/checks/{result}")


@router.get("/checks/{import_id}")
async def show_check(
    request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID, then: str = ""
) -> Response:
    """Progress; then what was found, by code, with rows in context.

    ``then=review``: once nothing is open the review follows, since the person has answered and goes on.
    """
    seen = await load_review(services, visitor.person, import_id)
    if then == "review" and seen.is_ready and not seen.check.second_person_needed:
        return see_other(f"/checks/{import_id}/review")
    return await _found_page(request, services, visitor, seen)


async def _found_page(
    request: Request,
    services: Services,
    visitor: Visitor,
    seen: Review,
    problems: Sequence[RequestProblem] = (),
    *,
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    sample = await sample_of(services, visitor.person, seen)
    samples = None
    if seen.check.second_person_needed:  # who approves sees rows before and after
        samples = await show_samples(services, visitor.person, seen.item.import_id, most=_SAMPLES_TO_APPROVE)
    return render(
        request,
        "found.html",
        status=status,
        seen=seen,
        draft_version=seen.draft.version if seen.draft else "",
        progress=await progress(services, seen.item.import_id),
        groups=grouped(seen.check.findings),
        rows=context_of_findings(seen.check.findings, sample, seen.definition) if sample else {},
        near=await near_numbers(services, seen, sample) if sample else {},
        is_running=seen.check.state == "pending" or seen.item.state == "confirmed",
        problems=at_fields(problems),
        typed=typed or {},
        samples=samples.kinds if samples else {},
        alike=await most_alike(services, visitor.person, seen.item.import_id),
        counted_at_once=seen.check.rows_read <= _COUNTED_AT_ONCE,
        unknown_words=words_to_explain(seen.check.findings, sample, seen.definition),
    )


@router.get("/checks/{import_id}/findings.csv")
async def download_findings(services: Services, visitor: SignedInVisitor, import_id: UUID) -> Response:
    """What was found, to send to the biller: codes, counts, lines; no value of the file."""
    seen = await load_review(services, visitor.person, import_id)
    out = io.BytesIO()
    head = ["code", "meaning", "what exactly", "place", "remedy", "count", "first lines"]
    rows = [
        [one.code, one.title, _without_values(one), one.place, one.remedy, str(one.count), _lines_of(one)]
        for one in seen.check.findings
    ]
    write_rows(out, [head, *rows])
    name = f'attachment; filename="findings-{import_id}.csv"'
    return Response(out.getvalue(), media_type="text/csv; charset=utf-8", headers={"content-disposition": name})


def _without_values(finding: FindingItem) -> str:
    return finding_text(finding.detail, quoting=False).message


def _lines_of(finding: FindingItem) -> str:
    return " ".join(map(str, finding.sample_lines))


@router.post("/checks/{import_id}")
async def consider(
    request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID, form: Form
) -> Response:
    """Keep the answers; they count when the last step confirms them. What somebody else answered meanwhile is shown."""
    seen = await load_review(services, visitor.person, import_id)
    answers = _given(seen, form)
    if seen.draft_id is not None and any(form.getlist("meaning")):
        # Meanings chosen beside the answers are meant, whichever button was pressed; the check reads them first.
        return await explain_words(await work_on(request, services, visitor, seen.draft_id), form)
    kept = await _keep(request, services, visitor, import_id, answers, form)
    if isinstance(kept, Response):
        return kept
    if _STOP in answers.values():
        return see_other(f"/checks/{import_id}/cancel")
    return see_other(f"/checks/{import_id}" + ("?then=review" if kept else "/review"))


@router.post("/checks/{import_id}/answers")
async def count_again(
    request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID, form: Form
) -> Response:
    """Keep the answers so far and count the rows with them; whoever would stop the import says so with Continue."""
    seen = await load_review(services, visitor.person, import_id)
    if seen.draft_id is not None and any(form.getlist("meaning")):
        return await explain_words(await work_on(request, services, visitor, seen.draft_id), form)
    answers = {code: choice for code, choice in _given(seen, form).items() if choice != _STOP}
    kept = await _keep(request, services, visitor, import_id, answers, form)
    return kept if isinstance(kept, Response) else see_other(f"/checks/{import_id}")


async def _keep(
    request: Request,
    services: Services,
    visitor: Visitor,
    import_id: UUID,
    answers: Mapping[str, str],
    form: FormData,
) -> bool | Response:
    """Whether the file is checked again with the answers; the page with what is wrong with them."""
    try:
        return await imports.consider(services, visitor.person, import_id, check_no_in(form), answers, shown_in(form))
    except NotDecided as refused:
        return await show_again(request, services, visitor, import_id, refused.problems, 422, form)
    except NotFound:
        raise
    except DomainError as error:
        problems = in_words(error, zone_of(request))
        return await show_again(request, services, visitor, import_id, problems, problem_of(error).status, form)


async def show_again(
    request: Request,
    services: Services,
    visitor: Visitor,
    import_id: UUID,
    problems: Sequence[RequestProblem],
    status: int,
    form: FormData | None = None,
) -> Response:
    """The page as it stands now, with what the person chose."""
    seen = await load_review(services, visitor.person, import_id)
    names = [*(one.code for one in seen.decidable), "note", "line"]
    typed = {name: str(form.get(name, "")) for name in names} if form else {}
    if form:
        typed |= {f"{field}:{word}": meaning for field, word, meaning in meanings_in(form) if meaning}
    return await _found_page(request, services, visitor, seen, problems, typed=typed, status=status)


def _given(seen: Review, form: FormData) -> dict[str, str]:
    return {
        one.code: str(form[one.code])
        for one in seen.decidable
        if one.code in form and str(form[one.code]) in one.choices
    }


def grouped(findings: Sequence[FindingItem]) -> list[tuple[str, list[FindingItem]]]:
    asked_here = [one for one in findings if one.code != _ASKED_LAST]
    return [(level, list(found)) for level, found in groupby(asked_here, key=lambda one: one.level)]
