"""The messaging of a service as one part: relay, sweeper and consumer."""

import contextlib
from collections.abc import Sequence
from datetime import timedelta
from types import TracebackType
from typing import Final, Self

from shared.contracts.topics import SCHEMA_OF, Party
from shared.health import Health
from shared.messaging.consumer import Consumer
from shared.messaging.dead_letters import DeadLetters
from shared.messaging.outbox import Relay
from shared.messaging.publisher import Publisher
from shared.messaging.settled import remove_settled
from shared.messaging.subscription import AnySubscription
from shared.messaging.sweeper import Sweeper
from shared.postgres import Database, WakeUp
from shared.retention import Rule, retention
from shared.settings import ServiceSettings
from shared.workers import Worker

_RELAY_POLL_SECONDS: Final = 0.5
_STUCK_SECONDS: Final = 120.0


class MessageBus:
    """Publishes and consumes for a service as long as it is entered."""

    def __init__(
        self,
        service: Party,
        database: Database,
        settings: ServiceSettings,
        subscriptions: Sequence[AnySubscription],
        health: Health,
    ) -> None:
        for subscription in subscriptions:
            if service not in subscription.event.topic.consumers:
                raise ValueError(f"{service} is no consumer of {subscription.event.topic.name}")
        self._service = service
        self._database = database
        self._settings = settings
        self._subscriptions = tuple(subscriptions)
        self._health = health
        self._context = contextlib.AsyncExitStack()
        self.dead_letters = DeadLetters(database, self._subscriptions)

    async def __aenter__(self) -> Self:
        publisher = Publisher(self._settings, self._service)
        self._context.push_async_callback(publisher.stop)
        await self._context.enter_async_context(self._relay(publisher))
        await self._context.enter_async_context(self._sweeper())
        rule = Rule("messages", timedelta(days=self._settings.keep_messages_days), remove_settled)
        await self._context.enter_async_context(retention(self._database, self._health, rule))
        if self._subscriptions:
            await self._context.enter_async_context(self._consumer())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._context.aclose()  # hears nothing more first, so that what it has to say can still go out

    def _relay(self, publisher: Publisher) -> Worker:
        return Worker(
            "outbox",
            Relay(self._database, publisher).step,
            health=self._health,
            wake=WakeUp(self._settings.postgres_dsn.get_secret_value(), f"{SCHEMA_OF[self._service]}_outbox"),
            poll_seconds=_RELAY_POLL_SECONDS,
            limit_seconds=_STUCK_SECONDS,
            drain_seconds=self._settings.drain_seconds,
            longest_back_off=3.0,
        )

    def _sweeper(self) -> Worker:
        return Worker(
            "sweeper",
            Sweeper(self._service, self._database, self._settings.resend_after_seconds).step,
            health=self._health,
            poll_seconds=self._settings.sweep_seconds,
            limit_seconds=_STUCK_SECONDS,
            drain_seconds=self._settings.drain_seconds,
        )

    def _consumer(self) -> Consumer:
        return Consumer(
            self._service,
            self._database,
            self._settings,
            self._subscriptions,
            self._health,
            self._settings.drain_seconds,
        )
