"""Every way of writing a cell, one in each row of one file: check and model read all of them alike."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from shared.contracts.fields import FieldName, GoesTo, fields_of, going_to, takes_bank_accounts
from shared.contracts.kinds import ImportKind
from shared.today import us_today
from tests.property.world import World
from tests.support.generators import pools
from tests.support.generators.files import Case
from tests.support.model import Circumstances, CrmState, CsvFile
from tests.support.model.job import Kind
from tests.support.model.state import Biller, Customer, InvoiceType

_TODAY = us_today()
_SCIENTIFIC = ("1.23E+11", "1E+5", "12e-5", "12E45", "1.2.3E+4", "1,2E+11", "E+11")
_BLANKS = ("", " ", "\u00a0", "\u200b", "'", '=""', "''", "-")
_DATES = (
    *("2038-01-31", "1/31/2038", "01/31/2038", "1/1/38", "31/01/2038", "2038-1-31", "20380131", "2038-02-30"),
    *("2020-01-31", "0000-01-01", "Jan 31 2038", "2038-01-31 00:00:00", _TODAY.isoformat(), "\u0661/1/2038"),
    *("1380131", "380131", "9999999", "0000000"),
    *("31.12.2038", "1.12.2038", "2038.12.31", "12312038", "01122038", "31122038", "13132038", "00.00.0000"),
)
_MOMENTS = ("2021-03-04T13:05:00Z", "3/4/2021 1:05 PM", "2021-03-04 at noon", "T2021-03-04", "T", "soon 2021-03-04")
_STATES = ("MA", "ma", "Ma", "M", "Mass.", "M1", "\u00e4\u00f6", *_BLANKS)
_ZIPS = (
    "02110",
    "2110",
    "211",
    "021101",
    "02110-1234",
    "021101234",
    "02110 1234",
    "2110-1234",
    "O2110",
    "2110.0",
    *_BLANKS,
)
_EMAILS = (
    *(*pools.EMAILS, *pools.BAD_EMAILS, *pools.MANY_EMAILS, *pools.SUSPECT_EMAILS, *_BLANKS),
    *(
        "ANN@EXAMPLE.COM\u00a0",
        "a***@example.com",
        "j*n@example.com",
        "ann @example.com",
        "a@b.c",
        "ann@-example.com",
        '"a b"@example.com',
        "ann@example.com;",
    ),
    *("<ann@example.com>", "Lee, Ann <ann@example.com>", "Ann <a@example.com>; Bob <b@example.com>", "ann@[127.0.0.1]"),
    *("p\u00e9ter@example.com", "ann@ex\u00e4mple.com", "MAILTO:ann@example.com", "ann@example.com or", "and", "or or"),
    *(
        "na@na",
        "test@example.com",
        "Declined",
        "email@x.org",
        "a@example.com/b@example.com",
        "ann@example.test",
        "a@@b.com",
    ),
    *("ann.@example.com", ".ann@example.com", "ann@example.com.", f"{'a' * 65}@example.com", f"a@{'b' * 250}.com"),
)
_STAND_INS = (
    *(
        "1111111",
        "000000",
        "0123456789",
        "000123456789",
        "9876543210",
        "123123123",
        "0000000044",
        "1212121212",
        "12345678",
    ),
    *(
        "CLOSED1234",
        "acct closed",
        "Void-12",
        "XXXX1234",
        "xx12",
        "...99",
        "12**34",
        "TBD",
        *("Chase 6789", "98765432 closed", "(6789)", "-6789", "4455 667 8", "12345678 23456781", "2026-01-05"),
        *(
            "Acct # 4455 6677",
            "12345678901234",
            "4111-XXXX-XXXX-1111",
            "VISA-1111",
            "\u20266789",
            "ABCD12",
            "445566-S1",
        ),
        "on file 7",
        "TEST",
        "\u0661" * 9,
    ),
)
_TEXTS = ("Something", '="7"', "7" * 201, *_BLANKS)
_NAMES = (
    *(
        "UNKNOWN",
        "Current Resident",
        "vacant",
        "Test",
        "TEST ACCOUNT",
        "Do Not Use",
        "the owner",
        "Occupant / Unknown",
        "Vacant Lot",
    ),
)
_PHONES = (
    "555-0100",
    "000-000-0000",
    "1 (999) 999-9999",
    "123-456-7890",
    "1234567",
    "1-234-567-890",
    "6175550188.0",
    "5550188.0",
    "0000000 x1",
    "000000",
)
_PERSON = ("phone", "address1", "address2", "city")
_CELLS: Mapping[Kind, Mapping[str, Sequence[str]]] = {
    "autopay": {
        "routing_number": (
            *("021000021", "021 000 021", "0210-0002-1", "21000021", "021000022", "800000008", "02100002", "2100-0021"),
            *("12210515", "55000001", "2100002", "0210000210", *_BLANKS),
            *("111111118", "22222222", "123456780", "12345678", "000000000", "XXXXX0021", *_STAND_INS),
        ),
        "bank_account_number": (
            *("0044", "44 55-66", "123", "1" * 17, "1" * 18, "AB12", "ab12", "00-00", "021000021", "12_34", "ABCD"),
            *(*_SCIENTIFIC, *_BLANKS, *_STAND_INS),
        ),
        "bank_account_type": (
            *("c", "CHK", "Checking", "dda", "d", "1", "22", "27", "23", "28", "s", "sav", "savings", "2", "32", "37"),
            *("33", "38", "Personal Checking", "BUSINESS SAVINGS", "business", "3", "42", "47", "52", "loan", *_BLANKS),
        ),
        "account_holder_name": ("ANA  ORTIZ", "ORTIZ, ANA", *_BLANKS),
        "method_kind": (
            "ACH",
            "Bank",
            "eft",
            "check",
            "Checking",
            "savings",
            "draft",
            "eCheck",
            "card",
            "cash",
            *_BLANKS,
        ),
        "autopay_flag": (
            *("y", "YES", "1", "true", "T", "x", "on", "Active", "approved", "enrolled", "Prenote", "pending", "n"),
            *("No", "0", "false", "f", "off", "inactive", "revoked", "cancelled", "canceled", "stopped", "ended"),
            *("2", "perhaps", *_BLANKS),
        ),
        "start_date": (*_DATES, *_BLANKS),
        "end_date": (*_DATES, *_BLANKS),
        "prior_last_debit_date": (*_DATES, *_BLANKS),
        "pay_day": ("EOM", "last day", "1", "05", "31", "32", "0", "00", "015", "-1", "1.0", "1.5", "first", *_BLANKS),
        "fixed_amount": ("50", "$1,250.5", "0", "0.00", "$0", "-1", "much", "10000000000", "0.001", *_BLANKS),
        "state": _STATES,
        "zip": _ZIPS,
        "max_amount": (
            *(
                "50",
                "$ -",
                "$-",
                "$ -5",
                "50.00",
                "$50.5",
                "$1,250.00",
                "1,25.00",
                "1250,00",
                ".50",
                "50.",
                "0",
                "0.00",
                "-1",
                "+5",
                "1e3",
            ),
            *(
                "50.0000",
                "50.1200",
                "50.000",
                "50.1234",
                "$.5",
                "USD 50",
                "50 usd",
                ".",
                "$",
                "1,250.",
                "No Limit",
                "unlimited",
                "any",
            ),
            *("9999999999.99", "10000000000", "$ 50", "50 USD", "12,345,678", "1,2345", *_BLANKS),
        ),
        "authorization_date": (*_DATES, *_BLANKS),
        "email": _EMAILS,
        "email_cc": _EMAILS,
        "card_token": ("tok_0001", "short", *_BLANKS),
        "legacy_id": ('="7"', "'7"),
        **dict.fromkeys(("sec_code", "names_party", "authorization_channel", "authorization_reference"), _TEXTS),
        **dict.fromkeys(("customer_name", "first_name", "last_name", *_PERSON), (*_TEXTS, *_NAMES, *_PHONES)),
    },
    "paperless": {
        "email": _EMAILS,
        "email_cc": _EMAILS,
        "paperless_flag": (
            *("y", "YES", "1", "true", "t", "x", "e", "Email", "paperless", "eBill", "active", "enrolled", "n", "no"),
            *("0", "false", "f", "p", "Paper", "print", "mail", "inactive", "b", "BOTH", "fax", *_BLANKS),
        ),
        "consent_date": (*_DATES, *_BLANKS),
        **dict.fromkeys(("consent_channel", "consent_text_version", "consent_ip"), _TEXTS),
        "customer_name": (*pools.NAMES, *_NAMES, *_BLANKS),
        **dict.fromkeys(("first_name", "last_name", "legacy_id", *_PERSON), (*_TEXTS, *_NAMES, *_PHONES)),
        "state": _STATES,
        "zip": _ZIPS,
    },
    "registration": {
        "email": _EMAILS,
        "login_name": ("abc", "ab", "a" * 100, "a" * 101, "two words", "tab\there", "\u00fcser", *_BLANKS),
        "customer_name": (
            *("ORTIZ, ANA", "Ana M. Ortiz", "Diaz", "Quarry Farms, LLC", "Acme Inc.", "City of X", "Ortiz,", ", Ana"),
            *("A, B, C", "Cobalt Miner", "J\u00fcrgen O'Brien", "Trust. Me", "Co-op Store", *_BLANKS, *_NAMES),
        ),
        "first_name": ("Ana", *_BLANKS),
        "last_name": ("Ortiz", *_BLANKS),
        **dict.fromkeys(_PERSON, (*_TEXTS, *_PHONES)),
        "registered_at": (*_DATES, *_MOMENTS, *_BLANKS),
        "last_login_at": (*_DATES, *_MOMENTS, *_BLANKS),
        "legacy_id": ('="7"', "7" * 201),
        "role": ("owner", "Owner", "OVERSIGHT", "guest", "guests", "landlord", *_BLANKS),
        "state": _STATES,
        "zip": _ZIPS,
    },
}
_USUAL: Mapping[Kind, Mapping[str, str]] = {
    "autopay": {
        "routing_number": "011000015",
        "bank_account_number": "4455667",
        "bank_account_type": "C",
        "autopay_flag": "Y",
    },
    "paperless": {"email": "usual{}@example.com", "paperless_flag": "E"},
    "registration": {"email": "usual{}@example.com"},
}
_CARD_CELLS: Mapping[str, Sequence[str]] = {
    "card_token": (
        *_STAND_INS,
        "tok_0001",
        "tok-00",
        "tok00",
        "tok 0001",
        "t" * 128,
        "t" * 129,
        "t\u00f6k_001",
        *_BLANKS,
    ),
    "card_expiry": (
        *(*pools.EXPIRIES, *pools.BAD_EXPIRIES, "00/39", "5-2039", "5/039", "2039/05", "20395", "2039-05-40", "39-Mai"),
        *("3905", "1305", "1339", "0039", "9912"),
        *("MAY-39", "0000-05", "052039", "5/39 ", "05 / 39", "1", "12", *_BLANKS),
    ),
    "card_expiry_month": ("5", "05", "13", "May", *_BLANKS),
    "card_expiry_year": ("39", "2039", "039", *_BLANKS),
    "card_last4": ("42", "4242", "*4242", "****1234 56", *_BLANKS),
    "token_vault": ("spare", *_BLANKS),
    "card_brand": ("Visa", *_BLANKS),
    "method_kind": ("cc", "credit", "CreditCard", "debit card", "Credit Card", "ach"),
    "routing_number": ("021000021",),
}
_USUAL_CARD = {"card_token": "tok_usual{}", "card_expiry_month": "5", "card_expiry_year": "2039"}
_RECIPES: Sequence[Sequence[dict[str, Any]]] = (
    [{"do": "trim"}],
    [{"do": "upper"}],
    [{"do": "digits_only"}],
    [{"do": "digits_only"}, {"do": "pad_left", "length": 5}],
    [{"do": "remove", "characters": "-./"}],
    [{"do": "strip_leading_zeros"}],
    [{"do": "take_first", "count": 3}, {"do": "take_last", "count": 2}],
    [{"do": "drop_last", "count": 2}],
    [{"do": "take_part", "number": 2, "separator": "-"}, {"do": "take_part", "number": 1, "separator": "."}],
    [{"do": "replace", "old": "0", "new": "00"}, {"do": "replace", "old": "-", "new": ""}],
)
_ANSWERS = {
    **dict.fromkeys(("C201", "C203", "C205", "C206", "C211", "C224", "C243", "C245"), "continue"),
    "C212": "append_check_digit",
    "C213": "full_balance",
    "C214": "keep_end",
    "C216": "enroll",
    "C221": "use_first",
    "C241": "attest",
    "C242": "skip",
    "C244": "month_first",
}
_NUMBERS = (
    *("00042", "42", "1-2.3/4", "ab-\u00e4c", "0000", "A b", "x" * 50, "y" * 51, "a\tb", "Stra\u00dfe", "\u0661\u0662"),
    *(*_SCIENTIFIC, *_BLANKS),
)


def _state(rows: int) -> CrmState:
    state = CrmState()
    state.billers[1] = Biller(1, pools.fresh_name("Riverbend"), 1, mcl=True, mail_domain="bills.example.net")
    state.types[1, "WATER"] = InvoiceType(1, "WATER")
    for number in range(rows):
        customer = Customer(1, f"{number:05d}")
        state.customers[customer.key] = customer
    return state


def _case(
    kind: Kind, rows: Sequence[Mapping[str, str]], transforms: Sequence[dict[str, Any]] = (), not_found: str = "skip"
) -> Case:
    fields = sorted({name for row in rows for name in row} - {"Account"})
    lines = [
        (row.get("Account", f"{number:05d}"), *(row.get(name, "").replace("{}", str(number)) for name in fields))
        for number, row in enumerate(rows)
    ]
    definition = {
        "biller_id": 1,
        "kind": kind,
        "invoice_types": [] if kind == "registration" else ["WATER"],
        "columns": {name: f"The {name}" for name in fields},
        "account_number": [{"column": "Account", "transforms": list(transforms)}],
        "options": {"attestation": "They agreed.", "effective_date": _TODAY.isoformat()},
        "decide": {code: {"choice": choice} for code, choice in (_ANSWERS | {"C202": not_found}).items()},
    }
    header = ("Account", *(f"The {name}" for name in fields))
    file = CsvFile(header, tuple(enumerate(lines, start=2)))
    return Case(_state(len(rows)), definition, file, Circumstances(_TODAY))


def _varied(usual: Mapping[str, str], cells: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    return [dict(usual) | {name: cell} for name, values in cells.items() for cell in values]


@pytest.mark.parametrize("kind", ImportKind)
def test_every_field_is_among_them(kind: ImportKind) -> None:
    tried = {*_CELLS[kind.value], *(_CARD_CELLS if takes_bank_accounts(kind) else ())}
    tried.add(FieldName.BILLER_NAME)  # another name refuses the whole file
    assert sorted({field for group in fields_of(kind) for field in group} - tried) == []


@pytest.mark.parametrize("kind", ["autopay", "paperless", "registration"])
async def test_every_cell_is_read_alike(world: World, kind: Kind) -> None:
    await world.agree(_case(kind, _varied(_USUAL[kind], _CELLS[kind])))


@pytest.mark.parametrize("kind", ImportKind)
async def test_customers_are_created_alike(world: World, kind: ImportKind) -> None:
    """Four rows in five are of customers that are there: to create more takes a second person."""
    of_customers = [field for field in going_to(GoesTo.PLAN) if field.spec.kinds == frozenset(ImportKind)]
    cells = {field.value: _CELLS[kind.value][field] for field in of_customers if field is not FieldName.EMAIL}
    usual = dict(_USUAL[kind.value]) | {"customer_name": "Ann Lee"}
    new = [row | {"Account": f"N{number:05d}"} for number, row in enumerate(_varied(usual, cells))]
    verdict = await world.agree(_case(kind.value, [*[usual] * len(new) * 4, *new], not_found="create"))
    assert verdict.would_create > len(new) / 2


async def test_every_cell_of_a_card_is_read_alike(world: World) -> None:
    await world.agree(_case("autopay", _varied(_USUAL_CARD, _CARD_CELLS)))


@pytest.mark.parametrize("transforms", _RECIPES, ids=lambda transforms: transforms[0]["do"])
async def test_every_setup_makes_account_numbers_alike(world: World, transforms: Sequence[dict[str, Any]]) -> None:
    rows = [dict(_USUAL["paperless"]) | {"Account": number} for number in _NUMBERS]
    await world.agree(_case("paperless", rows, transforms))
