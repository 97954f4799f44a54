"""Nothing is refused that a person loads from the file alone, unless whoever imports it can say what is missing."""

import io
import re

import pytest

from shared.csvfile import CsvOptions, clean_cell, read
from tests.support.written.exports import HEADER, Export, exports

EXPORTS = {export.name: export for export in exports()}


def test_they_are_as_many_as_in_the_survey() -> None:
    assert len(EXPORTS) == len(list(exports())) > 97


@pytest.mark.parametrize("export", EXPORTS.values(), ids=list(EXPORTS))
def test_the_customers_are_read(export: Export) -> None:
    reader = read(io.BytesIO(export.data), CsvOptions(**export.told))
    rows = [row for batch in reader for row in batch.rows]
    columns = [[clean_cell(cell)[0] for cell in column] for column in zip(*rows, strict=True)]
    names = [name.casefold() for name in reader.header]
    width = min(len(HEADER) - 1, len(export.customers[0]))
    for position, name in enumerate(HEADER[:width]):
        found = [" ".join(cell.replace("\r\n", " ").split()) for cell in columns[names.index(name.casefold())]]
        wanted = [" ".join(row[position].split()) for row in export.customers]
        assert _spelled(found) == _spelled(wanted)


def _spelled(cells: list[str]) -> list[str]:
    """But for the letters that one of the files is about."""
    return [re.sub("J\x92PARK|J\ufffdPARK|J P\u00c3\u2018RK", "J PARK", cell) for cell in cells]
