"""Names of people and companies."""

import re
import unicodedata
from typing import Final

_COMPANY: Final = frozenset(
    (
        *("LLC", "LLP", "LP", "INC", "INCORPORATED", "CORP", "CORPORATION", "CO", "COMPANY", "LTD", "LIMITED"),
        *("CITY", "TOWN", "VILLAGE", "COUNTY", "STATE", "CHURCH", "TRUST", "ESTATE", "BANK", "SCHOOL", "DISTRICT"),
        *("UNIVERSITY", "COLLEGE", "ASSOCIATION", "ASSN", "ASSOC", "FOUNDATION", "PROPERTIES", "APARTMENTS"),
        *("ENTERPRISES", "PARTNERS", "GROUP", "HOA"),
    )
)
_PUNCTUATION = re.compile(r"[^\w]|_")
_WORD = re.compile(r"[^\W_]+")
_ENOUGH = 0.6


def split_name(name: str) -> tuple[str, str]:
    """First and last name."""
    name = " ".join(name.split())
    words = name.split(" ")
    if any(_PUNCTUATION.sub("", part).upper() in _COMPANY for part in words):
        return "", name
    if "," in name:
        last, _, first = name.partition(",")
        return first.strip(), last.strip()
    return " ".join(words[:-1]), words[-1]


def full_name(first: str, last: str) -> str:
    """Both names in one, either may be missing."""
    return f"{first} {last}".strip()


def names_agree(one: str, other: str) -> bool:
    """Whether two names have enough words in common to be those of one person."""
    mine, theirs = (set(_WORD.findall(_folded(name))) for name in (one, other))
    if not mine or not theirs:
        return False
    return len(mine & theirs) / len(mine | theirs) >= _ENOUGH


def _folded(name: str) -> str:
    """Without case and without marks: José is JOSE, however his accent is written."""
    if name.isascii():
        return name.casefold()
    return "".join(sign for sign in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(sign))
