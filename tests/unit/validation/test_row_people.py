"""Addresses, roles and places of one row; a row alone and among others.

Rules email-9 to email-12, person-2, value-4 to value-8.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.validation.reading_rows import autopay, paperless, read, registration

THREE = "a@example.com b@example.com c@example.com"


@pytest.mark.parametrize(
    ("cells", "codes", "email", "copy"),
    [
        ({"email": THREE}, ["C221", "W342"], "a@example.com", "b@example.com"),
        ({"email": THREE, "email_cc": "d@example.com"}, ["C221"], "a@example.com", "d@example.com"),
        ({"email": "a@example.com;b@example.com", "email_cc": "A@example.com"}, ["C221"], "a@example.com", ""),
        ({"email_cc": THREE}, ["W313"], "ann@example.com", "a@example.com"),
        (
            {"email": "x@example.com,y@example.com", "email_cc": THREE},
            ["C221", "W313"],
            "x@example.com",
            "a@example.com",
        ),
        ({"email": "a@example.com;b@example.com"}, ["W342"], "a@example.com", "b@example.com"),
    ],
)
def test_more_addresses_than_can_be_used(cells: dict[str, str], codes: list[str], email: str, copy: str) -> None:
    done = paperless(cells, choices={"C221": "use_first"})
    assert done.says() == ("", codes)
    assert (done.rows[0]["email"], done.rows[0]["identity"], done.rows[0]["email_cc"]) == (email, email, copy)
    if "C221" in codes:
        undecided = paperless(cells)
        assert undecided.says() == ("skipped", [code for code in codes if code != "W342"])
        assert undecided.rows[0]["email"] == ""


def test_a_copy_that_cannot_be_read_beside_two_addresses() -> None:
    assert paperless({"email": THREE, "email_cc": "nobody"}).says() == ("skipped", ["C221", "W313"])


def test_a_registration_takes_the_first_of_two() -> None:
    row = {"email": "a@example.com;b@example.com"}
    assert registration(row).says() == ("skipped", ["C221"])
    done = registration(row, choices={"C221": "use_first"})
    assert (done.says(), done.rows[0]["email"], done.rows[0]["login_name"]) == (
        ("", ["C221"]),
        "a@example.com",
        "a@example.com",
    )


@pytest.mark.parametrize(
    ("cell", "role"), [("", ""), ("Owner", ""), ("OVERSIGHT", "oversight"), ("guest", "guest"), ("tenant", None)]
)
def test_roles(cell: str, role: str | None) -> None:
    done = registration({"role": cell})
    assert done.says() == (("", []) if role is not None else ("skipped", ["C242"]))
    assert done.rows[0]["link_role"] == (role or "")


@pytest.mark.parametrize(
    ("name", "cell", "kept", "code"),
    [
        ("state", "ny", "NY", None),
        ("state", "", "", None),
        ("state", "New York", "NY", None),
        ("state", "Mass.", "MA", None),
        ("state", "Bavaria", "", "W312"),
        ("state", "N1", "", "W312"),
        ("zip", "12345", "12345", None),
        ("zip", "12345-6789", "12345-6789", None),
        ("zip", "123456789", "123456789", None),
        ("zip", "2134", "02134", "W301"),
        ("zip", "213", "", "W312"),
        ("zip", "601", "00601", "W301"),
        ("zip", "02138-", "02138", None),
        ("zip", "2138-1234", "02138-1234", "W301"),
        ("zip", "21381234", "", "W312"),
        ("zip", "\u0661\u0661\u0661\u0661", "", "W312"),
        ("zip", "12345 6789", "12345-6789", None),
    ],
)
def test_states_and_postal_codes(name: str, cell: str, kept: str, code: str | None) -> None:
    for kind in (autopay, paperless, registration):
        done = kind({name: cell})
        assert (done.rows[0][name], done.says()) == (kept, ("", [code] if code else []))


@pytest.mark.parametrize(
    ("email", "codes"),
    [
        ("ann@Riverbend.example.com", ["W341"]),
        ("ann@mail.riverbend.example.com", ["W341"]),
        ("ann@notriverbend.example.com", []),
        ("ann@GMIAL.com", ["W343"]),
        ("ann@mail.gmial.com", []),
        ("ann@gmail.com", []),
        ("Ann <ann@yaho.com>", ["W343"]),
        ("ann@gmail.net", ["W343"]),
        ("ann@Gmail.org", ["W343"]),
        ("ann@comcast.com", ["W343"]),
        ("ann@sbcglobal.com", ["W343"]),
        ("ann@aol.om", ["W343"]),
        ("ann@gmail.com.com", ["W343"]),
        ("ann@mail.org", []),
        ("ann@cox.com", []),
    ],
)
def test_odd_mail_domains(email: str, codes: list[str]) -> None:
    for kind in (autopay, paperless, registration):
        done = kind({"email": email}, mail_domain="Riverbend.Example.Com")
        assert done.says() == ("", codes)


def test_odd_domains_count_on_live_rows_and_not_for_copies() -> None:
    rows = [
        {"email": "a@gmial.com"},
        {"email": "b@gmial.com", "paperless_flag": "N"},
        {"email": "c@example.com", "email_cc": "d@gmial.com"},
        {"email": "e@comcast.ent"},
        {"email": "f@comcats.net"},
    ]
    done = paperless(*({"paperless_flag": "Y"} | row for row in rows))
    assert [done.says(index)[1] for index in range(5)] == [["W343"], ["S401"], [], ["R142"], ["W343"]]
    assert done.interpreter.misspelt_domains == {"gmial.com": 1, "comcats.net": 1}
    assert not paperless({}).interpreter.misspelt_domains


_CELLS = {
    "email": [
        "",
        "ann@example.com",
        "Bob@Example.com",
        "x@gmial.com",
        "none@example.com",
        "a@b.org;c@d.org",
        "o'n@e.org",
    ],
    "autopay_flag": ["", "Y", "no", "pending", "perhaps"],
    "paperless_flag": ["", "Y", "paper", "both", "perhaps"],
    "end_date": ["", "2026-02-01", "2027-01-31", "3/4/2027", "soon"],
    "max_amount": ["", "10", "$1,000.50", "0", "much"],
    "fixed_amount": ["", "0", "5.00", "much"],
    "pay_day": ["", "0", "15", "late"],
    "consent_date": ["", "2026-01-31", "1/2/2025", "soon"],
    "routing_number": ["021000021", "21000021", "02100002", "123456789", ""],
    "bank_account_number": ["12345678", "12 345-678", "0000", "12E-5", "021000021", "", "12\u0663456"],
    "bank_account_type": ["c", "Savings", "23", "", "x"],
    "card_token": ["", "", "", "tok_123456"],
    "state": ["", "ny", "NY", "New York"],
    "zip": ["", "10001", "1001", "10001-1234", "1\u0663001", "x"],
    "first_name": ["", "Ann"],
    "last_name": ["", "Lee"],
    "customer_name": ["", "Bob Ray", "CITY OF UTICA", "Lee, Ann"],
}
_ROWS = st.lists(st.fixed_dictionaries({name: st.sampled_from(cells) for name, cells in _CELLS.items()}), max_size=5)
_OF_THE_PLACE = frozenset(("ordinal", "line_no", "account_number", "raw_cells"))


@pytest.mark.parametrize("kind", ["autopay", "paperless", "registration"])
@given(rows=_ROWS.filter(bool))
def test_a_row_says_the_same_alone_as_among_others(kind: str, rows: list[dict[str, str]]) -> None:
    together = read(kind, rows).rows
    alone = [read(kind, [row]).rows[0] for row in rows]
    assert [_without_place(row) for row in together] == [_without_place(row) for row in alone]


def _without_place(row: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in row.items() if name not in _OF_THE_PLACE}
