"""What a row of a registration import says."""

import re

from services.validation.domain.doubts import Doubts
from services.validation.domain.found import Found
from services.validation.domain.layout import Layout
from services.validation.domain.names import full_name, split_name
from services.validation.domain.people import Cells, EmailColumns, Values, customer_values, in_lower_case
from services.validation.domain.stand_ins import without_nameless
from shared.contracts.fields import FieldName
from shared.contracts.lexicon import NO_USER_NAMES, ROLES, STAFF_ROLES, word_key
from shared.contracts.roles import Role

_MARKS = str.maketrans("", "", "._-")
_LOGIN_NAME = re.compile(r"\S{3,100}")


class RegistrationReader:
    """Addresses, login names and the names of people."""

    def __init__(self, layout: Layout, doubts: Doubts) -> None:
        self._layout = layout
        self._doubts = doubts
        self.emails = EmailColumns(layout, most=1, optional=False)

    def read(self, cells: Cells, count: int, found: Found) -> Values:
        emails, _ = self.emails.read(cells, count, found)
        login_names = self._login_names(cells, emails, found)
        first_names, last_names = self._people(cells, count)
        values = customer_values(self._layout, cells, found)
        roles = self._roles(cells, found)
        if roles is not None:
            values["link_role"] = roles
        if "customer_name" not in values:
            values["customer_name"] = list(map(full_name, first_names, last_names))
        return values | {
            "email": emails,
            "identity": in_lower_case(emails),
            "login_name": login_names,
            "first_name": first_names,
            "last_name": last_names,
        }

    def _login_names(self, cells: Cells, emails: list[str], found: Found) -> list[str]:
        column = self._layout.column(cells, FieldName.LOGIN_NAME)
        if column is None:
            return emails
        unusable = [index for index, cell in enumerate(column) if cell and not _is_login_name(cell)]
        for index in unusable:
            found.warn(index, "W316")
        names = [name or email for name, email in zip(column, emails, strict=True)]
        for index in unusable:
            names[index] = emails[index]
        return names

    def _roles(self, cells: Cells, found: Found) -> list[str] | None:
        """The roles other than owner; C242 where a cell is none."""
        column = self._layout.column(cells, FieldName.ROLE)
        if column is None:
            return None
        roles = [ROLES.get(word_key(cell)) for cell in column]
        for index, role in enumerate(roles):
            if role is None and word_key(column[index]) in STAFF_ROLES:
                found.add(index, "R146")
            elif role is None:
                self._doubts.words.ask(index, FieldName.ROLE, column[index], found)
        return [role if role and role is not Role.OWNER else "" for role in roles]

    def _people(self, cells: Cells, count: int) -> tuple[list[str], list[str]]:
        """First and last names; those of a row that has neither are taken from its full name."""
        first = self._layout.filled(cells, FieldName.FIRST_NAME, count).copy()
        last = self._layout.filled(cells, FieldName.LAST_NAME, count).copy()
        if any(first) or any(last):
            for index in without_nameless(list(map(full_name, first, last)))[1]:
                first[index] = last[index] = ""
        names = self._layout.column(cells, FieldName.CUSTOMER_NAME)
        if names is not None:
            for index, name in enumerate(without_nameless(names)[0]):
                if not first[index] and not last[index]:
                    first[index], last[index] = split_name(name)
        return first, last


def _is_login_name(cell: str) -> bool:
    bare = cell.translate(_MARKS).casefold()
    is_filler = bare in NO_USER_NAMES or bare in {bare[:1] * len(bare), ""}
    return not is_filler and _LOGIN_NAME.fullmatch(cell) is not None
