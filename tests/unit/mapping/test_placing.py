"""Rows that are written to another file stand on the lines that they had."""

from hypothesis import given
from hypothesis import strategies as st

from services.mapping.placing import PlacedRows, reading_of
from shared.csvfile import CsvOptions, read

_CELLS = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\0\x1a", exclude_categories=("Cs", "Cc")), max_size=12),
    min_size=2,
    max_size=2,
).filter(lambda cells: any(cell.strip() for cell in cells))


def _written(header_line: int, rows: dict[int, list[str]]) -> bytes:
    placed = PlacedRows(["Acct", "Email"], header_line)
    return b"".join([placed.add(line, cells) for line, cells in sorted(rows.items())]) + placed.close()


def _read(content: bytes, header_line: int) -> dict[int, list[str]]:
    reader = read(iter([content]), CsvOptions(**reading_of(header_line).model_dump()))
    assert reader.header == ["Acct", "Email"]
    found: dict[int, list[str]] = {}
    for batch in reader:
        found |= dict(zip(batch.line_nos, batch.rows, strict=True)) | {one.line or 0: one.cells for one in batch.bad}
    return found


@given(st.integers(1, 20), st.dictionaries(st.integers(1, 3_000), _CELLS, min_size=1, max_size=5))
def test_each_row_is_read_from_the_line_that_it_had(header_line: int, rows: dict[int, list[str]]) -> None:
    placed = {header_line + gap: cells for gap, cells in rows.items()}
    assert _read(_written(header_line, placed), header_line) == placed


def test_the_first_row_may_stand_far_below_the_header() -> None:
    rows = {400_000: ["A-1", "ann@example.com"]}
    assert _read(_written(3, rows), 3) == rows


def test_line_breaks_of_a_cell_stay_while_there_is_room_for_them() -> None:
    rows = {2: ["A\r\nB", "x"], 4: ["C\nD\nE", "y"], 5: ["F", "z"]}
    assert _read(_written(1, rows), 1) == {2: ["A\nB", "x"], 4: ["C D E", "y"], 5: ["F", "z"]}
