"""Which texts hold a bank account, and which only numbers of customers, cases and days."""

import pytest

from shared.csvfile import secret_in_text

_WIDE = {ord(digit): 0xFF10 + int(digit) for digit in "0123456789"}
HAS = "a bank account number"


@pytest.mark.parametrize(
    "text",
    [
        "routing 021000021 account 000123456789",
        "Routing number is 021000021 and the account number is 4815162342.",
        "021000021 12345678",
        "021000021/12345678",
        "021000021-12345678",
        "ABA: 0210-0002-1, Acct: 1234 5678 90",
        "ABA 021 000 021\nacct 1234-5678",
        "account 12345678, routing 021000021",
        "acct 12345678 at 011401533",
        "R/T 021000021 A/C #123456",
        "⑆021000021⑆ 12345678⑈",
        "routing 021000021 account 12345678".translate(_WIDE),
        "routing\u00a0021000021\u00a0account\u00a012345678",
        "IBAN DE89370400440532013000",
        "IBAN: DE89 3704 0044 0532 0130 00 is wrong",
        "paid from gb29nwbk60161331926819",
        "FR14 2004 1010 0505 0001 3M02 606",
    ],
)
def test_a_bank_account_is_found(text: str) -> None:
    assert secret_in_text(text) == HAS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Wrong account WTR-12345678, see case 123456780",
        "Case 021000021",
        "CASE-021000021 of account 12345678",
        "WTR-021000021 and WTR-12345678",
        "Accounts WTR-12345678 and WTR-12345679 were swapped",
        "Case 021000021 of 2026-11-28",
        "Case 021000021, call 212-555-0100",
        "Case 021000021, call (212) 555-0100",
        "Case 021000021 of WTR-12345678",
        "Case 021000022, account 12345678",
        "Ticket 4815162342, order 12345678, invoice 987654321",
        "10021-1234 and 10022-4321",
        "DE89370400440532013001 is no IBAN",
        "Build 2026.11.28.021000021",
        "import 6f0d0210-0002-4123-8123-456789012345",
        "Rows 120000, 130000 and 140000 of 300000",
        "000000000 12345678",
        "Paused: 1,200 rows, 021000021",
    ],
)
def test_numbers_of_customers_and_cases_are_none(text: str) -> None:
    assert secret_in_text(text) is None


def test_cards_are_said_as_such() -> None:
    assert secret_in_text("card 4111 1111 1111 1111") == "a card number or a security code"
