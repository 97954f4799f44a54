"""Two services on the real servers: mapping says things, the notifier hears them."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from aiokafka import AIOKafkaProducer

from shared.contracts.event import ImportEvent
from shared.contracts.events import ImportCancelled, ImportDefined
from shared.contracts.kinds import ImportKind
from shared.contracts.topics import Party
from shared.health import Health
from shared.messaging import DeliverySubscription, MessageBus, Subscription, publish
from shared.postgres import Connection, Database
from shared.settings import ServiceSettings
from stack.kafka import EmbeddedKafka

PASSWORD = "only-for-tests"
ROLES: dict[Party, str] = {"mapping": "ci_mapping", "notifier": "ci_notifier"}


async def eventually(look: Callable[[], Awaitable[Any]], *, limit: float = 15.0) -> Any:
    """What ``look`` sees once it is true; looks again and again, but not for ever."""
    deadline = time.monotonic() + limit
    while not (seen := await look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"Not within {limit} s; last seen: {seen!r}")
        await asyncio.sleep(0.05)
    return seen


def defined(import_id: UUID | None = None, *, biller_id: int = 1) -> ImportDefined:
    return ImportDefined(import_id=import_id or uuid4(), biller_id=biller_id, kind=ImportKind.PAPERLESS)


def cancelled(*, biller_id: int = 1) -> ImportCancelled:
    return ImportCancelled(import_id=uuid4(), biller_id=biller_id)


async def apply(connection: Connection, event: ImportEvent) -> None:
    """An effect that is not idempotent by itself."""
    await connection.execute("INSERT INTO effect (event_id) VALUES ($1)", event.event_id)


@dataclass
class World:
    kafka: EmbeddedKafka
    admin: Connection
    databases: dict[Party, Database]
    dsns: dict[Party, str]
    exits: list[int] = field(default_factory=list)

    def settings(self, service: Party, **changes: Any) -> ServiceSettings:
        fields = {"postgres_dsn": self.dsns[service], "kafka_bootstrap": self.kafka.bootstrap} | changes
        return ServiceSettings.model_validate(fields)

    def bus(
        self,
        service: Party,
        *subscriptions: Subscription[Any] | DeliverySubscription[Any],
        health: Health | None = None,
        **changes: Any,
    ) -> MessageBus:
        health = health or Health(self.exits.append)
        return MessageBus(service, self.databases[service], self.settings(service, **changes), subscriptions, health)

    async def publish(self, *events: ImportEvent) -> None:
        async with self.databases["mapping"].transaction() as connection:
            for event in events:
                await publish(connection, event)

    async def said(self, *events: ImportEvent) -> None:
        """As if mapping had said and published them, and all had heard: what is on the topic now is a copy."""
        for event in events:
            await self.admin.execute(
                """INSERT INTO mapping.outbox (event_id, topic, key, body, published_at, settled_at)
                   VALUES ($1, $2, $3, $4, now(), now())""",
                event.event_id,
                event.topic.name,
                event.key,
                event.to_bytes(),
            )

    async def effects(self, events: Sequence[ImportEvent]) -> int:
        ids = [event.event_id for event in events]
        return int(await self.admin.fetchval("SELECT count(*) FROM notification.effect WHERE event_id = ANY($1)", ids))

    async def all_applied(self, events: Sequence[ImportEvent], *, limit: float = 15.0) -> None:
        async def applied() -> bool:
            return await self.effects(events) >= len(events)

        await eventually(applied, limit=limit)
        assert await self.effects(events) == len(events)

    async def letter(self, event_id: UUID, *, limit: float = 15.0) -> Any:
        async def kept() -> Any:
            statement = "SELECT * FROM notification.dead_letter WHERE event_id = $1"
            return await self.admin.fetchrow(statement, event_id)

        return await eventually(kept, limit=limit)

    @asynccontextmanager
    async def producer(self) -> AsyncIterator[AIOKafkaProducer]:
        producer = AIOKafkaProducer(bootstrap_servers=self.kafka.bootstrap, acks="all")
        await producer.start()
        try:
            yield producer
        finally:
            await producer.stop()
