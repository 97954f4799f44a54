from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.contracts.definition import ImportDefinition
from shared.contracts.definition_rules import BillerFacts, FileFacts, InvoiceTypeFacts, problems
from shared.contracts.kinds import ImportKind

TODAY = date(2026, 3, 2)
SHA = "ab" * 32
FILE = UUID("8d3c1f5e-02f5-4d6d-a6a1-1f2a3b4c5d6e")
KNOWN = uuid4()
FACTS = BillerFacts(
    permission="all",
    invoice_types={
        "WATER": InvoiceTypeFacts(autopay_allowed=True, paperless_allowed=True),
        "SEWER": InvoiceTypeFacts(autopay_allowed=False, paperless_allowed=True),
        "TAX": InvoiceTypeFacts(autopay_allowed=True, paperless_allowed=False),
        "OLD": InvoiceTypeFacts(autopay_allowed=True, paperless_allowed=True, active=False),
    },
    file=FileFacts(SHA, 10),
    recipients=frozenset({KNOWN}),
)
BANK = {"routing_number": "Routing", "bank_account_number": "Bank"}
PAPERLESS: dict[str, Any] = {
    "biller_id": 7,
    "kind": "paperless",
    "file": {"id": str(FILE), "sha256": SHA, "size": 10},
    "invoice_types": ["WATER"],
    "columns": {"email": "Email"},
    "account_number": [{"literal": "WTR-"}, {"column": "Acct"}],
    "options": {"attestation": "They agreed."},
}
AUTOPAY = PAPERLESS | {
    "kind": "autopay",
    "columns": BANK,
    "options": {"attestation": "They agreed.", "effective_date": "2026-03-02"},
}
REGISTRATION = PAPERLESS | {"kind": "registration", "invoice_types": [], "options": {}}
OF_KIND = {"paperless": PAPERLESS, "autopay": AUTOPAY, "registration": REGISTRATION}


def found(base: dict[str, Any], facts: BillerFacts = FACTS, **changes: Any) -> list[tuple[str, str]]:
    definition = ImportDefinition.model_validate(base | changes)
    return [(problem.code, problem.place) for problem in problems(definition, facts, TODAY)]


@pytest.mark.parametrize("kind", OF_KIND)
def test_a_good_definition_has_no_problem(kind: str) -> None:
    assert found(OF_KIND[kind]) == []


@pytest.mark.parametrize(
    ("permission", "kind", "permitted"),
    [
        ("all", "autopay", True),
        ("all", "paperless", True),
        ("all", "registration", True),
        ("paperless", "paperless", True),
        ("paperless", "autopay", False),
        ("paperless", "registration", False),
        (None, "paperless", False),
    ],
)
def test_the_right_is_asked_first_and_then_nothing_else_is_told(permission: Any, kind: str, *, permitted: bool) -> None:
    facts = BillerFacts(permission=permission, invoice_types=FACTS.invoice_types, file=FACTS.file)
    assert found(OF_KIND[kind], facts) == ([] if permitted else [("F011", "kind")])
    if not permitted:
        assert found(OF_KIND[kind], facts, account_number=[]) == [("F011", "kind")]


@pytest.mark.parametrize(
    ("columns", "complete"),
    [
        (BANK, True),
        ({"card_token": "Token", "card_expiry": "Exp"}, True),
        ({"card_token": "Token", "card_expiry_month": "MM", "card_expiry_year": "YY"}, True),
        (BANK | {"card_token": "Token"}, True),
        ({"routing_number": "Routing"}, False),
        ({"bank_account_number": "Bank"}, False),
        ({"card_token": "Token"}, False),
        ({"card_token": "Token", "card_expiry_month": "MM"}, False),
        ({"email": "Email"}, False),
        ({}, False),
    ],
)
def test_autopay_needs_bank_accounts_or_cards(columns: dict[str, str], *, complete: bool) -> None:
    assert found(AUTOPAY, columns=columns) == ([] if complete else [("F007", "columns")])


@pytest.mark.parametrize("base", [PAPERLESS, REGISTRATION])
def test_the_other_kinds_need_an_email(base: dict[str, Any]) -> None:
    assert found(base, columns={"customer_name": "Name"}) == [("F007", "columns.email")]


def test_one_column_cannot_be_two_fields() -> None:
    columns = {"email": "Email", "email_cc": "EMAIL", "customer_name": "Email "}
    assert found(PAPERLESS, columns=columns) == [("F007", "columns.email_cc"), ("F007", "columns.customer_name")]


def test_a_bank_number_is_no_account_number() -> None:
    for column in ("Bank", "BANK", " bank"):
        assert found(AUTOPAY, account_number=[{"column": column}]) == [("F007", "columns.bank_account_number")]
    assert found(PAPERLESS, columns={"email": "Email", "legacy_id": "Acct"}) == []


@pytest.mark.parametrize("name", ["Bank Acct", "BankNo", "DDA", "achBankAccountNumber", "CHECKING ACCT NO", "IBAN"])
@pytest.mark.parametrize("base", [PAPERLESS, REGISTRATION, AUTOPAY])
def test_a_column_named_for_bank_numbers_is_no_account_number(base: dict[str, Any], name: str) -> None:
    assert ("F021", "account_number[1]") in found(base, account_number=[{"literal": "W-"}, {"column": name}])


@pytest.mark.parametrize("name", ["Account", "Burbank Account", "BURBANK ACCT", "Bank Account Type"])
def test_other_columns_may_make_the_account_number(name: str) -> None:
    assert found(PAPERLESS, account_number=[{"column": name}]) == []


CARD = "4111 1111 1111 1111"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"options": {"attestation": f"Paid with {CARD}."}}, "options.attestation"),
        ({"options": {"attestation": "Paid with 4111.1111.1111.1111"}}, "options.attestation"),
        ({"columns": {"email": CARD}}, "columns.email"),
        ({"account_number": [{"column": "Acct"}, {"literal": CARD}]}, "account_number"),
        ({"account_number": [{"literal": "41111111"}, {"column": "Acct"}, {"literal": "11111111"}]}, "account_number"),
        ({"account_number": [{"column": CARD}]}, "account_number[0]"),
        (
            {"account_number": [{"column": "Acct", "transforms": [{"do": "replace", "old": "a", "new": CARD}]}]},
            "account_number[0]",
        ),
    ],
)
def test_no_text_holds_a_card_number(changes: dict[str, Any], place: str) -> None:
    assert ("F008", place) in found(PAPERLESS, **changes)


@pytest.mark.parametrize(
    ("base", "types", "expected"),
    [
        (PAPERLESS, [], [("F012", "invoice_types")]),
        (AUTOPAY, [], [("F012", "invoice_types")]),
        (REGISTRATION, ["WATER"], [("F012", "invoice_types")]),
        (PAPERLESS, ["WATER", "WATER"], [("F012", "invoice_types[1]")]),
        (PAPERLESS, ["WATER", "SEWER"], []),
        (AUTOPAY, ["WATER", "SEWER"], [("F013", "invoice_types[1]")]),
        (PAPERLESS, ["TAX"], [("F013", "invoice_types[0]")]),
        (AUTOPAY, ["TAX"], []),
        (PAPERLESS, ["OLD", "NONE"], [("F013", "invoice_types[0]"), ("F013", "invoice_types[1]")]),
    ],
)
def test_invoice_types(base: dict[str, Any], types: list[str], expected: list[tuple[str, str]]) -> None:
    assert found(base, invoice_types=types) == expected


@pytest.mark.parametrize("parts", [[], [{"literal": "WTR-"}]])
def test_an_account_number_without_a_column_is_none(parts: list[Any]) -> None:
    assert found(PAPERLESS, account_number=parts) == [("F014", "account_number")]


@pytest.mark.parametrize(
    ("day", "fine"), [("2026-03-02", True), ("2026-12-31", True), ("2026-03-01", False), (None, False)]
)
def test_autopay_starts_today_or_later(day: str | None, *, fine: bool) -> None:
    options = {"attestation": "They agreed.", "effective_date": day}
    assert found(AUTOPAY, options=options) == ([] if fine else [("F016", "options.effective_date")])


@pytest.mark.parametrize("attestation", [None, "", "  "])
@pytest.mark.parametrize("base", [PAPERLESS, AUTOPAY])
def test_the_statement_is_signed(base: dict[str, Any], attestation: str | None) -> None:
    options = base["options"] | {"attestation": attestation}
    assert found(base, options=options) == [("F019", "options.attestation")]


def test_the_file_is_the_registered_one() -> None:
    other = {"id": str(FILE), "sha256": "cd" * 32, "size": 11}
    assert found(PAPERLESS, file=other) == [("F018", "file.sha256"), ("F018", "file.size")]
    unknown = BillerFacts(permission="all", invoice_types=FACTS.invoice_types, file=None)
    assert found(PAPERLESS, unknown) == [("F018", "file.id")]


@pytest.mark.parametrize(
    ("decide", "expected"),
    [
        ({"C202": {"choice": "create"}}, []),
        ({"C202": {"choice": "delete"}}, ["decide.C202"]),
        ({"C999": {"choice": "skip"}}, ["decide.C999"]),
        ({"C201": {"choice": "continue"}, "C202": {"choice": "skip"}}, []),
        ({"C201": {"choice": "continue"}, "C202": {"choice": "create"}}, ["decide.C201.typed_count"]),
        ({"C201": {"choice": "continue", "typed_count": 3}, "C202": {"choice": "create"}}, []),
    ],
)
def test_decisions_in_advance(decide: dict[str, Any], expected: list[str]) -> None:
    assert [place for _, place in found(PAPERLESS, decide=decide)] == expected


def test_recipients_stand_in_the_address_book() -> None:
    named = [str(KNOWN), str(uuid4())]
    assert found(PAPERLESS, log_recipients=named) == [("unknown_recipient", "log_recipients[1]")]
    unchecked = BillerFacts(permission="all", invoice_types=FACTS.invoice_types, file=FACTS.file)
    assert found(PAPERLESS, unchecked, log_recipients=named) == []


def test_everything_that_is_wrong_is_told_at_once_with_a_remedy() -> None:
    definition = ImportDefinition.model_validate(
        AUTOPAY
        | {
            "columns": {},
            "invoice_types": ["SEWER"],
            "account_number": [],
            "options": {},
            "decide": {"C999": {"choice": "x"}},
        }
    )
    found_here = problems(definition, FACTS, TODAY)
    assert [problem.code for problem in found_here] == ["F007", "F013", "F014", "F016", "F019", "unusable_decision"]
    assert all(problem.place and problem.message and problem.remedy for problem in found_here)
    assert definition.kind is ImportKind.AUTOPAY
