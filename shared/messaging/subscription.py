"""Which event is handled by what."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from shared.contracts.event import Event
from shared.messaging.delivery import Delivery
from shared.postgres import Connection

E = TypeVar("E", bound=Event)

Handler = Callable[[Connection, E], Awaitable[None]]
DeliveryHandler = Callable[[Connection, E, Delivery], Awaitable[None]]
Answer = Callable[[Connection, Delivery], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Subscription(ABC, Generic[E]):
    event: type[E]

    @abstractmethod
    async def handle(self, connection: Connection, event: E, delivery: Delivery) -> None: ...


@dataclass(frozen=True, slots=True)
class Subscription(_Subscription[E]):
    """``handler`` acts on the event.

    Beside the dead letter, ``on_undecodable`` answers a message that is no such event, ``on_failed`` one whose handler
    failed again and again.
    """

    handler: Handler[E]
    on_undecodable: Answer | None = None
    on_failed: Answer | None = None

    async def handle(self, connection: Connection, event: E, delivery: Delivery) -> None:  # noqa: ARG002 - one signature for both kinds
        """Let the handler act, inside the transaction that records the event."""
        await self.handler(connection, event)


@dataclass(frozen=True, slots=True)
class DeliverySubscription(_Subscription[E]):
    """The same for a handler that looks at the headers or keeps dead letters itself."""

    handler: DeliveryHandler[E]
    on_undecodable: Answer | None = None
    on_failed: Answer | None = None

    async def handle(self, connection: Connection, event: E, delivery: Delivery) -> None:
        """Let the handler act, inside the transaction that records the event."""
        await self.handler(connection, event, delivery)


AnySubscription = Subscription[Any] | DeliverySubscription[Any]


def by_topic(subscriptions: Iterable[AnySubscription]) -> dict[str, AnySubscription]:
    """Each topic carries one type of event."""
    return {subscription.event.topic.name: subscription for subscription in subscriptions}
