"""What the reading of a row's values is given, and what it finds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

Cell = Callable[[str], str]


@dataclass(slots=True)
class Findings:
    """The codes of a row's values, and whether an answer, or the lack of one, leaves the row out."""

    codes: set[str] = field(default_factory=set)
    leaves_out: bool = False
    account: str = ""
    """A bank account number that could be read."""
    token: str = ""
    """A token that could be read."""

    def ask(self, code: str, *, goes_on: bool) -> None:
        """A continuable code."""
        self.codes.add(code)
        self.leaves_out |= not goes_on


@dataclass(frozen=True, slots=True)
class PaymentOptions:
    """The choices of the definition that matter here."""

    kind_default: str | None
    type_default: str | None
    effective: date
    biller: int
    choices: Mapping[str, str] = field(default_factory=dict)
    directory: Mapping[str, str | None] = field(default_factory=dict)
