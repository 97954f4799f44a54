"""The fields that paperless and registration imports, and customers to be created, have in common."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from services.validation.domain.addresses import states, zips
from services.validation.domain.emails import EmailReader, placeholder_shown
from services.validation.domain.found import Found
from services.validation.domain.layout import Layout
from services.validation.domain.names import full_name
from services.validation.domain.samples import shortened
from services.validation.domain.stand_ins import without_nameless, without_phone_fillers
from shared.contracts.account_number import damaged_cells
from shared.contracts.fields import FieldName

Cells = Mapping[int, list[str]]
Values = dict[str, Sequence[str]]

_ONE = 1
_POINT_ZERO: Final = re.compile(r"(?:[0-9]{7}|1?[0-9]{10})\.0")
_PLACES: Final = (FieldName.ADDRESS1, FieldName.ADDRESS2, FieldName.CITY)
_REPAIRS: Final = ((FieldName.STATE, states), (FieldName.ZIP, zips))


def customer_values(layout: Layout, cells: Cells, found: Found) -> Values:
    """What a customer is created from; columns that are not mapped are left out."""
    values: Values = {}
    for field, repaired in _REPAIRS:
        column = layout.column(cells, field)
        if column is not None:
            values[field] = repaired(column, found)
    for field in _PLACES:
        column = layout.column(cells, field)
        if column is not None:
            values[field] = _noted(column, without_nameless(column), found)
    phones = layout.column(cells, FieldName.PHONE)
    if phones is not None:
        phones = _without_point(phones, found)
        phones = _noted(phones, _without_damage(phones), found)
        values[FieldName.PHONE] = _noted(phones, without_phone_fillers(phones), found)
    names = _customer_names(layout, cells, found)
    if names is not None:
        values["customer_name"] = names
    return values


def _without_point(phones: list[str], found: Found) -> list[str]:
    """Numbers such as 6175550188.0, which a script read as decimal, as they were (W301)."""
    if not any(map(_POINT_ZERO.fullmatch, phones)):
        return phones
    for index, phone in enumerate(phones):
        if _POINT_ZERO.fullmatch(phone):
            found.warn(index, "W301")
    return [phone.removesuffix(".0") if _POINT_ZERO.fullmatch(phone) else phone for phone in phones]


def _without_damage(phones: list[str]) -> tuple[list[str], list[int]]:
    """The phones without what a spreadsheet made of them, a day or 5.55E+09, and where that was."""
    damaged = damaged_cells(phones)
    left = list(phones) if damaged else phones
    for index in damaged:
        left[index] = ""
    return left, damaged


def _noted(column: list[str], kept: tuple[list[str], list[int]], found: Found) -> list[str]:
    """What is kept of the column; W317 where a placeholder was."""
    left, places = kept
    for index in places:
        found.warn(index, "W317")
        found.samples.note("W317", shortened(column[index]))
    return left


def _customer_names(layout: Layout, cells: Cells, found: Found) -> list[str] | None:
    names = layout.column(cells, FieldName.CUSTOMER_NAME)
    if names is not None:
        names = _noted(names, without_nameless(names), found)
    first = layout.column(cells, FieldName.FIRST_NAME)
    last = layout.column(cells, FieldName.LAST_NAME)
    if first is None and last is None:
        return names
    count = len(first or last or ())
    people = list(map(full_name, first or [""] * count, last or [""] * count))
    people = _noted(people, without_nameless(people), found)
    return people if names is None else [name or person for name, person in zip(names, people, strict=True)]


def in_lower_case(cells: list[str]) -> list[str]:
    text = "\n".join(cells)
    return cells if text == text.lower() else list(map(str.lower, cells))


class EmailColumns:
    """Reads the email column, and the copies beside it."""

    def __init__(self, layout: Layout, *, most: int, optional: bool) -> None:
        self._layout = layout
        self._most = most
        self._optional = optional
        self._reader = EmailReader()
        self.domains: Collection[str] = ()  # of the addresses read last, those of copies aside

    def read(self, cells: Cells, count: int, found: Found) -> tuple[list[str], list[str]]:
        column = self._layout.filled(cells, FieldName.EMAIL, count)
        emails, others = self._reader.read_column(column)
        self.domains = self._reader.domains
        copy_cells = self._layout.column(cells, FieldName.EMAIL_CC) if self._most > _ONE else None
        copies = self._copies(copy_cells, found) if copy_cells is not None and any(copy_cells) else None
        seconds = copies or [""] * count
        for index, read in others.items():
            if self._optional and read.codes:
                if "R141" not in read.codes:
                    found.warn(index, "W313")
                continue
            if read.codes:
                found.add(index, *read.codes)
                if "R143" in read.codes:
                    found.samples.note("R143", placeholder_shown(column[index]))
                continue
            has_copy = copy_cells is not None and copy_cells[index] != ""
            self._take(index, read.found, found, has_copy=has_copy)
            emails[index] = read.found[0]
            if self._most > _ONE and not has_copy:
                seconds[index] = read.found[1]
        if copies:
            _drop_same(emails, seconds)
        return emails, seconds

    def _take(self, index: int, addresses: Sequence[str], found: Found, *, has_copy: bool) -> None:
        """What several addresses mean. Those too many take the row out, or are let go by the answer to C221.

        Where nobody needs an address they are let go at once.
        """
        too_many = has_copy or len(addresses) > self._most
        if too_many and self._optional:
            found.warn(index, "W313")
        elif too_many:
            found.add(index, "C221")
        are_let_go = self._optional or not too_many or "C221" in found.going_on
        if self._most > _ONE and not has_copy and are_let_go:
            found.warn(index, "W342")

    def _copies(self, column: list[str], found: Found) -> list[str]:
        copies, others = self._reader.read_column(column)
        for index, read in others.items():
            copies[index] = read.found[0] if read.found else ""
            if "R141" not in read.codes:
                found.warn(index, "W313")
        return copies


def _drop_same(emails: list[str], seconds: list[str]) -> None:
    for index, second in enumerate(seconds):
        if second and second.lower() == emails[index].lower():
            seconds[index] = ""
