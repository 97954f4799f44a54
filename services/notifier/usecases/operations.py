"""The whole system, for those who look after it."""

from datetime import datetime
from typing import Final

from services.notifier.context import Context
from services.notifier.operations_views import (
    Broker,
    Operations,
    PauseInForce,
    ServiceInstance,
    ServiceQueue,
    TopicLag,
    UnfinishedImport,
    workers_of,
)
from services.notifier.records import Letter
from services.notifier.repository import letters, operations, pauses
from shared.audit import Act, Detail, record
from shared.auth import Person
from shared.contracts.topics import SCHEMA_OF, Party
from shared.free_text import refuse_secrets
from shared.instances import GONE_AFTER
from shared.logging import get_logger
from shared.rights import require_operator

_MOST_IMPORTS: Final = 200

log = get_logger()


async def show(context: Context, person: Person) -> Operations:
    """Everything that waits, with why, since when, who works on it and what to do. Raises Forbidden."""
    async with context.database.connection() as connection:
        await require_operator(connection, person.subject)
        imports, in_all = await operations.unfinished(connection, _MOST_IMPORTS)
        paused = await pauses.in_force(connection)
        queues = await operations.queues(connection)
        instances = await operations.instances(connection, GONE_AFTER)
    workers = workers_of(instances)
    return Operations(
        imports=[UnfinishedImport.of(one, workers, paused) for one in imports],
        imports_in_all=in_all,
        pauses=[PauseInForce.of(one) for one in paused],
        queues=[ServiceQueue.of(queue) for queue in queues],
        instances=[ServiceInstance.of(one) for one in instances],
        silent_services=sorted(set(SCHEMA_OF) - {one.service for one in instances if one.is_alive}),
        broker=await _broker(context),
    )


async def _broker(context: Context) -> Broker:
    state = await context.lag.read()
    return Broker(
        is_reachable=state.is_reachable,
        is_permitted=state.is_permitted,
        lag=[TopicLag(service=one.service, topic=one.topic, messages=one.messages) for one in state.lags],
    )


async def list_letters(
    context: Context, person: Person, service: str | None, *, is_open: bool, before: datetime | None, limit: int
) -> list[Letter]:
    """Dead letters of every service, or of one, the newest first. Raises Forbidden."""
    async with context.database.connection() as connection:
        await require_operator(connection, person.subject)
        return await letters.list_letters(connection, service, is_open=is_open, before=before, limit=limit)


async def discard_letter(context: Context, person: Person, service: Party, letter_id: int, reason: str) -> bool:
    """Settle a letter that nobody needs; False where it is not open any more. Raises Forbidden, Invalid."""
    refuse_secrets("reason", reason)
    async with context.database.transaction() as connection:
        await require_operator(connection, person.subject)
        discarded = await letters.discard(connection, service, letter_id, person.subject, reason)
        if discarded:
            told: Detail = {"service": service, "letter_id": letter_id}
            await record(connection, Act.LETTER_DISCARDED, person.subject, detail=told)
    log.info("dead_letter_discarded", service=service, letter_id=letter_id, discarded=discarded)
    return discarded
