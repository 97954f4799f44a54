"""Rows of the file in which something was found, with the cell that is meant. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.mapping.sampling import Sample, mask_cards, masked
from services.mapping.views import FindingItem
from shared.contracts.definition import ColumnPart, ImportDefinition
from shared.contracts.fields import FieldName

_MOST_ROWS: Final = 5
_F = FieldName
_ACCOUNT_CODES: Final = frozenset(
    (
        "R101",
        "R102",
        "R103",
        "R105",
        "R111",
        "R112",
        "R131",
        "R132",
        "R133",
        "R134",
        "C201",
        "C202",
        "C215",
        "C217",
        "C225",
        "C235",
    )
)
_FIELDS_OF_CODE: Final[Mapping[str, tuple[FieldName, ...]]] = {
    "R120": (_F.METHOD_KIND, _F.ROUTING_NUMBER, _F.CARD_TOKEN),
    "R121": (_F.ROUTING_NUMBER,),
    "R122": (_F.ROUTING_NUMBER,),
    "R123": (_F.BANK_ACCOUNT_NUMBER,),
    "R124": (_F.BANK_ACCOUNT_TYPE,),
    "R125": (_F.CARD_TOKEN,),
    "R126": (_F.CARD_EXPIRY, _F.CARD_EXPIRY_MONTH, _F.CARD_EXPIRY_YEAR),
    "R127": (_F.CUSTOMER_NAME, _F.FIRST_NAME, _F.LAST_NAME),
    "R128": (_F.BANK_ACCOUNT_NUMBER, _F.CARD_TOKEN),
    "R129": (_F.METHOD_KIND,),
    "R131": (
        *(_F.BANK_ACCOUNT_NUMBER, _F.BANK_ACCOUNT_TYPE, _F.CARD_TOKEN, _F.CARD_EXPIRY),
        *(_F.START_DATE, _F.END_DATE, _F.MAX_AMOUNT),
    ),
    "R132": (_F.EMAIL, _F.EMAIL_CC),
    "R133": (_F.EMAIL, _F.LOGIN_NAME, _F.ROLE, _F.FIRST_NAME, _F.LAST_NAME),
    "R134": (_F.AUTOPAY_FLAG, _F.PAPERLESS_FLAG),
    "R141": (_F.EMAIL,),
    "R142": (_F.EMAIL, _F.EMAIL_CC),
    "R143": (_F.EMAIL,),
    "R144": (_F.AUTOPAY_FLAG, _F.PAPERLESS_FLAG),
    "R145": (
        *(_F.START_DATE, _F.END_DATE, _F.PAY_DAY, _F.FIXED_AMOUNT, _F.MAX_AMOUNT),
        *(_F.AUTHORIZATION_DATE, _F.PRIOR_LAST_DEBIT_DATE, _F.CONSENT_DATE),
        *(_F.REGISTERED_AT, _F.LAST_LOGIN_AT),
    ),
    "R146": (_F.ROLE,),
    "R151": (_F.EMAIL,),
    "R152": (_F.EMAIL,),
    "R153": (_F.LOGIN_NAME, _F.EMAIL),
    "R154": (_F.LOGIN_NAME,),
    "C212": (_F.ROUTING_NUMBER,),
    "C213": (_F.FIXED_AMOUNT, _F.PAY_DAY),
    "C214": (_F.END_DATE,),
    "C216": (_F.CARD_EXPIRY, _F.CARD_EXPIRY_MONTH, _F.CARD_EXPIRY_YEAR),
    "C218": (_F.ROUTING_NUMBER,),
    "C221": (_F.EMAIL,),
    "C222": (_F.PAPERLESS_FLAG,),
    "C223": (_F.EMAIL,),
    "C224": (_F.EMAIL,),
    "C231": (_F.EMAIL,),
    "C232": (_F.EMAIL,),
    "C233": (_F.EMAIL,),
    "C234": (_F.EMAIL,),
    "C241": (_F.AUTOPAY_FLAG, _F.PAPERLESS_FLAG),
    "S401": (_F.PAPERLESS_FLAG,),
    "S402": (_F.AUTOPAY_FLAG,),
    "S403": (_F.END_DATE,),
    "W310": (_F.CUSTOMER_NAME, _F.FIRST_NAME, _F.LAST_NAME),
    "W311": (_F.ROUTING_NUMBER,),
    "W312": (_F.STATE, _F.ZIP),
    "W313": (_F.EMAIL, _F.EMAIL_CC),
    "W314": (_F.BANK_ACCOUNT_TYPE, _F.AUTOPAY_FLAG),
    "W341": (_F.EMAIL,),
    "W342": (_F.EMAIL,),
    "W343": (_F.EMAIL,),
}


@dataclass(frozen=True, slots=True)
class ContextRow:
    """A line with the cells that matter here; ``cells`` is empty where the line lies behind the sample."""

    line: int
    cells: tuple[tuple[str, str, bool], ...]  # header, value, whether it is the one that is meant


def cell_is_known(code: str) -> bool:
    """Whether it is known which cells a code is about."""
    return code in _FIELDS_OF_CODE or code in _ACCOUNT_CODES


def context_of_findings(
    findings: Sequence[FindingItem], sample: Sample, definition: ImportDefinition
) -> dict[str, list[ContextRow]]:
    """Some rows for each code."""
    places = {line: place for place, line in enumerate(sample.lines)}
    hidden = sample.hidden | _hidden(sample, definition)
    found = {}
    for finding in findings:
        marked = _marked(finding.code, definition)
        lines = finding.sample_lines[:_MOST_ROWS]
        found[finding.code] = [_row(line, places.get(line), sample, marked, hidden, definition) for line in lines]
    return found


def _row(
    line: int,
    place: int | None,
    sample: Sample,
    marked: frozenset[str],
    hidden: frozenset[int],
    definition: ImportDefinition,
) -> ContextRow:
    if place is None:
        return ContextRow(line, ())
    used = _used(definition)
    cells = [
        (header, masked(cell) if index in hidden else mask_cards(cell), header in marked)
        for index, (header, cell) in enumerate(zip(sample.header, sample.rows[place], strict=False))
        if header in used
    ]
    return ContextRow(line, tuple(cells))


def _used(definition: ImportDefinition) -> frozenset[str]:
    return frozenset(definition.columns.values()) | _account(definition)


def _account(definition: ImportDefinition) -> frozenset[str]:
    return frozenset(part.column for part in definition.account_number if isinstance(part, ColumnPart))


def _marked(code: str, definition: ImportDefinition) -> frozenset[str]:
    named = {definition.columns[f] for f in _FIELDS_OF_CODE.get(code, ()) if f in definition.columns}
    return frozenset(named) | (_account(definition) if code in _ACCOUNT_CODES and not named else frozenset())


def _hidden(sample: Sample, definition: ImportDefinition) -> frozenset[int]:
    headers = {definition.columns.get(field) for field in (_F.BANK_ACCOUNT_NUMBER, _F.CARD_TOKEN)}
    return frozenset(index for index, header in enumerate(sample.header) if header in headers)
