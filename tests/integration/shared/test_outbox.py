"""No row of the outbox and no topic holds up the others."""

import json
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from shared.contracts.events import ChunkApplied, Counts, ImportDefined, ImportRequestAnswered
from shared.contracts.topics import Topic
from shared.messaging import Resent, Subscription, ensure_topics
from shared.messaging.metrics import OLDEST_UNPUBLISHED, UNPUBLISHED
from shared.messaging.outbox import TooLargeError
from shared.settings import KafkaSettings
from tests.integration.shared.world import World, apply, defined, eventually

_TOO_LARGE = 1_331_079


class Wordy(ImportDefined):
    topic: ClassVar[Topic] = Topic("too-small", producers=("mapping",), consumers=("notifier",), largest_message=48_600)


async def _put(world: World, topic: str, body: bytes, *, age: timedelta = timedelta(0)) -> UUID:
    """A row as an older service may have left it."""
    event_id = uuid4()
    await world.admin.execute(
        """INSERT INTO mapping.outbox (event_id, topic, key, body, created_at)
           VALUES ($1, $2, '1', $3, now() - $4::interval)""",
        event_id,
        topic,
        body,
        age,
    )
    return event_id


async def _row(world: World, event_id: UUID) -> Any:
    return await world.admin.fetchrow("SELECT * FROM mapping.outbox WHERE event_id = $1", event_id)


async def _outgoing_letter(world: World, event_id: UUID, *, attempts: int = 1) -> Any:
    async def kept() -> Any:
        statement = "SELECT * FROM mapping.dead_letter WHERE event_id = $1 AND attempts = $2 AND resent_at IS NULL"
        return await world.admin.fetchrow(statement, event_id, attempts)

    return await eventually(kept, limit=15)


async def test_what_no_broker_takes_is_refused_where_it_is_said(world: World) -> None:
    with pytest.raises(TooLargeError, match="Wordy"):
        await world.publish(Wordy(import_id=uuid4(), biller_id=1, kind=defined().kind))


async def test_a_row_that_is_too_large_is_set_aside_and_what_is_behind_it_goes_on(world: World) -> None:
    poison = await _put(world, ImportDefined.topic.name, b"x" * _TOO_LARGE)
    behind = [defined() for _ in range(3)]
    await world.publish(*behind)
    async with (
        world.bus("mapping") as mapping,
        world.bus("notifier", Subscription(ImportDefined, apply)),
    ):
        await world.all_applied(behind, limit=15)
        letter = await _outgoing_letter(world, poison)
        row = await _row(world, poison)
        assert (letter["reason"], letter["topic"]) == ("unsendable", ImportDefined.topic.name)
        assert "MessageSizeTooLargeError" in letter["detail"]
        assert row["published_at"] is not None
        assert row["settled_at"] is not None
        assert await mapping.dead_letters.send_again(letter["id"], "vera") is Resent.HANDLED
        await _outgoing_letter(world, poison, attempts=2)


async def test_an_answer_that_is_too_large_is_given_shortened(world: World) -> None:
    problem = {"code": "F013", "place": "invoice_types", "message": "No such type" * 10, "remedy": "Choose another"}
    answer = {"event_id": str(uuid4()), "request_id": str(uuid4()), "problems": [problem] * 9_000}
    row_id = await _put(world, ImportRequestAnswered.topic.name, json.dumps(answer).encode())

    async def sent() -> Any:
        row = await _row(world, row_id)
        return row if row["published_at"] else None

    async with world.bus("mapping"):
        row = await eventually(sent, limit=15)
    assert row["set_aside_at"] is None
    told = ImportRequestAnswered.from_bytes(row["body"])
    assert str(told.request_id) == answer["request_id"]
    assert len(told.problems) == 51


async def test_a_topic_that_is_missing_holds_up_itself_alone(world: World) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=world.kafka.bootstrap)
    await admin.start()
    try:
        await admin.delete_topics([ChunkApplied.topic.name])
    finally:
        await admin.close()
    chunks = [
        ChunkApplied(import_id=uuid4(), biller_id=1, chunk_no=number, counts=Counts(applied=1)) for number in range(250)
    ]
    await world.publish(*chunks)
    others = [defined() for _ in range(20)]

    async def unpublished() -> int:
        statement = "SELECT count(*) FROM mapping.outbox WHERE published_at IS NULL AND event_id = ANY($1)"
        return int(await world.admin.fetchval(statement, [chunk.event_id for chunk in chunks]))

    async with (
        world.bus("mapping", sweep_seconds=0.2),
        world.bus("notifier", Subscription(ImportDefined, apply)),
    ):
        for event in others:
            await world.publish(event)
        await world.all_applied(others, limit=20)
        assert await unpublished() == len(chunks)

        async def measured() -> bool:
            labels = ("mapping", ChunkApplied.topic.name)
            waiting = UNPUBLISHED.labels(*labels)._value.get()
            return bool(waiting == len(chunks) and OLDEST_UNPUBLISHED.labels(*labels)._value.get() > 0)

        await eventually(measured, limit=15)
        await ensure_topics(KafkaSettings(kafka_bootstrap=world.kafka.bootstrap))

        async def published() -> bool:
            return await unpublished() == 0

        await eventually(published, limit=60)
    assert world.exits == []


async def test_a_topic_of_no_contract_is_set_aside_after_a_while(world: World) -> None:
    old = await _put(world, "customer-import.forgotten.v1", b"{}", age=timedelta(hours=2))
    new = await _put(world, "customer-import.not-yet-known.v2", b"{}")
    async with world.bus("mapping", sweep_seconds=0.2):
        letter = await _outgoing_letter(world, old)
    assert letter["reason"] == "unsendable"
    assert (await _row(world, new))["published_at"] is None
