"""Which columns a definition means: rule file-32, F007 and F014."""

from typing import Any
from uuid import UUID

import pytest

from services.validation.domain.layout import ColumnMissing, Layout, lay_out
from shared.contracts.definition import ImportDefinition
from shared.csvfile import inspect


def laid_out(names: str, columns: dict[str, str], account: str) -> Layout:
    definition = ImportDefinition.model_validate(
        {
            "biller_id": 1,
            "kind": "autopay",
            "file": {"id": UUID(int=1), "sha256": "0" * 64, "size": 1},
            "columns": columns,
            "account_number": [{"literal": "W-"}, {"column": account}],
        }
    )
    seen = inspect(f"{names}\n{names.replace('t', '1').replace('N', '2')}\n".encode())
    return lay_out(definition, seen.header, fold_case=False, names=seen.names)


def refused(names: str, columns: dict[str, str], account: str) -> ColumnMissing:
    with pytest.raises(ColumnMissing) as caught:
        laid_out(names, columns, account)
    return caught.value


@pytest.mark.parametrize(
    "names", ["Acct,Email,Note,Note", "Acct,Email,,Note", ",Acct,Email", "Note,NOTE,Acct,Email", "Acct,Email,Acct No,,"]
)
def test_what_is_not_mapped_needs_no_name_of_its_own(names: str) -> None:
    layout = laid_out(names, {"email": "E-mail" if "E-mail" in names else "Email"}, "Acct")
    written = names.split(",")
    assert layout.used == {written.index("Email"), written.index("Acct")}


@pytest.mark.parametrize(
    ("columns", "account"),
    [
        ({"bank_account_number": "Account Number"}, "Utility"),
        ({"biller_name": "ACCOUNT number "}, "Utility"),
        ({"email": "Email"}, "Account Number"),
    ],
)
def test_a_mapped_name_of_two_columns_is_refused_and_the_remedy_helps(columns: dict[str, str], account: str) -> None:
    names = "Account Number,Utility,Email,Account Number"
    told = refused(names, columns, account)
    assert (told.code, told.detail["column"]) == ("F005", 4)
    for offered, place in (("Account Number (1)", 0), ("account number (2)", 3)):
        assert offered.casefold() in told.detail["remedy"].casefold()
        mapped: dict[str, Any] = {
            field: offered if "ccount" in name.lower() else name for field, name in columns.items()
        }
        layout = laid_out(names, mapped, offered if account == "Account Number" else account)
        assert place in layout.used


def test_a_column_without_a_name_is_mapped_by_its_place() -> None:
    assert laid_out("Acct,,Email", {"customer_name": "Column 2"}, "Acct").used == {0, 1}


@pytest.mark.parametrize(
    ("columns", "account", "code", "message"),
    [
        ({"email": "Mail", "phone": "Tel"}, "Acct", "F007", "Not in the file: \u201cMail\u201d, \u201cTel\u201d"),
        ({"email": "Email"}, "Account", "F014", "Not in the file: \u201cAccount\u201d"),
        ({"email": "Note (3)"}, "Acct", "F007", "Not in the file: \u201cNote (3)\u201d"),
    ],
)
def test_what_is_missing_is_named(columns: dict[str, str], account: str, code: str, message: str) -> None:
    told = refused("Acct,Email,Note,Note", columns, account)
    assert (told.code, told.detail["message"]) == (code, message)
