"""A word that nobody knows, in a column of each field: it is asked about, left out with a notice, or kept as text."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import pytest

from shared.contracts.codes import CODES, Level
from shared.contracts.fields import FieldName, fields_of
from shared.contracts.kinds import ImportKind
from tests.unit.validation.reading_rows import BANK, Read, autopay, paperless, registration

_READERS: Final[Mapping[ImportKind, Callable[..., Read]]] = {
    ImportKind.AUTOPAY: autopay,
    ImportKind.PAPERLESS: paperless,
    ImportKind.REGISTRATION: registration,
}
_WORD: Final = "Zorblat"
_CARD: Final = dict.fromkeys(BANK, "") | {"card_token": "tok_8f2k1", "card_expiry": "05/31"}
_BY_COLUMNS: Final = _CARD | {"card_expiry": "", "card_expiry_month": "05", "card_expiry_year": "2031"}
_BESIDE: Final = {
    FieldName.CARD_TOKEN: _CARD,
    FieldName.CARD_EXPIRY: _CARD,
    FieldName.CARD_EXPIRY_MONTH: _BY_COLUMNS,
    FieldName.CARD_EXPIRY_YEAR: _BY_COLUMNS,
}
# Without these nothing can be imported, and no meaning of a word would help.
_NEEDED: Final = {
    FieldName.ROUTING_NUMBER: "R121",
    FieldName.BANK_ACCOUNT_NUMBER: "R128",
    FieldName.CARD_TOKEN: "",  # letters alone may be one
    FieldName.CARD_EXPIRY: "R126",
    FieldName.CARD_EXPIRY_MONTH: "R126",
    FieldName.CARD_EXPIRY_YEAR: "R126",
}


def _all() -> Iterator[tuple[ImportKind, FieldName]]:
    for kind in ImportKind:
        for group in fields_of(kind):
            yield from ((kind, field) for field in group)


@pytest.mark.parametrize("word", [_WORD, "Qui sait?", "s\u00ed, ma\u00f1ana", "SEE FORM"])
@pytest.mark.parametrize(("kind", "field"), list(_all()))
def test_no_row_fails_for_a_word_nobody_was_asked_about(kind: ImportKind, field: FieldName, word: str) -> None:
    verdict, codes = _READERS[kind](_BESIDE.get(field, {}) | {field.value: word}).says()
    if field.spec.meanings:
        assert (verdict, codes) == ("skipped", ["C242"])
    elif field in _NEEDED or (field is FieldName.EMAIL and kind is not ImportKind.AUTOPAY):
        assert all(CODES[code].level is Level.ROW and field in CODES[code].fields for code in codes)
        assert word != _WORD or codes == [one for one in [_NEEDED.get(field, "R142")] if one]
    else:
        assert verdict == ""
        assert all(CODES[code].level is Level.WARNING for code in codes)


@pytest.mark.parametrize(
    ("kind", "field", "meaning"), [(kind, field, said) for kind, field in _all() for said in field.spec.meanings]
)
def test_each_meaning_ends_the_question(kind: ImportKind, field: FieldName, meaning: str) -> None:
    told = {"values": {field.value: {_WORD.lower(): meaning}}}
    beside = _CARD if meaning == "card" else {}
    _, codes = _READERS[kind](beside | {field.value: _WORD}, **told).says()
    assert "C242" not in codes
    assert not any(CODES[code].level is Level.ROW for code in codes)


@pytest.mark.parametrize(
    "field", [FieldName.START_DATE, FieldName.END_DATE, FieldName.MAX_AMOUNT, FieldName.FIXED_AMOUNT]
)
def test_what_is_explained_is_as_if_it_were_blank(field: FieldName) -> None:
    meaning, *_ = field.spec.meanings
    one = autopay({field.value: _WORD}, values={field.value: {_WORD: meaning}})
    assert one.rows == autopay({field.value: ""}).rows


def test_a_day_that_is_explained_is_the_customers_own_or_the_billers() -> None:
    told = {"values": {"pay_day": {"Ultimo": "last_day", "Payday": "due_date", "EOM": "due_date"}}}
    read = autopay({"pay_day": "ultimo"}, {"pay_day": "PAYDAY"}, {"pay_day": "EOM"}, **told)
    assert [read.says(row) for row in range(3)] == [("skipped", ["C213"]), ("", []), ("skipped", ["C247"])]


def test_words_are_counted_once_for_the_column() -> None:
    read = autopay(*[{"max_amount": "Per contract"}] * 3, {"max_amount": "see form"}, {"max_amount": "50 or so"})
    assert read.interpreter.unknown_words == {"max_amount": {"Per contract": 3, "": 1}}
    assert read.says(4) == ("held", ["R145"])


def test_a_row_that_has_ended_asks_nothing() -> None:
    read = autopay({"autopay_flag": "N", "max_amount": "Per contract"})
    assert read.says() == ("skipped", ["S402"])
    assert read.interpreter.unknown_words == {}
