"""The topics at the broker: made where they are missing, and compared with the contracts."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import NoError, TopicAlreadyExistsError, for_code
from faststream.kafka.security import parse_security

from shared.contracts.events import EVENTS
from shared.contracts.topics import Topic
from shared.messaging.kafka import security_of
from shared.settings import KafkaSettings

_LIMIT_SECONDS: Final = 60
_OF_THE_BROKER: Final = -1
TOPICS: Final = tuple(event.topic for event in EVENTS)


@dataclass(frozen=True, slots=True)
class Difference:
    """What a topic at the broker has otherwise than the contract says; a missing one has nothing."""

    topic: str
    setting: str  # "topic" where it is missing
    wanted: str
    found: str


def settings_of(topic: Topic) -> dict[str, str]:
    return {
        "retention.ms": str(int(topic.retention.total_seconds() * 1000)),
        "max.message.bytes": str(topic.largest_message),
    }


async def ensure_topics(settings: KafkaSettings) -> None:
    """Make every topic of the contracts that is missing, with the broker's replication factor."""
    topics = [
        NewTopic(
            topic.name,
            num_partitions=topic.partitions,
            replication_factor=_OF_THE_BROKER,
            replica_assignments={},  # none, and with it the library accepts the broker's default above
            topic_configs=settings_of(topic),
        )
        for topic in TOPICS
    ]
    async with administration(settings) as admin:
        answer = await admin.create_topics(topics)
    for _, code, *_ in answer.topic_errors:
        if (error := for_code(code)) not in {NoError, TopicAlreadyExistsError}:
            raise error


async def topic_differences(settings: KafkaSettings) -> list[Difference]:
    """Where the topics at the broker differ from the contracts; more partitions than there say are fine."""
    async with administration(settings) as admin:
        there = set(await admin.list_topics())
        known = [topic for topic in TOPICS if topic.name in there]
        partitions = await _partitions(admin, known)
        configured = await _configured(admin, known)
    differences = [Difference(topic.name, "topic", "there", "missing") for topic in TOPICS if topic.name not in there]
    for topic in known:
        if partitions[topic.name] < topic.partitions:
            found = str(partitions[topic.name])
            differences.append(Difference(topic.name, "partitions", str(topic.partitions), found))
        differences += [
            Difference(topic.name, setting, wanted, found)
            for setting, wanted in settings_of(topic).items()
            if (found := configured[topic.name].get(setting, "")) != wanted
        ]
    return differences


@asynccontextmanager
async def administration(settings: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap, **parse_security(security_of(settings)))
    async with asyncio.timeout(_LIMIT_SECONDS):
        try:
            await admin.start()
            yield admin
        finally:
            await admin.close()


async def _partitions(admin: AIOKafkaAdminClient, topics: list[Topic]) -> Mapping[str, int]:
    if not topics:
        return {}
    described = await admin.describe_topics([topic.name for topic in topics])
    return {one["topic"]: len(one["partitions"]) for one in described}


async def _configured(admin: AIOKafkaAdminClient, topics: list[Topic]) -> Mapping[str, Mapping[str, str]]:
    if not topics:
        return {}
    wanted = [ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in topics]
    answers = await admin.describe_configs(wanted)
    resources = (resource for answer in answers for resource in answer.resources)
    return {name: {entry[0]: entry[1] for entry in entries} for _, _, _, name, entries in resources}
