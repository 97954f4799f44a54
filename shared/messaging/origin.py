"""What a sender really said. A topic proves nothing, since more may write to it than ought to."""

from typing import Final, TypeVar

from shared.contracts.event import Event
from shared.contracts.topics import SCHEMA_OF
from shared.postgres import Connection

# By sender. Those outside have no outbox here: their requests carry the token of a person.
_BODY: Final = "SELECT body FROM {schema}.outbox WHERE event_id = $1 AND topic = $2"
_SAID: Final = {party: _BODY.format(schema=schema) for party, schema in SCHEMA_OF.items()}

E = TypeVar("E", bound=Event)


async def as_published(connection: Connection, event: E) -> E | None:
    """The event as it stands in the outbox of a service that may say it; None where it was never said.

    A sender commits its outbox row before the message leaves, so what is not there was never said.
    """
    for party in event.topic.producers:
        if party in _SAID:
            body = await connection.fetchval(_SAID[party], event.event_id, event.topic.name)
            if body is not None:
                return type(event).from_bytes(body)
    return None


async def as_said(connection: Connection, event: E) -> E | None:
    """What is to be handled: the event as it was published, or a request from outside; None where it was never said."""
    return await as_published(connection, event) if is_published_by_services(event) else event


def is_published_by_services(event: Event | type[Event]) -> bool:
    """Whether such an event comes out of an outbox; a request of somebody outside does not."""
    return any(party in _SAID for party in event.topic.producers)
