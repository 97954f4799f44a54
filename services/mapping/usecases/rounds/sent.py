"""The cells that were given for a round: one by one, or as a corrected log."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.mapping.context import Context
from services.mapping.corrections import Columns, ColumnsOfLog, find_columns
from services.mapping.domain import visible_files
from services.mapping.errors import InvalidRequest
from services.mapping.records import Import
from services.mapping.repository import files, rounds
from services.mapping.usecases.rounds.asked import Asked
from services.mapping.usecases.rounds.refusals import NAMED, away, lines_in_words
from services.mapping.usecases.rounds.stored import FileAway, StoredRows
from shared.auth import Person
from shared.contracts.log_columns import FileRow
from shared.contracts.rights import Right
from shared.csvfile import FileRefused
from shared.errors import DomainError, Invalid, Unavailable
from shared.free_text import refuse_secrets
from shared.secure_upload import SecureUploadUnavailable, object_key

MOST_CORRECTED: Final = 100_000
_LARGEST_CORRECTED: Final = 32 << 20  # all of it is in memory while a round is made


@dataclass(frozen=True, slots=True)
class Sent:
    """What a person gave for cells: by line, by place."""

    cells: Mapping[int, Mapping[int, str]]
    lines: frozenset[int]


async def read_sent(
    context: Context, root: Import, asked: Asked, columns: Columns, person: Person, right: Right
) -> Sent:
    for field, words in asked.values.items():
        for word in words:
            refuse_secrets(f"values.{field}", word)
    cells: dict[int, dict[int, str]] = {}
    if asked.corrected_file is not None:
        cells = await _cells_of(context, root, asked.corrected_file, columns, person, right)
    for line, given in asked.cells.items():
        cells.setdefault(line, {}).update({_place(columns, root, line, name): value for name, value in given.items()})
    overlap = asked.leave_out & cells.keys()
    if overlap:
        raise Invalid(
            "left_out_and_corrected", f"{lines_in_words(overlap).capitalize()}: corrected and skipped", "leave_out"
        )
    return Sent(cells, frozenset(cells))


def _place(columns: Columns, root: Import, line: int, name: str) -> int:
    mapped = root.definition["columns"].get(name, name)
    place = columns.place_of(name)
    place = columns.place_of(mapped) if place is None else place
    if place is None:
        known = ", ".join(columns.header[:NAMED])
        raise Invalid("no_such_column", f"The file has no column “{name}”", f"cells.{line}", f"Columns: {known}")
    return place


async def _cells_of(
    context: Context, root: Import, file_id: UUID, columns: Columns, person: Person, right: Right
) -> dict[int, dict[int, str]]:
    async with context.database.connection() as connection:
        file = await files.find(connection, root.biller_id, file_id, visible_files(right), root.id)
        if file is None or await rounds.uploader_of(connection, file_id) != person.subject:
            words = "The corrected file is not there, or somebody else uploaded it"
            raise Invalid("F003", words, "corrected_file", "Upload it again")
    if file.size > _LARGEST_CORRECTED:
        words = f"A corrected file has at most {_LARGEST_CORRECTED:,} bytes"
        raise Invalid("corrected_file_too_large", words, "corrected_file", "Remove the rows that stay as they are")
    try:
        async with StoredRows(context, object_key(root.biller_id, file_id), None) as stored:
            return await _read_log(stored, columns)
    except FileRefused as refused:
        raise Invalid(refused.code, refused.message, "corrected_file", refused.remedy) from None
    except (FileAway, ConnectionError, TimeoutError):
        raise away() from None


@asynccontextmanager
async def sent_for(context: Context, root: Import, asked: Asked) -> AsyncIterator[None]:
    """A file that was sent for corrections alone is of no use once it was refused: it is sent again, corrected."""
    try:
        yield
    except (DomainError, InvalidRequest) as refused:
        if asked.corrected_file is not None and not isinstance(refused, Unavailable):
            await _discard(context, root, asked.corrected_file)
        raise


async def _discard(context: Context, root: Import, file_id: UUID) -> None:
    async with context.database.transaction() as connection:
        is_ours = await rounds.discard(connection, file_id, root.id)
    if is_ours:
        await remove_sent(context, root, file_id)


async def remove_sent(context: Context, root: Import, file_id: UUID) -> None:
    """What a corrected file says is in the file of the round by now."""
    with suppress(SecureUploadUnavailable):
        await context.secure_upload.delete(object_key(root.biller_id, file_id))


async def _read_log(stored: StoredRows, columns: Columns) -> dict[int, dict[int, str]]:
    found = find_columns(stored.header, columns.header)
    if found is None:
        words = "The file is not a log of this import: it lacks the column of line numbers, or every column of the file"
        raise Invalid("not_a_log", words, "corrected_file", "Download the rows, correct them and keep their columns")
    cells: dict[int, dict[int, str]] = {}
    async for batch in stored.batches():
        await asyncio.to_thread(_add, cells, batch, found)
    return cells


def _add(cells: dict[int, dict[int, str]], batch: Sequence[FileRow], found: ColumnsOfLog) -> None:
    for row in batch:
        line = row.cells[found.line].strip() if row.in_place else ""
        if not (line.isascii() and line.isdigit()) or int(line) in cells:
            words = f"On line {row.line_no} of the corrected file the line number is missing or there twice"
            if not row.in_place:
                words = f"Line {row.line_no} of the corrected file has too few or too many cells"
            raise Invalid("not_a_log", words, "corrected_file", "Correct that line")
        cells[int(line)] = {place: row.cells[here] for here, place in found.places}
        if len(cells) > MOST_CORRECTED:
            words = f"A round takes at most {MOST_CORRECTED:,} corrected rows"
            raise Invalid("too_many_rows", words, "corrected_file", "Split the file, or start a new import")
