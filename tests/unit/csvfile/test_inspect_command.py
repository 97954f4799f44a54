import json
from pathlib import Path
from typing import Any, cast

import pytest

from cli.errors import CommandError
from cli.inspection import Found, inspect_file, mapped_by, options_of, print_inspection
from shared.csvfile import CsvOptions

REPORT = (
    "Riverbend Water\r\n\r\nAcct;Name;Email\r\n1045;ORTIZ, ANA;a@example.com\r\n1046;PE\u00d1A;b@example.com\r\n"
    'Acct;Name;Email\r\n1047;O"B;c@example.com\r\n1048;LEE\r\n1049;"x;\n y";d@example.com\r\nTotal;4;\r\n'
)


@pytest.fixture
def report(tmp_path: Path) -> Path:
    file = tmp_path / "report.csv"
    file.write_bytes(REPORT.encode("cp1252"))
    return file


def places(found: Found) -> list[tuple[str, int, int | None]]:
    return sorted((problem["code"], problem["line"] or 0, problem["column"]) for problem in found["problems"])


def test_everything_that_was_detected_is_shown(report: Path) -> None:
    found: dict[str, Any] = json.loads(json.dumps(inspect_file(report, CsvOptions(), None)))
    problems = found.pop("problems")
    assert {
        ("W302", 5, None),
        ("W303", 3, None),
        ("W305", 1, None),
        ("R106", 6, None),
        ("R107", 7, 2),
        ("R104", 8, 2),
        ("R106", 11, None),
    } == {(p["code"], p["line"], p["column"]) for p in problems}
    assert all(problem["message"] and problem["remedy"] for problem in problems)
    assert found == {
        "encoding": "windows-1252",
        "bom": False,
        "delimiter": ";",
        "quote": '"',
        "quoting": "RFC 4180",
        "line_ending": "CRLF",
        "preamble": ["Riverbend Water"],
        "header_line": 3,
        "header": ["Acct", "Name", "Email"],
        "width": 3,
        "rows": 3,
        "rows_refused": 4,
        "blank_lines": 0,
        "repeated_headers": 1,
        "footers": 1,
        "problems_not_listed": 0,
        "refused": False,
    }


def test_the_normalised_file_is_plain_and_reads_as_the_same(report: Path, tmp_path: Path) -> None:
    clean = tmp_path / "clean.csv"
    inspect_file(report, CsvOptions(), clean)
    expected = '1045,"ORTIZ, ANA",a@example.com\r\n1046,PE\u00d1A,b@example.com\r\n1049,"x;\n y",d@example.com\r\n'
    assert clean.read_bytes().decode() == "Acct,Name,Email\r\n" + expected
    again = inspect_file(clean, CsvOptions(), None)
    assert (again["problems"], again["rows"], again["rows_refused"]) == ([], 3, 0)
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    ("text", "told", "code"),
    [
        ("Name, last;Cust\nORTIZ, ANA;1045\nWU, LEE;1046\n", (None, ";", None, None), "F001"),
        ('Acct\tName\n1\t5" pipe\n2\t"Y" INC\n', (None, "tab", "none", None), "F020"),
        ("Acct,Name\nAccount,Full name\n1045,ANA\n1046,LEE\n1047,WU\n", (None, None, None, 2), "F004"),
        ("Acct,Name\n1045,PE\u00a5A \u20ac\n", ("utf-8", ",", None, None), None),
    ],
)
def test_a_refused_file_is_read_once_it_is_told_how(
    tmp_path: Path, text: str, told: tuple[str | None, str | None, str | None, int | None], code: str | None
) -> None:
    file = tmp_path / "file.csv"
    file.write_text(text)
    found = inspect_file(file, CsvOptions(), None)
    refusals = [problem for problem in found["problems"] if problem["code"][0] == "F"]
    assert [problem["code"] for problem in refusals] == ([code] if code else [])
    assert all(problem["line"] for problem in refusals)
    names = ("encoding", "delimiter", "quote", "header_line")
    assert not inspect_file(file, options_of(dict(zip(names, told, strict=True))), None)["refused"]


def test_a_refused_file_leaves_no_normalised_one(tmp_path: Path) -> None:
    file, clean = tmp_path / "file.csv", tmp_path / "clean.csv"
    rows = "".join(f"{number},A\n" for number in range(1045, 40_000))
    file.write_text(f'Acct,Name\n{rows}1,"open\n')
    found = inspect_file(file, CsvOptions(), clean)
    assert places(found) == [("F020", 38_957, 2)]
    assert list(tmp_path.iterdir()) == [file]


def test_many_problems_are_counted_and_not_all_kept(tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    file.write_text("Acct,Name\n" + "1045,A\n" * 300_000 + "Acct,Name\n" * 2_000)
    found = inspect_file(file, CsvOptions(), None)
    assert (len(found["problems"]), found["problems_not_listed"], found["repeated_headers"]) == (1000, 1000, 2000)


def test_impossible_options_are_refused_in_plain_words() -> None:
    with pytest.raises(CommandError, match="can't be read that way: quote"):
        options_of({"delimiter": ",", "quote": "ab"})
    with pytest.raises(CommandError, match="must differ"):
        options_of({"delimiter": ",", "quote": ","})


def test_all_that_is_wrong_in_a_definition_is_told_with_its_reason() -> None:
    pad = {"do": "pad_left", "length": 0}
    wrong = {
        "kind": "paperless",
        "columns": {"email": 3},
        "account_number": [{"literal": "HM-"}, {"column": "Acct", "transforms": [pad]}],
        "options": {"effective_date": "2027-13-45", "date": "2027-01-01"},
    }
    with pytest.raises(CommandError) as refused:
        mapped_by(cast("Any", wrong))
    told = dict(line.split(": ", 1) for line in refused.value.message.splitlines()[1:])
    assert list(told) == [
        "columns.email",
        "account_number.1.transforms.0.length",
        "options.effective_date",
        "options.date",
    ]
    assert "greater than or equal to 1" in told["account_number.1.transforms.0.length"]
    assert "month value is outside" in told["options.effective_date"]
    assert told["options.date"] == "There is no such entry"


def test_people_see_the_same(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    print_inspection(inspect_file(report, CsvOptions(), None))
    text = capsys.readouterr().out
    for part in (
        "windows-1252",
        "semicolon",
        "CRLF",
        "Riverbend Water",
        "R104",
        "the header again",
        "repeated headers",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("Acct,Note\n1045,paid by 4111 1111 1111 1111\n1046,x\n", "F008", 2),
        ("Acct,Number\n1045,4111111111111111\n1046,5555555555554444\n1047,378282246310005\n", "F008", 2),
        ("Acct,CVV\n1045,123\n", "F009", 2),
    ],
)
def test_a_file_that_the_check_deletes_is_refused_and_nothing_is_written(
    tmp_path: Path, text: str, code: str, column: int
) -> None:
    file, clean = tmp_path / "cards.csv", tmp_path / "clean.csv"
    file.write_text(text)
    found = inspect_file(file, CsvOptions(), clean)
    assert found["refused"]
    assert [(problem["code"], problem["column"]) for problem in found["problems"]] == [(code, column)]
    assert "4111" not in str(found["problems"])
    assert list(tmp_path.iterdir()) == [file]
