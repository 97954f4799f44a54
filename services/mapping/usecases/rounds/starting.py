"""Start a round: an import with a file of its own, in which each row stands on the line that it has in the first file.

Rows that succeeded are in no round.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from pydantic import ValidationError

from services.mapping.context import Context
from services.mapping.domain import import_id_of
from services.mapping.errors import InvalidRequest
from services.mapping.placing import reading_of
from services.mapping.records import Import
from services.mapping.repository import imports, recipients, rounds
from services.mapping.repository.imports import RoundOf
from services.mapping.repository.rounds import KnownRow, Part
from services.mapping.usecases.accepting import IDEMPOTENCY_CONFLICT, Refused, Request, accept
from services.mapping.usecases.access import visible_import
from services.mapping.usecases.rounds.asked import Asked
from services.mapping.usecases.rounds.making import Basis, Kept, columns_of, keep_file, write_file
from services.mapping.usecases.rounds.refusals import (
    InTheWay,
    conflict,
    gone,
    lines_in_words,
    more_than_an_import_takes,
)
from services.mapping.usecases.rounds.sent import Sent, read_sent, remove_sent, sent_for
from services.mapping.usecases.unfinished import why_no_results
from shared.auth import Person
from shared.contracts.definition import FileReference, ImportDefinition
from shared.contracts.outcomes import Outcome
from shared.errors import Conflict, DomainError, Invalid
from shared.logging import get_logger
from shared.postgres import Connection
from shared.secure_upload import Stored, object_key
from shared.today import us_today

log = get_logger()
_RETRIED: Final = (Outcome.FAILED, Outcome.HELD, Outcome.SKIPPED)


@dataclass(frozen=True, slots=True)
class Started:
    """A round: its number, the import it belongs to, and its own id for its check and decisions."""

    import_id: UUID
    round: int
    round_import_id: UUID


class _AlreadyThere(Exception):
    """The same request came by another way at this very moment."""

    def __init__(self, started: Started) -> None:
        super().__init__()
        self.started = started


async def start_round(context: Context, person: Person, import_id: UUID, request_id: UUID, asked: Asked) -> Started:
    """Check rows again that were not applied, as a round of their import; it waits for a person to confirm it.

    The same request id gives the same round. Raises Conflict for rows that succeeded, and while a round or an undo of
    the import is under way.
    """
    try:
        return await _start(context, person, import_id, request_id, asked)
    except (DomainError, InvalidRequest):
        # The same request may have come by another way meanwhile, and have taken the file and the rows.
        async with context.database.connection() as connection:
            root = await root_of(connection, person, import_id)
            if again := await _repeated(connection, request_id, asked.hashed(person, root.id)):
                return again
        async with sent_for(context, root, asked):
            raise


async def _start(context: Context, person: Person, import_id: UUID, request_id: UUID, asked: Asked) -> Started:
    async with context.database.connection() as connection:
        root = await root_of(connection, person, import_id)
        if again := await _repeated(connection, request_id, asked.hashed(person, root.id)):
            return again
        right = (await visible_import(connection, person, root.id))[1]
        parts = await require_retryable(connection, root)
    columns, header_line = await columns_of(context, parts)
    sent = await read_sent(context, root, asked, columns, person, right)
    async with context.database.connection() as connection:
        rows = await _chosen(connection, parts, asked, sent)
        chosen_by = await recipients.of_import(connection, parts[-1].id)
    basis = Basis(root, parts, rows, chosen_by.recipients)
    file_id = uuid4()
    key = object_key(root.biller_id, file_id)
    stored, kept = await write_file(context, basis, columns, header_line, sent, asked, key)
    try:
        await kept.judge(right, asked)
        async with context.database.transaction() as connection:
            started = await _enter(connection, person, request_id, basis, asked, file_id, stored, kept, header_line)
            is_read = asked.corrected_file is not None and await rounds.forget(connection, asked.corrected_file)
    except _AlreadyThere as there:
        await context.secure_upload.delete(key)
        return there.started
    except (DomainError, InvalidRequest):
        await context.secure_upload.delete(key)
        raise
    if is_read and asked.corrected_file:
        await remove_sent(context, root, asked.corrected_file)
    return started


async def root_of(connection: Connection, person: Person, import_id: UUID) -> Import:
    """The import itself, also where a round of it is named."""
    item, _ = await visible_import(connection, person, import_id)
    if item.undoes:
        conflict("undo_not_retried", "An undo is not tried again like this", "Ask for the undo of the import again")
    return item if item.retries is None else (await visible_import(connection, person, item.retries))[0]


async def _repeated(connection: Connection, request_id: UUID, hashed: bytes) -> Started | None:
    before = await imports.hash_of_request(connection, request_id)
    if before is None:
        return None
    found = await imports.find(connection, import_id_of(request_id))
    if before != hashed or found is None or found.retries is None or found.round is None:
        message, remedy = "This request ID was already used for another request", "Use a new ID for a new request"
        raise Conflict(IDEMPOTENCY_CONFLICT, message, "request id", remedy)
    return Started(found.retries, found.round, found.id)


async def require_retryable(connection: Connection, root: Import) -> list[Part]:
    """The import and its rounds so far, unless one of them, or an undo, has not ended."""
    known = await rounds.parts(connection, root.id)
    if not known:
        why = await why_no_results(connection, root)
        conflict("nothing_to_retry", why.words, why.to_retry)
    if any(part.is_gone for part in known):
        raise gone()
    if (other := await rounds.under_way(connection, root.id)) is not None:
        what, code = ("An undo", "undo_under_way") if other.is_undo else ("A round", "round_under_way")
        words = f"{what} of this import has not ended yet"
        raise InTheWay(code, words, "import_id", "Confirm or cancel it first, or wait until it has ended", other.id)
    return known


async def _chosen(connection: Connection, parts: Sequence[Part], asked: Asked, sent: Sent) -> dict[int, KnownRow]:
    named = asked.lines | asked.leave_out | sent.lines
    found = await rounds.chosen(connection, [part.id for part in parts], named, asked.outcomes, asked.codes)
    rows = {row.line_no: row for row in found}
    if unknown := named - rows.keys():
        words = f"The import has no row on {lines_in_words(unknown)}"
        raise Invalid("no_such_row", words, "lines", "Check the line numbers")
    if undone := [row for row in found if row.undone_by is not None]:
        words = f"{lines_in_words(row.line_no for row in undone).capitalize()}: applied and then undone"
        undo = undone[0].undone_by
        conflict("row_undone", words, f"To apply them again as they were, undo the undo: {undo}. Otherwise remove them")
    if done := {row.line_no for row in found if row.outcome not in _RETRIED}:
        words = f"{lines_in_words(done).capitalize()} succeeded and can't be imported again"
        conflict("row_succeeded", words, "Remove these rows: only rows that were not applied can be tried again")
    if not rows:
        conflict("nothing_to_retry", "There is no such row to try again", "Choose rows that were not applied")
    return rows


async def _enter(
    connection: Connection,
    person: Person,
    request_id: UUID,
    basis: Basis,
    asked: Asked,
    file_id: UUID,
    stored: Stored,
    kept: Kept,
    header_line: int,
) -> Started:
    """The round as an import, unless another one began meanwhile."""
    root = basis.item
    await imports.lock(connection, root.id)
    hashed = asked.hashed(person, root.id)
    if again := await _repeated(connection, request_id, hashed):
        raise _AlreadyThere(again)
    if [part.id for part in await require_retryable(connection, root)] != [part.id for part in basis.parts]:
        conflict("round_under_way", "Another round of this import has just ended", "Look at its rows and try again")
    number = await rounds.next_round(connection, root.id)
    round_id = import_id_of(request_id)
    await keep_file(connection, root, person, file_id, stored, made_for=round_id, has_bank_data=kept.has_bank_data)
    replaced = Counter(basis.rows[line].outcome.value for line in kept.lines)
    try:
        definition = _definition(basis.definition, asked, kept, file_id, stored, header_line)
    except ValidationError as error:
        raise more_than_an_import_takes(error) from None
    codes = Counter(code for line in kept.lines for code in basis.rows[line].codes)
    of = RoundOf(root.id, number, dict(replaced), dict(codes), hashed)
    result = await accept(connection, Request(person, request_id, definition, of), us_today())
    if isinstance(result, Refused):
        raise InvalidRequest(result.problems)
    await rounds.keep(connection, result, kept.corrections)
    log.info("round_requested", import_id=result, retries=root.id, round=number, rows=len(kept.lines))
    return Started(root.id, number, result)


def _definition(
    of: ImportDefinition, asked: Asked, kept: Kept, file_id: UUID, stored: Stored, header_line: int
) -> ImportDefinition:
    """That of the import, for the file of the round; a person decides anew, about what its check finds."""
    effective = of.options.effective_date
    options = of.options.model_copy(
        update={
            "reading": reading_of(header_line),
            "exclude_lines": tuple(sorted(asked.leave_out & set(kept.lines))),
            "effective_date": effective and max(effective, us_today()),
        }
    )
    file = FileReference(id=file_id, sha256=stored.sha256, size=stored.size)
    return of.asking().model_copy(
        update={"file": file, "options": options, "values": asked.added_to(of.values), "recipe": None}
    )
