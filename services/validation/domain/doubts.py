"""What the columns of a file leave in doubt, though each cell could be read."""

from collections.abc import Mapping, Sequence

from services.validation.domain.context import Context
from services.validation.domain.dates import DateReader
from services.validation.domain.layout import Layout
from services.validation.domain.shortened import ShortenedNumbers
from services.validation.domain.words import WordReader
from shared.contracts.codes.names import DAY_OR_MONTH, SHORTENED, UNKNOWN_WORDS
from shared.contracts.definition import ImportDefinition


class Doubts:
    """Collected while the rows are read; what depends on a whole column is known when all are."""

    def __init__(self, layout: Layout, definition: ImportDefinition, context: Context) -> None:
        self.words = WordReader(layout, definition, crosses_are_in_doubt=UNKNOWN_WORDS in context.doubts)
        self.dates = DateReader(context.choices.get(DAY_OR_MONTH), is_in_doubt=DAY_OR_MONTH in context.doubts)
        self.numbers = ShortenedNumbers(is_in_doubt=SHORTENED in context.doubts)

    def begin(self, lines: Sequence[int]) -> None:
        self.words.begin(lines)
        self.dates.begin(lines)
        self.numbers.begin(lines)

    @property
    def lines(self) -> Mapping[str, Sequence[int]]:
        found = {
            SHORTENED: self.numbers.lines_in_doubt,
            DAY_OR_MONTH: self.dates.lines_in_doubt,
            UNKNOWN_WORDS: self.words.lines_in_doubt,
        }
        return {code: lines for code, lines in found.items() if lines}
