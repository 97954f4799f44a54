"""Correct rows of an import that waits, before anything is applied: its file is kept anew and checked again.

The import keeps its id, its decisions and the lines of its rows. What was corrected stays in its history and its log.
"""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

from pydantic import ValidationError

from services.mapping.context import Context
from services.mapping.corrections import Columns
from services.mapping.errors import InvalidRequest
from services.mapping.placing import PlacedRows, reading_of
from services.mapping.records import Import
from services.mapping.repository import checks, correcting, rounds
from services.mapping.repository.rounds import Part
from services.mapping.usecases import deciding
from services.mapping.usecases.access import visible_import
from services.mapping.usecases.rounds import Asked, RowsToFix
from services.mapping.usecases.rounds.looking import shown_rows, words_of
from services.mapping.usecases.rounds.making import Kept, columns_of, corrected_cells, keep_file
from services.mapping.usecases.rounds.refusals import (
    away,
    conflict,
    gone,
    lines_in_words,
    more_than_an_import_takes,
)
from services.mapping.usecases.rounds.sent import Sent, read_sent, remove_sent, sent_for
from services.mapping.usecases.rounds.stored import FileAway, StoredRows
from shared.audit import Act, Detail, record
from shared.auth import Person
from shared.contracts.definition import FileReference, ImportDefinition
from shared.contracts.log_columns import FileRow
from shared.contracts.rights import Right
from shared.csvfile import FileRefused
from shared.errors import DomainError, Invalid
from shared.logging import get_logger
from shared.postgres import Connection
from shared.secure_upload import SecureUploadUnavailable, Stored, object_key

log = get_logger()


async def rows_to_correct(
    context: Context, person: Person, import_id: UUID, *, code: str | None, after: int, limit: int,
    act: Act = Act.ROWS_SEEN,
) -> RowsToFix:  # fmt: skip
    """Rows that the plan does not apply. Raises Conflict where the import waits for no decision."""
    async with context.database.connection() as connection:
        item, _ = await visible_import(connection, person, import_id)
        check = await checks.newest(connection, item.id)
        await deciding.require_correctable(connection, item, check.check_no if check else 0)
        part = await correcting.part_of(connection, item.id)
        found = await correcting.rows_to_fix(connection, item.id, code=code, after=after, limit=limit + 1)
        codes = await correcting.codes_to_fix(connection, item.id)
        told: Detail = {"what": "rows to correct", "count": min(len(found), limit)}
        await record(connection, act, person.subject, import_id=item.id, biller_id=item.biller_id, detail=told)
    columns, _ = await columns_of(context, [part])
    return RowsToFix(
        definition=part.definition,
        columns=columns,
        rows=await shown_rows(context, [part], found[:limit], columns),
        codes=codes,
        unknown_words=words_of(check),
        next=found[limit - 1].line_no if len(found) > limit else None,
    )


async def correct(context: Context, person: Person, import_id: UUID, check_no: int, asked: Asked) -> None:
    """Put corrected cells into the file of an import, leave rows out, explain words; then it is checked again.

    Raises Conflict where this check is not the newest, or waits for nobody's decision.
    """
    async with context.database.connection() as connection:
        item, right = await visible_import(connection, person, import_id)
    async with sent_for(context, item, asked):
        await _correct(context, person, item, right, check_no, asked)


async def _correct(context: Context, person: Person, item: Import, right: Right, check_no: int, asked: Asked) -> None:
    async with context.database.connection() as connection:
        await deciding.require_correctable(connection, item, check_no)
        part = await correcting.part_of(connection, item.id)
    if part.is_gone:
        raise gone()
    columns, header_line = await columns_of(context, [part])
    sent = await read_sent(context, item, asked, columns, person, right)
    file_id = uuid4()
    key = object_key(item.biller_id, file_id)
    stored, kept = await _write(context, part, columns, header_line, sent, asked, key)
    try:
        await kept.judge(right, asked)
        _require_changes(kept, sent, asked, part.definition)
        try:
            definition = _definition(part.definition, asked, kept, file_id, stored, header_line)
        except ValidationError as error:
            raise more_than_an_import_takes(error) from None
        async with context.database.transaction() as connection:
            await _enter(connection, person, item.id, check_no, definition, kept, stored)
            is_read = asked.corrected_file is not None and await rounds.forget(connection, asked.corrected_file)
    except (DomainError, InvalidRequest):
        await context.secure_upload.delete(key)
        raise
    if is_read and asked.corrected_file:
        await remove_sent(context, item, asked.corrected_file)
    log.info("import_corrected", import_id=item.id, check_no=check_no, cells=len(kept.corrections))


async def _write(
    context: Context, part: Part, columns: Columns, header_line: int, sent: Sent, asked: Asked, key: str
) -> tuple[Stored, Kept]:
    """Every row on its line, with its corrections; broken lines that nobody mended stay as broken as they are."""
    kept = Kept(columns)
    wanted = sent.lines | asked.leave_out | asked.lines

    async def pieces() -> AsyncIterator[bytes]:
        placed = PlacedRows(columns.header, header_line)
        async with StoredRows(context, part.object_key, part.definition) as stored:
            async for row in stored:
                if row.line_no in wanted:
                    kept.lines.append(row.line_no)
                yield placed.add(row.line_no, _cells(row, sent, columns, kept))
        yield placed.close()

    try:
        return await context.secure_upload.put(key, pieces(), context.upload_limit_bytes), kept
    except SecureUploadUnavailable:
        raise away() from None
    except (FileAway, FileRefused):
        raise gone() from None


def _cells(row: FileRow, sent: Sent, columns: Columns, kept: Kept) -> list[str]:
    if row.line_no in sent.cells:
        made = corrected_cells(row, sent.cells[row.line_no], columns)
        if made is not None:
            kept.add(made)
            return made.cells
    if not row.cells:
        words = f"Line {row.line_no:,} of the file can't be read, so no corrected copy of it can be kept"
        conflict("file_not_correctable", words, "Correct the file itself and start a new import")
    return row.cells


def _require_changes(kept: Kept, sent: Sent, asked: Asked, of: ImportDefinition) -> None:
    if unknown := (sent.lines | asked.leave_out | asked.lines) - set(kept.lines):
        raise Invalid("no_such_row", f"The file has no row on {lines_in_words(unknown)}", "lines", "Check the lines")
    left_out = set(of.options.exclude_lines)
    if not (kept.corrections or asked.leave_out - left_out or asked.lines & left_out or asked.values):
        conflict("nothing_corrected", "Nothing was corrected", "Correct a cell, or skip a row")


def _definition(
    of: ImportDefinition, asked: Asked, kept: Kept, file_id: UUID, stored: Stored, header_line: int
) -> ImportDefinition:
    brought_in = asked.lines | {one.line for one in kept.corrections}
    left_out = tuple(sorted({*of.options.exclude_lines} - brought_in | asked.leave_out))
    options = of.options.model_copy(update={"reading": reading_of(header_line), "exclude_lines": left_out})
    file = FileReference(id=file_id, sha256=stored.sha256, size=stored.size)
    return of.model_copy(update={"file": file, "options": options, "values": asked.added_to(of.values)})


async def _enter(
    connection: Connection,
    person: Person,
    import_id: UUID,
    check_no: int,
    definition: ImportDefinition,
    kept: Kept,
    stored: Stored,
) -> None:
    item, _ = await visible_import(connection, person, import_id, lock=True)
    await deciding.require_correctable(connection, item, check_no)
    file_id = definition.file.id
    await keep_file(connection, item, person, file_id, stored, made_for=item.id, has_bank_data=kept.has_bank_data)
    await correcting.replace_file(connection, item.id, definition, kept.corrections, person)
    told: Detail = {"check_no": check_no, "cells": len(kept.corrections), "file_id": str(file_id)}
    await record(connection, Act.CORRECTED, person.subject, import_id=item.id, biller_id=item.biller_id, detail=told)
    await deciding.check_again(connection, item, check_no, person)
