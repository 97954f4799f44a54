"""What a person does with an import that waits: confirm it, approve it as the second person, or cancel it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn
from uuid import UUID

from services.mapping import domain
from services.mapping.domain import Check, State, TakenDecision
from services.mapping.errors import InvalidRequest
from services.mapping.records import Considered, Import
from services.mapping.repository import canaries, checks, considered, correcting, imports, recipients
from services.mapping.usecases.answers import NOTHING_SAID, Shown, require_unchanged
from shared.audit import Act, Detail, record
from shared.auth import Person
from shared.contracts.canary import Canary
from shared.contracts.codes import CODES
from shared.contracts.codes.names import SECOND_PERSON
from shared.contracts.definition import NamedDecision
from shared.contracts.definition_rules import unknown_recipients
from shared.contracts.events import (
    ApprovalRequested,
    ImportAnswered,
    ImportCancelled,
    ImportConfirmed,
    ImportResumed,
    ImportReturned,
    RequestProblem,
)
from shared.contracts.states import state_words
from shared.errors import Conflict, Forbidden
from shared.messaging import publish
from shared.postgres import Connection
from shared.rights import right_of

_ASKED: Final = NamedDecision(choice="continue")  # to confirm is to ask for the second person


class NotDecided(InvalidRequest):
    """The answers do not decide what is open."""


@dataclass(frozen=True, slots=True)
class Decided:
    """The state that an import is in now."""

    state: State
    second_person_needed: bool = False


async def confirm(
    connection: Connection,
    item: Import,
    check_no: int,
    answers: Mapping[str, NamedDecision],
    person: Person,
    log_recipients: Sequence[UUID] | None = None,
    shown: Shown = NOTHING_SAID,
    canary: Canary | None = None,
) -> Decided:
    """Confirm the newest check with these answers, and no others. The import is locked by this transaction.

    ``log_recipients`` are who gets the log; None leaves it to those known so far. ``canary``: the rows to start with,
    while the others wait for a person; None: all. Raises ChangedMeanwhile where
    something stands that the person was not ``shown``.
    """
    taken = await _taken(connection, item)
    if await imports.is_confirmed(connection, item.id, check_no):
        await _require_same(connection, item, canary, log_recipients)
        return _confirmed_before(item, answers, taken)
    check = await _held_check(connection, item, check_no)
    await require_unchanged(connection, item.id, shown, answers, log_recipients)
    if domain.is_stop(answers):
        await _keep(connection, item, check, answers, person)
        return await cancel(connection, item, person, reason="stopped")
    problems = [
        *domain.answer_problems(check, answers, taken),
        *await _not_permitted(connection, item, answers, person),
        *await _unknown(connection, item, log_recipients or ()),
        *await _no_canary(connection, item, canary),
    ]
    if problems:
        raise NotDecided(problems)
    needs_second = SECOND_PERSON in check.counts
    moves_rows = domain.moves_rows(check, await _used(connection, item, taken), _choices(answers))
    if needs_second:
        answers = {**answers, SECOND_PERSON: _ASKED}
    await _keep(connection, item, check, answers, person)
    if log_recipients is not None:
        await recipients.choose(connection, item.id, log_recipients, person)
    await canaries.choose(connection, item.id, canary, person)
    if needs_second and not moves_rows:  # else the next check says how much there is to approve
        await imports.move(connection, item.id, State.HELD, check_no)
        await publish(connection, ApprovalRequested(import_id=item.id, biller_id=item.biller_id, check_no=check_no))
        return Decided(State.HELD, second_person_needed=True)
    return await _go_on(connection, item, check_no, person.subject)


async def consider(
    connection: Connection, item: Import, check_no: int, answers: Mapping[str, str], person: Person, shown: Shown
) -> bool:
    """Keep answers for everybody who works on this import until somebody confirms the check. The import is locked.

    True where rows end otherwise with them: the file is checked again, so that what is shown before the start is true.
    What is as it stands is nobody's new answer, and leaving a rule as it is nobody's decision.
    Raises ChangedMeanwhile where somebody else has answered since, NotDecided where an answer is none for this person.
    """
    check = await _held_check(connection, item, check_no)
    if await awaits_second_person(connection, item):
        _conflict("second_person_needed", "Everything is decided; a second person must approve", item)
    named = {code: NamedDecision(choice=choice) for code, choice in answers.items()}
    await require_unchanged(connection, item.id, shown, named)
    problems = [*domain.unusable(check, named), *await _not_permitted(connection, item, named, person)]
    if problems:
        raise NotDecided(problems)
    before = await considered.considered(connection, item.id)
    new = {code: choice for code, choice in answers.items() if choice != _current(check, before.get(code), code)}
    moves_rows = domain.moves_rows(check, await _used(connection, item, await _taken(connection, item)), new)
    await considered.consider(connection, item.id, new, check.counts, person)
    for code, choice in new.items():
        seen: Detail = {"code": code, "choice": choice, "check_no": check_no, "count": check.counts.get(code)}
        await _record(connection, Act.CONSIDERED, item, person.subject, detail=seen)
    if not moves_rows or domain.is_stop(named):
        return False
    await check_again(connection, item, check_no, person)
    return True


async def check_again(connection: Connection, item: Import, check_no: int, person: Person) -> None:
    """Have the file checked with what the person changed; that check waits for a person. The import is locked."""
    await imports.answer(connection, item.id, check_no, person)
    await imports.move(connection, item.id, State.CHECKING, check_no)
    await publish(connection, ImportAnswered(import_id=item.id, biller_id=item.biller_id, check_no=check_no))


async def require_correctable(connection: Connection, item: Import, check_no: int) -> None:
    """Raise Conflict where the rows of this check cannot be corrected now."""
    if item.undoes:
        _conflict("undo_not_corrected", "The rows of an undo can't be corrected", item)
    await _held_check(connection, item, check_no)
    if await awaits_second_person(connection, item):
        _conflict("second_person_needed", "Everything is decided; a second person must approve", item)


async def approve(
    connection: Connection, item: Import, check_no: int, person: Person, shown: Shown = NOTHING_SAID
) -> Decided:
    """Agree, as the second person, to what another one decided about this check. The import is locked."""
    taken = await _taken(connection, item)
    if await imports.is_confirmed(connection, item.id, check_no):
        if person.subject in {decision.approved_by for decision in taken.values()}:
            return Decided(item.state)
        _conflict("already_confirmed", "This check is already confirmed", item)
    check = await _held_check(connection, item, check_no)
    await require_unchanged(connection, item.id, shown, {})
    decider = await _who_asks(connection, item, check, taken)
    if decider is None:
        _conflict("nothing_to_approve", "There is nothing to approve yet: the import still needs decisions", item)
    await _require_other(connection, person, item, decider.subject)
    if domain.is_otherwise_decided(check, taken):
        count = check.counts[SECOND_PERSON]
        await imports.decide(connection, item.id, SECOND_PERSON, _ASKED, count, decider)
    await imports.approve(connection, item.id, person)
    await _record(
        connection, Act.APPROVED, item, person.subject, detail={"check_no": check_no, "decided_by": decider.subject}
    )
    return await _go_on(connection, item, check_no, decider.subject)


async def give_back(
    connection: Connection, item: Import, check_no: int, note: str, person: Person, shown: Shown = NOTHING_SAID
) -> None:
    """Not agree, as the second person, and say why: it waits until somebody starts it again. The import is locked."""
    check = await _held_check(connection, item, check_no)
    await require_unchanged(connection, item.id, shown, {})
    decider = await _who_asks(connection, item, check, await _taken(connection, item))
    if decider is None:
        _conflict("nothing_to_approve", "There is nothing to return: nobody asks for an approval", item)
    await _require_other(connection, person, item, decider.subject)
    await imports.give_back(connection, item.id, check_no, note, person, decider)
    await _record(connection, Act.RETURNED, item, person.subject, detail={"check_no": check_no})
    await publish(connection, ImportReturned(import_id=item.id, biller_id=item.biller_id, check_no=check_no))


async def own_part(connection: Connection, person: Person, item: Import, decider: str) -> str | None:
    if person.subject == decider:
        return "You asked for this approval yourself"
    if person.subject == item.requester.get("subject"):
        return "You requested this import yourself"
    if person.subject in await correcting.correctors(connection, item.id):
        return "You corrected cells of this import yourself"
    return None


async def _require_other(connection: Connection, person: Person, item: Import, decider: str) -> None:
    own = await own_part(connection, person, item, decider)
    if own is not None:
        place = f"decisions.{SECOND_PERSON}"
        raise Forbidden("second_person_required", own, place=place, remedy="Ask another person who may approve")


async def cancel(connection: Connection, item: Import, person: Person, *, reason: str = "cancelled") -> Decided:
    """Cancel: once this transaction has committed, no further chunk is begun. The import is locked.

    Chunks in hand may end; until the last has, the import is ``cancelling``.
    """
    if item.state is State.CANCELLING:
        return Decided(State.CANCELLING)
    if item.state in domain.ENDED:
        _has_ended(item, item.state)
    check = await checks.newest(connection, item.id)
    if check is not None and check.state == "rejected":  # mapping may not have heard of it yet
        _has_ended(item, State.REJECTED)
    job_state = await imports.cancel_job(connection, item.id, item.biller_id, reason)
    if job_state != "cancelled":
        _has_ended(item, job_state)
    await imports.move(connection, item.id, State.CANCELLED)
    await _record(connection, Act.CANCELED, item, person.subject)
    await publish(connection, ImportCancelled(import_id=item.id, biller_id=item.biller_id))
    cancelled = await imports.find(connection, item.id)
    return Decided(State.CANCELLED if cancelled is None else cancelled.state)


async def resume(connection: Connection, item: Import, person: Person) -> None:
    """Let an import go on whose cause of waiting an operator has put right. The import is locked."""
    if not await imports.resume_job(connection, item.id):
        _conflict("import_not_waiting", "The import is not waiting for an operator", item)
    await _record(connection, Act.RESUMED, item, person.subject)
    await publish(connection, ImportResumed(import_id=item.id, biller_id=item.biller_id))


async def tell_if_asked(connection: Connection, import_id: UUID) -> None:
    """Say so where the newest check leaves only the second person: it was confirmed before, or decided in advance."""
    item = await imports.lock(connection, import_id)
    if item is None or item.state is not State.HELD or item.check_no is None:
        return
    if await asks(connection, item) is not None:
        about = {"import_id": item.id, "biller_id": item.biller_id, "check_no": item.check_no}
        await publish(connection, ApprovalRequested(**about))


async def awaits_second_person(connection: Connection, item: Import) -> bool:
    """Whether everything is decided and only the second person is missing."""
    return await asks(connection, item) is not None


async def asks(connection: Connection, item: Import) -> Person | None:
    """Who decided everything, so that only the second person is missing."""
    taken = await _taken(connection, item)
    check = await checks.newest(connection, item.id)
    if check is None or check.state != "held" or await imports.is_confirmed(connection, item.id, check.check_no):
        return None
    return await _who_asks(connection, item, check, taken)


async def _who_asks(
    connection: Connection, item: Import, check: Check, taken: Mapping[str, TakenDecision]
) -> Person | None:
    """Who decided everything so that only the second person is missing; None where that is not so.

    A check that finds only this was confirmed before, or decided in advance: that person need not say it again.
    """
    standing = domain.standing_answers(check, taken)
    is_asked = standing.pop(SECOND_PERSON, None) is not None
    if is_asked and not domain.answer_problems(check, standing, taken):
        decider = taken[SECOND_PERSON].decided_by
        return Person(decider, await _name_of(connection, item, decider))
    is_tried = await imports.is_answered(connection, item.id, check.check_no - 1)
    is_returned = await imports.returned(connection, item.id, check.check_no) is not None
    if domain.is_otherwise_decided(check, taken) and not is_tried and not is_returned:
        if confirmed_by := await imports.confirmed_by(connection, item.id, check.check_no - 1):
            return Person(confirmed_by, await _name_of(connection, item, confirmed_by))
        if item.definition.get("decide", "ask") != "ask":
            return Person(str(item.requester["subject"]), str(item.requester["name"]))
    return None


async def _name_of(connection: Connection, item: Import, subject: str) -> str:
    kept = await imports.decisions(connection, item.id)
    return next((one.decided_by_name for one in kept if one.decided_by == subject), subject)


def _current(check: Check, answer: Considered | None, code: str) -> str | None:
    """The answer of somebody who saw as many as there are now, else the one that the rule gives."""
    if answer is not None and (answer.count_seen or 0) >= check.counts[code]:
        return answer.choice
    return CODES[code].default


async def _not_permitted(
    connection: Connection, item: Import, answers: Mapping[str, NamedDecision], person: Person
) -> list[RequestProblem]:
    right = await right_of(connection, person.subject, item.biller_id)
    return list(domain.right_problems(answers, right, "decisions"))


async def _unknown(connection: Connection, item: Import, named: Sequence[UUID]) -> list[RequestProblem]:
    return list(unknown_recipients(named, await recipients.known(connection, item.biller_id, named)))


async def _no_canary(connection: Connection, item: Import, canary: Canary | None) -> list[RequestProblem]:
    """Why the import cannot start with these rows."""
    if canary is None:
        return []
    if item.undoes:
        return [_of_canary("An undo can't start with a few rows first", "Undo chosen rows first instead")]
    if canary.lines and not await canaries.has_rows(connection, item.id, canary.lines):
        return [_of_canary("None of these lines is a row to apply", "Choose lines of rows to apply")]
    return []


def _of_canary(message: str, remedy: str) -> RequestProblem:
    return RequestProblem(code="unusable_canary", place="canary", message=message, remedy=remedy)


async def _taken(connection: Connection, item: Import) -> dict[str, TakenDecision]:
    return {kept.code: kept.taken() for kept in await imports.decisions(connection, item.id)}


async def _held_check(connection: Connection, item: Import, check_no: int) -> Check:
    check = await checks.newest(connection, item.id)
    if item.state in domain.ENDED or check is None or check.state != "held":
        _conflict("import_not_held", "The import is not waiting for a decision", item)
    if check.check_no != check_no:
        _conflict("check_not_newest", f"This check is out of date; the newest is {check.check_no}", item)
    if await imports.is_answered(connection, item.id, check_no):
        _conflict("check_not_newest", "The file is being checked again with new decisions", item)
    return check


async def _used(connection: Connection, item: Import, taken: Mapping[str, TakenDecision]) -> dict[str, str]:
    """The choices by code with which the newest check was made."""
    tried = await considered.considered(connection, item.id)
    return {code: one.choice for code, one in taken.items()} | {code: one.choice for code, one in tried.items()}


def _choices(answers: Mapping[str, NamedDecision]) -> dict[str, str]:
    return {code: answer.choice for code, answer in answers.items()}


async def _keep(
    connection: Connection,
    item: Import,
    check: Check,
    answers: Mapping[str, NamedDecision],
    person: Person,
) -> None:
    for code, decision in answers.items():
        count = check.counts.get(code)
        await imports.decide(connection, item.id, code, decision, count, person)
        seen: Detail = {"code": code, "choice": decision.choice, "check_no": check.check_no, "count": count}
        await _record(connection, Act.DECIDED, item, person.subject, detail=seen)
    await considered.settle(connection, item.id, _choices(answers), check.counts, person)


async def _go_on(connection: Connection, item: Import, check_no: int, subject: str) -> Decided:
    await imports.confirm(connection, item.id, check_no, subject)
    await _record(connection, Act.STARTED, item, subject, detail={"check_no": check_no})
    await imports.move(connection, item.id, State.CONFIRMED, check_no)
    await publish(connection, ImportConfirmed(import_id=item.id, biller_id=item.biller_id, check_no=check_no))
    return Decided(State.CONFIRMED)


async def _record(connection: Connection, act: Act, item: Import, actor: str, detail: Detail | None = None) -> None:
    await record(connection, act, actor, import_id=item.id, biller_id=item.biller_id, detail=detail)


def _confirmed_before(
    item: Import, answers: Mapping[str, NamedDecision], taken: Mapping[str, TakenDecision]
) -> Decided:
    for code, answer in answers.items():
        kept = taken.get(code)
        if kept is None or (kept.choice, kept.typed_count) != (answer.choice, answer.typed_count):
            _conflict("already_confirmed", "This check is already confirmed, with other decisions", item)
    return Decided(item.state)


async def _require_same(
    connection: Connection, item: Import, canary: Canary | None, log_recipients: Sequence[UUID] | None
) -> None:
    """The same confirmation may come twice; another one is not taken for it."""
    if await canaries.of_import(connection, item.id) != canary:
        _conflict("already_confirmed", "This check is already confirmed, with other rows to start with", item)
    if log_recipients is None:
        return
    if set((await recipients.of_import(connection, item.id)).recipients) != set(log_recipients):
        _conflict("already_confirmed", "This check is already confirmed, with other recipients of the log", item)


def _has_ended(item: Import, state: str) -> NoReturn:
    _conflict("import_has_ended", f"The import has already ended: {state_words(state)}", item, state=state)


def _conflict(code: str, title: str, item: Import, *, state: str = "") -> NoReturn:
    raise Conflict(code, title, place=f"state: {state or item.state}", remedy="Reload the import to see its state")
