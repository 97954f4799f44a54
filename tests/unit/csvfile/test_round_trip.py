import csv
import io
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.csvfile import CsvOptions, FileRefused, defuse_formula, equally_wide, read, write_rows
from shared.csvfile.lines import all_quoted
from shared.csvfile.records import Splitter

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\x1a"), max_size=12) | st.text(
    '",;\r\n= a', max_size=8
)
TOLD = CsvOptions(encoding="utf-8", delimiter=",", quote='"', header_line=1, max_ragged_share=1.0)


def is_row(row: list[str]) -> bool:
    return any(cell.strip() for cell in row)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3).filter(is_row), min_size=1, max_size=6))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_what_is_written_is_read_back_with_its_line_numbers(rows: list[list[str]]) -> None:
    header = ["Account", "Name", "Mail"]
    out = io.BytesIO()
    write_rows(out, [header, *rows], defuse=False)
    reader = read(io.BytesIO(out.getvalue()), TOLD)
    batches = list(reader)
    found = {line: row for batch in batches for line, row in zip(batch.line_nos, batch.rows, strict=True)}
    found |= {problem.line or 0: problem.cells for batch in batches for problem in batch.bad}
    assert [found[line] for line in sorted(found)] == rows
    assert sorted(found) == [_line_of(header, rows, index) for index in range(len(rows))]
    assert all(problem.code == "R106" for batch in batches for problem in batch.bad)


def _line_of(header: list[str], rows: list[list[str]], index: int) -> int:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([header, *rows[:index]])
    return text.getvalue().count("\n") + text.getvalue().count("\r") - text.getvalue().count("\r\n") + 1


_ANYTHING = st.text('",\r\nab=', max_size=40)
_RECORDS = st.lists(
    st.lists(
        st.sampled_from(["a", "", " b", '"c"', '""', '"d,e"', '"f""g"', '""""', '"h\r\n"', '="1"']),
        min_size=3,
        max_size=3,
    ),
    max_size=6,
)
_TABLES = st.builds(
    lambda end, rows: "".join(",".join(row) + end for row in rows), st.sampled_from(["\n", "\r\n", "\r"]), _RECORDS
)


@given(_ANYTHING | _TABLES, st.integers(1, 7))
@settings(max_examples=600, deadline=None)
def test_pieces_do_not_matter_and_fast_and_exact_paths_agree(text: str, size: int) -> None:
    pieces = [text[i : i + size] for i in range(0, len(text), size)]
    exact = Splitter(",", '"', TOLD)
    # Only the exact path is left.
    for path in ("_columns", "_parse"):
        setattr(exact, path, lambda *_: None)
    whole = _records(Splitter(",", '"', TOLD), [text])
    assert _records(Splitter(",", '"', TOLD), pieces) == whole
    assert _records(exact, [text]) == whole


def _records(splitter: Splitter, pieces: list[str]) -> object:
    found: list[object] = []
    try:
        for piece, final in [*((piece, False) for piece in pieces), ("", True)]:
            block = splitter.feed(piece, final=final)
            strays = [block.stray.get(index, 0) for index in range(len(block.rows))]
            found += zip(block.line_nos, block.rows, strays, strict=True)
    except FileRefused as refusal:
        return refusal.code, refusal.line, refusal.column
    return found


@given(st.text(",a\n", max_size=30) | st.lists(st.sampled_from(["a,b", ",", "c,"])).map("\n".join))
def test_columns_are_those_of_lines_of_the_same_width(text: str) -> None:
    rows = [line.split(",") for line in text.removesuffix("\n").split("\n")]
    is_table = len(set(map(len, rows))) == 1 and len(rows[0]) > 1
    assert equally_wide(text, ",") == ([list(column) for column in zip(*rows, strict=True)] if is_table else None)


@given(
    st.text('"a,\n', max_size=20)
    | st.lists(st.sampled_from(['"a","b"', '"a",b', '"",","', '"a","b","c"'])).map("\n".join)
)
def test_columns_of_quoted_cells_are_those_of_the_lines(text: str) -> None:
    parts = text.split('"')
    columns = all_quoted(parts, ",", "\n") if len(parts) % 2 else None
    lines = text.removesuffix("\n").split("\n")
    quoted = re.compile(r'"[^"\n]*"(?:,"[^"\n]*")*')
    if all(map(quoted.fullmatch, lines)):
        rows = list(csv.reader(lines))
        is_table = len(set(map(len, rows))) == 1
        assert columns == ([list(column) for column in zip(*rows, strict=True)] if is_table else None)
    elif "\n" not in "".join(parts[1::2]):  # the caller makes sure of that
        assert columns is None


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_plain_and_quoted_tables_take_the_fast_path(quote: str, end: str) -> None:
    block = Splitter(",", '"', TOLD).feed(f"{quote}a{quote},b{end}" * 3, final=False)
    assert block.columns is not None
    assert len(block.line_nos) >= 2  # a CR at the end may be the first half of CRLF


def test_results_are_defused() -> None:
    out = io.BytesIO()
    assert write_rows(out, [["a", "b"], ["=1+1", "x,y"], ["\tz", "\uff1dq"]]) == 3
    assert out.getvalue().decode() == "a,b\r\n'=1+1,\"x,y\"\r\n'\tz,'\uff1dq\r\n"


@given(CELLS)
def test_nothing_defused_starts_a_formula(cell: str) -> None:
    assert defuse_formula(cell)[:1] not in set("=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20")
