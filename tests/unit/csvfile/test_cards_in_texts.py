"""Card numbers that people write into a text, and names of columns that hold bank numbers."""

import pytest

from shared.csvfile import find_card_in_text, mostly_card_numbers, names_bank_number

_CARD = "4916338506082832"  # a number of the test ranges: right prefix, length and check digit
_GROUPS = ("4916", "3385", "0608", "2832")


@pytest.mark.parametrize(
    "between",
    [
        ",",
        ":",
        "\n",
        "\r\n",
        "|",
        "\\",
        "*",
        "+",
        "~",
        ") (",
        "\u00b7",
        "\u2022",
        "    ",
        "\u1680",
        "\u3164",
        ". ",
        "/",
    ],
)
def test_a_card_number_in_groups(between: str) -> None:
    assert find_card_in_text(f"card {between.join(_GROUPS)} of Ana")


@pytest.mark.parametrize("between", [" x ", "x", " and ", " then "])
def test_letters_between_the_groups(between: str) -> None:
    assert find_card_in_text(between.join(_GROUPS))
    assert find_card_in_text(between.join((*_GROUPS, "123")))


@pytest.mark.parametrize(
    "text", ["cvv 739", "CVV: 739", "the cvc2 is 1234", "Security code 123", "card-code no. 999", "cvv739", "cvn=123"]
)
def test_security_codes(text: str) -> None:
    assert find_card_in_text(text)


@pytest.mark.parametrize("between", [".", "  ", "\ufe0f", "\u034f", "\u0301", " - "])
def test_a_card_number_digit_by_digit(between: str) -> None:
    assert find_card_in_text(between.join(_CARD))


def test_digits_of_other_kinds() -> None:
    assert find_card_in_text("".join(chr(0x2460 + int(digit) - 1) if digit != "0" else "\u24ea" for digit in _CARD))
    assert find_card_in_text(
        "".join("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"[int(digit)] for digit in _CARD)
    )


@pytest.mark.parametrize(
    "text",
    [
        "The biller states that 1,350 customers agreed on 2026-11-28 at 2:15 PM (call 555-0100, case 20261128-17).",
        "WTR-",
        "Rows 2-1200, 5000 customers; 12/31/2029.",
        "4916338506082833",
        "2026-06-01 to 2027-06-01; rows 2 to 1200 and 5000 customers",
        "cvv is missing in 12 rows",
        "The card ending in 1234, case 20261",
    ],
)
def test_texts_without_a_card_number(text: str) -> None:
    assert not find_card_in_text(text)


def test_a_file_that_cannot_be_read_holds_cards_where_they_are_more_than_chance() -> None:
    assert mostly_card_numbers(f'"Ana,{_CARD},\nBob')
    assert mostly_card_numbers(f"1,12345,a\n2,{'-'.join(_GROUPS)},b")
    assert not mostly_card_numbers("\n".join(["1234567890123456"] * 20 + [_CARD]))
    assert not mostly_card_numbers("Account,Email\n1,ana@example.com")


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Draft Acct",
            "Debit Account No",
            "Acct (bank)",
            "Checking",
            "Savings No",
            "Direct Deposit",
            "Payer Acct",
            "Pmt Acct",
        ),
        *(
            "ABA Acct",
            "BK ACCT",
            "Bnk Acct",
            "Fin Inst Acct",
            "Depository Acct",
            "Acct_Num_DD",
            "RDFI",
            "BankNo",
        ),
        *(
            "\uff22\uff41\uff4e\uff4b Acct",
            "B\u00c1NK ACCT",
            "Last Bank Account",
            "Bank Account Type And Number",
            "DDA",
        ),
    ],
)
def test_names_of_columns_with_bank_numbers(name: str) -> None:
    assert names_bank_number(name)


@pytest.mark.parametrize(
    "name",
    [
        "Account",
        "Acct Nbr",
        "Account Number",
        "Cust No",
        "Bank Account Type",
        "Bank Name",
        "Burbank Account",
        "Account Status",
    ],
)
def test_names_of_other_columns(name: str) -> None:
    assert not names_bank_number(name)
