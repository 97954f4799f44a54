import pytest

from services.mapping.sample import sample_of
from services.mapping.suggestions import nearest
from services.mapping.suggestions.account_number import candidates, ranked
from services.mapping.suggestions.columns import Column, account_columns, columns_of, is_sensitive, means_paper, suggest
from services.mapping.suggestions.shapes import Slot, shape_of
from services.mapping.suggestions.values import looks_like_part
from shared.contracts.definition import (
    ColumnPart,
    LiteralPart,
    PadLeft,
    Trim,
)
from shared.contracts.fields import FieldName
from shared.contracts.kinds import ImportKind

HEADER = ("Cust No", "Loc", "Name", "Routing", "Bank Acct", "Type", "Token", "Exp", "Draft", "E-mail", "Route")
ROWS: list[tuple[str, ...]] = [
    ("1045", "2210", "ORTIZ, ANA", "021000021", "4455667", "C", "", "", "Y", "ana@example.com", "R7"),
    ("1046", "2213", "WU, LEE", "011000015", "123456789012", "S", "", "", "N", "", "R7"),
    ("1047", "2216", "PARK, J", "", "", "", "tok_ABCDEFGHJKLMNPQR", "05/29", "Y", "", "R7"),
]
NUMBERS = [f"WTR-{number:07d}-{number * 2:06d}" for number in range(1000, 1100)]


def suggested(kind: ImportKind) -> dict[str, str]:
    return {field.value: one.header for field, one in suggest(kind, columns_of(HEADER, ROWS)).items()}


def found_in(kind: ImportKind, columns: dict[str, list[str]]) -> dict[str, str]:
    rows = list(zip(*columns.values(), strict=True))
    return {field.value: one.header for field, one in suggest(kind, columns_of(list(columns), rows)).items()}


def test_headers_as_cities_write_them_are_recognised() -> None:
    people = [f"SMITH, JOHN {chr(65 + n)}" for n in range(20)]
    paperless = {
        "Acct At Util": [str(n) for n in range(20)],
        "Resident": people,
        "E-Mail Addr": [f"a{n}@b.org" for n in range(20)],
        "Statement Pref": ["electronic"] * 20,
        "Opted In": ["1/2/22"] * 20,
        "Ward": ["Ward 1"] * 20,
    }
    assert found_in(ImportKind.PAPERLESS, paperless) == {
        "customer_name": "Resident",
        "email": "E-Mail Addr",
        "paperless_flag": "Statement Pref",
        "consent_date": "Opted In",
    }
    autopay = {
        "Holder": people,
        "Transit": ["021000021"] * 20,
        "Acct At Bank": [str(44556600 + n) for n in range(20)],
        "Vault Ref": [f"tok_ABCDEFGHJKL{n}" for n in range(20)],
        "Exp": ["05/29"] * 20,
    }
    assert found_in(ImportKind.AUTOPAY, autopay) == {
        "account_holder_name": "Holder",
        "routing_number": "Transit",
        "bank_account_number": "Acct At Bank",
        "card_token": "Vault Ref",
        "card_expiry": "Exp",
    }


@pytest.mark.parametrize(
    ("header", "value"), [("Resident", "Y"), ("Holder", "Y"), ("Opted In", "Y"), ("Statement Pref", "12.50")]
)
def test_such_a_header_with_other_values_names_nothing(header: str, value: str) -> None:
    for kind in ImportKind:
        assert suggest(kind, [Column(header, (value,) * 20)]) == {}


@pytest.mark.parametrize(
    ("kind", "header", "cells", "field"),
    [
        (ImportKind.PAPERLESS, "Channel", ("Email", "Paper"), None),
        (ImportKind.PAPERLESS, "Channel", ("Web", "Phone", "Paper"), "consent_channel"),
        (ImportKind.AUTOPAY, "Channel", ("Active", "Closed"), None),
        (ImportKind.AUTOPAY, "Auth Type", ("Active", "Revoked", "Closed"), "autopay_flag"),
        (ImportKind.AUTOPAY, "Authorization Channel", ("Active", "Closed"), None),
        (ImportKind.AUTOPAY, "Auth Type", ("Web", "Form"), "authorization_channel"),
    ],
)
def test_words_that_say_no_are_no_evidence(
    kind: ImportKind, header: str, cells: tuple[str, ...], field: str | None
) -> None:
    found = suggest(kind, [Column(header, cells * 10)])
    assert list(found) == ([] if field is None else [field])


def test_numbers_of_eight_digits_are_dates_only_where_they_may_be_days() -> None:
    numbers = [f"{41_000_000 + 137 * step}" for step in range(20)]
    assert looks_like_part(numbers)
    assert not looks_like_part(["20260131", "12312025"] * 10)
    assert suggest(ImportKind.PAPERLESS, [Column("Enroll Date", tuple(numbers))]) == {}
    found = suggest(ImportKind.PAPERLESS, [Column("Enroll Date", ("20260131", "01312026"))])
    assert list(found) == [FieldName.CONSENT_DATE]
    setups = candidates(numbers, [Column("Number", tuple(numbers))], [])
    assert (ColumnPart(column="Number", transforms=(Trim(do="trim"),)),) in list(setups)


@pytest.mark.parametrize(
    ("header", "field"), [("Given", "first_name"), ("Family", "last_name"), ("Party", "customer_name")]
)
def test_short_headers_of_names_need_names_below(header: str, field: str) -> None:
    people = tuple(f"Ana {sign}" for sign in "abcdefghijklmnopqrstuvwxyz")
    assert list(suggest(ImportKind.PAPERLESS, [Column(header, people)])) == [field]
    assert suggest(ImportKind.PAPERLESS, [Column(header, ("R", "D") * 20)]) == {}


def test_an_autopay_export_is_recognised() -> None:
    found = suggested(ImportKind.AUTOPAY)
    assert found["routing_number"] == "Routing"
    assert found["bank_account_number"] == "Bank Acct"
    assert found["bank_account_type"] == "Type"
    assert found["card_token"] == "Token"
    assert found["card_expiry"] == "Exp"
    assert found["autopay_flag"] == "Draft"
    assert found["email"] == "E-mail"
    assert "Route" not in found.values()


def test_a_column_is_suggested_once() -> None:
    found = suggested(ImportKind.PAPERLESS)
    assert len(set(found.values())) == len(found)


def test_values_tell_an_email_column_whatever_its_header() -> None:
    found = suggest(ImportKind.PAPERLESS, [Column("Kontakt", ("a@example.com", "b@example.com"))])
    assert found[FieldName.EMAIL].header == "Kontakt"
    assert found[FieldName.EMAIL].confidence == "low"


def test_header_and_values_together_are_sure() -> None:
    found = suggest(ImportKind.AUTOPAY, columns_of(HEADER, ROWS))
    assert found[FieldName.ROUTING_NUMBER].confidence == "high"


def test_a_header_whose_values_disagree_is_less_sure() -> None:
    found = suggest(ImportKind.PAPERLESS, [Column("Email", ("paper", "paper"))])
    assert found[FieldName.EMAIL].confidence == "medium"


@pytest.mark.parametrize(("header", "opposite"), [("PaperInvoices", True), ("Print Bill", True), ("Paperless", False)])
def test_columns_in_which_yes_means_paper_are_known(header: str, opposite: bool) -> None:
    assert means_paper(header) is opposite


def test_bank_accounts_tokens_and_card_numbers_are_not_shown_whole() -> None:
    assert is_sensitive(Column("Bank Acct", ("4455667",)))
    assert is_sensitive(Column("Card Token", ("tok_1",)))
    assert is_sensitive(Column("Note", ("4111 1111 1111 1111",)))
    assert not is_sensitive(Column("Cust No", ("1045",)))


def test_the_shape_of_numbers_is_learnt() -> None:
    assert shape_of(NUMBERS) == (
        "WTR",
        "-",
        Slot(True, 7),
        "-",
        Slot(True, 6),
    )


def test_numbers_without_a_common_shape_have_none() -> None:
    assert shape_of(["A1", "2", "3-4", "B-5-C"]) is None
    assert shape_of([]) is None


def test_a_setup_like_the_existing_numbers_is_among_the_candidates() -> None:
    columns = columns_of(HEADER, ROWS)
    wanted = (
        LiteralPart(literal="WTR-"),
        ColumnPart(column="Cust No", transforms=(Trim(do="trim"), PadLeft(do="pad_left", length=7))),
        LiteralPart(literal="-"),
        ColumnPart(column="Loc", transforms=(Trim(do="trim"), PadLeft(do="pad_left", length=6))),
    )
    assert wanted in list(candidates(NUMBERS, columns, ["Cust No", "Loc"]))


def test_the_best_setup_finds_most_and_the_plainest_wins_a_tie() -> None:
    assert ranked({0: 0.2, 1: 0.9, 2: 0.9, 3: 0.0}) == [1, 2, 0]
    assert ranked({}) == []


def test_the_nearest_number_is_one_that_looks_alike() -> None:
    assert nearest.nearest("101-0101-01", ["101-0101-02", "999-0000-77"]) == "101-0101-02"
    assert nearest.nearest("X", ["101-0101-02"]) is None


@pytest.mark.parametrize(
    ("number", "other", "is_shown"),
    [
        ("WTR-0001045", "WTR-0001047", True),  # one character
        ("WTR-0001045", "WTR-0002047", True),  # two
        ("WTR-0001045", "WTR-0002147", False),  # three
        ("WTR-0001045", "WTR-0001054", True),  # changed round
        ("WTR-0001045", "WTR-00010455", True),
        ("WTR-0001045", "WTR-1", False),
        ("WTR-45", "WTR-0000045", True),  # zeros before digits are no edits
        ("WTR-45", "WTR-0000145", True),
        ("1045-2210", "WTR-0001045-002210", True),  # nor is the shape that others have
        ("1045-2210", "WTR-0001046-002210", False),
        ("7-1045-2210", "WTR-0001045-002210", False),  # it has a part that the other lacks
        ("0", "00", True),
    ],
)
def test_only_a_number_within_two_edits_is_shown(number: str, other: str, *, is_shown: bool) -> None:
    assert nearest.nearest(number, [other], shape_of(NUMBERS)) == (other if is_shown else None)


@pytest.mark.parametrize(
    ("number", "meant"),
    [
        ("1045-2210", "WTR-0001045-002210"),  # the zeros and the prefix of the others
        ("WTR-01045-2210", "WTR-0001045-002210"),
        ("WTR-0001054-002210", "WTR-0001045-002210"),  # two digits changed round
        ("WTR-0001046-002210", "WTR-0001045-002210"),
        ("WTR-000145-002210", "WTR-0001045-002210"),
    ],
)
def test_what_may_be_meant_is_asked_for_by_name(number: str, meant: str) -> None:
    assert meant in nearest.probes(number, shape_of(NUMBERS))


def test_a_number_is_no_probe_for_itself_and_long_ones_have_few() -> None:
    assert "7" not in nearest.probes("7", None)
    assert len(nearest.probes("1" * 50, None)) < 5


@pytest.mark.parametrize("bank_first", [True, False])
def test_of_two_columns_of_one_name_neither_is_taken_for_the_second(*, bank_first: bool) -> None:
    """They are called "Account Number (1)" and "(2)", and "Account Number 2" is a name of bank accounts."""
    pairs = [(f"{4455600 + number}", f"WTR-{number:04}") for number in range(9)]
    rows = [(first, "021000021", second) if bank_first else (second, "021000021", first) for first, second in pairs]
    content = "Account Number,Routing,Account Number\n" + "".join(",".join(row) + "\n" for row in rows)
    sample = sample_of(content.encode(), len(content))
    bank = "Account Number (1)" if bank_first else "Account Number (2)"
    utility = "Account Number (2)" if bank_first else "Account Number (1)"
    assert FieldName.BANK_ACCOUNT_NUMBER not in suggest(ImportKind.AUTOPAY, sample.columns)
    assert set(account_columns(sample.columns, {})) == {bank, utility}
    found = suggest(ImportKind.AUTOPAY, sample.columns, [utility])
    assert found[FieldName.BANK_ACCOUNT_NUMBER].header == bank
    assert sample.header.index(bank) in sample.hidden


@pytest.mark.parametrize(("name", "is_hidden"), [("Acct Ref", False), ("Cust Ref", False), ("Numbers", True)])
def test_a_customer_number_beside_bank_accounts_is_shown(name: str, *, is_hidden: bool) -> None:
    lines = [f"{88_120 + n},021000021,4455{n:04d}" for n in range(12)]
    content = "\n".join([f"{name},Routing,Bank Account", *lines])
    sample = sample_of(content.encode(), len(content))
    assert sample.hidden == ({0, 1, 2} if is_hidden else {1, 2})
