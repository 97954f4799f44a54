"""The words of a mapped column with what each will be read as. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.mapping.sample import Sample
from shared.contracts.fields import FieldName
from shared.contracts.lexicon import is_empty, word_key
from shared.contracts.usual_words import UNUSABLE, usual_words, words_in_doubt
from shared.csvfile import clean_cell, count_digits

_LONGEST: Final = 60
_MOST_DIGITS: Final = 4
_MOST_ASKED: Final = 20
_MOST_KNOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a column."""

    text: str
    rows: int
    meaning: str
    """What a person said it means; blank where nobody has."""
    usual: str
    """The meaning that the lexicon gives it, or that nothing can be imported with it; blank where it is asked about."""

    @property
    def is_asked(self) -> bool:
        return bool(self.meaning) or not self.usual


@dataclass(frozen=True, slots=True)
class ColumnWords:
    """The words of a column: those to be explained first, then the most frequent of the others."""

    shown: Sequence[Word]
    more: int
    """Words that are not shown."""
    unnamed: int
    """Rows whose cell is no word: a number or an address, which is neither shown nor explained."""
    blank: int
    """Rows whose cell says nothing and is not explained."""


def words_of_column(
    sample: Sample, header: str, field: FieldName, said: Mapping[str, str], *, reverses_flags: bool
) -> ColumnWords | None:
    """Those of the rows looked at; None where the field has no words, or the column's values are not shown."""
    place = sample.header.index(header) if header in sample.header else None
    if not field.spec.meanings or place is None or place in sample.hidden:
        return None
    meanings = {word_key(word): meaning for word, meaning in said.items()}
    cells = Counter(row[place] if place < len(row) else "" for row in sample.rows)
    counted, spelled = _by_key(cells, field, meanings)
    for word in said:
        spelled.setdefault(word_key(word), word)  # said of the rest of the file, or of another one
    usual = usual_words(field, reverses_flags=reverses_flags)
    doubtful = words_in_doubt(field, counted, reverses_flags=reverses_flags)
    words = [
        Word(text, counted[key], meanings.get(key, ""), "" if key in doubtful else usual.get(key, ""))
        for key, text in spelled.items()
    ]
    asked = [one for one in words if one.is_asked]
    named = sorted(filter(_is_named, asked), key=_frequency)[:_MOST_ASKED]
    known = sorted((one for one in words if not one.is_asked), key=_frequency)[:_MOST_KNOWN]
    unnamed = sum(one.rows for one in asked if not _is_named(one))
    more = sum(map(_is_named, words)) - len(named) - len(known)
    blank = sum(rows for cell, rows in cells.items() if not _text(cell, meanings))
    return ColumnWords([*named, *known], more, unnamed, blank)


def may_be_word(cell: str) -> bool:
    return 0 < len(cell) <= _LONGEST and count_digits(cell) <= _MOST_DIGITS and "@" not in cell


def reading(word: Word, field: FieldName) -> str:
    return _NOT_IMPORTED[field] if word.usual == UNUSABLE else field.spec.meanings.get(word.usual, "")


_NOT_IMPORTED: Final[Mapping[FieldName, str]] = {
    FieldName.METHOD_KIND: "Can't be used for autopay",
    FieldName.BANK_ACCOUNT_TYPE: "Can't be debited",
    FieldName.ROLE: "Works for the biller: not imported",
}


def _by_key(cells: Mapping[str, int], field: FieldName, said: Collection[str]) -> tuple[Counter[str], dict[str, str]]:
    """Rows by word, and the word as most of them spell it. Blank cells are none, unless they are explained."""
    counted = Counter[str]()
    spelled: dict[str, str] = {}
    for cell, rows in sorted(cells.items(), key=lambda one: -one[1]):
        text = _text(cell, said)
        if not text or (field.spec.is_day_or_amount and not _is_all_letters(text)):  # what has digits is one
            continue
        key = word_key(text)
        counted[key] += rows
        spelled.setdefault(key, text)
    return counted, spelled


def _text(cell: str, said: Collection[str]) -> str:
    written = " ".join(cell.split())
    if word_key(written) in said:
        return written
    text = " ".join(clean_cell(cell)[0].split())
    return "" if is_empty(text) else text


def _is_all_letters(text: str) -> bool:
    return any(map(str.isalpha, text)) and not any(map(str.isdigit, text))


def _is_named(word: Word) -> bool:
    return bool(word.usual or word.meaning) or may_be_word(word.text)


def _frequency(word: Word) -> tuple[int, str]:
    return -word.rows, word.text
