"""Step 8: the check, what it found, and the answers to it. Works for every held import, whoever defined it how."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid5

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from services.mapping.api.imports import show_check as read_check
from services.mapping.api.imports import show_import
from services.mapping.domain import ENDED, SECOND_PERSON, State
from services.mapping.pages.access import DRAFT, Services, Work, Working
from services.mapping.pages.context_rows import context_of_findings
from services.mapping.pages.matching import nearest_of
from services.mapping.pages.shown import check_no_in, shown_in, told
from services.mapping.repository import billers, considered, files, imports
from services.mapping.repository import drafts as repository
from services.mapping.repository.considered import Considered
from services.mapping.repository.drafts import Draft
from services.mapping.sampling import Sample
from services.mapping.suggestions.recipe import LONGEST, account_number
from services.mapping.usecases import deciding
from services.mapping.usecases.accepting import Refused, accept
from services.mapping.usecases.accepting import Request as ImportRequest
from services.mapping.usecases.access import sample_for, visible_import
from services.mapping.usecases.answers import Standing, standing
from services.mapping.usecases.deciding import NotDecided
from services.mapping.views import CheckBody, DecisionItem, FindingItem, ImportDetail
from shared.contracts.definition import ImportDefinition
from shared.contracts.events import RequestProblem
from shared.contracts.rights import Right
from shared.csvfile import write_rows
from shared.errors import DomainError, NotFound
from shared.http import Problem, problem_of
from shared.postgres import Connection
from shared.today import us_today
from shared.web import Form, SignedInVisitor, Visitor, render, see_other, zone_of

Beside = tuple[int, str, str | None]  # line, number, the one that looks most like it
router = APIRouter()
_ORDER: Final = "FCRSW"
_NOT_STARTED: Final = (State.CHECKING, State.HELD)
_NEVER_STARTED: Final = (State.REJECTED, State.CANCELLED)
_NOT_FOUND: Final = "C202"
_CLOSED: Final = "R111"
_ONLY_ON_REVIEW: Final = frozenset({_NOT_FOUND, SECOND_PERSON})
MOST_LEFT_OUT: Final = 10_000
_AS_LINES: Final = "Go back and write lines such as 12, 40-45"
_BETWEEN: Final = re.compile(r"[\s,;]+")
_STRETCH: Final = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")
_NEAREST_SHOWN: Final = 5
_ASKED_LAST: Final = "W351"  # nobody gets the log: the last page asks who


@dataclass(frozen=True, slots=True)
class Seen:
    """An import with its newest check, as the pages of steps 8 and 9 show it."""

    item: ImportDetail
    check: CheckBody
    biller_name: str
    draft: Draft | None
    answers: Mapping[str, Considered]
    standing: Mapping[str, Standing]
    file_name: str
    removed_for: str | None  # the code for which the file was removed
    right: Right

    @property
    def may_approve(self) -> bool:
        """Whether the person may be the second one."""
        return self.right.may_approve

    @property
    def may_replace_owner(self) -> bool:
        """Whether the person may have owners of accounts replaced."""
        return self.right.may_replace_owner

    @property
    def draft_id(self) -> UUID | None:
        """The draft that became this import, where it is the person's own."""
        return self.draft.id if self.draft else None

    @property
    def is_outdated(self) -> bool:
        """Whether the draft was changed since, so that this check says nothing of it."""
        return (
            self.draft is not None
            and self.item.state not in _NEVER_STARTED
            and _wants_another(self.item.state, self.draft, self.item.definition)
        )

    @property
    def definition(self) -> ImportDefinition:
        """What was asked for."""
        return ImportDefinition.model_validate(self.item.definition)

    @property
    def open_codes(self) -> list[FindingItem]:
        """Findings that need an answer, the number of missing accounts last."""
        return [found for found in self.check.findings if found.code in self.check.undecided]

    @property
    def decidable(self) -> list[FindingItem]:
        """Findings that can be answered: those that need it, and those for which a rule would decide."""
        open_codes = self.check.undecided
        return [found for found in self.check.findings if found.code in open_codes or len(found.choices) > 1]

    @property
    def for_second_person(self) -> FindingItem | None:
        """What somebody else has to agree to."""
        return next((found for found in self.check.findings if found.code == SECOND_PERSON), None)

    @property
    def unanswered(self) -> list[str]:
        """Codes without an answer to what was found now, except those that the last step asks."""
        return [
            found.code for found in self.open_codes if not self.is_answered(found) and found.code not in _ONLY_ON_REVIEW
        ]

    @property
    def decided(self) -> dict[str, DecisionItem]:
        """What was decided for good, by code: who, when, having seen which count."""
        return {one.code: one for one in self.item.decisions}

    def is_answered(self, found: FindingItem) -> bool:
        """Whether there is an answer given by somebody who saw as many of it."""
        answer = self.answers.get(found.code)
        return answer is not None and (answer.count_seen or 0) >= found.count and answer.choice in found.choices


@router.get(DRAFT + "/check")
async def show_start_of_check(work: Working) -> Response:
    """Everything before it is ready; the file is read whole now. Where just this was checked, what came of it."""
    async with work.services.database.connection() as connection:
        earlier = await imports.find(connection, work.draft.import_id) if work.draft.import_id else None
    if earlier is not None and not _wants_another(earlier.state, work.draft, earlier.definition):
        return see_other(f"/checks/{earlier.id}")
    return work.page("check", saved=work.request.query_params.get("saved", ""), is_changed=earlier is not None)


def _wants_another(state: str, draft: Draft, definition: Mapping[str, Any]) -> bool:
    """Whether what was checked is not what the draft asks for now. What was started stays as it is."""
    if state in _NEVER_STARTED:
        return True
    asked = ImportDefinition.model_validate(definition)
    return state in _NOT_STARTED and not draft.content.asks_for(draft.biller_id, asked)


@router.post(DRAFT + "/check")
async def start_check(work: Working, _form: Form) -> Response:
    """Define the import, in the place of the one that was made from this draft before."""
    return await _begin(work, carries_answers=False)


@router.post(DRAFT + "/leave-out")
async def leave_out(work: Working, form: Form) -> Response:
    """Leave lines of the file out, or take all back, and check again; the answers so far stay."""
    lines: frozenset[int] = frozenset()
    if form.get("action") != "none":
        lines = lines_of([str(one) for one in form.getlist("line")]) | frozenset(work.content.exclude_lines)
    if len(lines) > MOST_LEFT_OUT:
        raise _too_many_lines()
    work = await work.save(exclude_lines=tuple(sorted(lines)))
    return await _begin(work, carries_answers=True)


def lines_of(given: Sequence[str]) -> frozenset[int]:
    """Lines as people write them: numbers and stretches such as 12-15. Raises Problem: no line is guessed."""
    found: set[int] = set()
    for word in _BETWEEN.split("-".join(map(str.strip, " ".join(given).split("-")))):
        if not word:
            continue
        stretch = _STRETCH.fullmatch(word)
        start, end = (int(stretch[1]), int(stretch[2] or stretch[1])) if stretch else (0, 0)
        if not 0 < start <= end:
            raise Problem(422, "no_such_line", f"{word[:20]} is no line", remedy=_AS_LINES)
        if end - start >= MOST_LEFT_OUT:
            raise _too_many_lines()
        found.update(range(start, end + 1))
    if not found:
        raise Problem(422, "no_such_line", "No line was named", remedy=_AS_LINES)
    return frozenset(found)


def _too_many_lines() -> Problem:
    words = f"At most {MOST_LEFT_OUT:,} lines can be left out"
    return Problem(422, "too_many_lines", words, remedy="Take them out of the file and upload it again")


async def _begin(work: Work, *, carries_answers: bool) -> Response:
    if work.content.kind is None or work.content.file is None:
        return see_other(work.address("kind"))
    if work.content.recipe is not None and not work.content.recipe.seen:
        return see_other(work.address("columns"))  # nobody has looked at what differs from the recipe
    attempt = work.draft.attempt + 1
    definition = work.content.definition(work.biller.id)
    request = ImportRequest(work.visitor.person, uuid5(work.draft.id, str(attempt)), definition)
    async with work.services.database.transaction() as connection:
        await _give_up_earlier(connection, work.draft.import_id)
        result = await accept(connection, request, us_today())
        if not isinstance(result, Refused):
            await repository.become(connection, work.draft.id, result, attempt)
            if carries_answers and work.draft.import_id is not None:
                await considered.carry_answers(connection, work.draft.import_id, result)
    if isinstance(result, Refused):
        return work.page("check", problems=result.problems)
    return see_other(f"/checks/{result}")


@router.get("/checks/{import_id}")
async def show_check(request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID) -> Response:
    """Progress; then what was found, by code, with rows in context."""
    return await _found_page(request, services, await look(services, visitor, import_id))


async def _found_page(
    request: Request,
    services: Services,
    seen: Seen,
    problems: Sequence[RequestProblem] = (),
    *,
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    async with services.database.connection() as connection:
        progress = await repository.progress(connection, seen.item.import_id)
    sample = await _sample(services, seen)
    return render(
        request,
        "found.html",
        status=status,
        seen=seen,
        progress=progress,
        groups=grouped(seen.check.findings),
        rows=context_of_findings(seen.check.findings, sample, seen.definition) if sample else {},
        near=await _near(services, seen, sample) if sample else {},
        is_running=seen.check.state == "pending" or seen.item.state == "confirmed",
        problems=problems,
        typed=typed or {},
    )


@router.get("/checks/{import_id}/findings.csv")
async def download_findings(services: Services, visitor: SignedInVisitor, import_id: UUID) -> Response:
    """What was found, to send to the biller: codes, counts, lines; no value of the file."""
    seen = await look(services, visitor, import_id)
    out = io.BytesIO()
    head = ["code", "meaning", "remedy", "count", "first lines"]
    rows = [
        [one.code, one.title, one.remedy, str(one.count), " ".join(map(str, one.sample_lines))]
        for one in seen.check.findings
    ]
    write_rows(out, [head, *rows])
    name = f'attachment; filename="findings-{import_id}.csv"'
    return Response(out.getvalue(), media_type="text/csv; charset=utf-8", headers={"content-disposition": name})


@router.post("/checks/{import_id}")
async def consider(
    request: Request, services: Services, visitor: SignedInVisitor, import_id: UUID, form: Form
) -> Response:
    """Keep the answers; they count when the last step confirms them. What somebody else answered meanwhile is shown."""
    seen = await look(services, visitor, import_id)
    answers = _given(seen, form)
    try:
        async with services.database.transaction() as connection:
            item, _ = await visible_import(connection, visitor.person, import_id, lock=True)
            await deciding.consider(connection, item, check_no_in(form), answers, visitor.person, shown_in(form))
    except NotDecided as refused:
        return await show_again(request, services, visitor, import_id, refused.problems, 422, form)
    except NotFound:
        raise
    except DomainError as error:
        problems = told(error, zone_of(request))
        return await show_again(request, services, visitor, import_id, problems, problem_of(error).status, form)
    if "stop" in answers.values():
        return see_other(f"/checks/{import_id}/cancel")
    return see_other(f"/checks/{import_id}/review")


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
    seen = await look(services, visitor, import_id)
    typed = {one.code: str(form.get(one.code, "")) for one in seen.decidable} if form else {}
    return await _found_page(request, services, seen, problems, typed=typed, status=status)


def _given(seen: Seen, form: FormData) -> dict[str, str]:
    """The choices of the form that are any."""
    return {
        one.code: str(form[one.code])
        for one in seen.decidable
        if one.code in form and str(form[one.code]) in one.choices
    }


async def look(services: Services, visitor: Visitor, import_id: UUID) -> Seen:
    """Everything about the import that steps 8 and 9 show."""
    item = await show_import(services, visitor.person, import_id)
    check = await read_check(services, visitor.person, import_id)
    async with services.database.connection() as connection:
        _, right = await visible_import(connection, visitor.person, import_id)
        biller = await billers.find(connection, item.biller_id)
        draft = await repository.draft_of_import(connection, import_id, visitor.person.subject)
        answers = await considered.considered(connection, import_id)
        stands = await standing(connection, import_id)
        file_name = await repository.file_name(connection, import_id)
        removed_for = await files.why_removed(connection, import_id)
    return Seen(
        item=item,
        check=check,
        biller_name=biller.name if biller else "",
        draft=draft,
        answers=answers,
        standing=stands,
        file_name=file_name,
        removed_for=removed_for,
        right=right,
    )


def grouped(findings: Sequence[FindingItem]) -> list[tuple[str, list[FindingItem]]]:
    """Findings by level: what blocks first."""
    return [
        (level, sorted(found, key=lambda one: -one.count))
        for level in _ORDER
        if (found := [one for one in findings if one.level == level and one.code != _ASKED_LAST])
    ]


async def _sample(services: Services, seen: Seen) -> Sample | None:
    if seen.check.state == "pending":
        return None
    try:
        definition = seen.definition
        return await sample_for(
            services, seen.right, seen.item.biller_id, definition.file.id, definition.options.reading
        )
    except FileNotFoundError:
        return None


async def _near(services: Services, seen: Seen, sample: Sample) -> dict[str, list[Beside]]:
    """By code: some numbers not found, with the nearest; some of closed customers, with the nearest open one."""
    findings = [one for one in seen.check.findings if one.code in (_NOT_FOUND, _CLOSED)]
    if not findings or seen.check.state != "held":
        return {}
    async with services.database.connection() as connection:
        return {one.code: await _beside(connection, seen, sample, one) for one in findings}


async def _beside(connection: Connection, seen: Seen, sample: Sample, finding: FindingItem) -> list[Beside]:
    rows = dict(zip(sample.lines, sample.rows, strict=True))
    parts = seen.definition.account_number
    numbers = {
        line: account_number(parts, dict(zip(sample.header, rows[line], strict=False)))
        for line in finding.sample_lines
        if line in rows
    }
    shown = [(line, number) for line, number in numbers.items() if 0 < len(number) <= LONGEST][:_NEAREST_SHOWN]
    near = await nearest_of(
        connection, seen.item.biller_id, [number for _, number in shown], only_active=finding.code == _CLOSED
    )
    return [(line, number, found) for (line, number), found in zip(shown, near, strict=True)]


async def _give_up_earlier(connection: Connection, import_id: UUID | None) -> None:
    """A draft has one import that can still run: what was checked before is cancelled, nothing of it was applied."""
    item = None if import_id is None else await imports.lock(connection, import_id)
    if item is None or item.state in ENDED:
        return
    if item.state not in ("checking", "held"):
        raise Problem(
            409, "import_is_running", "This import has been started already", remedy="Look at it under In progress"
        )
    check = await repository.newest_state(connection, item.id)
    if check != "rejected":
        await deciding.cancel(connection, item, reason="replaced")
