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

MOST_WORDS: Final = 100  # of a field: a column with more of them holds no words
_LONGEST: Final = 60
_NUMBER: Final = re.compile(r"[0-9]{4}")
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
        return {field.value: dict(words.most_common()) for field, words in self._unknown.items()}

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
        word = _shown(cell)
        counted[word if word in counted or len(counted) < MOST_WORDS else NOT_SHOWN] += 1


def _shown(cell: str) -> str:
    word = " ".join(cell.split())
    return NOT_SHOWN if len(word) > _LONGEST or _NUMBER.search(word) else word
