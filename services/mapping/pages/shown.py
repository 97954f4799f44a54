"""What a form shows is sent back with it, so that nothing is started, answered or approved that was not shown."""

import re
from collections.abc import Sequence
from datetime import tzinfo
from typing import Final
from uuid import UUID

from starlette.datastructures import FormData

from services.mapping.pages.work import QUOTED, trouble
from services.mapping.usecases.answers import Change, ChangedMeanwhile, Shown
from services.mapping.usecases.rounds.refusals import InTheWay
from services.mapping.usecases.undoing import ROUNDS_FIRST
from shared.contracts.codes import choice_words
from shared.contracts.events import RequestProblem
from shared.errors import Conflict, DomainError
from shared.web import whole_number

_ANSWER: Final = re.compile(r"([A-Z][0-9]{3}):([a-z_]{1,40})")
_DECISION: Final = re.compile(r"decisions\.(?P<code>[A-Z][0-9]{3})(?P<typed>\.typed_count)?")


def number_in(form: FormData, name: str) -> int | None:
    """A count that somebody typed, thousands commas and all; None where it is none."""
    given = str(form.get(name, ""))[:20].replace(",", "").strip()
    return whole_number(given)


def check_no_in(form: FormData) -> int:
    """The number of the check that the form shows. Raises Conflict: it is never taken to be the newest."""
    number = number_in(form, "check_no")
    if not number:
        raise _outdated()
    return number


def shown_in(form: FormData) -> Shown:
    pairs = [_ANSWER.fullmatch(str(one)) for one in form.getlist("answer_shown")]
    try:
        recipients = [UUID(str(one)) for one in form.getlist("recipient_shown")]
    except ValueError:
        raise _outdated() from None
    if None in pairs:
        raise _outdated()
    return Shown({pair[1]: pair[2] for pair in pairs if pair}, recipients)


def in_words(problem: DomainError, zone: tzinfo) -> list[RequestProblem]:
    """The problem in the words of the pages; of what changed meanwhile, who changed what."""
    if isinstance(problem, InTheWay):
        return [trouble(problem.title, problem.step, problem.code, way_of(problem))]
    if not isinstance(problem, ChangedMeanwhile):
        return [trouble(problem.title, problem.remedy, problem.code)]
    return [trouble(change.in_words(_quoted(change), zone), problem.remedy) for change in problem.changes]


def way_of(problem: InTheWay) -> str:
    return f"/checks/{problem.other}{'/undo' if problem.code == ROUNDS_FIRST else ''}"


def at_fields(problems: Sequence[RequestProblem]) -> list[RequestProblem]:
    return [one.model_copy(update={"place": _field_of(one.place)}) for one in problems]


def _field_of(place: str) -> str:
    answer = _DECISION.fullmatch(place)
    if answer is None:
        return place
    return "#typed" if answer["typed"] else f"#{answer['code']}"


def _quoted(change: Change) -> str | None:
    return None if change.choice is None else QUOTED.format(choice_words(change.what, change.choice))


def _outdated() -> Conflict:
    return Conflict("form_outdated", "This page is out of date", remedy="Reload it and try again")
