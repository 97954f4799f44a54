from services.mapping.pages.context_rows import context_of_findings
from services.mapping.sample import sample_of
from services.mapping.views import FindingItem
from shared.contracts.definition import ImportDefinition


def test_columns_are_meant_in_any_case_as_in_the_check() -> None:
    file = b"Acct,Payer\n1,12345678\n"
    definition = ImportDefinition.model_validate(
        {
            "biller_id": 1,
            "kind": "autopay",
            "file": {"id": "0b0f1c1e-6f0e-4b64-9c3a-6f2f7f9b3c11", "sha256": "0" * 64, "size": 1},
            "columns": {"bank_account_number": "PAYER"},
            "account_number": [{"column": "ACCT"}],
        }
    )
    found = FindingItem.model_validate(
        {"code": "C202", "count": 1, "detail": {}, "sample_lines": [2], "title": "", "remedy": "", "level": "C"}
        | {"choices": [], "default": None, "message": "", "place": ""}
    )
    [row] = context_of_findings([found], sample_of(file, len(file)), definition)["C202"]
    assert row.cells == (("Acct", "1", True), ("Payer", "\u2022\u2022\u2022\u20225678", False))
