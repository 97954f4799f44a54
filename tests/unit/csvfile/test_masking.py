"""Of the digits in a cell the last four are shown; a card number is one. Whatever parts them."""

import pytest

from services.mapping.sample import mask_cards
from services.validation.domain.samples import shortened
from services.validation.domain.unused import UnusedColumns
from shared.contracts.kinds import ImportKind
from shared.csvfile import count_digits, find_card_number, is_ssn, mask_digits, may_hold_cards

_CARDS = (("4916", "3385", "0608", "2832"), ("3714", "496353", "98431"))
_BETWEEN = ["", " ", "-", ".", "/", "_", "\t", ":", "|", "*", "•", "·", "\u2024", "\uff0e", ",", "~", "\\", "+", " : "]
_BETWEEN += ["\u2022 ", "::", "--", ") (", "\n", "\u2236", "\u2027", ";", "="]


@pytest.mark.parametrize("between", _BETWEEN, ids=ascii)
@pytest.mark.parametrize("groups", _CARDS, ids=len)
def test_a_card_number_is_found_whatever_parts_its_groups(between: str, groups: tuple[str, ...]) -> None:
    card = between.join(groups)
    assert find_card_number(card)
    assert find_card_number(f"card {card}, of Ana")
    assert may_hold_cards(["Ana", card])
    assert count_digits(mask_cards(card)) <= 4


@pytest.mark.parametrize(
    "cell",
    [
        *("4916:3385:0608:2833", "2026-03-01 10:15:00", "2026-03-01T10:15:00.123456Z", "12:30:45:1234:5678"),
        *("192.168.100.200", "10.0.0.1:8080", "2001:4916:3385:0608:2832:0000:0000:8888", "4916:3385:0608:2832:0000"),
        *("+1 (555) 010-0142", "555-0142; 555-0143", "00:1B:44:11:3A:B7", "4916 | 3385", "1,234.50; 2,345.60; 12"),
        *("49:16:33:85:06:08:28:32", "SN 12:3456:7890:1234:56", "1234,5678,9012,3456", "WTR-0001-0002-0003-0004-0005"),
    ],
)
def test_times_addresses_phones_and_serials_are_none(cell: str) -> None:
    assert not find_card_number(cell)


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "0.4111111111111111",
            "-0.4111111111111111",
            "12,4111111111111111",
            ".4111111111111111",
            "+0.378282246310005",
        ),
        *(
            " 0.4111111111111111 ",
            "0.4111111111111111e-05",
            "0.5 0.4111111111111111 -0.123456",
            "0.1;0.5555555555554444",
        ),
        *("2413.4222222222222", "POINT (-73.4222222222222 40.58)", "(40.1, -73.4222222222222)"),
    ],
)
def test_a_decimal_number_is_none(cell: str) -> None:
    assert not find_card_number(cell)


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "4111111111111111.0",
            "4111111111111111.",
            "4111.1111.1111.1111",
            "No.4111111111111111",
            "0.4111 1111 1111 1111",
        ),
        *("0.4111 0.1111 4111111111111111", "at 7.4111111111111111", "0.4111.1111.1111.1111"),
    ],
)
def test_a_card_beside_a_point_is_found(cell: str) -> None:
    assert find_card_number(cell)


@pytest.mark.parametrize("between", _BETWEEN[1:], ids=ascii)
def test_digits_are_masked_whatever_parts_them(between: str) -> None:
    for groups in (("4111", "1111", "1111", "1112"), ("271", "376", "400", "10"), ("2793", "7640", "1000")):
        cell = between.join(groups)
        for shown in (mask_digits(cell), shortened(cell)):
            assert count_digits(shown) == 4
            assert [sign for sign in shown if sign.isdigit()] == [sign for sign in cell if sign.isdigit()][-4:]


@pytest.mark.parametrize("cell", ["2026-03-01", "3/1/26", "12/31/2025 10:15 PM", "1234", "Unit 12", "", "tok_vip"])
def test_days_and_short_numbers_are_shown(cell: str) -> None:
    assert mask_digits(cell) == cell


@pytest.mark.parametrize(
    "cell", ["4111:1111:1111:1112", "2793.7640.1000", "2793_7640_1000", "2a7b9c3d7e6f4g0h", "٢٧٩٣٧٦٤٠"]
)
def test_no_unused_column_shows_more_than_four_digits(cell: str) -> None:
    unused = UnusedColumns(["Memo"], frozenset(), ImportKind.PAPERLESS)
    unused.look([[cell]], [2])
    [column] = unused.shown(())
    assert isinstance(column["values"], list)
    assert [count_digits(value) for value in column["values"]] == [4]


@pytest.mark.parametrize("between", [" ", "-", ".", "/", "_", ":", "\u2013", "\u00a0", " - ", "•"], ids=ascii)
def test_a_social_security_number_is_one_whatever_parts_it(between: str) -> None:
    assert is_ssn(between.join(("219", "10", "4000")))
    assert not is_ssn(between.join(("219", "100", "4000")))
    assert not is_ssn(between.join(("21", "9100", "4000")))
