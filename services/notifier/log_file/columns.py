"""What may be shown of each column. Pure."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from enum import Enum, StrEnum
from typing import Final

from services.notifier.domain import Correction, Result, mask_email_cell, mask_emails
from shared.contracts.account_number import columns_of
from shared.contracts.definition import ImportDefinition
from shared.contracts.fields import FieldName, GoesTo, Privacy, going_to
from shared.contracts.log_columns import fields_of, hidden_columns, mask_number
from shared.csvfile import column_key


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
    fields = fields_of(definition)
    account_columns = {column_key(column) for column in columns_of(definition.account_number)}
    hidden = hidden_columns(header, definition, bank_columns)
    return [
        Treatment.LAST_FOUR if place in hidden else _treatment(column_key(name), fields, account_columns, audience)
        for place, name in enumerate(header)
    ]


def _treatment(
    key: str, fields: Mapping[str, FieldName], account_columns: Collection[str], audience: Audience
) -> Treatment:
    field = fields.get(key)
    privacy = field.spec.privacy if field else Privacy.PERSONAL
    if audience is Audience.PERSON or privacy is Privacy.HARMLESS:
        return Treatment.WHOLE
    if key in account_columns:
        return Treatment.LAST_FOUR
    return Treatment.EMAIL if privacy is Privacy.EMAIL else Treatment.FIRST_LETTER


_MASKS: Final[Mapping[Treatment, Mask]] = {
    Treatment.LAST_FOUR: mask_number,
    Treatment.EMAIL: mask_email_cell,
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
        *,
        tells_rounds: bool = False,
    ) -> None:
        shown = treatments(header, definition, audience, bank_columns)
        self._audience = audience
        self._tells_rounds = tells_rounds
        self._by_column = dict(zip(header, shown, strict=True))
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

    def told_of_rounds(self, result: Result | None) -> list[str]:
        """In which round the row ended so, and what was corrected in it, by whom; nothing where there are no rounds."""
        if not self._tells_rounds:
            return []
        if result is None:
            return ["", ""]
        return [str(result.round), "; ".join(map(self._correction, result.corrections))]

    def _correction(self, one: Correction) -> str:
        # What was kept of bank data is masked already, and stays the same when it is masked again.
        mask = _MASKS.get(self._by_column.get(one.column_name, Treatment.LAST_FOUR), str)
        return f"{one.column_name}: {mask(one.before)} → {mask(one.after)} ({one.corrected_by})"

    def logged(self, values: Mapping[str, str]) -> list[str]:
        cells = [values.get(field, "") for field in self.for_log]
        return [mask_emails(cell) for cell in cells] if self._audience is Audience.MAILBOX else cells

    def _stray(self, cell: str) -> str:
        """A cell of a line with too few or too many cells: it may be a secret that slipped under another header."""
        if self._audience is Audience.MAILBOX:
            return first_letter(cell)
        return mask_number(cell) if self._holds_secrets and _DIGIT.search(cell) else cell
