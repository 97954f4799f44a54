"""Undo an import: an import of its own that puts back what the first one changed."""

from typing import Final, NoReturn
from uuid import UUID

from services.mapping.context import Context
from services.mapping.domain import State, import_id_of, undo_hash
from services.mapping.records import Import
from services.mapping.repository import imports, rounds, undo
from services.mapping.usecases.accepting import IDEMPOTENCY_CONFLICT
from services.mapping.usecases.access import require_undo, visible_import
from services.mapping.usecases.rounds.refusals import InTheWay
from services.mapping.usecases.unfinished import why_no_results
from shared import people
from shared.audit import Act, record
from shared.auth import Person
from shared.contracts.codes import CODES
from shared.contracts.definition import Requester
from shared.contracts.events import ImportDefined
from shared.contracts.lines import ChosenRows
from shared.errors import Conflict, DomainError
from shared.logging import get_logger
from shared.messaging import publish
from shared.postgres import Connection

log = get_logger()
_TOO_LATE = "F023"
_NOTHING = "nothing_to_undo"
ROUNDS_FIRST: Final = "rounds_first"


async def undo_import(
    context: Context, person: Person, import_id: UUID, request_id: UUID, chosen: ChosenRows | None = None
) -> UUID:
    """Ask for the undo of an import, or of chosen rows of it: it is checked next, and waits for a person to confirm it.

    Returns its id; the same request id gives the same undo. Raises Conflict where the import cannot be undone, or is
    being undone.
    """
    async with context.database.transaction() as connection:
        return await ask(connection, context, person, import_id, request_id, chosen)


async def ask(
    connection: Connection,
    context: Context,
    person: Person,
    import_id: UUID,
    request_id: UUID,
    chosen: ChosenRows | None = None,
) -> UUID:
    """The same in a transaction of the caller's."""
    item, right = await visible_import(connection, person, import_id, lock=True)
    require_undo(right)
    hashed = undo_hash(person.subject, import_id, chosen)
    before = await imports.hash_of_request(connection, request_id)
    if before is None:
        await rounds.lock_family(connection, item.id)
        await _require_nothing_under_way(connection, item)
        item = await _that_applied(connection, item, chosen)
        await _require_no_rounds(connection, item)
        await _require_undoable(connection, context, item)
        requester = Requester(subject=person.subject, name=person.name, permission=right.permission)
        if await undo.add(connection, item.id, import_id_of(request_id), request_id, hashed, requester, chosen):
            await people.remember(connection, person)
            await _tell(connection, item, request_id, person)
            log.info("undo_requested", import_id=import_id_of(request_id), undoes=import_id)
            return import_id_of(request_id)
        before = await imports.hash_of_request(connection, request_id)
    if before != hashed:
        raise Conflict(
            IDEMPOTENCY_CONFLICT,
            "This request ID was already used for another request",
            place="request id",
            remedy="Use a new ID for a new request",
        )
    return import_id_of(request_id)


async def obstacle(context: Context, person: Person, import_id: UUID) -> DomainError | None:
    """Why the import cannot be undone as a whole now: told before anybody chooses rows."""
    async with context.database.connection() as connection:
        item, right = await visible_import(connection, person, import_id)
        try:
            require_undo(right)
            await _require_nothing_under_way(connection, item)
            await _require_no_rounds(connection, item)
            await _require_undoable(connection, context, item)
        except DomainError as error:
            return error
    return None


async def _tell(connection: Connection, item: Import, request_id: UUID, person: Person) -> None:
    await record(
        connection,
        Act.DEFINED,
        person.subject,
        import_id=import_id_of(request_id),
        biller_id=item.biller_id,
        detail={"kind": item.kind, "undoes": str(item.id)},
    )
    event = ImportDefined(import_id=import_id_of(request_id), biller_id=item.biller_id, kind=item.kind)
    await publish(connection, event)


async def _require_nothing_under_way(connection: Connection, item: Import) -> None:
    other = await rounds.under_way(connection, item.id)
    if other is None:
        return
    what, code = ("An undo", "undo_under_way") if other.is_undo else ("A round", "round_under_way")
    words = f"{what} of this import has not ended yet"
    raise InTheWay(code, words, f"state: {item.state}", "Confirm or cancel it first", other.id)


async def _require_undoable(connection: Connection, context: Context, item: Import) -> None:
    known = await undo.undoable(connection, item.id, context.undo_days)
    # Where it is being canceled its undo is checked once the last chunk has ended.
    if not known.has_ended and item.state is not State.CANCELLING:
        why = await why_no_results(connection, item)
        _conflict(_NOTHING if why.never_runs else _TOO_LATE, why.words, item, why.to_undo)
    if known.is_too_late:
        _conflict(_TOO_LATE, f"The import ended more than {context.undo_days} days ago", item, CODES[_TOO_LATE].remedy)
    if known.has_ended and not known.applied:
        _conflict(_NOTHING, "The import applied no rows, so there is nothing to undo", item, "")


async def _that_applied(connection: Connection, item: Import, chosen: ChosenRows | None) -> Import:
    """The import itself, or the round of it that applied the chosen rows: people name them all by the first one."""
    if chosen is None or item.retries is not None:
        return item
    found = await undo.part_with(connection, item.id, chosen)
    return (found and await imports.find(connection, found)) or item


async def _require_no_rounds(connection: Connection, item: Import) -> None:
    """Rounds came after the run of the import, so they are taken back before it.

    Before chosen rows of it, too: the groups of its run do not tell which rows of rounds stand on the same login.
    """
    if (last := await rounds.applied_last(connection, item.id)) is not None:
        words = f"Round {last.round} of this import applied rows after the ones to undo"
        raise InTheWay(ROUNDS_FIRST, words, f"state: {item.state}", f"Undo round {last.round} first", last.id)


def _conflict(code: str, title: str, item: Import, remedy: str) -> NoReturn:
    raise Conflict(code, title, place=f"state: {item.state}", remedy=remedy)
