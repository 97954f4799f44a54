"""The table of fields, the staging table and the readers agree: no field is mapped for nothing."""

import re

import pytest

from services.validation.domain.autopay import METHOD_COLUMNS
from services.validation.domain.interpretation import staged_columns
from services.validation.repository import crm, plan, staged
from shared.contracts.fields import FIELDS, REQUIRED, FieldName, GoesTo, Holds, Privacy, fields_of
from shared.contracts.kinds import ImportKind
from shared.csvfile import is_secret_header
from tests.unit.validation.reading_rows import BANK, Read, read

_OF_EVERY_ROW = {"ordinal", "line_no", "verdict", "codes", "account_number", "raw_cells"}
_CELLS = {
    Holds.TEXT: "Something-212-555-0142",
    Holds.NAME: "Ann Lee",
    Holds.STATE: "MA",
    Holds.ZIP: "02110",
    Holds.EMAIL: "bob@example.com",
    Holds.DATE: "2026-05-06",
    Holds.MOMENT: "2026-05-06 07:08",
    Holds.AMOUNT: "50.00",
    Holds.DAY_OF_MONTH: "15",
    Holds.MONTH: "5",
    Holds.YEAR: "2029",
    Holds.ROUTING_NUMBER: "011000015",
    Holds.BANK_ACCOUNT_NUMBER: "87654321",
    Holds.BANK_ACCOUNT_TYPE: "savings",
    Holds.METHOD_KIND: "card",
    Holds.CARD_TOKEN: "tok_ABCDEFGHJKLMNPQR",
    Holds.CARD_EXPIRY: "05/29",
    Holds.LAST_DIGITS: "4242",
    Holds.AUTOPAY_FLAG: "N",
    Holds.PAPERLESS_FLAG: "paper",
    Holds.ROLE: "guest",
}
_CARD = {"card_token": "tok_ABCDEFGHJKLMNPQR", "card_expiry": "05/29"}
_SPLIT = {"card_token": "tok_ABCDEFGHJKLMNPQR", "card_expiry_month": "6", "card_expiry_year": "2030"}
_ALL = [(kind, field) for kind in ImportKind for group in fields_of(kind) for field in group]


def _row(kind: ImportKind, field: FieldName) -> dict[str, str]:
    """A row of the kind in which the field matters."""
    if kind is not ImportKind.AUTOPAY:
        return {"email": "ann@example.com"}
    if field in {FieldName.CARD_EXPIRY_MONTH, FieldName.CARD_EXPIRY_YEAR}:
        return _SPLIT
    return _CARD if field.startswith(("card_", "token_")) else BANK


def _with(kind: ImportKind, field: FieldName, cell: str) -> Read:
    return read(kind, [_row(kind, field) | {field.value: cell}], choices={"C214": "keep_end"})


def test_every_field_is_described_once() -> None:
    assert list(FIELDS) == list(FieldName)


def test_every_column_of_the_staging_table_is_of_every_row_or_of_a_field() -> None:
    names = re.findall(r"(?:\(|,)\s*(\w+) (?:int|text|date|numeric)", staged._STAGED)
    filled = {column for field in FieldName for column in field.staged}
    assert set(names) - _OF_EVERY_ROW - {"codes"} == filled


def test_every_staged_value_of_a_field_reaches_the_plan() -> None:
    taken = set(re.findall(r"\bs\.(\w+)", crm._LOOKUP + plan._APPLIED))
    assert {column for field in FieldName for column in field.staged} <= taken


@pytest.mark.parametrize("kind", ImportKind)
def test_required_columns_are_columns_of_the_kind(kind: ImportKind) -> None:
    for field in (field for group in REQUIRED[kind] for field in group):
        assert kind in field.spec.kinds
        assert all(kind in FieldName(part).spec.kinds for part in field.spec.instead)


def test_a_payment_method_fills_columns_of_autopay_fields() -> None:
    assert set(METHOD_COLUMNS) <= set(staged_columns(ImportKind.AUTOPAY))


@pytest.mark.parametrize(("kind", "field"), _ALL)
def test_every_field_is_read(kind: ImportKind, field: FieldName) -> None:
    filled, blank = _with(kind, field, _CELLS[field.spec.holds]), _with(kind, field, "")
    differ = {name for name, cell in filled.rows[0].items() if cell != blank.rows[0][name]}
    if field.spec.goes_to is GoesTo.CHECK:
        assert differ or list(filled.billers) != list(blank.billers)
    else:
        assert differ & set(field.staged), f"no reader of {kind} fills {field.staged} from {field}"


@pytest.mark.parametrize("field", [field for field in FieldName if field.spec.privacy is Privacy.SECRET])
def test_columns_called_like_a_secret_are_masked_wherever_they_stand(field: FieldName) -> None:
    assert [name for name in field.spec.headers.split(", ") if not is_secret_header(name)] == []
