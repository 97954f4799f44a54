"""What one look found."""

from dataclasses import dataclass
from enum import StrEnum

from cli.admin.trouble import Trouble


class Standing(StrEnum):
    """How something is."""

    GOOD = "ok"
    ADVICE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: how it is, in words, and what to do."""

    check: str
    standing: Standing
    found: str
    remedy: str = ""


def good(check: str, found: str) -> Finding:
    return Finding(check, Standing.GOOD, found)


def advice(check: str, found: str, remedy: str) -> Finding:
    """Nothing is broken; something is left to do."""
    return Finding(check, Standing.ADVICE, found, remedy)


def wrong(check: str, found: str, remedy: str) -> Finding:
    return Finding(check, Standing.WRONG, found, remedy)


def troubled(check: str, trouble: Trouble) -> Finding:
    """It can't work like this, as somebody else put into words."""
    return wrong(check, trouble.problem, trouble.remedy)
