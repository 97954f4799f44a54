"""The registry of codes: stable numbers, never reused. docs/codes.md is generated from it.

One module for each level. What a code says, what helps, which cells it is about, its choices and what each makes
of a row are there and nowhere else.
"""

from typing import Final

from shared.contracts.codes.code import Choice, Code, Level
from shared.contracts.codes.continuable import CONTINUABLE_CODES
from shared.contracts.codes.file import FILE_CODES
from shared.contracts.codes.row import ROW_CODES
from shared.contracts.codes.skipped import SKIPPED_CODES
from shared.contracts.codes.warning import WARNING_CODES

__all__ = [
    "CODES",
    "Choice",
    "Code",
    "Level",
    "by_weight",
    "choice_words",
    "code_title",
    "counted",
    "counts_rows",
    "offered",
]

_WEIGHTS: Final = "FCRSW"
CODES: Final = {
    code.number: code
    for codes in (FILE_CODES, ROW_CODES, CONTINUABLE_CODES, WARNING_CODES, SKIPPED_CODES)
    for code in codes
}


def code_title(number: str) -> str:
    """What a code says; one of a newer release is shown by its number."""
    return CODES[number].title if number in CODES else f"Code {number}"


def choice_words(number: str, choice: str) -> str:
    """The choice for people; one of a newer release is shown by its name."""
    known = CODES[number].choices.get(choice) if number in CODES else None
    return known.words if known else choice


def counted(number: str, count: int) -> str:
    """How often it was found, with what is counted: "4 columns"; empty where it is said once of the whole."""
    return CODES[number].counted(count) if number in CODES else f"{count:,}"


def counts_rows(number: str) -> bool:
    return number in CODES and CODES[number].counts == "row"


def by_weight(number: str, count: int, *, is_open: bool = False) -> tuple[int, bool, int, str]:
    """The key of an order: what weighs most first, of the same weight what is on most rows.

    First what blocks the file, then decisions, those that are open before others, rows that are not imported, rows
    skipped by rule, and notices.
    """
    return (_WEIGHTS.find(number[:1]), not is_open, -count, number)


def offered(code: Code) -> str:
    """What to choose from, in words and with the names that the API and definitions use."""
    return "Choose one: " + "; ".join(f"{choice.words} ({choice.name})" for choice in code.choices.values())
