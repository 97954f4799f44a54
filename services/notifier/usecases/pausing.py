"""Pause and resume: everything, the imports of a biller, or one import."""

from services.notifier.context import Context
from services.notifier.operations_views import Scope
from services.notifier.repository import pauses
from shared.audit import Act, record
from shared.auth import Person
from shared.errors import Conflict, NotFound
from shared.free_text import refuse_secrets
from shared.logging import get_logger
from shared.postgres import Connection
from shared.rights import require_operator

log = get_logger()


async def pause(context: Context, person: Person, scope: Scope, reason: str) -> None:
    """Executors begin no further batch of it. Raises Forbidden, NotFound, Conflict, Invalid."""
    refuse_secrets("reason", reason)
    async with context.database.transaction() as connection:
        await _require(connection, person, scope)
        if not await pauses.pause(connection, scope.import_id, scope.biller_id, person.subject, reason):
            raise Conflict("already_paused", "The same is already paused", "scope", "Resume it, or leave it paused")
        await _record(connection, Act.WORK_PAUSED, person, scope)
    log.info("work_paused", import_id=scope.import_id, biller_id=scope.biller_id)


async def resume(context: Context, person: Person, scope: Scope) -> None:
    """What is paused in the same scope goes on. Raises Forbidden, NotFound, Conflict."""
    async with context.database.transaction() as connection:
        await _require(connection, person, scope)
        if not await pauses.resume(connection, scope.import_id, scope.biller_id, person.subject):
            raise Conflict(
                "not_paused", "It is not paused in this scope", "scope", "See what is paused in the list of operations"
            )
        await _record(connection, Act.WORK_RESUMED, person, scope)
    log.info("work_resumed", import_id=scope.import_id, biller_id=scope.biller_id)


async def _record(connection: Connection, act: Act, person: Person, scope: Scope) -> None:
    await record(connection, act, person.subject, import_id=scope.import_id, biller_id=scope.biller_id)


async def _require(connection: Connection, person: Person, scope: Scope) -> None:
    await require_operator(connection, person.subject)
    if not await pauses.is_there(connection, scope.import_id, scope.biller_id):
        raise NotFound("not_found", "No such import or biller", "scope", "Check the ID")
