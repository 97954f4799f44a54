"""Names of people and companies."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from nameparser import HumanName
from nameparser.config import Constants

from shared.contracts.lexicon import COMPANY_ENDINGS, COMPANY_FORMS, COMPANY_WORDS, GENERATIONS, SUFFIXES, TITLES

_NOT_LETTERS = re.compile(r"[^\w]|_")
_APOSTROPHES = re.compile(r"['\u2018\u2019`\u00b4]")
_WORD = re.compile(r"[^\W_]+")
_ENOUGH: Final = 0.6
_FULL_NAME: Final = 2
_LONGEST: Final = 200
_BESIDE: Final = TITLES | SUFFIXES
# The library's own titles are names, too: Prince, King, Judge, Bishop.
_CONSTANTS: Final = Constants(titles=map(str.lower, TITLES), first_name_titles=())
_CONSTANTS.suffix_not_acronyms.add(*map(str.lower, GENERATIONS))
_TIGHT: Final = re.compile(r",(?=[^\s,])")
_BETWEEN_PEOPLE: Final = re.compile(r"(?<!&amp)(?<!&quot)(?<!&#39)(?<!&apos);")  # not where a character is written so
_NUMBERED: Final = re.compile(r"[0-9]")


def split_name(name: str) -> tuple[str, str]:
    """First and last name, without titles and suffixes; a company is a last name whole.

    Of several people with a semicolon between, these are the first one's.
    """
    return _split(" ".join(name.split()))


@lru_cache(maxsize=20_000)
def _split(name: str) -> tuple[str, str]:
    words = _TIGHT.sub(", ", name).split() if "," in name else name.split()
    if len(name) > _LONGEST or _is_company(words):
        return "", name
    if ";" in name:
        words = next(filter(None, map(str.split, _BETWEEN_PEOPLE.split(" ".join(words)))), words)
    return _of_person(words)


def _of_person(words: Sequence[str]) -> tuple[str, str]:
    name = " ".join(words)
    if len(words) <= 1:
        return "", name
    if len(words) == _FULL_NAME and "," not in name and _BESIDE.isdisjoint(map(_bare, words)):
        return words[0], words[1]
    parsed = HumanName(name, constants=_CONSTANTS)
    first = f"{parsed.first} {parsed.middle}".strip()
    return (first, parsed.last) if parsed.last else ("", first or name)


def full_name(first: str, last: str) -> str:
    return f"{first} {last}".strip()


def names_agree(one: str, other: str) -> bool:
    """Whether two names have enough words in common to be those of one person.

    Accents, apostrophes, titles and suffixes do not count, but father and son are two (Sr and Jr); an initial stands
    for a name that begins with it.
    """
    if _are_generations(one, other):
        return False
    mine, theirs = _words(one), _words(other)
    if not mine or not theirs:
        return False
    both = len(mine & theirs)
    paired = min(_initials(mine - theirs, theirs - mine) + _initials(theirs - mine, mine - theirs), _most(mine, theirs))
    return (both + paired) / (len(mine | theirs) - paired) >= _ENOUGH


def _words(name: str) -> set[str]:
    folded = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", name.casefold()))
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign))
    words = set(_WORD.findall(plain))
    return {word for word in words if word.upper() not in _BESIDE} or words


def _are_generations(one: str, other: str) -> bool:
    mine, theirs = (GENERATIONS.intersection(map(_bare, name.split())) for name in (one, other))
    return bool(mine) and bool(theirs) and mine != theirs


def _initials(short: set[str], full: set[str]) -> int:
    """How many of the words are initials of different ones of the others."""
    letters = {word for word in short if len(word) == 1}
    return len(letters & {word[0] for word in full if len(word) > 1})


def _most(mine: set[str], theirs: set[str]) -> int:
    return min(len(mine - theirs), len(theirs - mine))


def _is_company(written: Sequence[str]) -> bool:
    words = [_bare(word) for word in written]
    if not words or not COMPANY_FORMS.isdisjoint(words):
        return bool(words)
    if any("," in word for word in written):
        return False
    if any(_NUMBERED.search(word) and word not in SUFFIXES for word in words):
        return True
    kinds = [word in COMPANY_WORDS for word in words]
    of_something = any(is_kind and "OF" in words[place + 1 :] for place, is_kind in enumerate(kinds))
    return words[-1] in COMPANY_ENDINGS or sum(kinds) >= _FULL_NAME or of_something


def _bare(word: str) -> str:
    return _NOT_LETTERS.sub("", word).upper()
