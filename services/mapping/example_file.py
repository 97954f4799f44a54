"""A small file of each kind of import, to try it with: invented people of Harbor Mutual, a biller of the sample data.

The columns are fields of the kind, under headers that the wizard knows. Nobody is reached: the addresses are of domains
that are kept for examples. Pure.
"""

import io
from collections.abc import Mapping
from typing import Final

from shared.contracts.fields import FieldName
from shared.contracts.kinds import ImportKind
from shared.csvfile import write_rows

_F: Final = FieldName
_ACCOUNT: Final = "Account Number"
_CARDS_LAST: Final = 3  # years
_PEOPLE: Final = (("HM-10000629", "Viktor Ortiz"), ("HM-10000666", "Hugo Tanaka"), ("HM-10000777", "Kira Kowalski"))
_BANK: Final = {_F.ROUTING_NUMBER: "021000021", _F.BANK_ACCOUNT_TYPE: "Checking"}
_CELLS: Final[Mapping[ImportKind, tuple[Mapping[FieldName, str], ...]]] = {
    ImportKind.AUTOPAY: (
        {**_BANK, _F.BANK_ACCOUNT_NUMBER: "700100200", _F.AUTOPAY_FLAG: "Active", _F.AUTHORIZATION_DATE: "2024-03-15"},
        {**_BANK, _F.BANK_ACCOUNT_NUMBER: "700100318", _F.AUTOPAY_FLAG: "Active", _F.AUTHORIZATION_DATE: "2025-01-08"},
        {
            _F.CARD_TOKEN: "tok_EXAMPLEQXWVTRNMK",
            _F.CARD_EXPIRY: "12/{year}",
            _F.AUTOPAY_FLAG: "Active",
            _F.AUTHORIZATION_DATE: "2025-06-30",
        },
    ),
    ImportKind.PAPERLESS: (
        {_F.EMAIL: "viktor.ortiz@example.net", _F.PAPERLESS_FLAG: "Yes", _F.CONSENT_DATE: "2025-02-11"},
        {_F.EMAIL: "hugo.tanaka@example.net", _F.PAPERLESS_FLAG: "Yes", _F.CONSENT_DATE: "2025-02-12"},
        {_F.EMAIL: "kira.kowalski@example.net", _F.PAPERLESS_FLAG: "Yes", _F.CONSENT_DATE: "2025-03-03"},
    ),
    ImportKind.REGISTRATION: (
        {_F.EMAIL: "viktor.ortiz@example.net", _F.PHONE: "413-555-0129"},
        {_F.EMAIL: "hugo.tanaka@example.net", _F.PHONE: "413-555-0166"},
        {_F.EMAIL: "kira.kowalski@example.net", _F.PHONE: "413-555-0177"},
    ),
}


def name_of_example(kind: ImportKind) -> str:
    return f"example-{kind.value}.csv"


def example_file(kind: ImportKind, year: int) -> bytes:
    """The file as of this year: a card in it is valid for some more."""
    rows = _CELLS[kind]
    fields = list(dict.fromkeys(field for cells in rows for field in cells))
    header = [_ACCOUNT, _header(_F.CUSTOMER_NAME), *map(_header, fields)]
    out = io.BytesIO()
    filled = [
        [*who, *(cells.get(field, "").format(year=year + _CARDS_LAST) for field in fields)]
        for who, cells in zip(_PEOPLE, rows, strict=True)
    ]
    write_rows(out, [header, *filled])
    return out.getvalue()


def _header(field: FieldName) -> str:
    return field.spec.headers.split(", ", maxsplit=1)[0]
