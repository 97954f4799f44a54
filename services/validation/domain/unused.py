"""Columns that decide nothing: what those are that nobody mapped (W304), and whether one says no (C243)."""

from array import array
from collections import Counter
from collections.abc import Mapping, MutableSequence, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.validation.domain.samples import shortened
from shared.contracts.kinds import ImportKind
from shared.contracts.lexicon import Refusal, is_empty, refusal_in
from shared.csvfile import names_bank_number

_SAMPLES: Final = 3
# A column with more different cells in one batch holds no words, but names, numbers or notes.
_MOST_WORDS: Final = 200
_MOST_OF_ONE: Final = 3  # words of a cell that no other row has


@dataclass(slots=True)
class _Column:
    """What was seen of one column."""

    name: str
    shows_values: bool
    refusal: Refusal
    filled: int = 0
    samples: dict[str, None] = field(default_factory=dict)
    stops: Counter[str] = field(default_factory=Counter)

    def look(self, cells: Sequence[str]) -> frozenset[str]:
        words = Counter(cells)
        self.filled += sum(count for cell, count in words.items() if cell.strip())
        if self.shows_values and len(self.samples) < _SAMPLES:
            self._sample(words)
        if len(words) > _MOST_WORDS and not self.refusal.by_header:
            return frozenset()
        saying = frozenset(cell for cell in words if self.refusal.says_no(" ".join(cell.split())))
        for cell in saying:
            self.stops[_shown(" ".join(cell.split()), words[cell])] += words[cell]
        return saying

    def _sample(self, words: Mapping[str, int]) -> None:
        for cell in words:
            text = " ".join(cell.split())
            if text and not is_empty(text):
                self.samples[shortened(text)] = None
            if len(self.samples) == _SAMPLES:
                return


def _shown(text: str, count: int) -> str:
    """The cell as the finding shows it; a sentence or an address that is there once is counted without being shown."""
    return "" if "@" in text or (count == 1 and len(text.split()) > _MOST_OF_ONE) else shortened(text)


class UnusedColumns:
    """Looks at the unused columns of a file, batch by batch. A batch costs a count of the cells of each.

    ``kept`` are those whose cells are only kept, as evidence or for the log: they decide as little as unused ones.
    """

    def __init__(
        self, header: Sequence[str], used: frozenset[int], kind: ImportKind, *, kept: frozenset[int] = frozenset()
    ) -> None:
        self._kept = kept
        self._columns = {
            position: _Column(name, not names_bank_number(name), refusal_in(name, kind.value))
            for position, name in enumerate(header)
            if position in kept or position not in used
        }
        self._lines: MutableSequence[int] = array("I")

    def __len__(self) -> int:
        return len(self._columns.keys() - self._kept)

    def look(self, columns: Sequence[Sequence[str]], lines: Sequence[int]) -> None:
        for position, column in self._columns.items():
            if saying := column.look(columns[position]):
                self._lines.extend(line for line, cell in zip(lines, columns[position], strict=True) if cell in saying)

    @property
    def stopping_lines(self) -> Sequence[int]:
        """C243: lines with a cell that says no."""
        return sorted(set(self._lines))

    def shown(self, bank_columns: Sequence[int]) -> list[dict[str, object]]:
        """W304: name, filled rows and a few values of each, long numbers cut to their end; none of bank columns."""
        return [
            {
                "name": column.name,
                "filled": column.filled,
                "values": [] if position in bank_columns else list(column.samples),
            }
            for position, column in self._columns.items()
            if position not in self._kept
        ]

    @property
    def stopping(self) -> list[dict[str, object]]:
        """C243: the columns with words that would stop a row, and how many rows have each word."""
        return [
            {"name": column.name, "words": dict(column.stops.most_common(_MOST_WORDS))}
            for column in self._columns.values()
            if column.stops
        ]
