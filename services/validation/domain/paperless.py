"""What a row of a paperless import says."""

from services.validation.domain.doubts import Doubts
from services.validation.domain.evidence import permission
from services.validation.domain.found import Found
from services.validation.domain.layout import Layout
from services.validation.domain.people import Cells, EmailColumns, Values, customer_values, in_lower_case
from shared.contracts.codes.names import NO_CONSENT, UNKNOWN_WORDS
from shared.contracts.definition import Options
from shared.contracts.fields import FieldName
from shared.contracts.kinds import ImportKind
from shared.contracts.lexicon import (
    PAPER_LETTER,
    PAPERLESS_FLAGS,
    REVERSED_PAPERLESS_FLAGS,
    Flag,
    word_key,
)
from shared.contracts.usual_words import letter_is_in_doubt

_CODES = {
    Flag.YES: "",
    Flag.NO: "S401",
    Flag.BLANK: NO_CONSENT,
    Flag.BOTH: "C222",
    Flag.PRENOTE: UNKNOWN_WORDS,
    Flag.UNREADABLE: UNKNOWN_WORDS,
}


class PaperlessReader:
    """Flags, addresses and consent dates, a column at a time."""

    def __init__(self, layout: Layout, options: Options, doubts: Doubts) -> None:
        self._layout = layout
        self._doubts = doubts
        self._flags = REVERSED_PAPERLESS_FLAGS if options.paperless_flag_reversed else PAPERLESS_FLAGS
        self._keys: set[str] = set()  # of the flags read so far
        self.emails = EmailColumns(layout, most=2, optional=False)

    def read(self, cells: Cells, count: int, found: Found) -> Values:
        flags = self._layout.column(cells, FieldName.PAPERLESS_FLAG)
        if flags is not None:
            self._end_by_flag(flags, found)
        emails, seconds = self.emails.read(cells, count, found)
        values: Values = {"email": emails, "identity": in_lower_case(emails)}
        if any(seconds):
            values["email_cc"] = seconds
        days, kept = permission(
            self._layout, cells, ImportKind.PAPERLESS, FieldName.CONSENT_DATE, self._doubts.dates, found
        )
        if days is not None:
            values["authorized_on"] = days
        if kept is not None:
            values["evidence"] = kept
        return values | customer_values(self._layout, cells, found)

    def _end_by_flag(self, cells: list[str], found: Found) -> None:
        self._doubts.words.note_signs(FieldName.PAPERLESS_FLAG, cells, self._flags)
        keys = {cell: word_key(cell) for cell in set(cells)}
        self._keys.update(keys.values())
        is_in_doubt = letter_is_in_doubt(self._flags, self._keys)
        flags = {**self._flags, PAPER_LETTER: Flag.UNREADABLE} if is_in_doubt else self._flags
        codes = {cell: _CODES[flags.get(key, Flag.UNREADABLE)] for cell, key in keys.items()}
        for index, code in enumerate(map(codes.__getitem__, cells)) if any(codes.values()) else ():
            if code == UNKNOWN_WORDS:
                self._doubts.words.ask(index, FieldName.PAPERLESS_FLAG, cells[index], found)
            elif code:
                found.end(index, code)
