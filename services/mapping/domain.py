"""Decisions of the mapping service that need no database."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any, Final
from uuid import UUID, uuid5

from shared.contracts.codes import CODES, code_title, offered
from shared.contracts.codes.names import (
    CONTINUE,
    CREATE,
    FEW_FOUND,
    NOT_FOUND,
    OTHER_OWNER,
    REPLACE_OWNER,
    SECOND_PERSON,
    STOP,
)
from shared.contracts.definition import ImportDefinition, NamedDecision
from shared.contracts.definition_rules import (
    UNUSABLE_DECISION,
    coded_problem,
    decision_problem,
)
from shared.contracts.events import RequestProblem
from shared.contracts.kinds import ImportKind
from shared.contracts.lines import ChosenRows
from shared.contracts.plan import Impact
from shared.contracts.rights import Right, allows, may_see_bank_accounts

IMPORT_NAMESPACE: Final = UUID("6d5c1a52-60e5-4a35-9a3b-0f6d3a3f5c11")
UNKNOWN_KIND: Final = "unknown"
_LONGEST_FILE_NAME: Final = 200
_LONGEST_ENDING: Final = 10


class State(StrEnum):
    """How far an import has come, as mapping has heard."""

    CHECKING = "checking"
    REJECTED = "rejected"
    HELD = "held"
    CONFIRMED = "confirmed"
    APPROVED = "approved"
    COMPLETED = "completed"
    COMPLETED_WITH_ERRORS = "completed_with_errors"
    FAILED = "failed"
    CANCELLING = "cancelling"  # cancelled, while chunks in hand may still end; never stored
    CANCELLED = "cancelled"


ENDED: Final = frozenset(
    {
        State.REJECTED,
        State.COMPLETED,
        State.COMPLETED_WITH_ERRORS,
        State.FAILED,
        State.CANCELLING,
        State.CANCELLED,
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A code that the check found, with how often and where."""

    code: str
    count: int
    detail: Mapping[str, Any]
    sample_lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """The newest check of an import."""

    check_no: int
    state: str
    rows_read: int
    undecided: tuple[str, ...]
    findings: tuple[Finding, ...]
    impact: Impact
    planned: Mapping[str, int] | None = None

    @property
    def counts(self) -> dict[str, int]:
        return {finding.code: finding.count for finding in self.findings}


@dataclass(frozen=True, slots=True)
class TakenDecision:
    """A decision as it is kept. ``count_seen`` is None where it was named before anything was found."""

    choice: str
    count_seen: int | None
    typed_count: int | None
    decided_by: str
    approved_by: str | None = None


@dataclass(frozen=True, slots=True)
class Visible:
    """Which files somebody sees: those meant for these kinds; with bank data only who may import bank accounts."""

    hints: Sequence[str]
    with_bank_data: bool


@dataclass(frozen=True, slots=True)
class Undoable:
    """What decides whether an import can be undone now."""

    has_ended: bool
    is_too_late: bool
    applied: int


@dataclass(frozen=True, slots=True)
class KindOffered:
    """Whether a kind of import can be started at a biller, and if not, why not."""

    kind: ImportKind
    why_not: tuple[RequestProblem, ...]


def import_id_of(request_id: UUID) -> UUID:
    """The import that a request makes: always the same, so a repeated request cannot make a second one."""
    return uuid5(IMPORT_NAMESPACE, str(request_id))


def request_hash(subject: str, definition: ImportDefinition) -> bytes:
    """What tells a repeated request from another one under the same key: who asks, and for what."""
    body = json.dumps(definition.stored(), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(f"{subject}\n{body}".encode()).digest()


def undo_hash(subject: str, undone: UUID, chosen: ChosenRows | None) -> bytes:
    rows = f"\n{chosen.model_dump_json()}" if chosen else ""
    return hashlib.sha256(f"{subject}\nundo {undone}{rows}".encode()).digest()


def clean_file_name(name: str) -> str:
    """The name as it is shown and mailed: no folders, nothing that cannot be printed, not too long."""
    last = PurePosixPath(name.replace("\\", "/")).name
    printable = "".join(character for character in last if character.isprintable()).strip(" .")
    if len(printable) <= _LONGEST_FILE_NAME:
        return printable or "unnamed"
    stem, dot, ending = printable.rpartition(".")
    if not dot or len(ending) > _LONGEST_ENDING:
        return printable[:_LONGEST_FILE_NAME]
    return f"{stem[: _LONGEST_FILE_NAME - len(ending) - 1]}.{ending}"


def visible_hints(right: Right) -> tuple[str, ...]:
    """Which files of a Secure Upload somebody sees: a list of bank accounts is no business of paperless people."""
    return (*(kind for kind in ImportKind if allows(right, kind)), UNKNOWN_KIND)


def visible_files(right: Right) -> Visible:
    return Visible(visible_hints(right), with_bank_data=may_see_bank_accounts(right))


def kinds_offered(right: Right, files_by_hint: Mapping[str, int]) -> tuple[KindOffered, ...]:
    return tuple(KindOffered(kind, tuple(_why_not(kind, right, files_by_hint))) for kind in ImportKind)


def _why_not(kind: ImportKind, right: Right, files_by_hint: Mapping[str, int]) -> Iterator[RequestProblem]:
    if not allows(right, kind):
        yield coded_problem("F011", "permission")
        return
    if not files_by_hint.get(kind) and not files_by_hint.get(UNKNOWN_KIND):
        yield RequestProblem(
            code="no_file",
            place="secure_upload",
            message="The biller's Secure Upload has no file for this kind of import",
            remedy="Upload a file first",
        )


def is_stop(decisions: Mapping[str, NamedDecision]) -> bool:
    return any(decision.choice == STOP for decision in decisions.values())


def answer_problems(
    check: Check, answers: Mapping[str, NamedDecision], taken: Mapping[str, TakenDecision]
) -> list[RequestProblem]:
    missing = [code for code in check.undecided if code not in answers and code != SECOND_PERSON]
    return [
        *(_unanswered(code) for code in missing),
        *unusable(check, answers),
        *_miscounted(check, answers, taken),
    ]


def right_problems(answers: Mapping[str, NamedDecision], right: Right | None, place: str) -> Iterator[RequestProblem]:
    answer = answers.get(OTHER_OWNER)
    if answer is not None and answer.choice == REPLACE_OWNER and not (right and right.may_replace_owner):
        yield RequestProblem(
            code=UNUSABLE_DECISION,
            place=f"{place}.{OTHER_OWNER}",
            message="You don't have permission to replace account owners",
            remedy="Choose skip or oversight, or ask a person who may replace owners",
        )


def moves_rows(check: Check, used: Mapping[str, str], answers: Mapping[str, str]) -> bool:
    """Whether rows end otherwise with these answers than with those that this check was made with."""
    return any(
        code in check.counts and code in CODES and CODES[code].moves_rows(used.get(code), choice)
        for code, choice in answers.items()
    )


def standing_answers(check: Check, taken: Mapping[str, TakenDecision]) -> dict[str, NamedDecision]:
    """Decisions that somebody took having seen exactly what this check found."""
    return {
        code: NamedDecision(choice=decision.choice, typed_count=decision.typed_count)
        for code, decision in taken.items()
        if decision.count_seen is not None and decision.count_seen == check.counts.get(code)
    }


def customers_to_make(check: Check, choices: Mapping[str, str]) -> int:
    """How many customers the import would make with these choices: the number that validation counts as well."""
    if choices.get(NOT_FOUND) != CREATE:
        return 0
    return check.impact.customers_missing


def is_otherwise_decided(check: Check, taken: Mapping[str, TakenDecision]) -> bool:
    """Whether nothing but the second person is missing; C201 waits for the same one once its number is typed."""
    open_codes = set(check.undecided) - {SECOND_PERSON}
    return SECOND_PERSON in check.undecided and (
        not open_codes or (open_codes == {FEW_FOUND} and _waits_for_second(check, taken))
    )


def _waits_for_second(check: Check, taken: Mapping[str, TakenDecision]) -> bool:
    answer = taken.get(FEW_FOUND)
    if answer is None or answer.choice != CONTINUE or next(_miscounted(check, {}, taken), None):
        return False
    return answer.count_seen is None or answer.count_seen >= check.counts[FEW_FOUND]


def _choices(answers: Mapping[str, NamedDecision], taken: Mapping[str, TakenDecision]) -> dict[str, str]:
    before = {code: decision.choice for code, decision in taken.items()}
    return before | {code: decision.choice for code, decision in answers.items()}


def _unanswered(code: str) -> RequestProblem:
    known = CODES.get(code)
    remedy = offered(known) if known else "Decide it where the import was requested"
    message = f"“{code_title(code)}” needs a decision"
    return RequestProblem(code=UNUSABLE_DECISION, place=f"decisions.{code}", message=message, remedy=remedy)


def unusable(check: Check, answers: Mapping[str, NamedDecision]) -> Iterator[RequestProblem]:
    for code, decision in answers.items():
        place = f"decisions.{code}"
        problem = decision_problem(code, decision, place)
        if problem is None and code not in check.counts:
            problem = RequestProblem(
                code=UNUSABLE_DECISION,
                place=place,
                message="The check did not find this code",
                remedy="Decide only codes that the check found",
            )
        if problem is not None:
            yield problem


def _miscounted(
    check: Check, answers: Mapping[str, NamedDecision], taken: Mapping[str, TakenDecision]
) -> Iterator[RequestProblem]:
    """The typed number must be that of the choices as they are now: it proves that somebody looked."""
    choices = _choices(answers, taken)
    if FEW_FOUND not in check.counts or choices.get(FEW_FOUND) != CONTINUE:
        return
    typed = (answers.get(FEW_FOUND) or taken[FEW_FOUND]).typed_count
    expected = customers_to_make(check, choices)
    if (typed or 0) != expected:
        yield RequestProblem(
            code=FEW_FOUND,
            place=f"decisions.{FEW_FOUND}.typed_count",
            message=f"That number doesn't match. Customers to create: {expected:,}",
            remedy=f"Type {expected} to confirm",
        )
