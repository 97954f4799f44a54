"""What the value checks of one row say, and what its answers change.

Rules row-3, flag-3 to flag-5, method-4 to method-7, method-15, terms-1 to terms-6, log-1 to log-3.
"""

import json
from typing import Any

import pytest

from shared.csvfile import RowProblem
from tests.unit.validation.reading_rows import BANK, autopay, paperless, registration


def test_lines_the_operator_leaves_out() -> None:
    bad = [RowProblem("R104", 5, None, "", ""), RowProblem("R106", 6, None, "", "")]
    rows = [{"email": "'nobody", "biller_name": "Gotham"}, {"biller_name": "Here"}]
    done = paperless(*rows, options={"exclude_lines": [2, 5, 99]}, bad=bad)
    assert [done.says(index) for index in range(4)] == [
        ("skipped", ["S404"]),
        ("", []),
        ("skipped", ["S404"]),
        ("failed", ["R106"]),
    ]
    assert done.rows[0]["account_number"] == ""
    assert list(done.billers) == ["", "Here"]


@pytest.mark.parametrize("kind", [autopay, paperless])
def test_a_blank_flag_needs_an_attestation(kind: Any) -> None:
    name = "autopay_flag" if kind is autopay else "paperless_flag"
    assert kind({name: " "}).says() == ("skipped", ["C241"])
    assert kind({name: ""}, choices={"C241": "skip"}).says() == ("skipped", ["C241"])
    assert kind({name: ""}, choices={"C241": "attest"}).says() == ("", ["C241"])


def test_an_attested_row_may_end_for_another_reason() -> None:
    attested = {"C241": "attest"}
    done = autopay({"autopay_flag": "", "end_date": "2026-03-01"}, choices=attested)
    assert done.says() == ("skipped", ["C241", "S403"])
    done = paperless({"paperless_flag": "", "email": "none"}, choices=attested)
    assert done.says() == ("failed", ["C241", "R141"])


@pytest.mark.parametrize(
    ("flag", "plain", "reversed_"),
    [
        ("Y", None, "S401"),
        ("enrolled", None, "S401"),
        ("0", "S401", None),
        ("Inactive", "S401", None),
        ("email", None, None),
        ("paper", "S401", "S401"),
        ("both", "C222", "C222"),
        ("", "C241", "C241"),
        ("perhaps", "C242", "C242"),
    ],
)
def test_flags_that_ask_for_paper(flag: str, plain: str | None, reversed_: str | None) -> None:
    assert paperless({"paperless_flag": flag}).says()[1] == ([plain] if plain else [])
    turned = paperless({"paperless_flag": flag}, options={"paperless_flag_reversed": True})
    assert turned.says()[1] == ([reversed_] if reversed_ else [])


def test_a_restored_zero() -> None:
    done = autopay({"routing_number": "21000021"}, {"routing_number": "11000015"}, {"routing_number": "021000021"})
    assert [done.says(index) for index in range(3)] == [("", ["W311"]), ("", ["W311"]), ("", [])]
    assert [row["routing_number"] for row in done.rows] == ["021000021", "011000015", "021000021"]
    assert done.rows[0]["identity"] == done.rows[2]["identity"]
    assert done.interpreter.restored_zeros == 2


def test_a_missing_check_digit() -> None:
    row = {"routing_number": "02100002"}
    done = autopay(row)
    assert done.says() == ("skipped", ["C212"])
    assert done.rows[0]["routing_number"] == ""
    done = autopay(row, choices={"C212": "append_check_digit"})
    assert done.says() == ("", ["C212"])
    assert done.rows[0]["routing_number"] == "021000021"
    assert autopay(row | {"bank_account_number": "123"}).says() == ("failed", ["R123"])


DIRECTORY = {"021000021": None, "122105155": "021000021", "011000015": None}


@pytest.mark.parametrize(
    ("routing", "choice", "verdict", "taken"),
    [
        ("021000021", "skip", "", "021000021"),
        ("11000015", "skip", "", "011000015"),
        ("122105155", None, "skipped", ""),
        ("122105155", "skip", "skipped", ""),
        ("122105155", "continue", "", "122105155"),
        ("122105155", "replace", "", "021000021"),
        ("031000503", None, "skipped", ""),
        ("031000503", "continue", "", "031000503"),
        ("031000503", "replace", "skipped", ""),
    ],
)
def test_a_directory_of_routing_numbers(routing: str, choice: str | None, verdict: str, taken: str) -> None:
    choices = {"C218": choice} if choice else {}
    done = autopay({"routing_number": routing}, directory=DIRECTORY, choices=choices)
    assert (done.says()[0], done.rows[0]["routing_number"]) == (verdict, taken)
    expected = bytes.fromhex(done.rows[0]["identity"]).decode()
    assert expected == (f"ach|{taken}|98745678" if taken else "")
    assert ("C218" in done.says()[1]) == (routing in {"122105155", "031000503"})


def test_the_directory_is_asked_for_the_repaired_number_and_not_for_a_wrong_one() -> None:
    done = autopay({"routing_number": "12210515"}, {"routing_number": "021000022"}, directory=DIRECTORY)
    assert done.says(0) == ("skipped", ["C212", "C218"])
    assert done.says(1) == ("failed", ["R122"])
    assert autopay({"routing_number": "031000503"}).says() == ("", [])


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        ({"fixed_amount": "50.00"}, ["C213"]),
        ({"fixed_amount": "0.00"}, []),
        ({"fixed_amount": ""}, []),
        ({"fixed_amount": "-5"}, ["R145"]),
        ({"fixed_amount": "some"}, ["C242"]),
        ({"pay_day": "15"}, ["C213"]),
        ({"pay_day": "01"}, ["C213"]),
        ({"pay_day": "0"}, []),
        ({"pay_day": "00"}, []),
        ({"pay_day": "32"}, ["R145"]),
        ({"pay_day": "15th"}, ["C213"]),
        ({"pay_day": "Due Date", "fixed_amount": "Full Balance"}, []),
        ({"end_date": "03/02/2026"}, ["C214"]),
        ({"end_date": "2026-03-01"}, ["S403"]),
        ({"end_date": "2027-01-01", "fixed_amount": "5"}, ["C213", "C214"]),
        ({"start_date": "soon"}, ["C242"]),
        ({"max_amount": "0.00"}, []),
        ({"max_amount": "lots"}, ["C242"]),
        ({"end_date": "12/31/9999", "start_date": "0000-00-00"}, []),
        ({"end_date": "1/1/1900 12:00:00 AM"}, []),
        ({"authorization_date": "2025-07-28 00:00:00"}, []),
        ({"prior_last_debit_date": "soon"}, ["W315"]),
    ],
)
def test_terms_of_the_customers_own(cells: dict[str, str], codes: list[str]) -> None:
    assert autopay(cells).says()[1] == codes


def test_answers_to_terms_of_the_customers_own() -> None:
    row = {"fixed_amount": "5", "pay_day": "3", "end_date": "2027-01-01", "start_date": "4/1/2026"}
    assert autopay(row, choices={"C213": "full_balance"}).says() == ("skipped", ["C213", "C214"])
    both = autopay(row, choices={"C213": "full_balance", "C214": "keep_end"})
    assert both.says() == ("", ["C213", "C214"])
    assert (both.rows[0]["starts_on"], both.rows[0]["ends_on"]) == ("2026-04-01", "2027-01-01")


def test_terms_of_cards_count_too() -> None:
    card = dict.fromkeys(BANK, "") | {"card_token": "tok_12345", "card_expiry": "12/30", "pay_day": "3"}
    assert autopay(card).says() == ("skipped", ["C213"])


def test_a_card_that_expires_too_early() -> None:
    card = dict.fromkeys(BANK, "") | {"card_token": "tok_12345", "card_expiry": "2603"}
    assert autopay(card).says() == ("skipped", ["C216"])
    done = autopay(card, choices={"C216": "enroll"})
    assert done.says() == ("", ["C216"])
    assert (done.rows[0]["exp_year"], done.rows[0]["exp_month"]) == ("2026", "3")


def test_evidence_of_an_authorization() -> None:
    rows = [
        {"sec_code": "PPD", "names_party": "City \u201cX\u201d \\ Y", "prior_last_debit_date": "2/1/2026"},
        {"sec_code": "w" * 300},
        {},
    ]
    full, long, none = (row["evidence"] for row in autopay(*rows).rows)
    assert json.loads(full) == {
        "sec_code": "PPD",
        "names_party": "City \u201cX\u201d \\ Y",
        "prior_last_debit_date": "2026-02-01",
    }
    assert json.loads(long) == {"sec_code": "w" * 200}
    assert none == ""
    assert autopay({}).rows[0]["evidence"] == ""


def test_evidence_of_a_consent() -> None:
    done = paperless({"consent_text_version": "3", "consent_ip": "192.0.2.1"})
    assert json.loads(done.rows[0]["evidence"]) == {"consent_text_version": "3", "consent_ip": "192.0.2.1"}
    assert paperless({"consent_ip": "soon", "email": "none"}).rows[0]["evidence"] == ""


def test_what_goes_to_the_log_alone() -> None:
    rows = [
        {"legacy_id": "P-1", "registered_at": "3/4/2019", "last_login_at": "2024-05-06T07:08:09Z"},
        {"legacy_id": "w" * 300},
        {},
    ]
    full, long, none = (row["for_log"] for row in registration(*rows).rows)
    assert json.loads(full) == {"legacy_id": "P-1", "registered_at": "2019-03-04", "last_login_at": "2024-05-06"}
    assert json.loads(long) == {"legacy_id": "w" * 200}
    assert none == registration({}).rows[0]["for_log"] == ""


def test_a_row_that_has_ended_keeps_what_goes_to_the_log() -> None:
    done = registration({"email": "none", "legacy_id": "P-1"}, {"legacy_id": "P-2"}, options={"exclude_lines": [3]})
    assert [row["for_log"] for row in done.rows] == ['{"legacy_id":"P-1"}', ""]


@pytest.mark.parametrize("field", ["registered_at", "last_login_at"])
@pytest.mark.parametrize("cell", ["never", "0000-00-00 00:00:00"])
def test_what_is_no_day_goes_to_the_log_as_it_stands(field: str, cell: str) -> None:
    done = registration({field: cell})
    assert done.says() == ("", [])
    assert json.loads(done.rows[0]["for_log"]) == {field: cell}
