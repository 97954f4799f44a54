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

__all__ = ["CODES", "Choice", "Code", "Level", "choice_words", "code_title", "offered"]

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


def offered(code: Code) -> str:
    """What to choose from, in words and with the names that the API and definitions use."""
    return "Choose one: " + "; ".join(f"{choice.words} ({choice.name})" for choice in code.choices.values())
