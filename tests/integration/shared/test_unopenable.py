"""Records that not even the client can open: one is set aside, the line goes on."""

import os
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer

from shared.contracts.events import ImportCancelled
from shared.health import Health
from shared.messaging import Delivery, Subscription, UndecodableError
from shared.postgres import Connection
from tests.integration.shared.records import batch_with_header_name, bomb, spoil_on_disk
from tests.integration.shared.world import World, apply, cancelled, eventually

_TOPIC = ImportCancelled.topic.name
_PARTITION = 3


async def _letters(world: World, *places: int) -> list[dict[str, Any]]:
    async def kept() -> list[Any]:
        statement = """SELECT * FROM notification.dead_letter
                       WHERE topic = $1 AND partition = $2 AND record_offset = ANY($3) ORDER BY record_offset"""
        rows = await world.admin.fetch(statement, _TOPIC, _PARTITION, places)
        return rows if len(rows) == len(places) else []

    return [dict(row) for row in await eventually(kept, limit=15)]


async def _send(producer: AIOKafkaProducer, body: bytes) -> int:
    return int((await producer.send_and_wait(_TOPIC, body, key=b"1", partition=_PARTITION)).offset)


async def _compressed(world: World, codec: str, *bodies: bytes) -> list[int]:
    producer = AIOKafkaProducer(
        bootstrap_servers=world.kafka.bootstrap, acks="all", compression_type=codec, linger_ms=200
    )
    async with producer:
        sent = [await producer.send(_TOPIC, body, key=b"1", partition=_PARTITION) for body in bodies]
        return [(await future).offset for future in sent]


def _memory(name: str) -> int:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024


def _forget_most_memory() -> int:
    """From now on the kernel says how much this process had at most (VmHWM); what it has now."""
    Path("/proc/self/clear_refs").write_text("5")
    return _memory("VmRSS")


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
async def test_each_codec_is_read(world: World, codec: str) -> None:
    events = [cancelled() for _ in range(5)]
    await world.said(*events)
    await _compressed(world, codec, *(event.to_bytes() for event in events))
    async with world.bus("notifier", Subscription(ImportCancelled, apply)):
        await world.all_applied(events, limit=15)


async def test_a_header_name_that_is_no_text_is_set_aside(world: World) -> None:
    last, health = cancelled(), Health(world.exits.append)
    await world.said(last)
    async with world.bus("notifier", Subscription(ImportCancelled, apply), health=health):
        async with world.producer() as producer:
            builder = batch_with_header_name(producer, cancelled().to_bytes(), b"\xff\xfe" + b"x" * 9)
            poison = await (await producer.send_batch(builder, _TOPIC, partition=_PARTITION))
            await _send(producer, last.to_bytes())
        await world.all_applied([last], limit=15)
        (letter,) = await _letters(world, poison.offset)

        async def ready() -> bool:
            return not health.ready()

        await eventually(ready, limit=15)
    assert (letter["reason"], letter["body"]) == ("unopenable", b"")
    assert "UnicodeDecodeError" in letter["detail"]
    assert world.exits == []


async def test_a_codec_that_is_missing_sets_aside_what_needs_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    last = cancelled()
    await world.said(last)
    offsets = await _compressed(world, "lz4", cancelled().to_bytes(), cancelled().to_bytes())
    monkeypatch.setattr("aiokafka.codec.has_lz4", lambda: False)
    async with world.producer() as producer:
        await _send(producer, last.to_bytes())
    async with world.bus("notifier", Subscription(ImportCancelled, apply)) as bus:
        await world.all_applied([last], limit=15)
        letters = await _letters(world, *offsets)
        with pytest.raises(UndecodableError):
            await bus.dead_letters.send_again(letters[0]["id"], "vera")
    assert {letter["reason"] for letter in letters} == {"unopenable"}
    assert all("UnsupportedCodecError" in letter["detail"] for letter in letters)


@pytest.mark.parametrize(("seal", "told"), [(False, "CorruptRecordException"), (True, "")], ids=["checksum", "content"])
async def test_a_corrupt_batch_is_set_aside(world: World, seal: bool, told: str) -> None:
    last, marker = cancelled(), os.urandom(16).hex().encode()
    # Stored as it is within the compressed batch: chance cannot be made smaller.
    noise = b'{"x": "' + os.urandom(200).hex().encode() + b'"}'
    await world.said(last)
    async with world.producer() as producer:
        if seal:
            (poison,) = await _compressed(world, "lz4", marker + noise)
        else:
            poison = await _send(producer, marker + noise)
        await _send(producer, last.to_bytes())
    if seal:
        marker = marker[:12]
    spoil_on_disk(world.kafka._data, _TOPIC, _PARTITION, marker, seal=seal)
    async with world.bus("notifier", Subscription(ImportCancelled, apply)):
        await world.all_applied([last], limit=15)
        (letter,) = await _letters(world, poison)
    assert letter["reason"] == "unopenable"
    assert told in letter["detail"]


@pytest.mark.parametrize(("codec", "size"), [("zstd", 200 << 20), ("gzip", 80 << 20), ("lz4", 80 << 20)])
async def test_a_batch_that_unpacks_to_very_much_is_set_aside_whole(world: World, codec: str, size: int) -> None:
    last = cancelled()
    await world.said(last)
    async with world.producer() as producer:
        poison = await (await producer.send_batch(bomb(producer, codec, size, 4), _TOPIC, partition=_PARTITION))
        await _send(producer, last.to_bytes())
    before = _forget_most_memory()
    async with world.bus("notifier", Subscription(ImportCancelled, apply)):
        await world.all_applied([last], limit=15)
        (letter,) = await _letters(world, poison.offset)
    assert (letter["reason"], letter["body"]) == ("unopenable", b"")
    assert f"to offset {poison.offset + 3} " in letter["detail"]
    assert _memory("VmHWM") - before < 64 << 20


async def test_whoever_asked_is_answered_even_where_the_answer_fails(world: World) -> None:
    answered: list[int] = []
    last, broken = cancelled(), uuid4()
    await world.said(last)

    async def answer(_connection: Connection, delivery: Delivery) -> None:
        answered.append(delivery.offset)
        raise ZeroDivisionError

    subscription = Subscription(ImportCancelled, apply, on_undecodable=answer)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(world.bus("notifier", subscription))
        producer = await stack.enter_async_context(world.producer())
        name = [("event-id", str(broken).encode())]
        await producer.send_and_wait(_TOPIC, b"{", key=b"1", partition=_PARTITION, headers=name)
        await _send(producer, last.to_bytes())
        await world.all_applied([last], limit=15)
        letter = await world.letter(broken)
    assert answered == [letter["record_offset"]]


async def test_a_handler_that_keeps_failing_is_answered_too(world: World) -> None:
    answered: list[bytes] = []
    poison = cancelled()
    await world.said(poison)

    async def fail(_connection: Connection, _event: ImportCancelled) -> None:
        raise ZeroDivisionError

    async def answer(_connection: Connection, delivery: Delivery) -> None:
        answered.append(delivery.body)

    async with (
        world.bus("notifier", Subscription(ImportCancelled, fail, on_failed=answer)) as bus,
        world.producer() as producer,
    ):
        await _send(producer, poison.to_bytes())
        letter = await world.letter(poison.event_id, limit=15)
        with pytest.raises(ZeroDivisionError):
            await bus.dead_letters.send_again(letter["id"], "vera")
    assert letter["reason"] == "failing"
    assert answered == [poison.to_bytes()]
