"""Names: taken apart, put together, compared."""

import re
import unicodedata

from nameparser import HumanName
from nameparser.config import Constants

from shared.contracts.lexicon import (
    COMPANY_ENDINGS,
    COMPANY_FORMS,
    COMPANY_WORDS,
    GENERATIONS,
    NAMELESS_WORDS,
    SUFFIXES,
    TITLES,
    WORDS_BESIDE_NAMELESS,
)

_AGREE = 0.6
_TITLES_ALONE = Constants(titles=[title.lower() for title in TITLES], first_name_titles=[])
_TITLES_ALONE.suffix_not_acronyms.add(*(word.lower() for word in GENERATIONS))
_SAYS_NOTHING = NAMELESS_WORDS | WORDS_BESIDE_NAMELESS

FirstLast = tuple[str | None, str | None]


def split_name(name: str, first: str, last: str) -> FirstLast:
    """First and last name from the three cells of a row."""
    if first or last:
        return first or None, last or None
    if not name:
        return None, None
    name = " ".join(name.split())
    spaced = re.sub(",(?=[^ ,])", ", ", " ".join(name.split()))
    if len(name) > 200 or _is_company(spaced):
        return None, name
    people = re.split("(?<!&amp)(?<!&quot)(?<!&#39)(?<!&apos);", spaced)
    name = next((part.strip() for part in people if part.strip()), spaced)
    if " " not in name:
        return None, name
    pieces = name.split(" ")
    if len(pieces) == 2 and "," not in name and not any(_letters(piece) in TITLES | SUFFIXES for piece in pieces):
        return pieces[0], pieces[1]
    read = HumanName(name, constants=_TITLES_ALONE)
    given = " ".join(part for part in (read.first, read.middle) if part)
    return (given or None, read.last) if read.last else (None, given or name)


def _letters(word: str) -> str:
    return re.sub(r"[^\w]|_", "", word).upper()


def _is_company(name: str) -> bool:
    words = [_letters(word) for word in name.split(" ")]
    if any(word in COMPANY_FORMS for word in words):
        return True
    if "," in name:
        return False
    if any(re.search("[0-9]", word) for word in words if word not in SUFFIXES):
        return True
    known = [place for place, word in enumerate(words) if word in COMPANY_WORDS]
    followed_by_of = bool(known) and "OF" in words[known[0] + 1 :]
    return len(known) > 1 or followed_by_of or words[-1] in COMPANY_ENDINGS


def names_nobody(*names: str) -> bool:
    """UNKNOWN, CURRENT RESIDENT and the like."""
    words = re.findall(r"[^\W_]+", " ".join(names).casefold())
    if any(names) and (not words or words in (["no", "name"], ["do", "not", "use"])):
        return True
    return any(word in NAMELESS_WORDS for word in words) and all(word in _SAYS_NOTHING for word in words)


def is_no_phone(cell: str) -> bool:
    """What is typed into a field that must be filled."""
    if not cell:
        return False
    digits = "".join(sign for sign in cell if not sign.isascii() or sign.isdigit())
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    same = len(digits) >= 7 and any(digits == digit * len(digits) for digit in "0123456789")
    local = {"0000000", "1111111", "5555555", "9999999"}
    is_local = digits == "1234567" or (len(digits) == 10 and digits[3:] in local)
    return len(digits) < 7 or same or is_local or digits in {"1234567890", "0123456789", "9876543210"}


def customer_name(name: str, first: str | None, last: str | None) -> str | None:
    """The name of a customer to be created; None where the row has none."""
    return name or " ".join(part for part in (first, last) if part) or None


def names_agree(one: FirstLast, other: FirstLast) -> bool:
    """Whether most of the words are common; an initial counts as a word that begins with it."""
    generations = [{_letters(word) for word in _text(name).upper().split()} & GENERATIONS for name in (one, other)]
    if all(generations) and generations[0] != generations[1]:
        return False
    these, those = _words(one), _words(other)
    if not these or not those:
        return False
    common = these & those
    left, right = these - common, those - common
    pairs = _pairs(left, right) + _pairs(right, left)
    pairs = min(pairs, len(left), len(right))
    return (len(common) + pairs) / (len(these | those) - pairs) >= _AGREE


def _pairs(initials: set[str], words: set[str]) -> int:
    return sum(any(len(word) > 1 and word[0] == initial for word in words) for initial in initials if len(initial) == 1)


def _text(name: FirstLast) -> str:
    return " ".join(part for part in name if part)


def _words(name: FirstLast) -> set[str]:
    text = _text(name).casefold()
    for sign in "'\u2018\u2019`\u00b4":
        text = text.replace(sign, "")
    text = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    words = set(re.findall(r"[^\W_]+", text))
    return {word for word in words if word.upper() not in TITLES | SUFFIXES} or words
