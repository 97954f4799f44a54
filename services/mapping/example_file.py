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
# Others for each kind, so that one example leaves nothing to ask about in the next.
_PEOPLE: Final[Mapping[ImportKind, tuple[tuple[str, str], ...]]] = {
    ImportKind.AUTOPAY: (
        ("HM-10000629", "Viktor Ortiz"),
        ("HM-10000666", "Hugo Tanaka"),
        ("HM-10000777", "Kira Kowalski"),
    ),
    ImportKind.PAPERLESS: (
        ("HM-10000888", "Tobias Ortiz"),
        ("HM-10000925", "Owen Park"),
        ("HM-10001147", "Hugo Rossi"),
    ),
    ImportKind.REGISTRATION: (
        ("HM-10001184", "Leila Murphy"),
        ("HM-10001332", "Quentin Ortiz"),
        ("HM-10001369", "Priya Wu"),
    ),
}
_FIELDS: Final[Mapping[ImportKind, tuple[FieldName, ...]]] = {
    ImportKind.AUTOPAY: (
        *(_F.ROUTING_NUMBER, _F.BANK_ACCOUNT_NUMBER, _F.BANK_ACCOUNT_TYPE, _F.CARD_TOKEN, _F.CARD_EXPIRY),
        *(_F.AUTOPAY_FLAG, _F.AUTHORIZATION_DATE),
    ),
    ImportKind.PAPERLESS: (_F.EMAIL, _F.PAPERLESS_FLAG, _F.CONSENT_DATE),
    ImportKind.REGISTRATION: (_F.EMAIL, _F.PHONE),
}
_CELLS: Final[Mapping[ImportKind, tuple[tuple[str, ...], ...]]] = {
    ImportKind.AUTOPAY: (
        ("021000021", "700100200", "Checking", "", "", "Active", "2024-03-15"),
        ("021000021", "700100318", "Savings", "", "", "Active", "2025-01-08"),
        ("", "", "", "tok_EXAMPLEQXWVTRNMK", "12/{year}", "Active", "2025-06-30"),
    ),
    ImportKind.PAPERLESS: (
        ("tobias.ortiz@example.net", "Yes", "2025-02-11"),
        ("owen.park@example.net", "Yes", "2025-02-12"),
        ("hugo.rossi@example.net", "Yes", "2025-03-03"),
    ),
    ImportKind.REGISTRATION: (
        ("leila.murphy@example.net", "413-555-0129"),
        ("quentin.ortiz@example.net", "413-555-0166"),
        ("priya.wu@example.net", "413-555-0177"),
    ),
}


def name_of_example(kind: ImportKind) -> str:
    return f"example-{kind.value}.csv"


def example_file(kind: ImportKind, year: int) -> bytes:
    """The file as of this year: a card in it is valid for some more."""
    header = [_ACCOUNT, _header(_F.CUSTOMER_NAME), *map(_header, _FIELDS[kind])]
    rows = [
        [*who, *(cell.format(year=year + _CARDS_LAST) for cell in cells)]
        for who, cells in zip(_PEOPLE[kind], _CELLS[kind], strict=True)
    ]
    out = io.BytesIO()
    write_rows(out, [header, *rows])
    return out.getvalue()


def _header(field: FieldName) -> str:
    return field.spec.headers.split(", ", maxsplit=1)[0]
