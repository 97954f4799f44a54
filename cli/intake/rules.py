"""What counts for which biller of an intake, and when nothing is taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Any, Final, Self

from cli.definition_file import read_yaml
from cli.errors import CommandError

_KNOWN: Final = frozenset({"recipe", "decide", "options", "log_recipients", "accept_new_columns"})


@dataclass(frozen=True, slots=True)
class Rule:
    """For one biller. Without a decision an import waits for a person."""

    recipe: str | None = None
    decide: Mapping[str, object] | str = "ask"
    options: Mapping[str, object] = field(default_factory=dict)
    log_recipients: list[str] = field(default_factory=list)
    accept_new_columns: bool = False


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of the day when nothing is taken; none where both are the same."""

    begin: time = time.min
    end: time = time.min

    @classmethod
    def of(cls, text: str | None) -> Self:
        if text is None:
            return cls()
        begin, _, end = text.partition("-")
        try:
            return cls(time.fromisoformat(begin.strip()), time.fromisoformat(end.strip()))
        except ValueError:
            raise CommandError(f"{text!r} is no span of hours", remedy="Write it like 22:00-06:00") from None

    def are_now(self, now: time) -> bool:
        if self.begin <= self.end:
            return self.begin <= now < self.end
        return now >= self.begin or now < self.end


def read_rules(path: Path | None) -> dict[str, Rule]:
    """By name or number of the biller, in small letters. Raises CommandError."""
    if path is None:
        return {}
    content = read_yaml(path)
    if not isinstance(content, dict):
        raise CommandError(f"{path} names no billers", remedy="Write `Name of the biller:` with its rules below it")
    return {str(biller).casefold(): _rule(path, str(biller), given) for biller, given in content.items()}


def _rule(path: Path, biller: str, given: Any) -> Rule:
    given = {} if given is None else given
    if not isinstance(given, dict) or not given.keys() <= _KNOWN:
        raise CommandError(f"{path}: unknown rules for {biller}", remedy=f"Use only: {', '.join(sorted(_KNOWN))}")
    rule = Rule(**given)
    kinds = (
        (rule.recipe, str | None),
        (rule.decide, dict | str),
        (rule.options, dict),
        (rule.log_recipients, list),
        (rule.accept_new_columns, bool),
    )
    if not all(isinstance(value, kind) for value, kind in kinds):
        raise CommandError(f"{path}: a rule for {biller} has the wrong form", remedy="See docs/how-to/intake.md")
    return rule
