"""The cells that were given for a round: one by one, or as a corrected log."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.mapping.context import Context
from services.mapping.corrections import Columns, find_columns
from services.mapping.domain import visible_files
from services.mapping.records import Import
from services.mapping.repository import files, rounds
from services.mapping.usecases.rounds.asked import Asked
from services.mapping.usecases.rounds.refusals import NAMED, away, lines_in_words
from services.mapping.usecases.rounds.stored import FileAway, StoredRows
from shared.contracts.rights import Right
from shared.csvfile import FileRefused
from shared.errors import Invalid
from shared.secure_upload import SecureUploadUnavailable, object_key

_MOST_CORRECTED: Final = 100_000


@dataclass(frozen=True, slots=True)
class Sent:
    """What a person gave for cells: by line, by place."""

    cells: Mapping[int, Mapping[int, str]]
    lines: frozenset[int]


async def read_sent(context: Context, root: Import, asked: Asked, columns: Columns, right: Right) -> Sent:
    cells: dict[int, dict[int, str]] = {}
    if asked.corrected_file is not None:
        cells = await _cells_of(context, root, asked.corrected_file, columns, right)
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
    context: Context, root: Import, file_id: UUID, columns: Columns, right: Right
) -> dict[int, dict[int, str]]:
    async with context.database.connection() as connection:
        file = await files.find(connection, root.biller_id, file_id, visible_files(right))
    if file is None:
        raise Invalid("F003", "The corrected file is not there", "corrected_file", "Upload it again")
    key = object_key(root.biller_id, file_id)
    try:
        async with StoredRows(context, key, None) as stored:
            cells = await _read_log(stored, columns)
    except FileRefused as refused:
        raise Invalid(refused.code, refused.message, "corrected_file", refused.remedy) from None
    except (FileAway, ConnectionError, TimeoutError):
        raise away() from None
    async with context.database.transaction() as connection:
        is_needed_no_more = await rounds.forget(connection, file_id)
    if is_needed_no_more:  # what it says goes into the file of the round
        with suppress(SecureUploadUnavailable):
            await context.secure_upload.delete(key)
    return cells


async def _read_log(stored: StoredRows, columns: Columns) -> dict[int, dict[int, str]]:
    found = find_columns(stored.header, columns.header)
    if found is None:
        words = "The file is not a log of this import: it lacks the column of line numbers, or every column of the file"
        raise Invalid("not_a_log", words, "corrected_file", "Download the rows, correct them and keep their columns")
    cells: dict[int, dict[int, str]] = {}
    async for row in stored:
        line = row.cells[found.line].strip() if row.in_place else ""
        if not (line.isascii() and line.isdigit()) or int(line) in cells:
            words = f"On line {row.line_no} of the corrected file the line number is missing or there twice"
            if not row.in_place:
                words = f"Line {row.line_no} of the corrected file has too few or too many cells"
            raise Invalid("not_a_log", words, "corrected_file", "Correct that line")
        cells[int(line)] = {place: row.cells[here] for here, place in found.places}
        if len(cells) > _MOST_CORRECTED:
            words = f"A round takes at most {_MOST_CORRECTED:,} corrected rows"
            raise Invalid("too_many_rows", words, "corrected_file", "Split the file, or start a new import")
    return cells
