"""Files without a header lose no row: rule file-45."""

import io
from pathlib import Path
from typing import Any, cast

import pytest

from cli.inspection import inspect_file, mapped_by, options_of
from services.mapping.placing import PlacedRows, reading_of
from shared.csvfile import CsvOptions, FileRefused, read

_ROWS = [[f"{1001 + n}", ("ANA ORTIZ", "WU, LEE")[n % 2], f"u{n}@example.com"] for n in range(6)]
_NONE = options_of({"header_line": "none"})


def _text(delimiter: str = ",") -> str:
    return "".join(delimiter.join(f'"{cell}"' if "," in cell else cell for cell in row) + "\n" for row in _ROWS)


def _read(text: str, options: CsvOptions = _NONE) -> tuple[list[str], list[int], list[list[str]]]:
    reader = read(io.BytesIO(text.encode()), options)
    batches = list(reader)
    return reader.header, [n for batch in batches for n in batch.line_nos], [row for b in batches for row in b.rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("told", ["", "sep={}\n", "\ufeff", "\n"])
def test_every_row_is_read_and_columns_are_called_by_position(delimiter: str, told: str) -> None:
    names, lines, rows = _read(told.format(delimiter) + _text(delimiter))
    assert names == ["Column 1", "Column 2", "Column 3"]
    assert rows == _ROWS
    first = 2 if told.endswith("\n") else 1
    assert lines == list(range(first, first + len(_ROWS)))


@pytest.mark.parametrize("rows", [1, 2, 6])
def test_also_a_few_rows_and_one_column(rows: int) -> None:
    assert _read("".join(_text().splitlines(keepends=True)[:rows]))[2] == _ROWS[:rows]
    assert _read("".join(f"{1000 + n}\n" for n in range(rows)))[2] == [[f"{1000 + n}"] for n in range(rows)]


@pytest.mark.parametrize("text", [_text(), _text(";"), "1001,Y\n1002,N\n1003,Y\n"])
def test_the_remedy_for_a_missing_header_names_it(text: str) -> None:
    with pytest.raises(FileRefused) as refused:
        _read(text, CsvOptions())
    assert (refused.value.code, "0 if the file has none" in refused.value.remedy) == ("F004", True)
    assert len(_read(text)[2]) == text.count("\n")


def test_a_corrected_copy_has_the_rows_on_their_lines() -> None:
    placed = PlacedRows(["Column 1", "Column 2", "Column 3"], 0)
    copy = b"".join([*(placed.add(line, row) for line, row in enumerate(_ROWS, start=1)), placed.close()])
    found = CsvOptions(**reading_of(0).model_dump())
    assert _read(copy.decode(), found) == _read(_text())


def test_inspect_says_so(tmp_path: Path) -> None:
    (tmp_path / "file.csv").write_text(_text())
    found = inspect_file(tmp_path / "file.csv", _NONE, tmp_path / "clean.csv")
    assert (found["header_line"], found["rows"], found["refused"]) == (0, len(_ROWS), False)
    assert (tmp_path / "clean.csv").read_text().splitlines()[0] == "Column 1,Column 2,Column 3"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"values": {"paperless_flag": {"Pending": "maybe"}}}, "F022"),
        ({"values": {"email": {"none": "yes"}}}, "F022"),
        ({"values": {"role": {"Boss": "owner"}}}, "F022"),
        ({"account_number": [{"column": "Bank Account Number"}]}, "F021"),
        ({"columns": {"email": "Column 3", "paperless_flag": "Column 3"}}, "F007"),
        ({"decide": {"C999": {"choice": "skip"}}}, "unusable_decision"),
        ({"decide": {"C202": {"choice": "perhaps"}}}, "unusable_decision"),
    ],
)
def test_inspect_refuses_a_definition_as_the_api_does(tmp_path: Path, wrong: dict[str, object], code: str) -> None:
    (tmp_path / "file.csv").write_text(_text())
    sound: dict[str, object] = {
        "kind": "paperless",
        "columns": {"email": "Column 3", "paperless_flag": "Column 2"},
        "account_number": [{"column": "Column 1"}],
        "options": {"reading": {"header_line": 0}},
    }
    told = mapped_by(cast("Any", sound | wrong))
    found = inspect_file(tmp_path / "file.csv", options_of({}, told), None, told)
    assert (found["refused"], code in [problem["code"] for problem in found["problems"]]) == (True, True)
    told = mapped_by(cast("Any", sound))
    assert not inspect_file(tmp_path / "file.csv", options_of({}, told), None, told)["refused"]
