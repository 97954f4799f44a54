"""The five outcomes of a row, with the one word that each has on every surface."""

from enum import StrEnum
from typing import Final


class Outcome(StrEnum):
    """What happened to a row. Every row of the file has exactly one."""

    APPLIED = "applied"
    NO_CHANGE = "no_change"
    SKIPPED = "skipped"
    HELD = "held"
    FAILED = "failed"

    @property
    def words(self) -> str:
        return _WORDS[self][0]

    @property
    def planned_words(self) -> str:
        return _WORDS[self][1]


_WORDS: Final = {
    Outcome.APPLIED: ("Applied", "To apply"),
    Outcome.NO_CHANGE: ("No change", "No change"),
    Outcome.SKIPPED: ("Skipped", "To skip"),
    Outcome.HELD: ("On hold", "On hold"),
    Outcome.FAILED: ("Failed", "Failed"),
}
