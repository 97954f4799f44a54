"""C242 on its page: the words of the finding, and those that it keeps to itself of the rows shown below it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from services.mapping.column_words import may_be_word
from services.mapping.sample import Sample
from services.mapping.views import FindingItem
from shared.contracts.codes.names import UNKNOWN_WORDS
from shared.contracts.definition import ImportDefinition
from shared.contracts.fields import FieldName
from shared.csvfile import clean_cell, column_key

_NOT_SHOWN: Final = ""


def words_to_explain(
    findings: Iterable[FindingItem], sample: Sample | None, definition: ImportDefinition
) -> Mapping[str, Mapping[str, int]]:
    """Rows by field and word. Only whoever may see the rows has a sample."""
    finding = next((one for one in findings if one.code == UNKNOWN_WORDS), None)
    words: Mapping[str, Mapping[str, int]] = (finding.detail.get("words") or {}) if finding else {}
    if finding is None or sample is None:
        return words
    return {
        field: {**_in_rows(sample, finding.sample_lines, definition, field), **counts}
        if counts.get(_NOT_SHOWN)
        else counts
        for field, counts in words.items()
    }


def _in_rows(sample: Sample, lines: Sequence[int], definition: ImportDefinition, field: str) -> dict[str, int]:
    header = definition.columns.get(FieldName(field)) if field in set(FieldName) else None
    places = [place for place, name in enumerate(sample.header) if header and column_key(name) == column_key(header)]
    rows = [row for line, row in zip(sample.lines, sample.rows, strict=True) if line in set(lines)]
    cells = Counter(" ".join(clean_cell(row[place])[0].split()) for row in rows for place in places)
    return {cell: count for cell, count in cells.items() if may_be_word(cell)}
