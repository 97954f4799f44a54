"""Columns that nobody mapped: what they are (W304), and whether one of them says no (C243)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.validation.domain.samples import shortened
from shared.contracts.fields import FieldName
from shared.contracts.kinds import ImportKind
from shared.contracts.lexicon import PAPER_WORDS, STOP_WORDS, is_empty, word_key
from shared.csvfile import names_bank_number

_SAMPLES: Final = 3
_LONGEST_WORD: Final = 60
# A column with more different cells in one batch holds no words, but names, numbers or notes.
_MOST_WORDS: Final = 200


@dataclass(slots=True)
class _Column:
    """What was seen of one column."""

    name: str
    shows_values: bool
    filled: int = 0
    samples: dict[str, None] = field(default_factory=dict)
    stops: Counter[str] = field(default_factory=Counter)

    def look(self, cells: Sequence[str], stop_words: frozenset[str]) -> None:
        words = Counter(cells)
        self.filled += sum(count for cell, count in words.items() if cell.strip())
        if self.shows_values and len(self.samples) < _SAMPLES:
            self._sample(words)
        for cell, count in words.items() if len(words) <= _MOST_WORDS else ():
            if len(cell) <= _LONGEST_WORD and word_key(cell.strip()) in stop_words:
                self.stops[" ".join(cell.split())] += count

    def _sample(self, words: Mapping[str, int]) -> None:
        for cell in words:
            text = " ".join(cell.split())
            if text and not is_empty(text):
                self.samples[shortened(text)] = None
            if len(self.samples) == _SAMPLES:
                return


class UnusedColumns:
    """Looks at the unused columns of a file, batch by batch. A batch costs a count of the cells of each."""

    def __init__(self, header: Sequence[str], used: frozenset[int], kind: ImportKind) -> None:
        self._columns = {
            position: _Column(name, shows_values=not names_bank_number(name))
            for position, name in enumerate(header)
            if position not in used
        }
        asks_for_delivery = kind in FieldName.PAPERLESS_FLAG.spec.kinds
        self._stop_words = STOP_WORDS | PAPER_WORDS if asks_for_delivery else STOP_WORDS

    def __len__(self) -> int:
        return len(self._columns)

    def look(self, columns: Sequence[Sequence[str]]) -> None:
        """The cells of a batch, by column."""
        for position, column in self._columns.items():
            column.look(columns[position], self._stop_words)

    def shown(self, bank_columns: Sequence[int]) -> list[dict[str, object]]:
        """W304: name, filled rows and a few values of each, long numbers cut to their end; none of bank columns."""
        return [
            {
                "name": column.name,
                "filled": column.filled,
                "values": [] if position in bank_columns else list(column.samples),
            }
            for position, column in self._columns.items()
        ]

    @property
    def stopping(self) -> list[dict[str, object]]:
        """C243: the columns with words that would stop a row, and how many rows have each word."""
        return [
            {"name": column.name, "words": dict(column.stops.most_common(_MOST_WORDS))}
            for column in self._columns.values()
            if column.stops
        ]
