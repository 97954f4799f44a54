"""What a person answers to the codes that have choices."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from shared.contracts.codes import CODES
from tests.support.generators.drawing import Drawer
from tests.support.model import Decision

CHOICES: Mapping[str, tuple[str, ...]] = {number: tuple(code.choices) for number, code in CODES.items() if code.choices}
_REJECTING = "stop"


@dataclass(frozen=True, slots=True)
class Answers:
    """A choice for each code, and how exact the person is."""

    choices: Mapping[str, str]
    typed_too_many: int = 0
    seen_too_few: int = 0
    approved: bool = True

    def named(self, would_create: int) -> dict[str, dict[str, object]]:
        """As a definition names them in advance."""
        named: dict[str, dict[str, object]] = {code: {"choice": choice} for code, choice in self.choices.items()}
        if self.choices.get("C201") == "continue":
            named["C201"]["typed_count"] = would_create
        return named

    def taken(self, seen: Mapping[str, int], would_create: int) -> dict[str, Decision]:
        """As a person takes them who has seen the findings."""
        decisions = {
            code: Decision(choice, count_seen=seen[code] - self.seen_too_few)
            for code, choice in self.choices.items()
            if code in seen
        }
        if "C201" in decisions:
            typed = would_create + self.typed_too_many
            decisions["C201"] = Decision(self.choices["C201"], typed, decisions["C201"].count_seen, self.approved)
        if "C207" in decisions:
            decisions["C207"] = replace(decisions["C207"], approved=self.approved)
        return decisions


def draw_answers(drawer: Drawer) -> Answers:
    """Mostly an answer to everything, and seldom one that rejects the import."""
    choices = {code: _choice(drawer, code) for code in CHOICES}
    if drawer.chance(8):
        del choices[drawer.one(sorted(choices))]
    return Answers(choices, drawer.chance(15), drawer.chance(15), not drawer.chance(12))


def _choice(drawer: Drawer, code: str) -> str:
    if CHOICES[code][-1] == _REJECTING:
        return drawer.mostly(CHOICES[code][:-1], (_REJECTING,), one_in=8)
    return drawer.one(CHOICES[code]) if len(CHOICES[code]) > 1 else CHOICES[code][0]
