"""Which column may hold which field: what the header says, and what the values look like."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from services.mapping.suggestions.beside import Beside
from services.mapping.suggestions.header_names import (
    ACCOUNT_PARTS,
    asks_for_paper,
    is_about_others,
    is_nameless,
    names,
    names_part_of_account,
    says_nothing_alone,
)
from services.mapping.suggestions.values import (
    bank_accounts,
    bank_accounts_of_many,
    fit,
    is_routing_number,
    is_yes_or_no,
    may_be_explained,
    tell,
)
from services.mapping.suggestions.wording import words_of
from shared.contracts.fields import FieldName, Holds, Privacy, fields_of, takes_bank_accounts
from shared.contracts.kinds import ImportKind
from shared.csvfile import clean_cell, find_card_number, header_key, is_secret_header, is_ssn, names_bank_number

Confidence = Literal["high", "medium", "low"]
_F = FieldName
_SECRETS: Final = tuple(field for field in FieldName if field.spec.privacy is Privacy.SECRET)
_ROUTING = re.compile(r"[0-9]{8,9}")
_HEADER_SAYS, _VALUES_SAY = 0.6, 0.4
_HIGH, _MEDIUM, _LOW = 0.9, 0.55, 0.35
_PLAUSIBLE, _HARDLY = 0.5, 0.02
_HALF: Final = 0.5
_LONGEST_VALUE: Final = 200  # longer cells are notes, which hold no routing numbers


@dataclass(frozen=True)
class Column:
    header: str
    values: tuple[str, ...]
    name: str | None = None
    """As the file names it, where several columns have this name or none has one; else the header."""

    @property
    def title(self) -> str:
        return self.header if self.name is None else self.name

    @cached_property
    def filled(self) -> list[str]:
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
    beside = Beside(columns)
    required, optional = fields_of(kind)
    scored = [
        (score, -place, field, column)
        for place, field in enumerate((*required, *optional))
        for column in free
        if (score := score_of(field, column)) >= _LOW
        and not beside.speak_against(field, column)
        and not (_is_words_kept(field) and is_yes_or_no(kind, column.filled))
    ]
    found: dict[FieldName, Suggestion] = {}
    taken: set[str] = set()
    for score, _, field, column in sorted(scored, key=lambda one: one[:2], reverse=True):
        if field not in found and column.header not in taken:
            found[field] = Suggestion(field, column.header, _confidence(score))
            taken.add(column.header)
    if takes_bank_accounts(kind):
        left = [column for column in free if column.header not in taken]
        _bank_account_beside_routing(found, left, account_known=bool(account_parts))
    return found


def _is_words_kept(field: FieldName) -> bool:
    return field.is_only_kept and field.spec.holds is Holds.TEXT


def _bank_account_beside_routing(
    found: dict[FieldName, Suggestion], left: Sequence[Column], *, account_known: bool
) -> None:
    """Two columns called account number: what is not the utility's is the bank's, if its values look so.

    So is a column whose name says nothing, if it is the only one with such numbers.
    """
    if _F.ROUTING_NUMBER not in found or _F.BANK_ACCOUNT_NUMBER in found:
        return
    for likely in (_is_second_account, _is_unnamed) if account_known else (_is_unnamed,):
        fitting = [column for column in left if column.filled and likely(column)]
        if len(fitting) == 1:
            found[_F.BANK_ACCOUNT_NUMBER] = Suggestion(_F.BANK_ACCOUNT_NUMBER, fitting[0].header, "low")
            return


def _is_second_account(column: Column) -> bool:
    is_account = "account" in words_of(column.title) and names_part_of_account(column.title)
    return is_account and bank_accounts(column.filled) > _HIGH


def _is_unnamed(column: Column) -> bool:
    return is_nameless(column.title) and bank_accounts_of_many(column.filled)


def score_of(field: FieldName, column: Column) -> float:
    """Between 0 and 1: how well a column fits a field."""
    named = names(field, column.title)
    filled = column.filled
    if not filled:
        return _HEADER_SAYS * named
    if not named:
        told = not is_about_others(column.title) and tell(field, filled)
        return _VALUES_SAY if told else 0.0
    fits = fit(field, filled)
    if fits is None:
        return _HEADER_SAYS * named
    if fits < _needed(field, column, named):
        return 0.0
    return _HEADER_SAYS * named + _VALUES_SAY * fits


def _needed(field: FieldName, column: Column, named: float) -> float:
    """The share of cells that have to look like the field, less the more exactly the header names it."""
    if says_nothing_alone(column.title):
        return _PLAUSIBLE
    if named == 1.0 and (field.spec.holds is Holds.EMAIL or may_be_explained(field, column.filled)):
        return 0.0  # what is wrong with them the check says, and it asks what words mean
    return _HARDLY if named == 1.0 else _PLAUSIBLE


def account_columns(columns: Sequence[Column], taken: Mapping[FieldName, str]) -> list[str]:
    used = set(taken.values())
    return [c.header for c in columns if c.header not in used and names_part_of_account(c.title)]


def names_account_part(header: str) -> bool:
    return header_key(header) in ACCOUNT_PARTS


def means_paper(header: str) -> bool:
    """Whether a yes in this column means paper, the opposite of paperless."""
    return asks_for_paper(header)


def is_sensitive(column: Column) -> bool:
    if any(names(field, column.title) for field in _SECRETS) or is_secret_header(column.header):
        return True
    return any(find_card_number(cell) or is_ssn(cell) for cell in column.filled)


def holds_bank_data(columns: Sequence[Column]) -> bool:
    """Whether the file lists bank accounts: a column named so, or one of routing numbers by name or check digit."""
    return any(names_bank_number(column.header) or is_routing_column(column) for column in columns)


def bank_numbers_beside_routing(columns: Sequence[Column]) -> frozenset[int]:
    """Columns that look like bank account numbers in a file with routing numbers, unless named like the biller's."""
    if not any(map(is_routing_column, columns)):
        return frozenset()
    return frozenset(
        place
        for place, column in enumerate(columns)
        if header_key(column.header) not in ACCOUNT_PARTS and column.filled and bank_accounts(column.filled) > _HIGH
    )


def is_routing_column(column: Column) -> bool:
    """By check digits; by chance every tenth number fits, so most of the cells have to, with or without a lost zero."""
    digits = [re.sub("[ .-]", "", cell) for cell in column.filled if len(cell) <= _LONGEST_VALUE]
    numbers = [cell for cell in digits if _ROUTING.fullmatch(cell)]
    return len(numbers) > _HALF * len(column.filled) and sum(map(is_routing_number, numbers)) > _HALF * len(numbers)


def _confidence(score: float) -> Confidence:
    return "high" if score >= _HIGH else "medium" if score >= _MEDIUM else "low"
