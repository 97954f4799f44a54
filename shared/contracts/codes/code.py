"""What a code of the registry consists of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from shared.contracts.fields import FieldName
from shared.contracts.outcomes import Outcome


class Level(StrEnum):
    """What a code means for the import."""

    FILE = "F"
    ROW = "R"
    CONTINUABLE = "C"
    WARNING = "W"
    SKIPPED = "S"

    @property
    def words(self) -> str:
        return _WORDS[self][0]

    @property
    def meaning(self) -> str:
        return _WORDS[self][1]


_WORDS: Final = {
    Level.FILE: ("File errors", "Nothing is imported."),
    Level.ROW: ("Row errors", "The row fails or is put on hold; the others are imported."),
    Level.CONTINUABLE: (
        "Decisions",
        "A person decides, or the default applies. With no default, the import waits for a decision.",
    ),
    Level.WARNING: ("Notices", "The row or the import continues."),
    Level.SKIPPED: ("Skipped by rule", "The row is skipped on purpose; nothing is wrong with it."),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a code. ``outcome`` is what it makes of the row; None: the row (or the import) continues."""

    name: str
    words: str
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Code:
    """One code.

    ``outcome`` is what it makes of a row while nobody has answered otherwise (None: it does not decide the row's
    outcome). ``choices`` are the answers by name; ``default`` is taken without asking, and where it is None the import
    waits for an answer. ``fields`` and ``marks_account_number`` say which cells the eye is led to: those fields, or the
    columns of the account number where none of them is mapped.
    """

    number: str
    title: str
    remedy: str = ""  # empty where there is nothing to do
    outcome: Outcome | None = None
    choices: Mapping[str, Choice] = field(default_factory=dict, hash=False)
    default: str | None = None
    fields: tuple[FieldName, ...] = ()
    marks_account_number: bool = False
    is_of_the_whole: bool = False  # said of the file or the import, on no row
    counts: str = "row"  # such as "column" or "account not found"; empty where it is said once and counts nothing
    is_retired: bool = False  # raised by earlier releases alone, whose results are kept
    is_of_rows_as_planned: bool = (
        False  # on rows alone that end applied or no_change: what such a row does or is already
    )

    @property
    def level(self) -> Level:
        return Level(self.number[0])

    def counted(self, count: int) -> str:
        """The number in words, such as "4 columns"; empty where it counts nothing."""
        if not self.counts:
            return ""
        what, *which = self.counts.split()
        return " ".join((f"{count:,}", what if count == 1 else f"{what}s", *which))

    @property
    def keeps_out(self) -> bool:
        """Whether no row that is applied has it."""
        match self.level:
            case Level.FILE | Level.ROW | Level.SKIPPED:
                return True
            case Level.CONTINUABLE | Level.WARNING:
                return False

    def moves_rows(self, before: str | None, after: str) -> bool:
        """Whether rows end otherwise with the one answer than with the other; None: nobody has answered."""
        if self.is_of_the_whole or before == after or after not in self.choices:
            return False
        known = None if before is None else self.choices.get(before)
        ended = known.outcome if known else self.outcome
        return ended is None or ended != self.choices[after].outcome

    def lets_continue(self, choice: str) -> bool:
        """Whether a row with this code continues where this is the answer."""
        return choice in self.choices and self.choices[choice].outcome is None
