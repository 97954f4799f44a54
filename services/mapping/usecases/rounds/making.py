"""The file of a round: each row on its line, as the part that had it last, with its corrections."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.mapping.context import Context
from services.mapping.corrections import Columns, CorrectedRow, Correction, StillMasked, corrected
from services.mapping.placing import PlacedRows
from services.mapping.records import Import
from services.mapping.repository import files, rounds
from services.mapping.repository.files import NewFile
from services.mapping.repository.rounds import KnownRow, Part
from services.mapping.usecases.rounds.asked import Asked
from services.mapping.usecases.rounds.judging import Typed, masked, require_bank_right
from services.mapping.usecases.rounds.refusals import away, conflict, gone
from services.mapping.usecases.rounds.sent import Sent
from services.mapping.usecases.rounds.stored import FileAway, StoredRows, in_line_order
from shared.auth import Person
from shared.contracts.account_number import columns_of as account_columns
from shared.contracts.definition import ImportDefinition
from shared.contracts.fields import FieldName
from shared.contracts.log_columns import FileRow, hidden_columns
from shared.contracts.rights import Right
from shared.csvfile import FileRefused, column_key
from shared.errors import Invalid
from shared.postgres import Connection
from shared.secure_upload import SecureUploadUnavailable, Stored, object_key


@dataclass(frozen=True, slots=True)
class Basis:
    """What a round is made of: the import, its parts so far, and the rows that were chosen."""

    item: Import
    parts: Sequence[Part]
    rows: Mapping[int, KnownRow]
    log_recipients: tuple[UUID, ...]

    @property
    def definition(self) -> ImportDefinition:
        """That of the import, with what words mean as the last round had it."""
        return self.parts[0].definition.model_copy(
            update={"values": self.parts[-1].definition.values, "log_recipients": self.log_recipients}
        )


class Kept:
    """What went into the file of a round."""

    def __init__(self, columns: Columns) -> None:
        self.typed = Typed(columns)
        self.has_bank_data = False
        self.lines: list[int] = []
        self.corrections: list[Correction] = []
        self._changed = 0
        self._other = 0  # rows of which hardly anything is as it was, the account number included

    async def judge(self, right: Right, asked: Asked) -> None:
        """Refused as an upload where bank accounts were typed by who may not see them; what is kept shows none."""
        if asked.corrected_file is not None and self._other * 2 > self._changed:
            words = f"The account number and most other cells differ in {self._other} of {self._changed} changed rows"
            remedy = "Check that the file was downloaded from this import. For other rows, start a new import"
            raise Invalid("rows_of_another_file", words, "corrected_file", remedy)
        banks = await require_bank_right(self.typed, right)
        self.has_bank_data, self.corrections = bool(banks), masked(self.corrections, banks)

    def add(self, row: CorrectedRow) -> None:
        self.typed.add(row)
        self.lines.append(row.line)
        self.corrections += row.corrections
        self._changed += bool(row.corrections)
        self._other += _is_another(row, self.typed.columns.accounts)


def _is_another(row: CorrectedRow, accounts: Collection[int]) -> bool:
    changed = {one.place for one in row.corrections}
    others = {place for place, cell in enumerate(row.cells) if cell.strip() and place not in accounts}
    return not changed.isdisjoint(accounts) and bool(others) and len(others & changed) * 2 >= len(others)


async def columns_of(context: Context, parts: Sequence[Part]) -> tuple[Columns, int]:
    first = parts[0]
    try:
        async with StoredRows(context, first.object_key, first.definition) as stored:
            header, header_line = stored.header, stored.header_line
    except (FileAway, FileRefused):
        raise gone() from None
    except (ConnectionError, TimeoutError):
        raise away() from None
    bank_columns = {place for part in parts for place in part.bank_columns}
    accounts = {column_key(column) for column in account_columns(first.definition.account_number)}
    accounts.add(column_key(first.definition.columns.get(FieldName.BANK_ACCOUNT_NUMBER, "")))
    places = frozenset(place for place, name in enumerate(header) if column_key(name) in accounts)
    return Columns(header, hidden_columns(header, first.definition, bank_columns), places), header_line


async def write_file(
    context: Context,
    basis: Basis,
    columns: Columns,
    header_line: int,
    sent: Sent,
    asked: Asked,
    key: str,
) -> tuple[Stored, Kept]:
    """The file of the round: each row on its line, as the last part that had it, with its corrections."""
    kept = Kept(columns)
    sources = [
        _rows_of(context, part, {row.line_no for row in basis.rows.values() if row.import_id == part.id})
        for part in basis.parts
    ]

    async def pieces() -> AsyncIterator[bytes]:
        placed = PlacedRows(columns.header, header_line)
        async for row in in_line_order(sources):
            made = _made(row, sent.cells.get(row.line_no, {}), columns, is_left_out=row.line_no in asked.leave_out)
            if made is not None:
                kept.add(made)
                yield placed.add(made.line, made.cells)
        yield placed.close()

    try:
        stored = await context.secure_upload.put(key, pieces(), context.upload_limit_bytes)
    except SecureUploadUnavailable:
        raise away() from None
    except (FileAway, FileRefused):
        raise gone() from None
    if not kept.lines:
        words = "These lines are broken and nothing in them was corrected"
        await context.secure_upload.delete(key)
        conflict("nothing_to_retry", words, "Correct their cells first")
    return stored, kept


def _made(row: FileRow, given: Mapping[int, str], columns: Columns, *, is_left_out: bool) -> CorrectedRow | None:
    if is_left_out:  # whole, so that it is a row whatever was wrong with its line
        width = len(columns.header)
        return CorrectedRow(row.line_no, [*row.cells, *[""] * width][:width])
    return corrected_cells(row, given, columns)


def corrected_cells(row: FileRow, given: Mapping[int, str], columns: Columns) -> CorrectedRow | None:
    """None where its line is broken and nothing in it was corrected. Raises Invalid."""
    try:
        return corrected(row, given, columns)
    except StillMasked as masked:
        words = f"On line {masked.line}, “{columns.header[masked.place]}” shows the last characters of another value"
        raise Invalid("still_masked", words, "cells", "Enter the whole value") from None


async def _rows_of(context: Context, part: Part, lines: set[int]) -> AsyncIterator[FileRow]:
    if not lines:
        return
    found = 0
    async with StoredRows(context, part.object_key, part.definition) as stored:
        async for row in stored:
            if row.line_no in lines:
                found += 1
                yield row
    if found < len(lines):
        raise FileAway


async def keep_file(
    connection: Connection, of: Import, person: Person, file_id: UUID, stored: Stored, *, made_for: UUID,
    has_bank_data: bool,
) -> None:  # fmt: skip
    """The corrected file, as one of the biller's; it is shown to no more people than that of the import."""
    before = await rounds.file_of(connection, of.id)
    made = NewFile(
        id=file_id,
        biller_id=of.biller_id,
        name=before.name,
        sha256=stored.sha256,
        size=stored.size,
        object_key=object_key(of.biller_id, file_id),
        kind_hint=of.kind,
        uploaded_by=person.subject,
        holds_bank_data=has_bank_data or before.holds_bank_data,
        made_for=made_for,
    )
    await files.add(connection, made)
