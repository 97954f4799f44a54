from typing import Any

import pytest

from services.notifier.domain import Result
from services.notifier.log_file.columns import Audience, Masking, Treatment, treatments
from services.notifier.log_file.merge import header_of, merge
from shared.contracts.definition import ImportDefinition
from shared.contracts.log_columns import FileRow
from shared.contracts.outcomes import Outcome
from shared.csvfile import is_secret_header

HEADER = ["Acct", "Bank Acct", "Vault Token", "E-Mail", "Flag", "Notes", "Payer Acct"]


def definition(columns: dict[str, str], **changes: Any) -> ImportDefinition:
    return ImportDefinition.model_validate(
        {
            "biller_id": 1,
            "kind": "autopay",
            "file": {"id": "0b0f1c1e-6f0e-4b64-9c3a-6f2f7f9b3c11", "sha256": "0" * 64, "size": 1},
            "columns": columns,
            "account_number": [{"column": "Acct"}],
            **changes,
        }
    )


MAPPED = definition({"bank_account_number": "Payer Acct", "email": "E-Mail", "autopay_flag": "Flag"})


def test_a_person_sees_all_but_bank_accounts_and_tokens() -> None:
    four = Treatment.LAST_FOUR
    whole = Treatment.WHOLE
    assert treatments(HEADER, MAPPED, Audience.PERSON) == [whole, four, four, whole, whole, whole, four]


@pytest.mark.parametrize("header", [["PAYER ACCT", "ACCT"], ["payer\u00a0acct", "acct"]])
def test_columns_are_meant_in_any_case_as_in_the_check(header: list[str]) -> None:
    assert treatments(header, MAPPED, Audience.PERSON) == [Treatment.LAST_FOUR, Treatment.WHOLE]
    assert treatments(header, MAPPED, Audience.MAILBOX) == [Treatment.LAST_FOUR, Treatment.LAST_FOUR]


def test_a_mailbox_sees_only_what_is_known_to_be_harmless() -> None:
    assert treatments(HEADER, MAPPED, Audience.MAILBOX) == [
        Treatment.LAST_FOUR,
        Treatment.LAST_FOUR,
        Treatment.LAST_FOUR,
        Treatment.EMAIL,
        Treatment.WHOLE,
        Treatment.FIRST_LETTER,
        Treatment.LAST_FOUR,
    ]


@pytest.mark.parametrize("name", ["Payment Account", "Bank Acct", "BankNo", "Checking Account"])
def test_that_a_column_makes_the_account_number_does_not_show_what_it_holds(name: str) -> None:
    asked = definition({}, account_number=[{"literal": "W-"}, {"column": name}])
    assert treatments([name], asked, Audience.PERSON) == [Treatment.LAST_FOUR]


def test_a_column_that_is_mapped_otherwise_is_not_taken_for_a_token() -> None:
    asked = definition({"legacy_id": "Profile ID"})
    assert treatments(["Profile ID"], asked, Audience.PERSON) == [Treatment.WHOLE]


@pytest.mark.parametrize("name", ["BANK_ACCT", "bank account #", "DDA Number", "Card-Token", "ACH Account", " Token "])
def test_variants_of_names_are_known(name: str) -> None:
    assert is_secret_header(name)


def test_a_cell_out_of_place_is_masked_where_it_may_be_a_secret() -> None:
    masking = Masking(HEADER, MAPPED, Audience.PERSON)
    shown = masking.row(["W1", "LEE", "123456789", "x"], in_place=False)
    assert shown == ["****", "LEE", "****6789", "x"]


def test_a_file_without_secrets_keeps_its_broken_lines() -> None:
    masking = Masking(["Acct", "Email"], definition({"email": "Email"}), Audience.PERSON)
    assert masking.row(["12345", "a@example.com", "x"], in_place=False) == ["12345", "a@example.com", "x"]


def test_our_columns_give_way_to_those_of_the_file() -> None:
    assert header_of(["Line", "Outcome", "import_outcome"]) == [
        "Line",
        "Outcome",
        "import_outcome",
        "import_line",
        "import_outcome_3",
        "codes",
        "reason",
        "customer_id",
        "login_id",
    ]


FOR_LOG = definition({"last_login_at": "Seen", "legacy_id": "Old"}, kind="registration")


def test_what_goes_to_the_log_alone_stands_behind_the_reason() -> None:
    masking = Masking(["Acct", "Old", "Seen"], FOR_LOG, Audience.PERSON)
    assert header_of(["Acct", "Old", "Last_Login_At"], masking.for_log)[3:] == [
        *(
            "line",
            "outcome",
            "codes",
            "reason",
            "audit_reference_id",
            "import_last_login_at",
            "customer_id",
            "login_id",
        ),
    ]
    rows = [FileRow(2, ["a", "P-1", "5/6/2024 7:08"], in_place=True), FileRow(3, ["b", "", ""], in_place=True)]
    results = [Result(2, Outcome.APPLIED, [], {"legacy_id": "P-1", "last_login_at": "2024-05-06"})]
    assert list(merge(rows, results, masking, 3, every_row=True)) == [
        ["a", "P-1", "5/6/2024 7:08", "2", "applied", "", "", "P-1", "2024-05-06", "", ""],
        ["b", "", "", "3", "", "", "", "", "", "", ""],
    ]


def test_a_mailbox_sees_the_old_systems_id_but_no_address_in_it() -> None:
    header = ["Acct", "Old", "Seen"]
    masking = Masking(header, FOR_LOG, Audience.MAILBOX)
    assert treatments(header, FOR_LOG, Audience.MAILBOX) == [Treatment.LAST_FOUR, Treatment.WHOLE, Treatment.WHOLE]
    assert masking.logged({"legacy_id": "P-1"}) == ["P-1", ""]
    assert masking.logged({"legacy_id": "ann@example.com"}) == ["a***@example.com", ""]


def test_rows_and_results_meet_by_line_and_nothing_is_lost() -> None:
    masking = Masking(["Acct"], definition({}), Audience.PERSON)
    rows = [FileRow(2, ["a"], in_place=True), FileRow(4, ["b"], in_place=True), FileRow(5, ["c", "d"], in_place=False)]
    results = [
        Result(2, Outcome.APPLIED, []),
        Result(3, Outcome.FAILED, ["R101"]),
        Result(5, Outcome.FAILED, ["R104"]),
        Result(9, Outcome.HELD, []),
    ]
    assert list(merge(rows, results, masking, 1, every_row=True)) == [
        ["a", "2", "applied", "", "", "", ""],
        ["", "3", "failed", "R101", "The account number is blank", "", ""],
        ["b", "4", "", "", "", "", ""],
        ["c,d", "5", "failed", "R104", "The line has too few or too many cells", "", ""],
        ["", "9", "held", "", "", "", ""],
    ]
    assert [line[1] for line in merge(rows, results, masking, 1, every_row=False)] == ["2", "3", "5", "9"]
