"""What a person tells on the page about how the file is read: everything that a remedy of the reader asks for."""

import pytest
from starlette.datastructures import FormData

from services.mapping.pages.choosing import _reading
from services.mapping.sample import Detected, sample_of
from shared.contracts.definition import Reading


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({}, Reading()),
        ({"delimiter": "tab"}, Reading(delimiter="\t")),
        ({"delimiter": ";", "other_delimiter": ""}, Reading(delimiter=";")),
        ({"delimiter": "", "other_delimiter": "%"}, Reading(delimiter="%")),
        ({"delimiter": ",", "other_delimiter": "^"}, Reading(delimiter="^")),
        ({"other_delimiter": " "}, Reading(delimiter=" ")),
        ({"other_delimiter": '"'}, Reading()),
        ({"other_delimiter": "%%"}, Reading()),
        ({"other_delimiter": "a"}, Reading()),
        ({"encoding": "utf-16-le", "header_line": "3"}, Reading(encoding="utf-16-le", header_line=3)),
    ],
)
def test_what_is_told(form: dict[str, str], told: Reading) -> None:
    assert _reading(FormData(form)) == told


@pytest.mark.parametrize(
    ("content", "remedy", "form"),
    [
        (b"Name, last%Cust\nORTIZ, ANA%1\nWU%2\nDIAZ%3\n", "choose the delimiter", {"other_delimiter": "%"}),
        (b"Name, last;Cust\nORTIZ, ANA;1\nWU, LEE;2\n", "choose the delimiter", {"delimiter": ";"}),
        (b"Account,2024\n1,2\n", "Choose the header line", {"header_line": "1"}),
    ],
)
def test_a_remedy_can_be_followed_on_the_page(content: bytes, remedy: str, form: dict[str, str]) -> None:
    refusal = sample_of(content, len(content)).refusal
    assert refusal is not None
    assert remedy in refusal.remedy
    assert sample_of(content, len(content), _reading(FormData(form))).refusal is None


@pytest.mark.parametrize(("codec", "name"), [("cp1252", "windows-1252"), ("utf-8", "utf-8"), ("utf-16", "utf-16-le")])
def test_the_page_shows_how_a_file_was_read_and_what_its_columns_look_like(codec: str, name: str) -> None:
    rows = "".join(f"{n};Müller {n};{'email' if n % 3 else ''}\r\n" for n in range(1, 40))
    content = f"E-Bill Report;;\r\nAcct;Resident;Pref\r\n{rows}Total;39;\r\n".encode(codec)
    sample = sample_of(content, len(content))
    assert sample.detected == Detected(name, ";", 2)
    assert (sample.count, sample.footers) == (40, 1)
    shape = {one.header: one for one in sample.shapes()}
    assert (shape["Acct"].filled, shape["Acct"].distinct) == (1, 39)
    assert shape["Pref"].most_frequent == [("email", 26)]
    assert round(shape["Pref"].filled, 2) == 0.67


def test_the_most_frequent_values_of_bank_accounts_are_hidden() -> None:
    content = b"Acct,Bank Account Number\n" + b"".join(b"%d,445566%04d\n" % (n, n) for n in range(20))
    [_, shape] = sample_of(content, len(content)).shapes()
    assert all(value.startswith("\N{BULLET}") for value, _ in shape.most_frequent)
