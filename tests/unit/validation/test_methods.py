"""Routing numbers, bank accounts, tokens and expiries: rules method-4 to method-17."""

import pytest

from services.validation.domain import methods


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("021000021", ("021000021", None)),
        ("0210-0002 1", ("021000021", None)),
        ("21000021", ("021000021", "W311")),
        ("2100 0021", ("021000021", "W311")),
        ("11000015", ("011000015", "W311")),
        ("02100002", ("021000021", "C212")),
        ("12210515", ("122105155", "C212")),
        ("00000000", ("00000000", "R121")),
        ("99000022", ("99000022", "R121")),
        ("0210000", ("0210000", "R121")),
        ("", ("", "R121")),
        ("02100002A", ("02100002A", "R121")),
        ("\u066021000021", ("\u066021000021", "R121")),
        ("021000022", ("021000022", "R122")),
        ("111111118", ("111111118", "R128")),
        ("123456780", ("123456780", "R128")),
        ("12345678", ("12345678", "R128")),
        ("999999999", ("999999999", "R128")),
        ("XXXXX0021", ("XXXXX0021", "R128")),
        ("000000000", ("000000000", "R122")),
        ("500000005", ("500000005", "R122")),
        ("800000002", ("800000002", "R122")),
    ],
)
def test_routing_numbers(cell: str, expected: tuple[str, str | None]) -> None:
    routing = methods.routing_number(cell)
    assert (routing.number, routing.code) == expected


def test_a_routing_number_begins_with_two_digits_that_are_given_out() -> None:
    given_out = {*range(1, 13), *range(21, 33), *range(61, 73)}
    for prefix in range(100):
        digits = f"{prefix:02}000000"
        check = (-sum(weight * int(digit) for weight, digit in zip((3, 7, 1, 3, 7, 1, 3, 7), digits, strict=True))) % 10
        right = methods.routing_number(f"{digits}{check}").code is None
        assert right == (prefix in given_out), prefix


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("00123456", None),
        ("12 34 56", None),
        ("AB-12", None),
        ("123", "R123"),
        ("48372619O5", "R123"),
        ("48372619l5", "R123"),
        ("4837261905I", "R123"),
        ("1239458" * 3, "R123"),
        ("1" * 18, "R128"),
        ("0000000", "R123"),
        ("1.23E+11", "R123"),
        ("1E-11", "R123"),
        ("021000021", "R123"),
        ("12_34", "R123"),
        ("", "R123"),
    ],
)
def test_bank_accounts(cell: str, code: str | None) -> None:
    assert methods.bank_account(cell, methods.routing_number("021000021"))[1] == code


def test_a_repaired_routing_number_is_no_bank_account_either_way() -> None:
    routing = methods.routing_number("21000021")
    assert methods.bank_account("21000021", routing)[1] == "R123"
    assert methods.bank_account("021000021", routing)[1] == "R123"
    assert methods.bank_account("21000022", routing)[1] is None


@pytest.mark.parametrize(
    "cell",
    [
        "05/29",
        "5/29",
        "05/2029",
        "05-29",
        "0529",
        "529",
        "2029-05",
        "202905",
        "2029-05-31",
        "29-May",
        "May-29",
        "MAY-29",
        "2905",
        "05 / 29",
        "052029",
        "2029/05",
        "05/31/2029",
        "2029-05-31 00:00:00",
        "1-May-29",
        "May 2029",
        "May 29",
        "MAY-2029",
        "20290501",
    ],
)
def test_expiries(cell: str) -> None:
    assert methods.expiry(cell) == (2029, 5)


@pytest.mark.parametrize(
    "cell",
    [
        *("13/29", "00/29", "0029", "1329", "2029-13", "2029-02-30", "05.29", "Mai 29", "29", "132029", "x"),
        *("12/9999", "05/99", "1299", "12/31/9999"),
    ],
)
def test_unreadable_expiries(cell: str) -> None:
    assert methods.expiry(cell) is None


def test_expiry_of_two_columns() -> None:
    assert methods.expiry_of_columns("5", "29") == (2029, 5)
    assert methods.expiry_of_columns("05", "2029") == (2029, 5)
    assert methods.expiry_of_columns("May", "29") == (2029, 5)
    assert methods.expiry_of_columns("5.0", "2029.0") == (2029, 5)
    assert methods.expiry_of_columns("Maybe", "29") is None
    assert methods.expiry_of_columns("", "") is None


def test_small_things() -> None:
    assert methods.last_day(2028, 2).day == 29
    assert methods.last_four("42") == "0042"
    assert methods.last_four("****4242") == "4242"
    assert methods.last_four("411111******1111") == "1111"
    assert methods.last_four("x") == ""


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "XXXXXX6789",
            "xxxx4321",
            "XXXX-XXXX-7788",
            "******5555",
            "**** 1234",
            "x4321",
            "...4321",
            "12****1234",
            "XXXX",
        ),
        *("CLOSED1234", "1111111111", "999999999", "1234567890", "987654321", "UNKNOWN", "pending", "TEST0001"),
        *(
            "9999999999",
            "0987654321",
            "0123456789",
            "000123456789",
            "123123123",
            "1212121212",
            "787878787878",
        ),
        *(
            "ACCT CLOSED 99",
            "Closed-4455667",
            "Void123456",
            "TEMP1234",
            "See File 1",
            "SAMPLE1",
            "XX-XXX-1234",
            "####5678",
        ),
    ],
)
def test_masks_and_fillers_are_no_account_numbers(cell: str) -> None:
    assert methods.bank_account(cell, methods.routing_number("021000021"))[1] == "R128"


@pytest.mark.parametrize(
    "cell",
    [
        "AB1234567",
        "DDA4455667",
        "X1234567",
        "1111",
        "123456",
        "11111112",
        "0012345670",
        "0000000044",
        "000000123",
        "12345678",
        "112233445",
        "121212123",
    ],
)
def test_account_numbers_that_only_look_like_masks_and_fillers(cell: str) -> None:
    assert methods.bank_account(cell, methods.routing_number("021000021"))[1] is None


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "tok_123-A",
            "ccof:2rYuG5bDA3k4PawW4GB",
            "profile12|payment9",
            "aGVsbG8rd29ybGQ=",
            "48213",
            "card_1Kab2CdEfGh",
        ),
        *("pm_1NabcDEF2eZvKYlo", "MD0001234", "12.34.56"),
    ],
)
def test_tokens_of_vaults(cell: str) -> None:
    assert methods.token_problem(cell) is None


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        *(("", "R125"), ("tok 123", "R125"), ("4821", "R125"), ("1.23E+11", "R125"), ("t" * 129, "R125")),
        *(("XXXXXXXXXXXX1111", "R128"), ("************1234", "R128"), ("411111******1111", "R128")),
        *(
            ("PENDING", "R128"),
            ("Expired", "R128"),
            ("unknown", "R128"),
            ("0000000000", "R128"),
            ("1234567890", "R128"),
        ),
        *(("test_0001", "R128"), ("ON-FILE", "R128"), ("Card on File", "R128"), ("TBD", "R128"), ("987654321", "R128")),
    ],
)
def test_what_is_no_token(cell: str, code: str) -> None:
    assert methods.token_problem(cell) == code
