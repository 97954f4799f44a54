"""Rows of the file in which something was found, with the cell that is meant. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.mapping.corrections import marked_columns, used_columns
from services.mapping.sample import Sample, mask_cards, masked
from services.mapping.views import FindingItem
from shared.contracts.definition import ImportDefinition
from shared.contracts.fields import Privacy
from shared.csvfile import column_key

_MOST_ROWS: Final = 5


@dataclass(frozen=True, slots=True)
class ContextRow:
    """A line with the cells that matter here; ``cells`` is empty where the line lies behind the sample."""

    line: int
    cells: tuple[tuple[str, str, bool], ...]  # header, value, whether it is the one that is meant


def context_of_findings(
    findings: Sequence[FindingItem], sample: Sample, definition: ImportDefinition
) -> dict[str, list[ContextRow]]:
    places = {line: place for place, line in enumerate(sample.lines)}
    hidden = sample.hidden | _hidden(sample, definition)
    found = {}
    for finding in findings:
        marked = marked_columns(finding.code, definition)
        lines = finding.sample_lines[:_MOST_ROWS]
        found[finding.code] = [_row(line, places.get(line), sample, marked, hidden, definition) for line in lines]
    return found


def _row(
    line: int,
    place: int | None,
    sample: Sample,
    marked: frozenset[str],
    hidden: frozenset[int],
    definition: ImportDefinition,
) -> ContextRow:
    if place is None:
        return ContextRow(line, ())
    used = used_columns(definition)
    cells = [
        (header, masked(cell) if index in hidden else mask_cards(cell), column_key(header) in marked)
        for index, (header, cell) in enumerate(zip(sample.header, sample.rows[place], strict=False))
        if column_key(header) in used
    ]
    return ContextRow(line, tuple(cells))


def _hidden(sample: Sample, definition: ImportDefinition) -> frozenset[int]:
    headers = {
        column_key(column) for field, column in definition.columns.items() if field.spec.privacy is Privacy.SECRET
    }
    return frozenset(index for index, header in enumerate(sample.header) if column_key(header) in headers)
