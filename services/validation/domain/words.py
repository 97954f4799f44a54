"""Words of fields that have few: what an operator said they mean, and those that nobody knows."""

import re
from array import array
from collections import Counter
from collections.abc import Collection, Mapping, MutableSequence, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from itertools import compress
from typing import Final

from services.validation.domain.found import Found
from services.validation.domain.layout import Layout
from services.validation.domain.people import Cells
from shared.contracts.codes.names import OTHER_MEANING, UNKNOWN_WORDS
from shared.contracts.definition import ImportDefinition
from shared.contracts.fields import FieldName
from shared.contracts.lexicon import CROSS, Flag, word_key
from shared.contracts.usual_words import LONGEST_CODE, signs_in_doubt, signs_that_say_yes, usual_words
from shared.csvfile import count_digits

MOST_WORDS: Final = 100  # of a field: a column with more of them holds no words
_MOST_COUNTED: Final = 1_000
_LONGEST: Final = 60
_MOST_DIGITS: Final = 4
_NUMBER_OR_ADDRESS: Final = re.compile(r"\d{4}|@")
_WORDS: Final = re.compile(r"[^\s,;:|/&.]+")
_CLEAR: Final = frozenset((Flag.YES, Flag.NO))
NOT_SHOWN: Final = ""  # stands for cells that are no words: they may be names or numbers of people


@dataclass(slots=True)
class _Crosses:
    """The crosses of a column, and what its other words say."""

    lines: MutableSequence[int] = attribute(default_factory=lambda: array("I"))
    beside_words: bool = False
    agreeing: set[str] = attribute(default_factory=set)  # words that mean what a cross means
    is_contradicted: bool = False  # a word means the opposite

    @property
    def are_in_doubt(self) -> bool:
        """A system has one word for each meaning, and a cross is a third; people have several, and a cross is one."""
        return self.beside_words and not (len(self.agreeing) > 1 and self.is_contradicted)


@dataclass(slots=True)
class _Signs:
    """The codes of a column, and the lines of those that mean yes unless they are codes of something else."""

    keys: set[str]
    flags: Mapping[str, Flag]
    lines: dict[str, MutableSequence[int]] = attribute(default_factory=dict)
    are_in_doubt: bool = False

    @property
    def doubtful(self) -> Mapping[str, Sequence[int]]:
        doubtful = self.lines.keys() if self.are_in_doubt else signs_in_doubt(self.flags, self.keys)
        return {sign: lines for sign, lines in self.lines.items() if sign in doubtful}


class WordReader:
    """Puts meanings in the place of explained words, and counts the words that are not known."""

    def __init__(self, layout: Layout, definition: ImportDefinition, *, crosses_are_in_doubt: bool = False) -> None:
        self._positions = {field: layout.fields[field] for field in layout.fields if field.spec.meanings}
        self._said = {
            field: {word_key(word): meaning for word, meaning in words.items()}
            for field, words in definition.values.items()
            if field in self._positions
        }
        reverses = definition.options.paperless_flag_reversed
        self._usual = {field: usual_words(field, reverses_flags=reverses) for field in self._said}
        self._unknown: dict[FieldName, Counter[str]] = {}
        self._crosses: dict[FieldName, _Crosses] = {}
        self._signs: dict[FieldName, _Signs] = {}
        self._crosses_are_in_doubt = crosses_are_in_doubt
        self._lines: Sequence[int] = ()

    @property
    def explained(self) -> Mapping[int, Collection[str]]:
        return {self._positions[field]: said.keys() for field, said in self._said.items()}

    def begin(self, lines: Sequence[int]) -> None:
        """The next batch; ``lines`` are the lines of its rows."""
        self._lines = lines

    @property
    def unknown(self) -> Mapping[str, Mapping[str, int]]:
        """Rows by field and unknown word, the most frequent first; ``NOT_SHOWN`` counts what is no word."""
        doubtful = {
            field: Counter({sign.upper(): len(lines) for sign, lines in found.items()})
            for field, found in self._doubtful.items()
        }
        fields = dict.fromkeys((*self._unknown, *doubtful))
        return {
            field.value: _shown(self._unknown.get(field, Counter()) + doubtful.get(field, Counter()))
            for field in fields
        }

    @property
    def _doubtful(self) -> Mapping[FieldName, Mapping[str, Sequence[int]]]:
        found = {field: dict(signs.doubtful) for field, signs in self._signs.items()}
        for field, crosses in self._crosses.items():
            if crosses.lines and crosses.are_in_doubt:
                found.setdefault(field, {})[CROSS] = crosses.lines
        return {field: lines for field, lines in found.items() if lines}

    @property
    def lines_in_doubt(self) -> Sequence[int]:
        """C242: the lines of signs that may mean something else than yes, once all are read."""
        return sorted(line for found in self._doubtful.values() for lines in found.values() for line in lines)

    def note_signs(self, field: FieldName, column: Sequence[str], flags: Mapping[str, Flag]) -> None:
        """A column of the batch whose crosses and codes may be a yes; ``flags`` is what its words mean."""
        words = {word: word_key(word) for word in set(column)}
        self._note_crosses(field, column, flags, words)
        noted = self._signs.get(field)
        if noted is None:
            explained = (key for key in self._said.get(field, ()) if len(key) <= LONGEST_CODE)
            noted = self._signs[field] = _Signs(set(explained), flags, are_in_doubt=self._crosses_are_in_doubt)
        noted.keys.update(key for key in words.values() if len(key) <= LONGEST_CODE)
        for sign in signs_that_say_yes(flags):
            cells = {word for word, key in words.items() if key == sign}
            if cells:
                noted.lines.setdefault(sign, array("I")).extend(compress(self._lines, map(cells.__contains__, column)))

    def _note_crosses(
        self, field: FieldName, column: Sequence[str], flags: Mapping[str, Flag], words: Mapping[str, str]
    ) -> None:
        crosses = {word for word, key in words.items() if key == CROSS}
        others = {key for word, key in words.items() if word and key != CROSS}
        noted = self._crosses.setdefault(field, _Crosses(beside_words=self._crosses_are_in_doubt))
        noted.beside_words |= bool(others)
        if not self._crosses_are_in_doubt:
            noted.agreeing |= {key for key in others if flags.get(key) is flags[CROSS]}
            noted.is_contradicted |= any(flags.get(key) in _CLEAR - {flags[CROSS]} for key in others)
        if crosses:
            noted.lines.extend(line for line, word in zip(self._lines, column, strict=True) if word in crosses)

    def translated(self, cells: Cells, found: Found) -> Cells:
        """The cells with meanings in the place of the words that were explained."""
        read = dict(cells)
        for field, said in self._said.items():
            position = self._positions[field]
            meant = {word: said[key] for word in set(cells[position]) if (key := word_key(word)) in said}
            if meant:
                read[position] = [meant.get(cell, cell) for cell in cells[position]]
                self._ask_again(field, cells[position], meant, found)
        return read

    def _ask_again(self, field: FieldName, column: Sequence[str], meant: Mapping[str, str], found: Found) -> None:
        """C247: words that are known, and explained otherwise."""
        known = self._usual[field]
        others = {
            word: f"{word or '(blank)'} \u2192 {field.spec.meanings.get(meaning, meaning)}"
            for word, meaning in meant.items()
            if (key := word_key(word)) in known and key != CROSS and known[key] != known.get(word_key(meaning))
        }
        for index, word in enumerate(column) if others else ():
            if word in others:
                found.add(index, OTHER_MEANING)
                found.samples.note(OTHER_MEANING, others[word])

    def ask(self, index: int, field: FieldName, cell: str, found: Found) -> None:
        """C242: the row has a word that is not known."""
        if index in found.ended:
            return
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
        is_word = count > 1 or (single <= MOST_WORDS and len(_WORDS.findall(word)) == 1)
        known[word if is_word and (word in known or len(known) < MOST_WORDS) else NOT_SHOWN] += count
    return dict(known.most_common())
