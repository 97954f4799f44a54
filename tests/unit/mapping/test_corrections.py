"""Which cells of a corrected log differ from the file, whatever a spreadsheet or a mask made of them."""

import pytest

from services.mapping.corrections import Columns, Correction, StillMasked, corrected, find_columns
from shared.contracts.log_columns import FileRow, mask_number

COLUMNS = Columns(["Acct", "Email", "Bank", "Note"], frozenset({2}))
ROW = FileRow(7, ["A-1", "ann@", "000123456789", "=1+1"], in_place=True)


def test_only_what_differs_is_a_correction() -> None:
    made = corrected(ROW, {0: "A-1 ", 1: "ann@example.com", 2: mask_number(ROW.cells[2]), 3: "'=1+1"}, COLUMNS)
    assert made is not None
    assert made.cells == ["A-1", "ann@example.com", "000123456789", "=1+1"]
    assert made.corrections == (Correction(7, "Email", "ann@", "ann@example.com", 1),)


def test_of_bank_data_only_the_last_characters_are_told() -> None:
    made = corrected(ROW, {2: "000123456780"}, COLUMNS)
    assert made is not None
    assert made.cells[2] == "000123456780"
    assert made.corrections == (Correction(7, "Bank", "****6789", "****6780", 2),)


def test_the_mask_of_another_value_is_none() -> None:
    with pytest.raises(StillMasked):
        corrected(ROW, {2: "****6780"}, COLUMNS)


def test_the_sign_that_keeps_a_spreadsheet_from_running_a_cell_goes() -> None:
    made = corrected(ROW, {3: "'-5", 1: "'t Hooft"}, COLUMNS)
    assert made is not None
    assert (made.cells[1], made.cells[3]) == ("'t Hooft", "-5")


def test_a_broken_line_is_a_row_once_somebody_mended_it() -> None:
    broken = FileRow(9, ["A-2", "x@example.com"], in_place=False)
    assert corrected(broken, {0: "A-2", 1: "x@example.com", 2: "", 3: ""}, COLUMNS) is None
    made = corrected(broken, {0: "****", 2: "000123456789"}, COLUMNS)
    assert made is not None
    assert made.cells == ["A-2", "x@example.com", "000123456789", ""]


def test_a_log_is_known_by_its_line_numbers() -> None:
    assert find_columns(["Acct", "Email", "outcome"], COLUMNS.header) is None
    found = find_columns(["line", "EMAIL ", "outcome"], COLUMNS.header)
    assert found is not None
    assert (found.line, found.places) == (0, ((1, 1),))
    renamed = find_columns(["Line", "x", "import_line"], ["Line", "x"])
    assert renamed is not None
    assert (renamed.line, renamed.places) == (2, ((0, 0), (1, 1)))
