"""What a person tells on the page about how the file is read: everything that a remedy of the reader asks for."""

import pytest
from starlette.datastructures import FormData

from services.mapping.pages.choosing import _reading
from services.mapping.sample import sample_of
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
