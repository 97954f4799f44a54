"""How many messages each service has still to read, as the broker counts them."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    GroupCoordinatorNotAvailableError,
    KafkaError,
    TopicAuthorizationFailedError,
)
from faststream.kafka.security import parse_security

from shared.contracts.events import EVENTS
from shared.contracts.topics import SCHEMA_OF
from shared.errors import error_types
from shared.logging import get_logger
from shared.messaging.kafka import group_of, security_of
from shared.settings import KafkaSettings

_LIMIT_SECONDS: Final = 5.0
_KEPT_SECONDS: Final = 5.0
_COORDINATOR_SECONDS: Final = 0.2
_NOT_PERMITTED: Final = (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
)

log = get_logger()


@dataclass(frozen=True, slots=True)
class Lag:
    """Messages of a topic that a service has not acknowledged."""

    service: str
    topic: str
    messages: int


@dataclass(frozen=True, slots=True)
class BrokerState:
    """What the broker says of the consumer groups; ``lags`` is empty where it says nothing."""

    lags: Sequence[Lag] = ()
    is_reachable: bool = True
    is_permitted: bool = True  # to look at the groups of all services, which needs Describe on topics and groups


class LagReader:
    """Asks the broker, at most once in a few seconds however many people look.

    Asking takes a second, which nobody has to wait for where somebody else asks now and then (``refresh``).
    """

    def __init__(self, settings: KafkaSettings, *, kept_seconds: float = _KEPT_SECONDS) -> None:
        """``kept_seconds``: so long an answer is shown without asking again."""
        self._settings = settings
        self._kept_seconds = kept_seconds
        self._alone = asyncio.Lock()
        self._read_at = -kept_seconds
        self._state = BrokerState(is_reachable=False)

    async def read(self) -> BrokerState:
        """The answer that is at hand, unless it is too old."""
        if time.monotonic() - self._read_at >= self._kept_seconds:
            async with self._alone:
                if time.monotonic() - self._read_at >= self._kept_seconds:
                    await self._take()
        return self._state

    async def refresh(self) -> None:
        """Ask, whatever is at hand."""
        async with self._alone:
            await self._take()

    async def _take(self) -> None:
        self._state = await self._ask()
        self._read_at = time.monotonic()

    async def _ask(self) -> BrokerState:
        try:
            async with asyncio.timeout(_LIMIT_SECONDS):
                return BrokerState(await _lags(self._settings))
        except _NOT_PERMITTED:
            return BrokerState(is_permitted=False)
        except (KafkaError, OSError, TimeoutError) as error:
            log.warning("lag_not_read", error_types=error_types(error))
            return BrokerState(is_reachable=False)


async def _lags(settings: KafkaSettings) -> list[Lag]:
    given = {"bootstrap_servers": settings.kafka_bootstrap, **parse_security(security_of(settings))}
    admin, reader = AIOKafkaAdminClient(**given), AIOKafkaConsumer(**given)
    try:
        await asyncio.gather(admin.start(), reader.start())
        partitions = await _partitions(admin)
        first, end = await asyncio.gather(reader.beginning_offsets(partitions), reader.end_offsets(partitions))
        services = sorted(SCHEMA_OF)
        offsets = await asyncio.gather(*(_committed(admin, one) for one in services))
    finally:
        await asyncio.gather(admin.close(), reader.stop(), return_exceptions=True)
    return [
        lag
        for service, committed in zip(services, offsets, strict=True)
        for lag in _of_service(service, committed, first, end)
    ]


async def _committed(admin: AIOKafkaAdminClient, service: str) -> dict[TopicPartition, int]:
    while True:
        try:
            offsets = await admin.list_consumer_group_offsets(group_of(service))
        except GroupCoordinatorNotAvailableError:  # until a broker that is new has made its table of groups
            await asyncio.sleep(_COORDINATOR_SECONDS)
        else:
            return {place: known.offset for place, known in offsets.items()}


async def _partitions(admin: AIOKafkaAdminClient) -> list[TopicPartition]:
    described = cast("list[dict[str, Any]]", await admin.describe_topics([event.topic.name for event in EVENTS]))
    return [TopicPartition(one["topic"], part["partition"]) for one in described for part in one["partitions"]]


def _of_service(
    service: str,
    committed: Mapping[TopicPartition, int],
    first: Mapping[TopicPartition, int],
    end: Mapping[TopicPartition, int],
) -> list[Lag]:
    heard = {event.topic.name for event in EVENTS if service in event.topic.consumers}
    behind: Counter[str] = Counter()
    for place, last in end.items():
        if place.topic in heard:  # where a group has acknowledged nothing, it begins at what is still there
            behind[place.topic] += max(0, last - max(committed.get(place, 0), first[place]))
    return [Lag(service, topic, messages) for topic, messages in sorted(behind.items())]
