"""One message, one transaction: the record that it was handled and its effect, together or not at all."""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from pydantic import ValidationError

from shared.contracts.event import Event
from shared.logging import bound_contextvars, get_logger
from shared.messaging.decision import UndecodableError
from shared.messaging.delivery import Delivery
from shared.messaging.origin import as_said
from shared.messaging.subscription import AnySubscription
from shared.messaging.traces import remember
from shared.postgres import Connection, Database

log = get_logger()


class Effect(StrEnum):
    HANDLED = "handled"
    DUPLICATE = "duplicate"
    UNFOUNDED = "unfounded"  # no service published it


class Inbox:
    """The events a service has recorded."""

    def __init__(self, database: Database, subscriptions: Mapping[str, AnySubscription]) -> None:
        self._database = database
        self._subscriptions = subscriptions

    async def take(self, delivery: Delivery) -> Effect:
        """Handle the message, unless its event was handled before; raises ``UndecodableError`` where it is none."""
        subscription = self._subscriptions[delivery.topic]
        if not delivery.headers_readable:
            raise UndecodableError("A header is not text in UTF-8")
        event = decode(subscription.event, delivery.body)
        with bound_contextvars(**_ids(event)):
            async with self._database.transaction() as connection:
                return await _take(connection, subscription, event, delivery)


async def _take(connection: Connection, subscription: AnySubscription, event: Event, delivery: Delivery) -> Effect:
    said = await as_said(connection, event)
    if said is None:  # not recorded either: the true event of this id may be still to come
        log.warning("event_never_said", topic=delivery.topic)
        return Effect.UNFOUNDED
    if not await record(connection, event.event_id, delivery.topic):
        return Effect.DUPLICATE
    await remember(connection, event)
    await subscription.handle(connection, said, delivery)
    return Effect.HANDLED


async def record(connection: Connection, event_id: UUID, topic: str) -> bool:
    """Whether the event is new; from here on it is not."""
    done = await connection.execute(
        "INSERT INTO heard (topic, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", topic, event_id
    )
    return done == "INSERT 0 1" and await _is_new_to_the_last_release(connection, event_id, topic)


async def _is_new_to_the_last_release(connection: Connection, event_id: UUID, topic: str) -> bool:
    # Services of the last release know the inbox alone, whose key has no topic; it goes when they are gone.
    statement = "INSERT INTO inbox (event_id, topic) VALUES ($1, $2) ON CONFLICT (event_id) DO NOTHING"
    if await connection.execute(statement, event_id, topic) == "INSERT 0 1":
        return True
    heard_on: str | None = await connection.fetchval("SELECT topic FROM inbox WHERE event_id = $1", event_id)
    return heard_on != topic


def decode(event: type[Event], body: bytes) -> Event:
    """The event in ``body``; raises ``UndecodableError``."""
    try:
        return event.from_bytes(body)
    except ValidationError as error:
        kinds = sorted({item["type"] for item in error.errors(include_input=False, include_context=False)})
        raise UndecodableError(f"The body is no {event.__name__}: {', '.join(kinds)}") from None


def _ids(event: Event) -> dict[str, str]:
    ids = {"event_id": event.event_id, "import_id": getattr(event, "import_id", None)}
    return {name: str(value) for name, value in ids.items() if value is not None}
