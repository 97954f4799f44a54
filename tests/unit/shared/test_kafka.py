"""How brokers are set up, and what a rebalance waits for. With one broker nothing else would show it."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import (
    ConsumerStoppedError,
    CorruptRecordException,
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    UnsupportedCodecError,
)
from faststream import AckPolicy
from faststream._internal.endpoint.subscriber.utils import MultiLock

from shared.messaging import kafka
from shared.messaging.consumer import _DrainListener
from shared.messaging.reading import Reader, blames_a_record
from shared.settings import KafkaSettings

SETTINGS = KafkaSettings(kafka_bootstrap="localhost:9092")
PARTITIONS = {TopicPartition("topic", 0)}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the broker and its subscriber are made with."""
    told: dict[str, Any] = {}

    def subscriber(*_topics: object, **options: Any) -> Any:
        told.update(options)
        return lambda receive: receive

    def broker(*_servers: object, **options: Any) -> Any:
        told.update(options)
        return SimpleNamespace(subscriber=subscriber)

    monkeypatch.setattr(kafka, "KafkaBroker", broker)
    return told


def test_a_record_counts_as_sent_once_every_replica_in_sync_has_it(told: dict[str, Any]) -> None:
    kafka.publishing_broker(SETTINGS, "mapping")
    assert (told["acks"], told["enable_idempotence"]) == ("all", True)


def test_a_message_is_acknowledged_after_its_handling_and_a_new_member_begins_at_the_first(
    told: dict[str, Any],
) -> None:
    broker = kafka.consuming_broker(SETTINGS, "mapping", 5.0)
    reader, listener = Reader(_dead_letter, _hear), _DrainListener(asyncio.Event(), asyncio.Event(), 5.0)
    kafka.subscribe(broker, "mapping", ["topic"], _receive, reader, listener, 30.0)
    assert told["ack_policy"] is AckPolicy.NACK_ON_ERROR
    assert told["auto_offset_reset"] == "earliest"


async def test_a_rebalance_waits_for_the_message_in_work_which_hurries() -> None:
    hurry, lock = asyncio.Event(), MultiLock()
    listener = _listener(hurry, lock, 30.0)
    with lock:
        revoking = asyncio.create_task(listener.on_partitions_revoked(PARTITIONS))
        async with asyncio.timeout(10):
            await hurry.wait()
        await asyncio.sleep(0)
        assert not revoking.done()
    async with asyncio.timeout(10):
        await revoking
    await listener.on_partitions_assigned(PARTITIONS)
    assert not hurry.is_set()


async def test_a_rebalance_waits_for_a_message_no_longer_than_it_may() -> None:
    lock = MultiLock()
    with lock:
        async with asyncio.timeout(10):
            await _listener(asyncio.Event(), lock, 0.05).on_partitions_revoked(PARTITIONS)


@pytest.mark.parametrize(
    ("error", "blamed"),
    [
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no text"), True),
        (CorruptRecordException(), True),
        (UnsupportedCodecError(), True),
        (EOFError(), True),
        (KafkaConnectionError(), False),
        (GroupAuthorizationFailedError(), False),
        (ConsumerStoppedError(), False),
        (ConnectionResetError(), False),
    ],
)
def test_a_record_is_blamed_for_all_but_trouble_with_connection_and_group(error: Exception, blamed: bool) -> None:
    assert blames_a_record(error) is blamed


def _listener(hurry: asyncio.Event, lock: MultiLock, seconds: float) -> _DrainListener:
    listener = _DrainListener(hurry, asyncio.Event(), seconds)
    subscriber: Any = SimpleNamespace(lock=lock)
    listener.subscriber = subscriber
    return listener


async def _receive(_delivery: object) -> None: ...


async def _dead_letter(_partition: object, _offset: int, _error: Exception) -> None: ...


def _hear(_trouble: str) -> None: ...
