"""What a service says arrives under its key and in its order, and counts as sent only once the broker has it."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, cast
from uuid import UUID

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord

from shared.contracts.event import ImportEvent
from shared.contracts.events import ImportDefined
from shared.messaging.outbox import Relay
from shared.messaging.publisher import NotConfirmedError, Publisher, Sent
from tests.integration.shared.world import World, defined

TOPIC = ImportDefined.topic.name
_PATIENCE = 30.0


class Refusing:
    """Stands for a broker that confirms nothing."""

    def __init__(self) -> None:
        self.offered: list[int] = []

    async def publish(self, rows: Sequence[asyncpg.Record], _troubled: Collection[str] = ()) -> Sent:
        self.offered += [row["id"] for row in rows]
        return Sent(failed={row["topic"] for row in rows})


async def read(world: World, events: Sequence[ImportEvent]) -> list["ConsumerRecord[Any, Any]"]:
    """The records of these events, as they stand on the topic."""
    wanted = {str(event.event_id).encode() for event in events}
    found: list[ConsumerRecord[Any, Any]] = []
    consumer = AIOKafkaConsumer(TOPIC, bootstrap_servers=world.kafka.bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        async with asyncio.timeout(_PATIENCE):
            while len(found) < len(events):
                record = await consumer.getone()
                if dict(record.headers).get("event-id") in wanted:
                    found.append(record)
    finally:
        await consumer.stop()
    return found


def event_id(record: "ConsumerRecord[Any, Any]") -> UUID:
    return UUID(dict(record.headers)["event-id"].decode())


async def test_what_is_said_of_one_biller_keeps_its_order_also_with_two_relays(world: World) -> None:
    events = [defined(biller_id=number % 7 + 1) for number in range(700)]
    await world.publish(*events)
    async with world.bus("mapping"), world.bus("mapping"):
        records = await read(world, events)
    said, arrived = defaultdict(list), defaultdict(list)
    for event in events:
        said[event.key].append(event.event_id)
    for record in records:
        arrived[record.key].append(event_id(record))
    assert arrived == said
    for key in said:
        assert len({record.partition for record in records if record.key == key}) == 1


async def test_what_no_broker_confirmed_was_not_sent(world: World) -> None:
    event = defined()
    await world.publish(event)
    refusing = Refusing()
    with pytest.raises(NotConfirmedError):
        await Relay(world.databases["mapping"], cast("Publisher", refusing)).step()
    row = await world.admin.fetchrow(
        "SELECT id, published_at, sends FROM mapping.outbox WHERE event_id = $1", event.event_id
    )
    assert row is not None
    assert row["id"] in refusing.offered
    assert (row["published_at"], row["sends"]) == (None, 0)
