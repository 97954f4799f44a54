"""Lines that somebody chose, as they are written, stored and shown."""

import re

import pytest
from pydantic import ValidationError

from shared.contracts.lines import ChosenRows, LineRange, lines_from, lines_in_words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("5", "5"),
        ("5, 7-12", "5, 7-12"),
        ("12 - 15; 3", "3, 12-15"),
        ("7\N{EN DASH}9 8 10", "7-10"),
        ("1-3,2-9,4", "1-9"),
        ("  ", ""),
    ],
)
def test_lines_are_read_and_joined(text: str, shown: str) -> None:
    assert lines_in_words(lines_from(text)) == shown


@pytest.mark.parametrize("text", ["x", "0", "9-5", "5-", "-5", "1.5", "12345678901"])
def test_no_line_is_guessed(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        lines_from(text)


def test_many_ranges_are_counted() -> None:
    ranges = [LineRange(first=line, last=line) for line in range(2, 64, 2)]
    assert lines_in_words(ranges).endswith("40 and 11 more ranges")


def test_rows_are_named_without_account_numbers() -> None:
    chosen = ChosenRows(lines=lines_from("5,7-9"), accounts=("A-1", "A-2"), code="W344")
    assert chosen.words == "lines 5, 7-9; 2 account numbers; code W344"


@pytest.mark.parametrize("given", [{}, {"lines": [{"first": 5, "last": 4}]}, {"code": "x"}, {"accounts": [""]}])
def test_what_chooses_nothing_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ChosenRows.model_validate(given)


def test_no_line_is_chosen_twice() -> None:
    everything = LineRange(first=1, last=2**31 - 1)
    assert ChosenRows(lines=(LineRange(first=5, last=9), *(everything,) * 5_000)).lines == (everything,)
