"""The model reads every field from its column: one that it forgot would agree with whatever a service makes of it."""

from datetime import date
from typing import Any

import pytest

from shared.contracts.fields import FieldName, fields_of
from shared.contracts.kinds import ImportKind
from tests.support.model import Circumstances, CsvFile, check
from tests.support.model.doubts import ONLY_KEPT
from tests.support.model.job import Job
from tests.support.model.state import Biller, CrmState, InvoiceType

_ROWS = (
    {"routing_number": "011000015", "bank_account_number": "4455667", "bank_account_type": "C"},
    {"card_token": "tok_0001", "card_expiry": "05/39"},
    {"card_token": "tok_0001", "card_expiry_month": "5", "card_expiry_year": "2039"},
)
_USUAL = {"email": "ann@example.com", "paperless_flag": "Y", "autopay_flag": "Y", "role": "owner"}


class _Columns(dict[str, str]):
    """The columns of a definition; ``asked`` are the fields for whose column somebody has asked."""

    def __init__(self, columns: dict[str, str], asked: set[str]) -> None:
        super().__init__(columns)
        self._asked = asked

    def __getitem__(self, field: str) -> str:
        self._asked.add(field)
        return super().__getitem__(field)

    def get(self, field: str, default: Any = None) -> Any:
        self._asked.add(field)
        return super().get(field, default)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    found: set[str] = set()
    monkeypatch.setattr(Job, "columns", property(lambda job: _Columns(job.definition["columns"], found)))
    return found


@pytest.mark.parametrize("kind", ImportKind)
def test_the_model_reads_every_field(kind: ImportKind, asked: set[str]) -> None:
    state = CrmState()
    state.billers[1] = Biller(1, "Riverbend", 1)
    state.types[1, "WATER"] = InvoiceType(1, "WATER")
    fields = [field.value for group in fields_of(kind) for field in group]
    rows = tuple((line, ("42", *((_USUAL | row).get(field, "") for field in fields))) for line, row in enumerate(_ROWS))
    definition = {
        "biller_id": 1,
        "kind": kind.value,
        "invoice_types": ["WATER"] if kind.spec.enrollment else [],
        "columns": {field: field for field in fields},
        "account_number": [{"column": "Account"}],
        "options": {"attestation": "They agreed.", "effective_date": "2030-01-01"},
    }
    verdict = check(state, definition, CsvFile(("Account", *fields), rows), Circumstances(date(2026, 11, 22)))
    assert not verdict.refused
    assert set(fields) <= set(FieldName)
    unread = sorted(set(fields) - asked)
    assert unread == [], "tests/support/model/row_reader.py reads the field nowhere"


def test_the_model_knows_the_fields_that_are_only_kept() -> None:
    assert {field.value for field in FieldName if field.is_only_kept} == ONLY_KEPT, "tests/support/model/doubts.py"
