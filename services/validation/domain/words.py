"""Words of fields that have few: what an operator said they mean, and those that nobody knows (word-1, word-2)."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

from services.validation.domain.found import Found
from services.validation.domain.layout import Layout
from services.validation.domain.people import Cells
from shared.contracts.codes.names import UNKNOWN_WORDS
from shared.contracts.definition import ValueMap
from shared.contracts.fields import FieldName
from shared.contracts.lexicon import word_key
from shared.csvfile import count_digits

MOST_WORDS: Final = 100  # of a field: a column with more of them holds no words
_MOST_COUNTED: Final = 1_000
_MOST_SINGLE: Final = 10  # words that stand once
_LONGEST: Final = 60
_MOST_DIGITS: Final = 4
_NUMBER_OR_ADDRESS: Final = re.compile(r"\d{4}|@")
_WORDS: Final = re.compile(r"[^\s,;:|/&.]+")
NOT_SHOWN: Final = ""  # stands for cells that are no words: they may be names or numbers of people


class WordReader:
    """Puts meanings in the place of explained words, and counts the words that are not known."""

    def __init__(self, layout: Layout, values: ValueMap) -> None:
        self._positions = {field: layout.fields[field] for field in layout.fields if field.spec.meanings}
        self._said = {
            field: {word_key(word): meaning for word, meaning in words.items()}
            for field, words in values.items()
            if field in self._positions
        }
        self._unknown: dict[FieldName, Counter[str]] = {}

    @property
    def unknown(self) -> Mapping[str, Mapping[str, int]]:
        """Rows by field and unknown word, the most frequent first; ``NOT_SHOWN`` counts what is no word."""
        return {field.value: _shown(words) for field, words in self._unknown.items()}

    def translated(self, cells: Cells) -> Cells:
        """The cells with meanings in the place of the words that were explained."""
        read = dict(cells)
        for field, said in self._said.items():
            position = self._positions[field]
            meant = {word: said[key] for word in set(cells[position]) if (key := word_key(word)) in said}
            if meant:
                read[position] = [meant.get(cell, cell) for cell in cells[position]]
        return read

    def ask(self, index: int, field: FieldName, cell: str, found: Found) -> None:
        """C242: the row has a word that is not known."""
        found.add(index, UNKNOWN_WORDS)
        counted = self._unknown.setdefault(field, Counter())
        word = _word(cell)
        counted[word if word in counted or len(counted) < _MOST_COUNTED else NOT_SHOWN] += 1


def _word(cell: str) -> str:
    word = " ".join(cell.split())
    is_long = len(word) > _LONGEST or count_digits(word) > _MOST_DIGITS
    return NOT_SHOWN if is_long or _NUMBER_OR_ADDRESS.search(word) else word


def _shown(words: Counter[str]) -> dict[str, int]:
    """The vocabulary: what stands once and is several words, or one of many that do, is more likely somebody's name."""
    single = sum(count == 1 for count in words.values())
    known = Counter[str]()
    for word, count in words.most_common():
        is_word = count > 1 or (single <= _MOST_SINGLE and len(_WORDS.findall(word)) == 1)
        known[word if is_word and (word in known or len(known) < MOST_WORDS) else NOT_SHOWN] += count
    return dict(known.most_common())
