"""What a column and those beside it say against a field that its name alone would suggest."""

import re
from collections.abc import Sequence
from typing import Final, Protocol

from services.mapping.suggestions.header_names import TERMS, names
from services.mapping.suggestions.values import tell
from services.mapping.suggestions.wording import words_of
from shared.contracts.fields import FieldName
from shared.contracts.lexicon import METHOD_KINDS, word_key

_F = FieldName
_LIMITED: Final = frozenset(("policy", "lease", "insured", "premium", "coverage", "license", "permit", "contract"))
_CARD: Final = frozenset(("card", "credit", "token", "brand", "vault"))
_MONTH_AND_YEAR: Final = re.compile(r"(?:0?[1-9]|1[0-2]) ?[/-] ?(?:20)?[0-9]{2}")
_ID, _EFFECTIVE, _EXPIRY = "id", "effective", "expiry"
_GUID: Final = re.compile(r"\{?[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}\}?|[0-9A-Fa-f]{32}")
_SOME: Final = 100


class Seen(Protocol):
    """A column: what the file calls it, and its filled cells."""

    @property
    def title(self) -> str: ...

    @property
    def filled(self) -> list[str]: ...


class Beside:
    """The columns of a file."""

    def __init__(self, columns: Sequence[Seen]) -> None:
        words = [frozenset(words_of(column.title)) for column in columns]
        has_both = any(_EFFECTIVE in one for one in words if one in TERMS) and any(
            _EXPIRY in one for one in words if one in TERMS
        )
        self._has_other_terms = has_both or any(not one.isdisjoint(_LIMITED) for one in words)
        self._has_cards = any(map(_is_of_cards, words, columns))

    def speak_against(self, field: FieldName, column: Seen) -> bool:
        """Whether the column is something else, going by its cells and by what stands beside it."""
        words = frozenset(words_of(column.title))
        match field:
            case _F.START_DATE | _F.END_DATE:
                return self._has_other_terms and words in TERMS
            case _F.CARD_LAST4:
                return not self._has_cards
            case _F.LOGIN_NAME:
                return _ID in words and _are_keys(column.filled[:_SOME])
            case _:
                return False


def _is_of_cards(words: frozenset[str], column: Seen) -> bool:
    if not words.isdisjoint(_CARD):
        return True
    cells = column.filled[:_SOME]
    return bool(cells) and (
        names(_F.CARD_TOKEN, column.title) > 0
        or tell(_F.CARD_BRAND, cells)
        or any(METHOD_KINDS.get(word_key(cell)) == "card" for cell in cells)
        or all(map(_MONTH_AND_YEAR.fullmatch, cells))
    )


def _are_keys(cells: Sequence[str]) -> bool:
    """Numbers that a database gives, which nobody signs in with."""
    return bool(cells) and all(cell.isdigit() or _GUID.fullmatch(cell) for cell in cells)
