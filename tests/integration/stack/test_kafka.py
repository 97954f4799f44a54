from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import UnknownTopicOrPartitionError

from stack.kafka import EmbeddedKafka
from stack.processes import PartFailedError


async def _produce(kafka: EmbeddedKafka, topic: str, value: bytes) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all", enable_idempotence=True)
    await producer.start()
    try:
        await producer.send_and_wait(topic, value)
    finally:
        await producer.stop()


async def _consume(kafka: EmbeddedKafka, topic: str, count: int) -> list[bytes | None]:
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=kafka.bootstrap, group_id=f"{topic}-readers", auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        return [(await consumer.getone()).value for _ in range(count)]
    finally:
        await consumer.stop()


async def test_a_record_comes_back(kafka: EmbeddedKafka) -> None:
    await kafka.create_topic("round-trip", partitions=1, settings={"retention.ms": "3600000"})
    await _produce(kafka, "round-trip", b"hello")
    assert await _consume(kafka, "round-trip", 1) == [b"hello"]


async def test_making_a_topic_twice_is_no_error(kafka: EmbeddedKafka) -> None:
    await kafka.create_topic("twice")
    await kafka.create_topic("twice")


async def test_topics_are_not_made_by_using_them(kafka: EmbeddedKafka) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        (described,) = await admin.describe_topics(["never-made"])
        assert described["error_code"] == UnknownTopicOrPartitionError.errno
        assert "never-made" not in await admin.list_topics()
    finally:
        await admin.close()


async def test_records_survive_sigkill_and_a_pause_at_the_same_address(tmp_path: Path) -> None:
    async with EmbeddedKafka(tmp_path) as server:
        address = server.bootstrap
        await server.create_topic("kept")
        await _produce(server, "kept", b"before")
        await server.kill()
        await server.start()
        assert server.bootstrap == address
        server.pause()
        server.resume()
        await _produce(server, "kept", b"after")
        assert await _consume(server, "kept", 2) == [b"before", b"after"]


async def test_a_failed_start_says_what_and_why(tmp_path: Path) -> None:
    async with EmbeddedKafka(tmp_path) as server:
        await server.stop()
        broken = EmbeddedKafka(tmp_path, settings={"node.id": "nonsense"})
        with pytest.raises(PartFailedError, match=r"Kafka ended with code 1(?s:.*)Invalid value nonsense"):
            await broken.start()
