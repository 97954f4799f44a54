"""What may be shown of each column. Pure."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from enum import Enum, StrEnum
from typing import Final

from services.notifier.domain import mask_emails, mask_number
from shared.contracts.account_number import columns_of
from shared.contracts.definition import ImportDefinition
from shared.contracts.fields import FieldName, GoesTo, Privacy, going_to
from shared.csvfile import column_key, is_secret_header, names_bank_number


class Audience(Enum):
    PERSON = "person"  # signed in, with a right at the biller
    MAILBOX = "mailbox"  # a mail lies about for years and is passed on


class Treatment(StrEnum):
    """How the cells of a column are shown."""

    WHOLE = "whole"
    LAST_FOUR = "last_four"
    EMAIL = "email"
    FIRST_LETTER = "first_letter"


# What a file says for the log alone: there to find the row again in the old system.
_FOR_LOG: Final = going_to(GoesTo.LOG)
_DIGIT: Final = re.compile(r"\d")

Mask = Callable[[str], str]


def first_letter(text: str) -> str:
    """``A***`` for a name, an address or anything of which nothing is known."""
    kept = text.strip()
    return kept[:1] + "***" if kept else ""


def treatments(
    header: Sequence[str], definition: ImportDefinition, audience: Audience, bank_columns: Collection[int] = ()
) -> list[Treatment]:
    """How each column of the file is shown to this audience; in ``bank_columns`` the check saw bank data."""
    fields = {column_key(column): name for name, column in definition.columns.items()}
    account_columns = {column_key(column) for column in columns_of(definition.account_number)}
    named = (fields, account_columns, audience)
    return [_treatment(name, *named, is_bank=place in bank_columns) for place, name in enumerate(header)]


def _treatment(
    name: str, fields: Mapping[str, FieldName], account_columns: set[str], audience: Audience, *, is_bank: bool
) -> Treatment:
    field = fields.get(column_key(name))
    makes_account = column_key(name) in account_columns
    if is_bank and field is not FieldName.ROUTING_NUMBER:
        return Treatment.LAST_FOUR
    privacy = field.spec.privacy if field else Privacy.PERSONAL
    if (
        privacy is Privacy.SECRET
        or (field is None and is_secret_header(name))
        or (makes_account and names_bank_number(name))
    ):
        return Treatment.LAST_FOUR
    if audience is Audience.PERSON or privacy is Privacy.HARMLESS:
        return Treatment.WHOLE
    if makes_account:
        return Treatment.LAST_FOUR
    return Treatment.EMAIL if privacy is Privacy.EMAIL else Treatment.FIRST_LETTER


_MASKS: Final[Mapping[Treatment, Mask]] = {
    Treatment.LAST_FOUR: mask_number,
    Treatment.EMAIL: mask_emails,
    Treatment.FIRST_LETTER: first_letter,
}


class Masking:
    """Shows rows of one file to one audience."""

    def __init__(
        self,
        header: Sequence[str],
        definition: ImportDefinition,
        audience: Audience,
        bank_columns: Collection[int] = (),
    ) -> None:
        shown = treatments(header, definition, audience, bank_columns)
        self._audience = audience
        self.for_log: Final = tuple(field for field in _FOR_LOG if field in definition.columns)
        self._masks = [(index, _MASKS[how]) for index, how in enumerate(shown) if how is not Treatment.WHOLE]
        self._holds_secrets = Treatment.LAST_FOUR in shown

    def row(self, cells: Sequence[str], *, in_place: bool) -> list[str]:
        """The cells as they may be shown; ``in_place`` says that each stands under its own header."""
        if not in_place:
            return [self._stray(cell) for cell in cells]
        shown = list(cells)
        for index, mask in self._masks:
            shown[index] = mask(shown[index])
        if self._audience is Audience.MAILBOX:
            return [mask_emails(cell) for cell in shown]
        return shown

    def logged(self, values: Mapping[str, str]) -> list[str]:
        cells = [values.get(field, "") for field in self.for_log]
        return [mask_emails(cell) for cell in cells] if self._audience is Audience.MAILBOX else cells

    def _stray(self, cell: str) -> str:
        """A cell of a line with too few or too many cells: it may be a secret that slipped under another header."""
        if self._audience is Audience.MAILBOX:
            return first_letter(cell)
        return mask_number(cell) if self._holds_secrets and _DIGIT.search(cell) else cell
