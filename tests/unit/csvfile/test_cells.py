"""Cleaning and card numbers: rules row-5, file-21 and file-22."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.csvfile import (
    clean_cell,
    clean_name,
    find_card_number,
    forbidden_header,
    header_key,
    may_hold_cards,
)


@pytest.mark.parametrize(
    ("cell", "value", "repaired"),
    [
        ("abc", "abc", False),
        ("", "", False),
        ("  a b\t", "a b", False),
        ("\u00a0BOB@EXAMPLE.COM\u00a0", "BOB@EXAMPLE.COM", False),
        ("a\u200bb\ufeff", "ab", False),
        ("a\u00a0b", "a b", False),
        ('="0001045"', "0001045", True),
        ('="a ""b"""', 'a "b"', True),
        (' =" 7 " ', "7", True),
        ("'00123", "00123", True),
        ("'00123'", "00123", True),
        ("'", "", True),
        ("=A1+1", "=A1+1", False),
        ("O'Brien", "O'Brien", False),
    ],
)
def test_clean_cell(cell: str, value: str, repaired: bool) -> None:
    assert clean_cell(cell) == (value, repaired)


def test_names() -> None:
    assert clean_name(" \ufeffAccount\n  Number ") == "Account Number"
    assert clean_name("''Account") == clean_name("'Account") == "Account"  # read again, a name stays as it is
    assert header_key("Acct # (Utility-2)") == "acctutility2"


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("4111111111111111", True),
        ("4111 1111 1111 1111", True),
        ("4111-1111-1111-1111", True),
        ("4111\u00a01111\u00a01111\u00a01111", True),
        ("4111.1111.1111.1111", True),
        ("4111/1111/1111/1111", True),
        ("4111 - 1111 - 1111 - 1111", True),
        ("4111_1111_1111_1111", True),
        ("4111\u20131111\u20131111\u20131111", True),
        ("4111\u22121111\u22121111\u22121111", True),
        ("4111\u202f1111\u20031111\u30001111", True),
        ("4111\u200b1111\u200b1111\u200b1111", True),
        ("\uff14\uff11\uff11\uff11 1111 1111 1111", True),
        ("\u0664\u0661\u0661\u0661111111111111", True),
        ("3782.822463.10005", True),
        ("Pe\u00f1a paid with 4111.1111.1111.1111.", True),
        ("4/1/2023-4/30/2025", False),
        ("4.111.111,11 11.111.111", False),
        ("card 4111111111111111 exp 12/29", True),
        ("4111 1111 1111 1111 1229", True),
        ("4111 1111 1111 1111 123", True),  # with its security code
        ("5555 5555 5555 4444 999", True),
        ("4111-1111-1111-1111 123", True),
        ("4111*1111*1111*1111*123", True),
        ("4111 1111 1111 1112 123", False),
        ("378282246310005", True),
        ("3782 822463 10005", True),
        ("5555555555554444", True),
        ("2223003122003222", True),
        ("6011111111111117", True),
        ("3530111333300000", True),
        ("30569309025904", True),
        ("6200000000000005", True),
        ("4222222222222", True),
        ("4111111111111112", False),
        ("0000000000000000", False),
        ("9111111111111111", False),
        ("411111111111", False),
        ("41111111111111111111", False),
        *((f"4111111111111111{expiry}", True) for expiry in ("1229", "0131", "2912", "3107")),
        *((f"4111111111111111{expiry}", False) for expiry in ("1329", "0099", "12", "12290")),
        *((zeros + "4111111111111111", True) for zeros in ("0", "000", "000000")),
        ("0000378282246310005", True),
        ("card 0004111111111111111", True),
        ("0004111111111111112", False),
        ("0004222222222222", False),
        *(
            (blank.join(("4111", "1111", "1111", "1111")), True)
            for blank in ("%20", "&nbsp;", "&#160;", "<br>", "<BR/>", "%2D")
        ),
        *(("378,282,246,310,005", True), ("4,111,111,111,111,111", True), ("378,282,246,310,006", False)),
        *(("4.111111111111111E+15", True), ("5.555555555554444e+15", True), ("3.78282246310005E+14", True)),
        *(("4.11111111111111E+15", False), ("4.111111111111111E+18", False), ("4.111111111111111E-15", False)),
        *(('{"lat":40.0405991555924,"lng":-73.4222222222222}', False), ('{"p":[-73.4222222222222,40.5]}', False)),
        *(("lat: 40.4222222222222, lng: -73.4222222222222", False), ("a4111111111111111bcdef0123456789", False)),
        *(("b4111111111111111-bcd", True), ("B4111111111111111D29121010000", True)),
        ("{0a1b4111-1111-1111-1111-222222222222}", False),
        ("tok_4111", False),
        ("", False),
        ("WTR-0001045-002210", False),
    ],
)
def test_card_numbers(cell: str, found: bool) -> None:
    assert find_card_number(cell) is found


@given(st.lists(st.text("4 1-\u00a0\nx", max_size=20) | st.just("4111111111111111"), max_size=6))
def test_cells_are_looked_at_together_first(cells: list[str]) -> None:
    assert may_hold_cards(cells) or not any(map(find_card_number, cells))


@pytest.mark.parametrize(
    "name",
    [
        "CVV",
        "cvv2",
        "CVC",
        "Card CVC2",
        "CSC",
        "Card Code",
        "Security Code",
        "CID Code",
        "Card CID",
        "Track",
        "Track 1",
        "track2_data",
        "TrackData",
        "MagStripe",
        "PIN",
        "Pin Code",
        "cardPin",
        "PIN_NO",
        "Password",
        "passwd",
        "user_pwd",
        "WebPassword",
        "PWD",
        "Secret Answer",
        "Security Question",
        "SSN",
        "SSN (last 4)",
        "ssn_last4",
        "SS#",
        "SS No",
        "Social Security Number",
        "SocSec",
        "Soc. Sec. No.",
        "Login Pass",
        "Passcode",
        "customerSSN",
    ],
)
def test_forbidden_headers(name: str) -> None:
    assert forbidden_header(name)


@pytest.mark.parametrize(
    "name",
    [
        "CID",
        "Cust CID",
        "Shipping",
        "Opinion",
        "Pine Street",
        "Parcel PIN",
        "Tracking Number",
        "Account",
        "Class",
        "Passport",
        "Bus Pass No",
        "Session",
        "Missing",
        "Address",
        "SEC Code",
        "Tran Code",
        "Spin",
        "Compass",
        "Token",
        "Card Last 4",
        "Expiration Date",
        "Bank Code",
        "Suppress Paper",
        "Business",
        "Customer Number",
        "",
    ],
)
def test_allowed_headers(name: str) -> None:
    assert not forbidden_header(name)
