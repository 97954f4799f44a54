"""What one run of the model is given: the definition, the file, what else is known."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal

Right = Literal["all", "paperless"]
Kind = Literal["autopay", "paperless", "registration"]
RowKey = tuple[str, Hashable]
"""Account number, and fingerprint or email."""


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file as the reader gives it: the header, the rows with their lines, and the rows it could not use."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    bad: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer to a continuable code."""

    choice: str
    typed_count: int | None = None
    count_seen: int | None = None
    approved: bool = False


@dataclass(frozen=True, slots=True)
class Alone:
    """What somebody may not do in any number without a second person."""

    customers: int = 0
    payment_methods: int = 0
    owners: int = 0


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What an import depends on beside CRM, definition and file."""

    today: date
    right: Right | None = "all"
    may_replace_owner: bool = False
    directory: Mapping[str, str | None] = field(default_factory=dict)
    """Routing numbers, some with the number that replaces them; empty where none is loaded."""
    imported_before: bool = False
    earlier: tuple[frozenset[RowKey], ...] = ()
    """The live rows of each finished import of this biller and kind."""
    touched: frozenset[str] = frozenset()
    """Logins of rows that other imports of this biller applied in the last 30 days."""
    alone: Alone = field(default_factory=Alone)
    """What other imports of this biller did in the last seven days without a second person."""
    confirmed: bool = False
    decisions: Mapping[str, Decision] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """A definition (a plain dict as in JSON), taken apart."""

    definition: Mapping[str, Any]
    file: CsvFile
    circumstances: Circumstances

    @property
    def biller(self) -> int:
        return int(self.definition["biller_id"])

    @property
    def kind(self) -> Kind:
        kind: Kind = self.definition["kind"]
        return kind

    @property
    def types(self) -> tuple[str, ...]:
        return tuple(self.definition.get("invoice_types", ()))

    @property
    def columns(self) -> Mapping[str, str]:
        columns: Mapping[str, str] = self.definition["columns"]
        return columns

    @property
    def parts(self) -> list[Mapping[str, Any]]:
        return list(self.definition["account_number"])

    @property
    def options(self) -> Mapping[str, Any]:
        options: Mapping[str, Any] = self.definition.get("options", {})
        return options

    @cached_property
    def excluded(self) -> frozenset[int]:
        return frozenset(self.options.get("exclude_lines", ()))

    @property
    def effective(self) -> date | None:
        value = self.options.get("effective_date")
        return date.fromisoformat(value) if value else None

    @property
    def asks(self) -> bool:
        return bool(self.definition.get("decide", "ask") == "ask")

    @cached_property
    def decisions(self) -> dict[str, Decision]:
        """Named in advance, or taken by a person since."""
        decide = self.definition.get("decide", "ask")
        named = {} if decide == "ask" else {code: _named(answer) for code, answer in decide.items()}
        taken = named | dict(self.circumstances.decisions)
        return {code: decision for code, decision in taken.items() if self._counts(code, decision)}

    def _counts(self, code: str, decision: Decision) -> bool:
        is_replacing = code == "C232" and decision.choice == "replace_owner"
        return self.circumstances.may_replace_owner or not is_replacing

    @cached_property
    def choices(self) -> dict[str, str]:
        return {code: decision.choice for code, decision in self.decisions.items()}

    def choice(self, code: str) -> str | None:
        return self.choices.get(code)


def _named(answer: Mapping[str, Any]) -> Decision:
    return Decision(answer["choice"], answer.get("typed_count"))
