import re
from pathlib import Path

import pytest

from services.mapping.pages.context_rows import cell_is_known
from services.validation import domain

# Codes that the reading of a row's values gives: each must lead the eye to a cell.
_SOURCES = [path.read_text(encoding="utf-8") for path in Path(domain.__file__).parent.glob("*.py")]
_OF_VALUES = sorted({code for text in _SOURCES for code in re.findall(r'"([RCSW][0-9]{3})"', text)})
_WITHOUT_CELL = {
    "S404",  # the operator's own doing
    "W301",  # any cell may have been repaired
    "C201",
    "C202",
    "C207",  # decided beside the CRM; they stand in the same folder for the decisions
    "C232",
}


@pytest.mark.parametrize("code", [code for code in _OF_VALUES if code not in _WITHOUT_CELL])
def test_every_code_of_a_value_marks_its_cell(code: str) -> None:
    assert cell_is_known(code)
