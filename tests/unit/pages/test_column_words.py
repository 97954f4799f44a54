"""The page of the columns says of each word what the check will say (word-1, word-2, word-12, word-15, word-18)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import pytest

from services.mapping.column_words import ColumnWords, reading, words_of_column
from services.mapping.sample import sample_of
from shared.contracts.fields import FieldName
from shared.contracts.kinds import ImportKind
from tests.unit.validation.reading_rows import Read, autopay, paperless, registration

_F = FieldName
_READERS: Final[Mapping[ImportKind, Callable[..., Read]]] = {
    ImportKind.AUTOPAY: autopay,
    ImportKind.PAPERLESS: paperless,
    ImportKind.REGISTRATION: registration,
}
# Whole columns: what a word is read as may depend on the others.
_COLUMNS: Final[Sequence[tuple[FieldName, str, bool]]] = (
    (_F.PAPERLESS_FLAG, "Y,N,Portal,E-Mail,usps,B", False),
    (_F.PAPERLESS_FLAG, "Y,N,paper,email", True),
    (_F.PAPERLESS_FLAG, "P,N,Portal", False),
    (_F.PAPERLESS_FLAG, "P,N,E", False),
    (_F.PAPERLESS_FLAG, "X,Y,N", False),
    (_F.PAPERLESS_FLAG, "X,1,TRUE,N", False),
    (_F.PAPERLESS_FLAG, "X", False),
    (_F.AUTOPAY_FLAG, "Active,Revoked,prenote,Maybe,both", False),
    (_F.AUTOPAY_FLAG, "x,no", False),
    (_F.METHOD_KIND, "ACH,Visa,cash,Venmo", False),
    (_F.BANK_ACCOUNT_TYPE, "CHK,27,sav,loan,Zeta", False),
    (_F.ROLE, "owner,Guest,admin,Tenant", False),
    (_F.START_DATE, "ASAP,2026-05-01,whenever", False),
    (_F.END_DATE, "never,05/01/2099,someday", False),
    (_F.PAY_DAY, "last day,15,due date,payday", False),
    (_F.FIXED_AMOUNT, "full balance,12.50,lots", False),
    (_F.MAX_AMOUNT, "no limit,100,lots", False),
)


def _words(field: FieldName, cells: Sequence[str], said: Mapping[str, str], *, turned: bool = False) -> ColumnWords:
    content = "\n".join(("Acct,How", *(f"{line},{cell}" for line, cell in enumerate(cells)))).encode()
    found = words_of_column(sample_of(content, len(content)), "How", field, said, reverses_flags=turned)
    assert found is not None
    return found


@pytest.mark.parametrize(("field", "column", "turned"), _COLUMNS)
def test_what_is_asked_here_is_asked_in_the_check_and_nothing_else(field: FieldName, column: str, turned: bool) -> None:
    cells = column.split(",")
    options = {"paperless_flag_reversed": turned} if turned else {}
    rows = _READERS[min(field.spec.kinds)](*({field.value: cell} for cell in cells), options=options)
    asked = {one.text.casefold() for one in _words(field, cells, {}, turned=turned).shown if one.is_asked}
    assert asked == set(map(str.casefold, rows.interpreter.unknown_words.get(field.value, {})))


def test_words_are_counted_however_they_are_written_and_those_nobody_knows_come_first() -> None:
    cells = ["Paper"] * 3 + ["paper", "E-bill", "", "n/a", "Kiosk", "a@example.com", "41111"]
    found = _words(_F.PAPERLESS_FLAG, cells, {})
    assert [(one.text, one.rows, one.is_asked) for one in found.shown] == [
        ("Kiosk", 1, True),
        ("Paper", 4, False),
        ("E-bill", 1, False),
    ]
    assert (found.unnamed, found.blank) == (2, 2)
    assert sum(one.rows for one in found.shown) + found.unnamed + found.blank == len(cells)
    assert [reading(one, _F.PAPERLESS_FLAG) for one in found.shown] == ["", "Paper", "Paperless"]


def test_what_was_said_is_shown_whatever_the_rows_hold() -> None:
    said = {"kiosk": "paper", "Fax": "paper", "N/A": "paperless"}
    found = _words(_F.PAPERLESS_FLAG, ["Kiosk", "n/a", "Paper"], said)
    assert {one.text: (one.rows, one.meaning) for one in found.shown} == {
        "Kiosk": (1, "paper"),
        "n/a": (1, "paperless"),
        "Fax": (0, "paper"),
        "Paper": (1, ""),
    }


def test_many_words_are_counted_and_some_shown() -> None:
    found = _words(_F.ROLE, [f"Word {chr(97 + place)}" for place in range(25)], {})
    assert (len(found.shown), found.more) == (20, 5)


def test_columns_that_are_not_shown_have_no_words() -> None:
    content = b"Acct,Card Token\n1,tok_8f2k1\n2,tok_9a3b2\n"
    sample = sample_of(content, len(content))
    assert words_of_column(sample, "Card Token", _F.ROLE, {}, reverses_flags=False) is None
    assert words_of_column(sample, "Acct", _F.EMAIL, {}, reverses_flags=False) is None
    assert words_of_column(sample, "", _F.ROLE, {}, reverses_flags=False) is None


@pytest.mark.parametrize(
    ("field", "word", "text"),
    [
        (_F.BANK_ACCOUNT_TYPE, "CHK", "Checking"),
        (_F.BANK_ACCOUNT_TYPE, "loan", "Can't be debited"),
        (_F.METHOD_KIND, "cash", "Can't be used for autopay"),
        (_F.ROLE, "admin", "Works for the biller: not imported"),
        (_F.AUTOPAY_FLAG, "prenote", "On autopay"),
        (_F.END_DATE, "never", "No end date"),
    ],
)
def test_the_reading_is_in_words_of_people(field: FieldName, word: str, text: str) -> None:
    [found] = _words(field, [word], {}).shown
    assert reading(found, field) == text
