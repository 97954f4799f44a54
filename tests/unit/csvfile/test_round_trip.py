import csv
import io

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.csvfile import CsvOptions, FileRefused, defuse_formula, read, write_rows
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


@given(st.text('",\r\nab=', max_size=40), st.integers(1, 7))
@settings(max_examples=400, deadline=None)
def test_pieces_do_not_matter_and_fast_and_exact_paths_agree(text: str, size: int) -> None:
    pieces = [text[i : i + size] for i in range(0, len(text), size)]
    exact = Splitter(",", '"', TOLD)
    exact._parse = lambda *_: None  # type: ignore[method-assign]  # leaves only the exact path
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


def test_results_are_defused() -> None:
    out = io.BytesIO()
    assert write_rows(out, [["a", "b"], ["=1+1", "x,y"], ["\tz", "\uff1dq"]]) == 3
    assert out.getvalue().decode() == "a,b\r\n'=1+1,\"x,y\"\r\n'\tz,'\uff1dq\r\n"


@given(CELLS)
def test_nothing_defused_starts_a_formula(cell: str) -> None:
    assert defuse_formula(cell)[:1] not in set("=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20")
