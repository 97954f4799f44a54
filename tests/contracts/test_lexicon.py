"""The words that cells use mean what a reader takes them for, however they are written."""

import pytest

from shared.contracts.lexicon import (
    ACCOUNT_TYPES,
    AUTOPAY_FLAGS,
    METHOD_KINDS,
    PAPERLESS_FLAGS,
    REVERSED_PAPERLESS_FLAGS,
    ROLES,
    STATES,
    Flag,
    is_empty,
    word_key,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(
            ("E-Mail", "email"),
            ("Opted-In", "opted in"),
            ("(Checking)", "CHECKING"),
            ("Savings", "saving"),
            ("D.D.A.", "dda"),
        ),
        *(
            ("Pr\u00e9note", "PRENOTE"),
            ("Business-Checking", "business checking"),
            (" Y ", "y"),
            ("US  Mail", "u.s. mail"),
        ),
    ],
)
def test_one_word_in_two_ways_of_writing(one: str, other: str) -> None:
    assert word_key(one) == word_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("-1", "1"), ("1.0", "1"), ("1 0", "10"), ("yes", "ye"), ("business", "busines")]
)
def test_words_that_are_not_the_same(one: str, other: str) -> None:
    assert word_key(one) != word_key(other)


@pytest.mark.parametrize(
    ("text", "autopay", "paperless"),
    [
        *(
            ("Y", Flag.YES, Flag.YES),
            ("Enrolled", Flag.YES, Flag.YES),
            ("TRUE", Flag.YES, Flag.YES),
            ("", Flag.BLANK, Flag.BLANK),
        ),
        *(("Enabled", Flag.YES, Flag.YES), ("Opted In", Flag.YES, Flag.YES), ("Opted-Out", Flag.NO, Flag.NO)),
        *(
            ("APPROVED", Flag.YES, None),
            ("Bank Draft", Flag.YES, None),
            ("Yes - ACH", Flag.YES, None),
            ("Live", Flag.YES, None),
        ),
        *(("prenote", Flag.PRENOTE, None), ("Pre-Note", Flag.PRENOTE, None), ("Prenote Sent", Flag.PRENOTE, None)),
        *(
            ("Revoked", Flag.NO, Flag.NO),
            ("canceled", Flag.NO, Flag.NO),
            ("Terminated", Flag.NO, Flag.NO),
            ("Suspended", Flag.NO, None),
        ),
        *(("Not Enrolled", Flag.NO, Flag.NO), ("Deceased", Flag.NO, Flag.NO), ("Closed", Flag.NO, Flag.NO)),
        *(
            ("E-Mail", None, Flag.YES),
            ("E-Bill", None, Flag.YES),
            ("Electronic", None, Flag.YES),
            ("Email Only", None, Flag.YES),
        ),
        *(
            ("US Mail", None, Flag.NO),
            ("Mailed", None, Flag.NO),
            ("Paper Bill", None, Flag.NO),
            ("Printed", None, Flag.NO),
        ),
        *(
            ("Both", None, Flag.BOTH),
            ("Email & Paper", None, Flag.BOTH),
            ("Paper/Email", None, Flag.BOTH),
            ("maybe", None, None),
            ("No Paper", None, Flag.YES),
            ("No - Paper", None, Flag.NO),
            ("No/Paper", None, Flag.NO),
            ("No; paper bills", None, Flag.NO),
            ("N, Paper", None, Flag.NO),
            ("(No) Print", None, Flag.NO),
        ),
    ],
)
def test_flags(text: str, autopay: Flag | None, paperless: Flag | None) -> None:
    assert AUTOPAY_FLAGS.get(word_key(text)) == autopay
    assert PAPERLESS_FLAGS.get(word_key(text)) == paperless


def test_a_column_that_asks_for_paper_turns_yes_and_no_but_not_the_ways_of_delivery() -> None:
    read = {
        text: REVERSED_PAPERLESS_FLAGS[word_key(text)] for text in ("Y", "No", "Paper", "E-Bill", "Both", "Deceased")
    }
    assert read == {
        "Y": Flag.NO,
        "No": Flag.YES,
        "Paper": Flag.NO,
        "E-Bill": Flag.YES,
        "Both": Flag.BOTH,
        "Deceased": Flag.NO,
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(
            ("c", ("checking", "")),
            ("Checking Account", ("checking", "")),
            ("CKG", ("checking", "")),
            ("28", ("checking", "")),
        ),
        *(
            ("Saving", ("savings", "")),
            ("SV", ("savings", "")),
            ("37", ("savings", "")),
            ("Savings Account", ("savings", "")),
        ),
        *(("Corporate Checking", ("checking", "business")), ("Consumer Savings", ("savings", "personal"))),
        *(("3", None), ("47", None), ("Loan", None), ("residential", None), ("GL", None), ("", None)),
    ],
)
def test_account_types(text: str, expected: tuple[str, str] | None) -> None:
    assert ACCOUNT_TYPES.get(word_key(text)) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *(("Credit Card", "card"), ("credit-cards", "card"), ("Visa", "card"), ("Debit Card", "card"), ("CC", "card")),
        *(
            ("Bank Account", "ach"),
            ("E-Check", "ach"),
            ("Bank Draft", "ach"),
            ("Direct Debit", "ach"),
            ("ACH Debit", "ach"),
        ),
        *(("Cash", None), ("cheque", None), ("", None)),
    ],
)
def test_kinds_of_payment_methods(text: str, kind: str | None) -> None:
    assert METHOD_KINDS.get(word_key(text)) == kind


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Account Owner", "owner"),
        ("Primary", "owner"),
        ("", "owner"),
        ("Account Oversight", "oversight"),
        ("GUEST", "guest"),
        ("Superuser", None),
    ],
)
def test_roles(text: str, role: str | None) -> None:
    assert ROLES.get(word_key(text)) == role


@pytest.mark.parametrize(
    ("text", "code"),
    [("Massachusetts", "MA"), ("Mass.", "MA"), ("N.Y.", "NY"), ("new york", "NY"), ("Puerto Rico", "PR")],
)
def test_states(text: str, code: str) -> None:
    assert STATES[word_key(text)] == code


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "NULL",
            "(null)",
            "\\N",
            "N/A",
            "n/a",
            "NaN",
            "None",
            "-",
            "--",
            "\u2014",
            "(blank)",
            "#N/A",
            "#REF!",
            "#DIV/0!",
        ),
        *("undefined", "nil", "[NULL]", "#VALUE!", "#NAME?", "NA", "<NA>", "NaT", "#SPILL!", "#CALC!", "#FOO!", "#REF"),
        *(
            "#BAR?",
            "Err:502",
            "N.A",
            "NULL NULL",
            "{null}",
            "n/d",
            "<none>",
            "<nil>",
            "N / A",
            "[blank]",
            "na.",
            "\\\\N",
        ),
        *(
            "missing",
            "(Missing)",
            "Not Available",
            "NOT PROVIDED",
            "None Provided",
            "None.",
            "#DIV/0",
            "&nbsp;",
            "Not on file",
        ),
    ],
)
def test_spellings_of_an_empty_cell(text: str) -> None:
    assert is_empty(text)


@pytest.mark.parametrize(
    "text", ["0", "Nullmann", "no", "Nancy", "Nat", "#1", "#12!", "-1", "x", "None Street", "#4B", "Err"]
)
def test_cells_that_are_not_empty(text: str) -> None:
    assert not is_empty(text)
