"""What the continuable codes that occur and the decisions taken mean for the import (rules answer-* and import-*)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shared.contracts.codes import CODES
from shared.contracts.codes.names import CONTINUE, FEW_FOUND, SECOND_PERSON
from shared.contracts.definition_rules import needs_second_person

# Codes without a default: the import waits for their answer.
ASKED: Final = tuple(code.number for code in CODES.values() if code.choices and code.default is None)


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer to a code. ``count_seen`` is what the person saw, None where it was given in advance.

    ``seconded``: somebody agreed who may, and who neither gave the answer nor asked for the import.
    """

    choice: str
    count_seen: int | None
    typed_count: int | None
    decided_by: str
    seconded: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """What was found: codes with their counts, customers that would be made, and how many there are."""

    occurring: Mapping[str, int]
    customers_to_make: int
    customers: int


def choice_of(decisions: Mapping[str, Decision], code: str, default: str) -> str:
    """The choice taken for a code; the default while there is none that can be used."""
    decision = decisions.get(code)
    return decision.choice if decision and decision.choice in CODES[code].choices else default


def choices_of(decisions: Mapping[str, Decision]) -> dict[str, str]:
    return {code: one.choice for code, one in decisions.items() if code in CODES and one.choice in CODES[code].choices}


def is_stopped(decisions: Mapping[str, Decision], situation: Situation) -> bool:
    return any(choice_of(decisions, code, "") == "stop" for code in ASKED if code in situation.occurring)


def undecided(decisions: Mapping[str, Decision], situation: Situation) -> tuple[str, ...]:
    """The codes that need an answer, or one given in sight of as many rows as there are now."""
    occurring = [code for code in CODES if code in situation.occurring and CODES[code].choices]
    return tuple(code for code in occurring if not _is_settled(code, decisions, situation))


def _is_settled(code: str, decisions: Mapping[str, Decision], situation: Situation) -> bool:
    default = CODES[code].default
    is_as_without_answer = default is not None and choice_of(decisions, code, default) == default
    return is_as_without_answer or _is_answered(code, decisions.get(code), situation)


def _is_answered(code: str, decision: Decision | None, situation: Situation) -> bool:
    if decision is None or decision.choice not in CODES[code].choices:
        return False
    if decision.count_seen is not None and situation.occurring[code] > decision.count_seen:
        return False
    if decision.choice != CONTINUE:
        return True
    if code == SECOND_PERSON:
        return decision.seconded
    return code != FEW_FOUND or _is_covered(decision, situation)


def _is_covered(decision: Decision, situation: Situation) -> bool:
    """C201: the number was typed, and above the thresholds a second person agreed."""
    made = situation.customers_to_make
    if made == 0:
        return True
    many = needs_second_person(made, situation.customers)
    return decision.typed_count == made and (decision.seconded or not many)
