"""The whole system, for those who look after it."""

from typing import Final

from services.notifier.context import Context
from services.notifier.operations_views import (
    Broker,
    Operations,
    ServiceInstance,
    ServiceQueue,
    TopicLag,
    UnfinishedImport,
    workers_of,
)
from services.notifier.repository import operations
from shared.auth import Person
from shared.contracts.topics import SCHEMA_OF
from shared.instances import GONE_AFTER
from shared.rights import require_operator

_MOST_IMPORTS: Final = 200


async def show(context: Context, person: Person) -> Operations:
    """Everything that waits, with why, since when, who works on it and what to do. Raises Forbidden."""
    async with context.database.connection() as connection:
        await require_operator(connection, person.subject)
        imports, in_all = await operations.unfinished(connection, _MOST_IMPORTS)
        queues = await operations.queues(connection)
        instances = await operations.instances(connection, GONE_AFTER)
    workers = workers_of(instances)
    return Operations(
        imports=[UnfinishedImport.of(one, workers) for one in imports],
        imports_in_all=in_all,
        queues=[ServiceQueue.of(queue) for queue in queues],
        instances=[ServiceInstance.of(one) for one in instances],
        silent_services=sorted(set(SCHEMA_OF) - {one.service for one in instances if one.is_alive}),
        broker=await _broker(context),
    )


async def _broker(context: Context) -> Broker:
    lags = await context.lag.read()
    return Broker(
        is_reachable=lags is not None,
        lag=[TopicLag(service=one.service, topic=one.topic, messages=one.messages) for one in lags or ()],
    )
