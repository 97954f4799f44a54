"""What one run of the model is given: the definition, the file, what else is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

Right = Literal["all", "paperless"]
Kind = Literal["autopay", "paperless", "registration"]


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
class Circumstances:
    """What an import depends on beside CRM, definition and file."""

    today: date
    right: Right | None = "all"
    imported_before: bool = False
    confirmed: bool = False
    decisions: Mapping[str, Decision] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
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

    @property
    def effective(self) -> date | None:
        value = self.options.get("effective_date")
        return date.fromisoformat(value) if value else None

    @property
    def asks(self) -> bool:
        return bool(self.definition.get("decide", "ask") == "ask")

    @property
    def decisions(self) -> dict[str, Decision]:
        """Named in advance, or taken by a person since."""
        decide = self.definition.get("decide", "ask")
        named = {} if decide == "ask" else {code: _named(answer) for code, answer in decide.items()}
        return named | dict(self.circumstances.decisions)

    def choice(self, code: str) -> str | None:
        decision = self.decisions.get(code)
        return decision.choice if decision else None


def _named(answer: Mapping[str, Any]) -> Decision:
    return Decision(answer["choice"], answer.get("typed_count"))
