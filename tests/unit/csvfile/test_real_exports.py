"""Shapes of real exports that people read at a glance, and look-alikes that are not read (file-29 to file-34)."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from shared.csvfile import CsvOptions, FileRefused, inspect, read

Found = tuple[list[str], list[list[str]], list[str]]


def found(text: str, options: CsvOptions | None = None) -> Found:
    """Header, usable rows, and codes of all problems."""
    reader = read(io.BytesIO(text.encode()), options)
    batches = list(reader)
    codes = [problem.code for problem in (*reader.problems, *(bad for batch in batches for bad in batch.bad))]
    return reader.header, [row for batch in batches for row in batch.rows], sorted(codes)


def table(header: str, row: Callable[[int], str], count: int = 40) -> str:
    return f"{header}\n" + "".join(f"{row(number)}\n" for number in range(count))


def refusal(text: str, options: CsvOptions | None = None) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        found(text, options)
    return caught.value


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Account,Name,E-mail", "10-2{0:03},Ana Ortiz,ana{0}@example.com"),
        ("Acct-No,Full-Name,Email", "102{0:03},Ana-Lena,ana{0}@example.com"),
        ("Account,Exp MM/YY,Name", "102{0:03},05/29,Ana"),
        ("Account,Draft Y/N,Name", "102{0:03},Y/-,Ana"),
        ("Account,Acct #,Name", "102{0:03},#7,Ana"),
        ("Account,Rate (%),Name", "102{0:03},5%,Ana"),
        ("Account,Balance $,Name", "102{0:03},$5,Ana"),
        ("Account,Start HH:MM:SS,Name", "102{0:03},12:30:00,Ana"),
        ("Account,A & B,Name", "102{0:03},C & D,Ana"),
        ("Account,Name*,Note", "102{0:03},Ana*,x"),
        ("Account,~Days,Note", "102{0:03},~7,x"),
    ],
)
def test_a_ragged_line_makes_no_delimiter_of_a_sign_in_the_header(delimiter: str, header: str, cells: str) -> None:
    """The sign occurs equally often in every line, the delimiter does not."""
    rows = table(header, cells.format).replace(",", delimiter)
    ragged = cells.format(999).replace(",", delimiter) + f"{delimiter} ANA"
    names, read_rows, codes = found(rows + ragged + "\n")
    assert names == header.split(",")
    assert len(read_rows) == 40
    assert codes == (["R104"] if delimiter == "," else ["R104", "W303"])


@pytest.mark.parametrize("footer", ["TOTAL - 200", "Total: 200", "(200 rows affected)", "TOTAL \u2013 200"])
def test_a_short_total_makes_no_delimiter_of_a_hyphen_either(footer: str) -> None:
    _, rows, codes = found(table("Acct-No,Exp MM/YY,N", "10-2{0:03},05/29,x".format) + footer + "\n")
    assert (len(rows), codes) == (40, ["R106"])


@pytest.mark.parametrize(
    "text",
    [
        table("Name, last%Cust", "ORTIZ, ANA%{0}".format) + "DIAZ%1047\n",
        table("Cust, no!Name", "{0}!WU, LEE".format) + "7!DIAZ\n",
    ],
)
def test_commas_of_texts_do_not_hide_a_delimiter_that_nobody_knows(text: str) -> None:
    assert refusal(text).code == "F001"


@pytest.mark.parametrize(
    "header",
    [
        "Account,Balance 12/31/2025,Read 20260131",
        "2024-2025 usage,Route 2024/25,Account",
        "Account,Q1 2024 (01/01-03/31),FY 2024-25",
        "Account,Consumption April 2014 - March 2015,x",
        "Acct,Due 01/15/2026,YTD 2025-2026",
    ],
)
def test_a_name_may_hold_a_date(header: str) -> None:
    assert found(table(header, "{0},{0}5.20,10-2{0:03}".format))[0] == header.split(",")


@pytest.mark.parametrize(
    "row",
    [
        "WTR-{0:07},ANA ORTIZ,x".format,
        "{0:05} Main Street,ANA,WTR-{0:07}".format,
        "ANA,note 12345{0:03},x".format,
        "ANA,a{0}@example.com,x".format,
        "ANA,1234{0},x".format,
    ],
)
def test_rows_without_a_header_are_none(row: Callable[[int], str]) -> None:
    refused = refusal("".join(row(number) + "\n" for number in range(40)))
    assert (refused.code, refused.line) == ("F004", 1)


@pytest.mark.parametrize(
    "header", ["Account,12345,Name", "2023,2024,2025", "a@example.com,Name,x", "Acct,555-0100,20260131"]
)
def test_the_line_of_the_header_is_believed(header: str) -> None:
    text = table(header, "{0},{0}5,10-2{0:03}".format)
    assert refusal(text).code == "F004"
    assert found(text, CsvOptions(header_line=1))[0] == header.split(",")


def test_a_line_that_is_named_and_not_there_is_told() -> None:
    refused = refusal("Account,Name\n\n1,a\n", CsvOptions(header_line=2))
    assert (refused.code, refused.line) == ("F004", 2)
    assert "blank or missing" in refused.message
    assert found("Account,Name\n\n1,a\n", CsvOptions(header_line=1))[1] == [["1", "a"]]


@pytest.mark.parametrize(
    ("header", "called"),
    [
        ("Account,Note,Note", ["Account", "Note (1)", "Note (2)"]),
        ("Account,Note,NOTE ", ["Account", "Note (1)", "NOTE (2)"]),
        (",Account,Name", ["Column 1", "Account", "Name"]),
        ("Account,,Name", ["Account", "Column 2", "Name"]),
        (",Account,,Name", ["Column 1", "Account", "Column 3", "Name"]),
        ("Account,Name,", ["Account", "Name", "Column 3"]),
        ("Column 2,,Name", ["Column 2", "Column 2 (2)", "Name"]),
        ("Note (1),Note,Note", ["Note (1)", "Note (2)", "Note (3)"]),
    ],
)
def test_columns_need_no_name_of_their_own(header: str, called: list[str]) -> None:
    cells = ["10-2{0:03}", "{0}5", "x{0}", "y"][: len(called)]
    names, rows, codes = found(table(header, ",".join(cells).format))
    assert (names, codes) == (called, [])
    assert rows[0] == ["10-2000", "05", "x0", "y"][: len(called)]


@pytest.mark.parametrize("tail", [",", ",,,", ", ", ',"\n"', ',"\r\n"'])
@pytest.mark.parametrize("header", ["Account,Name", "Account,Name,", '"Account","Name"'])
def test_blank_columns_at_the_end_are_no_fault(header: str, tail: str) -> None:
    names, rows, codes = found(table(header, lambda n: f"10-2{n:03},x{n}{tail}"))
    assert (names, codes) == (["Account", "Name"], [])
    assert rows[1] == ["10-2001", "x1"]


def test_what_stands_in_a_blank_column_at_the_end_is_ragged() -> None:
    text = table("Account,Name", "10-2{0:03},x{0},".format) + "10-2999,ORTIZ, ANA\n10-3000,x,\n"
    _, rows, codes = found(text)
    assert (len(rows), codes) == (41, ["R104"])


def test_a_header_that_lacks_a_filled_column_is_not_shifted() -> None:
    assert refusal(table("Account,Name", "{0},10-2{0:03},x{0}".format)).code in {"F004", "F006"}


@pytest.mark.parametrize(
    "again",
    ["Acct,Phone,First,E-mail", "E-mail,Phone,First,Acct", "acct,phone,first,e-mail", '"ACCT",PHONE,"FIRST",E-MAIL'],
)
@pytest.mark.parametrize("at", [3, 900])
def test_a_second_header_in_another_order_refuses_the_file(again: str, at: int) -> None:
    row = "{0},Bob,555-{0:04},x{0}@example.com".format
    text = table("Acct,First,Phone,E-mail", row, at) + table(again, "{0},555-{0:04},Bob,x@example.com".format, 20)
    refused = refusal(text)
    assert (refused.code, refused.line) == ("F004", at + 2)
    same = table("Acct,First,Phone,E-mail", row, at) + table("ACCT,FIRST,PHONE,E-MAIL", row, 20)
    assert found(same)[2] == ["R106"]


@pytest.mark.parametrize(
    ("header", "rule", "row"),
    [
        ("Account,Name,E-mail", "-------,----,------", "{0},Ana,a{0}@example.com"),
        ("Account|Name|N", "-------|----|-", "{0}|Ana|x"),
        ("N,Name,E-mail", "-,----,------", "{0},Ana,a{0}@example.com"),
        (" id | name ", "----+------", " {0} | Ana "),
        ("| Account | Name |", "|---------|------|", "| {0} | Ana |"),
        ("| Account | Name |", "|:--------|-----:|", "| {0} | Ana |"),
        ("Account\tName", "=======\t====", "{0}\tAna"),
        ("Account;Name", "------- ----", "{0};Ana"),
    ],
)
def test_a_line_drawn_under_the_header_is_no_row(header: str, rule: str, row: str) -> None:
    once = table(f"{header}\n{rule}", row.format, 6)
    _, rows, codes = found(once + "\n(6 rows affected)\n")
    assert (len(rows), [code for code in codes if code[0] == "R"]) == (6, ["R106", "R106"])
    paged = once + table(f"{header}\n{rule}", row.format, 6)
    assert len(found(paged)[1]) == 12


def test_the_delimiter_that_a_person_names_is_taken_for_what_fits_none() -> None:
    text = "Name, first^Cust\nORTIZ, ANA^1045\nWU, LEE^1046\n"
    assert inspect(text.encode()).refusal is not None
    assert found(text, CsvOptions(delimiter="^"))[0] == ["Name, first", "Cust"]


@pytest.mark.parametrize(("delimiter", "tail"), [(",", ";"), (",", ";;;"), (";", ","), (",", "||"), ("\t", ";")])
def test_delimiters_of_another_kind_at_the_end_of_every_line_are_ignored(delimiter: str, tail: str) -> None:
    text = table("Account,Name,Note", "10-2{0:03},Ana,".format, 900).replace(",", delimiter).replace("\n", f"{tail}\n")
    names, rows, codes = found(text + "\n" + tail + "\n")
    assert (names, len(rows), rows[0]) == (["Account", "Name", "Note"], 900, ["10-2000", "Ana", ""])
    assert codes == ["W307"] if delimiter == "," else ["W303", "W307"]
    refused = refusal(text + f"10-9{delimiter}x{delimiter}\n")
    assert (refused.code, refused.line) == ("F006", 902)


@pytest.mark.parametrize(
    "text",
    [
        table("Last, first;", "ORTIZ, ANA;".format),
        table("Account,Name;", "10-2{0:03},ANA; BOB;".format),
        table("Account,Name;", "10-2{0:03},ANA".format),
    ],
)
def test_delimiters_at_the_end_that_may_mean_something_are_not(text: str) -> None:
    reader = inspect(text.encode())
    assert reader.refusal is not None or reader.header in (["Last, first"], ["Account", "Name;"])


_ROW = "10-2{0:03},Ana,ana{0}@example.com".format


@pytest.mark.parametrize(
    ("text", "code", "remedy", "told", "corrected"),
    [
        (
            "Name, last%Cust\nORTIZ, ANA%1045\nWU%1046\nDIAZ%1047\n",
            "F001",
            "choose the delimiter",
            {"delimiter": "%"},
            None,
        ),
        ("Name, last;Cust\nORTIZ, ANA;1045\nWU, LEE;1046\n", "F001", "choose the delimiter", {"delimiter": ";"}, None),
        ("Account Name\n1045 ANA\n1046 LEE\n", "F001", "choose the delimiter", {"delimiter": " "}, None),
        ("Account,2024,Name\n1,2,x\n", "F004", "Choose the header line", {"header_line": 1}, None),
        ("A,B\nAcct,Name\n10-1,x\n10-2,y\n10-3,z\n", "F004", "Choose the header line", {"header_line": 2}, None),
        (
            "Account;Name;Mail\n" + table("", _ROW)[1:],
            "F004",
            "same delimiter in the header",
            {},
            table("Account,Name,Mail", _ROW),
        ),
        (table("A,B,C", _ROW) + "B,A,C\n" + table("", _ROW)[1:], "F004", "split the file", {}, table("B,A,C", _ROW)),
        (
            table("A,B,C", lambda n: f"10-{n},ORTIZ, ANA,x"),
            "F006",
            "Quote cells",
            {},
            table("A,B,C", lambda n: f'10-{n},"ORTIZ, ANA",x'),
        ),
        (table("A,B,C", _ROW) + table("", lambda n: f"{n},b")[1:], "F006", "Quote cells", {}, table("A,B,C", _ROW)),
        (
            table("A;,B", lambda n: f'1,"{n}'),
            "F020",
            "Enclose the whole cell in quotes",
            {},
            table("A,B", lambda n: f'1,"""{n}"'),
        ),
    ],
)
def test_each_remedy_helps(text: str, code: str, remedy: str, told: dict[str, Any], corrected: str | None) -> None:
    refused = refusal(text)
    assert refused.code == code
    assert remedy in refused.remedy
    assert found(text if corrected is None else corrected, CsvOptions(**told))[1]
