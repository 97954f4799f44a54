"""Which column may hold which field: what the header says, and what the values look like."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from stdnum.us import rtn

from services.mapping.suggestions.header_names import ACCOUNT_PARTS, AMBIGUOUS, BY_FIELD, OPPOSITE
from shared.contracts.fields import FieldName, Holds, Privacy, fields_of, takes_bank_accounts
from shared.contracts.kinds import ImportKind
from shared.contracts.lexicon import ACCOUNT_TYPES, AUTOPAY_FLAGS, METHOD_KINDS, PAPERLESS_FLAGS, ROLES, word_key
from shared.csvfile import clean_cell, find_card_number, header_key, is_secret_header, names_bank_number

Confidence = Literal["high", "medium", "low"]
_F = FieldName
_SECRETS: Final = tuple(field for field in FieldName if field.spec.privacy is Privacy.SECRET)
_DIGITS = re.compile(r"[0-9]{4,17}")
_ROUTING = re.compile(r"[0-9]{8,9}")
_NINE_DIGITS = re.compile(r"(?:0[0-9]|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)[0-9]{7}")
_SSN = re.compile(r"[0-9]{3}-[0-9]{2}-[0-9]{4}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}")
_MOMENT = re.compile(rf"(?:{_DATE.pattern})(?:[ T].*)?")
_EXPIRY = re.compile(r"[0-9]{1,2}[/-][0-9]{2,4}|[0-9]{3,4}|20[0-9]{2}-?[0-9]{2}|[0-9]{2}-[A-Za-z]{3}")
_AMOUNT = re.compile(r"[$]?[0-9]{1,3}(?:,?[0-9]{3})*(?:[.][0-9]{1,2})?")
_NOT_IN_A_NAME = re.compile(r"[0-9@]")
_LETTER = re.compile(r"[A-Za-z]")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{12,128}")
_HEADER_SAYS, _VALUES_SAY = 0.6, 0.4
_HIGH, _MEDIUM, _LOW = 0.9, 0.55, 0.35
_PLAUSIBLE: Final = 0.5
_HALF: Final = 0.5
_LONGEST_VALUE: Final = 200  # longer cells are notes: none of the fields told by their values holds them


@dataclass(frozen=True)
class Column:
    header: str
    values: tuple[str, ...]
    name: str | None = None
    """As the file names it, where several columns have this name or none has one; else the header."""

    @property
    def key(self) -> str:
        """The name as it is compared."""
        return header_key(self.header if self.name is None else self.name)

    @cached_property
    def filled(self) -> list[str]:
        """Its cells with something in them, cleaned."""
        return [cell for value in self.values if (cell := clean_cell(value)[0])]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A field with the column that may hold it."""

    field: FieldName
    header: str
    confidence: Confidence


def columns_of(
    header: Sequence[str], rows: Sequence[Sequence[str]], names: Sequence[str] | None = None
) -> list[Column]:
    return [
        Column(label, tuple(row[position] for row in rows if position < len(row)), name)
        for position, (label, name) in enumerate(zip(header, names or header, strict=True))
    ]


def suggest(
    kind: ImportKind, columns: Sequence[Column], account_parts: Collection[str] = ()
) -> dict[FieldName, Suggestion]:
    """The best column for each field; a column is given once, to the field it fits best.

    ``account_parts`` are columns that make account numbers which exist: they hold nothing else.
    """
    free = [column for column in columns if column.header not in account_parts]
    required, optional = fields_of(kind)
    scored = [
        (score, -place, field, column)
        for place, field in enumerate((*required, *optional))
        for column in free
        if (score := score_of(field, column)) >= _LOW
    ]
    found: dict[FieldName, Suggestion] = {}
    taken: set[str] = set()
    for score, _, field, column in sorted(scored, key=lambda one: one[:2], reverse=True):
        if field not in found and column.header not in taken:
            found[field] = Suggestion(field, column.header, _confidence(score))
            taken.add(column.header)
    if takes_bank_accounts(kind) and account_parts:
        _second_account_number(found, [column for column in free if column.header not in taken])
    return found


def _second_account_number(found: dict[FieldName, Suggestion], left: Sequence[Column]) -> None:
    """Two columns called account number: what is not the utility's is the bank's, if its values look so."""
    if _F.ROUTING_NUMBER not in found or _F.BANK_ACCOUNT_NUMBER in found:
        return
    for column in left:
        if column.key in ACCOUNT_PARTS and column.filled and _bank_account(column.filled) > _HIGH:
            found[_F.BANK_ACCOUNT_NUMBER] = Suggestion(_F.BANK_ACCOUNT_NUMBER, column.header, "low")
            return


def score_of(field: FieldName, column: Column) -> float:
    """Between 0 and 1: how well a column fits a field."""
    key = column.key
    named = key in BY_FIELD[field]
    look = _PROFILES[field.spec.holds]
    filled = column.filled
    if look is None or not filled:
        return _HEADER_SAYS if named else 0.0
    fits = look(filled)
    if named and key in AMBIGUOUS and fits < _PLAUSIBLE:
        return 0.0  # such a header alone says nothing
    if named:
        return _HEADER_SAYS + _VALUES_SAY * fits
    return _VALUES_SAY * fits if field.spec.told_by_values and fits > _HIGH else 0.0


def account_columns(columns: Sequence[Column], taken: Mapping[FieldName, str]) -> list[str]:
    """Columns that may be parts of the account number, by their headers."""
    used = set(taken.values())
    return [c.header for c in columns if c.header not in used and c.key in ACCOUNT_PARTS]


def names_account_part(header: str) -> bool:
    """Whether a column of this name may be part of the biller's account number."""
    return header_key(header) in ACCOUNT_PARTS


def means_paper(header: str) -> bool:
    """Whether a yes in this column means paper, the opposite of paperless."""
    return header_key(header) in OPPOSITE[_F.PAPERLESS_FLAG]


def is_sensitive(column: Column) -> bool:
    """Whether cells of the column are shown with their last characters only."""
    named = column.key
    if any(named in BY_FIELD[field] for field in _SECRETS) or is_secret_header(column.header):
        return True
    return any(find_card_number(cell) or _SSN.fullmatch(cell) for cell in column.filled)


def holds_bank_data(columns: Sequence[Column]) -> bool:
    """Whether the file lists bank accounts: a column named so, or one of routing numbers by name or check digit."""
    return any(names_bank_number(column.header) or _is_routing_column(column) for column in columns)


def bank_numbers_beside_routing(columns: Sequence[Column]) -> frozenset[int]:
    """Columns that look like bank account numbers in a file with routing numbers, unless named like the biller's."""
    if not any(map(_is_routing_column, columns)):
        return frozenset()
    return frozenset(
        place
        for place, column in enumerate(columns)
        if header_key(column.header) not in ACCOUNT_PARTS and column.filled and _bank_account(column.filled) > _HIGH
    )


def _is_routing_column(column: Column) -> bool:
    """By check digits; by chance every tenth number fits, so most of the cells have to, with or without a lost zero."""
    digits = [re.sub("[ .-]", "", cell) for cell in column.filled if len(cell) <= _LONGEST_VALUE]
    numbers = [cell for cell in digits if _ROUTING.fullmatch(cell)]
    return len(numbers) > _HALF * len(column.filled) and _share(_is_routing)(numbers) > _HALF


def _confidence(score: float) -> Confidence:
    return "high" if score >= _HIGH else "medium" if score >= _MEDIUM else "low"


def _share(test: Callable[[str], object]) -> Callable[[Sequence[str]], float]:
    return lambda cells: sum(1 for cell in cells if len(cell) <= _LONGEST_VALUE and test(cell)) / len(cells)


def _is_routing(cell: str) -> bool:
    digits = cell.replace(" ", "").replace("-", "").rjust(9, "0")
    if not _ROUTING.fullmatch(cell.replace(" ", "").replace("-", "")):
        return False
    return rtn.calc_check_digit(digits[:8]) == digits[8]


def _is_name(cell: str) -> bool:
    return _NOT_IN_A_NAME.search(cell) is None and _LETTER.search(cell) is not None


def _words(*lexicons: Collection[str]) -> Callable[[Sequence[str]], float]:
    known = frozenset(key for words in lexicons for key in words if key)
    return _share(lambda cell: word_key(cell) in known)


def _bank_account(cells: Sequence[str]) -> float:
    return _share(lambda cell: _DIGITS.fullmatch(cell.replace(" ", "").replace("-", "")) and not _is_routing(cell))(
        cells
    )


def _is_card_expiry(cell: str) -> bool:
    return bool(_EXPIRY.fullmatch(cell)) and not _DATE.fullmatch(cell)


_REFUSED_TYPES: Final = ("3", "42", "47", "52", "55", "gl", "loan")
_PROFILES: Final[Mapping[Holds, Callable[[Sequence[str]], float] | None]] = {
    Holds.TEXT: None,
    Holds.STATE: None,
    Holds.ZIP: None,
    Holds.NAME: _share(_is_name),
    Holds.EMAIL: _share(lambda cell: "@" in cell),
    Holds.DATE: _share(_DATE.fullmatch),
    Holds.MOMENT: _share(_MOMENT.fullmatch),
    Holds.AMOUNT: _share(_AMOUNT.fullmatch),
    Holds.DAY_OF_MONTH: _share(re.compile(r"[0-9]|[12][0-9]|3[01]").fullmatch),
    Holds.MONTH: _share(re.compile(r"0?[1-9]|1[0-2]").fullmatch),
    Holds.YEAR: _share(re.compile(r"(?:20)?[0-9]{2}").fullmatch),
    Holds.ROUTING_NUMBER: _share(_is_routing),
    Holds.BANK_ACCOUNT_NUMBER: _bank_account,
    Holds.BANK_ACCOUNT_TYPE: _words(ACCOUNT_TYPES, _REFUSED_TYPES),
    Holds.METHOD_KIND: _words(METHOD_KINDS),
    Holds.CARD_TOKEN: _share(_TOKEN.fullmatch),
    Holds.CARD_EXPIRY: _share(_is_card_expiry),
    Holds.LAST_DIGITS: _share(re.compile(r"[*xX -]*[0-9]{1,4}").fullmatch),
    Holds.AUTOPAY_FLAG: _words(AUTOPAY_FLAGS),
    Holds.PAPERLESS_FLAG: _words(PAPERLESS_FLAGS),
    Holds.ROLE: _words(ROLES),
}
