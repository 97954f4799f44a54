"""How a file is read: rules file-11 to file-16."""

import io
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.contracts.definition import HeaderName
from shared.csvfile import CsvOptions, FileRefused, inspect, read
from shared.csvfile.header import LONGEST_NAME, labels_of
from shared.csvfile.quoting import BACKSLASH, BLANKS, LINES, TYPOGRAPHIC, Quoting

BODY = "0001045,ANA,ana@example.com\n0001046,LEE,lee@example.com\n"
TABLE = f"Acct,Name,Email\n{BODY}"


def codes(data: bytes, options: CsvOptions | None = None) -> list[str]:
    return [problem.code for problem in inspect(data, options).problems]


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04\x14\0\x06\0",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\x1f\x8b\x08\0",
        b"%PDF-1.7\n",
        b"<!DOCTYPE html><html>",
        b"\xef\xbb\xbf \n<HTML>",
        b"<?xml version='1.0'?>",
        b'[{"account": 1}]',
        b"Acct,Na\0me\n1,2\n",
        b"\x7fELF\x02",
    ],
)
def test_what_is_not_csv_is_refused_with_a_remedy(data: bytes) -> None:
    refusal = inspect(data).refusal
    assert refusal is not None
    assert refusal.code == "F001"
    assert refusal.line
    assert refusal.remedy


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (TABLE.encode(), []),
        (b"", ["F002"]),
        (b"\xef\xbb\xbf", ["F002"]),
        (b" \r\n\r\n", ["F002"]),
        (b"Acct,Name,Email\n", ["F002"]),
        (BODY.encode(), ["F004"]),
        (b"1,2,3\n" + BODY.encode(), ["F004"]),
        (b"Acct,Name,Name\n" + BODY.encode(), []),
        (b"Acct,,Email\n" + BODY.encode(), []),
        (b"Acct,Name\n" + BODY.encode() * 4, ["F006"]),
        (TABLE.replace(",", ";").encode(), ["W303"]),
        (TABLE.replace(",", "\t").encode(), ["W303"]),
        (TABLE.replace(",", "|").encode(), ["W303"]),
        (TABLE.replace(",", "^").encode(), ["W303"]),
        (b"Riverbend Water\n\n" + TABLE.encode(), ["W305"]),
        (TABLE.replace("ANA,", "PE\u00d1A,").encode("cp1252"), ["W302"]),
        (b"sep=;\r\n" + TABLE.replace(",", ";").encode(), ["W303"]),
        (b"sep=x\n" + TABLE.encode(), ["W305"]),
        (TABLE.encode("utf-16-le"), ["W302"]),
        (TABLE.encode("utf-32"), []),
        (b"Acct,Name,Email\n(text),(text),(text)\n" + BODY.encode(), ["F004"]),
    ],
)
def test_findings(data: bytes, expected: list[str]) -> None:
    assert codes(data) == expected


def test_title_lines_semicolons_and_windows_are_found_together() -> None:
    text = 'Riverbend Water\r\nExport "Autopay";;\r\nAcct;Name;Amount\r\n'
    text += '="0001045";PE\u00d1A;1,50\r\n="0001046";LEE;2,50\r\n'
    found = inspect(text.encode("cp1252"))
    assert sorted(problem.code for problem in found.problems) == ["W302", "W303", "W305"]
    assert (found.encoding, found.delimiter, found.line_ending) == ("windows-1252", ";", "CRLF")
    assert (found.header_line, found.header) == (3, ["Acct", "Name", "Amount"])
    assert found.preamble == ["Riverbend Water", 'Export "Autopay";;']
    assert next(p.line for p in found.problems if p.code == "W302") == 4


@pytest.mark.parametrize(
    ("text", "delimiter", "header"),
    [
        # each name holds one comma, and so does each row
        ("Name, last;No, cust;Mail, x\nORTIZ, ANA;1045;a@x.org\n", ";", ["Name, last", "No, cust", "Mail, x"]),
        ("Cust;Name;Mail\n1045;ORTIZ, ANA;a@x.org\n1046;WU, LEE;b@x.org\n", ";", ["Cust", "Name", "Mail"]),
        ("Name;Cust\nORTIZ, ANA;1045\nWU, LEE;1046\n", ";", ["Name", "Cust"]),
        ("Name,Mail\nORTIZ,a@x.org;b@x.org\nWU,c@x.org;d@x.org\n", ",", ["Name", "Mail"]),
        ('"Name, last";"Mail, x"\n"ORTIZ, ANA";"a@x.org"\n', ";", ["Name, last", "Mail, x"]),
        ("Name^Cust, no\nORTIZ, ANA^1045\nWU^1046\nDIAZ^1047\n", "^", ["Name", "Cust, no"]),
        ("Cust:Name:Mail\n1045:ORTIZ, ANA:a@x.org\n1046:WU:b@x.org\n", ":", ["Cust", "Name", "Mail"]),
        ("Cust,Starts\n1045,12:30:00\n1046,08:15:00\n", ",", ["Cust", "Starts"]),
        ("Cust,Name,Mail,\n1045,ANA,a@x.org\n1046,LEE,b@x.org\n", ",", ["Cust", "Name", "Mail"]),
        ("1,2,3\nCust,Name,Mail\n1045,ANA,a@x.org\n1046,LEE,b@x.org\n", ",", ["Cust", "Name", "Mail"]),
    ],
)
def test_the_delimiter_that_fits_everywhere_is_taken(text: str, delimiter: str, header: list[str]) -> None:
    found = inspect(text.encode())
    assert (found.refusal, found.delimiter, found.header) == (None, delimiter, header)


@pytest.mark.parametrize(
    "text",
    [
        "Name, last;Cust\nORTIZ, ANA;1045\nWU, LEE;1046\n",
        "Name,Mail;copy\nORTIZ,a@x.org;b@x.org\nWU,c@x.org;d@x.org\n",
        "Name, first^Cust\nORTIZ, ANA^1045\nWU, LEE^1046\n",
        "Cust, no%Name\n1045%ORTIZ, ANA\n1046%WU\n1047%DIAZ\n",
        "Cust Name Mail\n1045 ANA a@x.org\n1046 LEE b@x.org\n",
    ],
)
def test_where_two_delimiters_fit_the_file_is_refused_and_one_can_be_named(text: str) -> None:
    refusal = inspect(text.encode()).refusal
    assert refusal is not None
    assert (refusal.code, refusal.line) == ("F001", 1)
    assert "choose the delimiter" in refusal.remedy
    told = next(sign for sign in ";^% ," if sign in text)
    assert inspect(text.encode(), CsvOptions(delimiter=told)).refusal is None


@pytest.mark.parametrize(
    ("text", "quoting"),
    [
        ('Acct,Name\n"1","J \\"JAY\\" PARK"\n', BACKSLASH),
        ('Acct, Name\n"1", "J ""JAY"" PARK"\n', BLANKS),
        ('Acct,Name\n\u201c1\u201d,\u201cJ "JAY" PARK\u201d\n', TYPOGRAPHIC[0]),
        ('\u00abAcct\u00bb,\u00abName\u00bb\n\u00ab1\u00bb,\u00abJ "JAY" PARK\u00bb\n', TYPOGRAPHIC[2]),
    ],
)
def test_other_ways_of_quoting_are_recognised_where_all_cells_agree(text: str, quoting: Quoting) -> None:
    reader = read(io.BytesIO(text.encode()))
    assert [row for batch in reader for row in batch.rows] == [["1", 'J "JAY" PARK']]
    assert reader.inspection.quoting == quoting
    assert [problem.code for problem in reader.problems] == ["W307"]


def test_lines_quoted_once_more_are_not_taken_for_a_column_and_a_column_not_for_them() -> None:
    lines = '"Acct,Name,Mail"\n"1,""J """"JAY"""" PARK"",a@x.org"\n'
    reader = read(io.BytesIO(lines.encode()))
    assert reader.inspection.quoting == LINES
    assert [row for batch in reader for row in batch.rows] == [["1", 'J "JAY" PARK', "a@x.org"]]
    assert inspect(lines.encode(), CsvOptions(delimiter=",", quote='"')).header == ["Acct,Name,Mail"]
    assert codes(b'"Last, first"\n"ORTIZ, ANA"\n') == ["F001"]


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (r'"2","a \\ b"', 4),
        (r'"2","C:\x"', 4),
    ],
)
def test_a_backslash_that_escapes_no_quote_refuses_a_file_of_escaped_quotes(row: str, line: int) -> None:
    text = 'Acct,Name\n"1","J \\"JAY\\" PARK"\n' + '"1","A"\n' * 400 + row + "\n"
    with pytest.raises(FileRefused) as caught:
        list(read(io.BytesIO(text.encode())))
    assert (caught.value.code, caught.value.line, caught.value.column) == ("F020", line + 399, 2)


@pytest.mark.parametrize(("end", "name"), [("\n", "LF"), ("\r\n", "CRLF"), ("\r", "CR")])
def test_line_ending(end: str, name: str) -> None:
    assert inspect(TABLE.replace("\n", end).encode()).line_ending == name


@pytest.mark.parametrize(("codec", "encoding"), [("utf-8-sig", "utf-8"), ("utf-16", "utf-16-le")])
def test_a_mark_names_the_encoding(codec: str, encoding: str) -> None:
    quoted = '"Acct","Name","Email"\n' + BODY
    found = inspect(quoted.encode(codec))
    assert (found.bom, found.encoding, found.header, found.problems) == (True, encoding, ["Acct", "Name", "Email"], [])


def test_single_quotes_are_recognised() -> None:
    text = "'Acct','Name','Email'\n'1','ORTIZ, ANA','ana@example.com'\n'2','O''BRIEN','o@example.com'\n"
    assert inspect(text.encode()).quote == "'"


def test_a_file_of_one_column() -> None:
    assert inspect(b"Email\nana@example.com\nlee@example.com\n").header == ["Email"]


@pytest.mark.parametrize(
    ("options", "data"),
    [
        (CsvOptions(header_line=2), b"a,b,c\n" + TABLE.encode()),
        (CsvOptions(delimiter="^"), TABLE.replace(",", "^").encode()),
        (CsvOptions(encoding="utf-16-le"), TABLE.encode("utf-16-le")),
        (CsvOptions(header_line=1), TABLE.replace("Name", "2024").encode()),
        (CsvOptions(encoding="cp850"), TABLE.replace("ANA,", "PE\u00d1A,").encode("cp850")),
        (CsvOptions(quote='"'), "\u00aba\u00bb,\u00abb\u00bb,\u00abc\u00bb\n1,2,3\n".encode()),
    ],
)
def test_what_is_told_is_taken(options: CsvOptions, data: bytes) -> None:
    found = inspect(data, options)
    assert found.refusal is None
    assert len(found.header) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"encoding": "klingon"},
        {"delimiter": "\n"},
        {"delimiter": ",,"},
        {"quote": ",", "delimiter": ","},
        {"header_line": -1},
        {"max_rows": 0},
        {"max_field_bytes": 1_000_000},
    ],
)
def test_impossible_options(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must|counts"):
        CsvOptions(**wrong)


def test_a_stream_is_left_where_it_was() -> None:
    stream = io.BytesIO(b"xx" + TABLE.encode())
    stream.seek(2)
    assert inspect(stream).header == ["Acct", "Name", "Email"]
    assert stream.tell() == 2


def test_a_column_whose_name_no_definition_can_hold_is_called_by_its_place() -> None:
    sentence = "Account Number" + " please enter exactly as printed on the bill" * 8
    again = "x" * (LONGEST_NAME - 1)
    names = [sentence, "x" * LONGEST_NAME, again + "y", again + "y", "Email"]
    assert labels_of(names) == ["Column 1", names[1], "Column 3", "Column 4", "Email"]
    TypeAdapter(HeaderName).validate_python(names[1])
    with pytest.raises(ValidationError):
        TypeAdapter(HeaderName).validate_python(f"{names[1]}x")
