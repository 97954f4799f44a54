import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from shared.contracts.event import ImportEvent
from shared.contracts.events import ImportCancelled, ImportDefined
from shared.health import Health
from shared.messaging import Delivery, DeliverySubscription, Resent, Subscription, ensure_topics, keep_dead_letter
from shared.postgres import Connection
from shared.settings import KafkaSettings
from tests.integration.shared.world import World, apply, cancelled, defined, eventually

DEFINED = ImportDefined.topic.name
_HEARD = "INSERT INTO {}.inbox (event_id, topic) VALUES ($1, 'customer-import.import-cancelled.v1')"


@pytest.fixture
async def speaking(world: World) -> AsyncIterator[World]:
    async with world.bus("mapping"):
        yield world


async def test_what_is_said_is_heard_once(speaking: World) -> None:
    events: list[ImportEvent] = [defined(biller_id=number % 7) for number in range(50)] + [cancelled()]
    async with speaking.bus("notifier", Subscription(ImportDefined, apply), Subscription(ImportCancelled, apply)):
        await speaking.publish(*events)
        said = await speaking.admin.fetchval("SELECT count(*) FROM mapping.outbox")
        await speaking.publish(*events)
        assert await speaking.admin.fetchval("SELECT count(*) FROM mapping.outbox") == said, "said again"
        await speaking.all_applied(events)


async def test_redelivery_has_no_second_effect(world: World) -> None:
    event, last = defined(), defined()
    async with world.bus("notifier", Subscription(ImportDefined, apply)), world.producer() as producer:
        await world.said(event, last)
        for message in [*[event] * 10, last]:
            await producer.send_and_wait(DEFINED, message.to_bytes(), key=message.key)
        await world.all_applied([last])
        assert await world.effects([event]) == 1


async def test_an_effect_and_its_record_are_rolled_back_together(world: World) -> None:
    tries = 0

    async def fail_after_the_effect(connection: Connection, event: ImportDefined) -> None:
        nonlocal tries
        await apply(connection, event)
        if event.event_id == unlucky.event_id and (tries := tries + 1) < 3:
            raise asyncpg.SerializationError("again, please")

    unlucky, last = defined(), defined()
    async with (
        world.bus("notifier", Subscription(ImportDefined, fail_after_the_effect)),
        world.producer() as producer,
    ):
        await world.said(unlucky, last)
        for message in (unlucky, last):
            await producer.send_and_wait(DEFINED, message.to_bytes(), key=message.key)
        await world.all_applied([unlucky, last])
    assert tries == 3


async def test_what_cannot_be_read_is_set_aside_and_blocks_nothing(world: World) -> None:
    broken, badly_headed, last = uuid4(), defined(), defined()
    name = [("event-id", str(broken).encode()), ("Authorization", b"Bearer secret")]
    async with world.bus("notifier", Subscription(ImportDefined, apply)), world.producer() as producer:
        await world.said(last)
        await producer.send_and_wait(DEFINED, b'{"event_id": \xff', key=last.key, headers=name)
        await producer.send_and_wait(
            DEFINED, badly_headed.to_bytes(), key=last.key, headers=[("trace", b"\xff\x00"), ("none", None)]
        )
        bodiless = await producer.send_and_wait(DEFINED, None, key=last.key)
        await producer.send_and_wait(DEFINED, last.to_bytes(), key=last.key, headers=[("reply_to", DEFINED.encode())])
        await world.all_applied([last])
        letters = [await world.letter(broken), await world.letter(badly_headed.event_id)]
        empty = await world.admin.fetchval(
            "SELECT body FROM notification.dead_letter WHERE partition = $1 AND record_offset = $2 AND topic = $3",
            bodiless.partition,
            bodiless.offset,
            DEFINED,
        )
    assert [letter["reason"] for letter in letters] == ["undecodable", "undecodable"]
    assert "secret" not in str(letters)
    assert empty == b""
    assert await world.effects([badly_headed]) == 0


async def test_a_handler_that_keeps_failing_lets_the_others_pass_and_can_be_sent_again(world: World) -> None:
    bug = True

    async def handle(connection: Connection, event: ImportDefined) -> None:
        if bug and event.event_id == poison.event_id:
            raise ZeroDivisionError("secret")
        await apply(connection, event)

    poison, last = defined(), defined()
    async with (
        world.bus("notifier", Subscription(ImportDefined, handle)) as bus,
        world.producer() as producer,
    ):
        await world.said(poison, last)
        for message in (poison, last):
            await producer.send_and_wait(DEFINED, message.to_bytes(), key=message.key)
        await world.all_applied([last])
        letter = await world.letter(poison.event_id)
        assert letter["reason"] == "failing"
        assert "secret" not in str(dict(letter) | {"body": b""})
        bug = False
        assert await bus.dead_letters.send_again(letter["id"], "vera") is Resent.HANDLED
        assert await bus.dead_letters.send_again(letter["id"], "vera") is Resent.NOT_OPEN
        assert await bus.dead_letters.send_again(-1, "vera") is Resent.UNKNOWN
    assert await world.effects([poison]) == 1


async def test_what_a_handler_refused_is_handled_when_someone_with_the_right_sends_it(world: World) -> None:
    async def handle(connection: Connection, event: ImportDefined, delivery: Delivery) -> None:
        if event.event_id == asked.event_id and delivery.headers.get("authorization") != "Bearer good":
            await keep_dead_letter(connection, delivery, "refused", "The token is not good")
        else:
            await apply(connection, event)

    asked = defined()
    async with (
        world.bus("notifier", DeliverySubscription(ImportDefined, handle)) as bus,
        world.producer() as producer,
    ):
        await world.said(asked)
        header = [("authorization", b"Bearer bad")]
        await producer.send_and_wait(DEFINED, asked.to_bytes(), key=asked.key, headers=header)
        letter = await world.letter(asked.event_id)
        assert letter["headers"] == "{}"
        assert await bus.dead_letters.send_again(letter["id"], "vera", "Bearer bad") is Resent.KEPT_AGAIN
        assert await bus.dead_letters.send_again(letter["id"], "vera", "Bearer good") is Resent.HANDLED
        assert [kept.attempts for kept in await bus.dead_letters.list() if kept.id == letter["id"]] == [2]
    assert await world.effects([asked]) == 1


async def test_the_outbox_survives_a_broker_that_goes_and_comes(speaking: World) -> None:
    before, meanwhile = [defined() for _ in range(5)], [defined(biller_id=number) for number in range(40)]
    async with speaking.bus("notifier", Subscription(ImportDefined, apply)):
        await speaking.publish(*before)
        await speaking.all_applied(before)
        await speaking.kafka.kill()
        await speaking.publish(*meanwhile)
        await speaking.kafka.start()
        await speaking.all_applied(meanwhile, limit=30)
    assert speaking.exits == []


async def test_a_broker_that_loses_everything_loses_nothing_of_ours(world: World) -> None:
    unheard, later = [cancelled(biller_id=number) for number in range(20)], cancelled()
    async with world.bus("mapping", sweep_seconds=0.2, resend_after_seconds=2.0):
        await world.publish(*unheard)

        async def published() -> bool:
            statement = "SELECT bool_and(published_at IS NOT NULL) FROM mapping.outbox WHERE event_id = ANY($1)"
            return bool(await world.admin.fetchval(statement, [event.event_id for event in unheard]))

        await eventually(published)
        await world.kafka.erase()
        await world.kafka.start()
        await ensure_topics(KafkaSettings(kafka_bootstrap=world.kafka.bootstrap))
        async with world.bus("notifier", Subscription(ImportCancelled, apply)):
            await world.publish(later)
            await world.all_applied([*unheard, later], limit=30)


async def test_a_consumer_survives_the_loss_of_the_topics_it_reads(speaking: World) -> None:
    before, after = [defined() for _ in range(30)], [defined() for _ in range(10)]
    async with speaking.bus("notifier", Subscription(ImportDefined, apply)):
        await speaking.publish(*before)
        await speaking.all_applied(before)
        await speaking.kafka.erase()
        await speaking.kafka.start()
        await ensure_topics(KafkaSettings(kafka_bootstrap=speaking.kafka.bootstrap))
        await speaking.publish(*after)
        await speaking.all_applied(after, limit=30)
    assert speaking.exits == []


async def test_kafka_absent_at_the_start_is_waited_for_and_told(world: World) -> None:
    health, event = Health(world.exits.append), defined()
    await world.kafka.stop()
    try:
        async with (
            world.bus("notifier", Subscription(ImportDefined, apply), health=health),
            world.bus("mapping"),
        ):
            await world.publish(event)
            assert health.ready() == ["messages: Kafka is not reachable"]
            await world.kafka.start()
            await world.all_applied([event], limit=30)

            async def ready() -> bool:
                return not health.ready()

            await eventually(ready)
    finally:
        await world.kafka.start() if not world.kafka._child else None


async def test_the_sweeper_sends_again_what_a_consumer_never_recorded(world: World) -> None:
    lost = cancelled()
    await world.publish(lost)  # while nobody relays, and then the broker loses it:
    await world.admin.execute(
        "UPDATE mapping.outbox SET published_at = now() - interval '1 hour', sends = 1 WHERE event_id = $1",
        lost.event_id,
    )
    # Of the three consumers two have recorded it.
    for schema in ("validation", "execution"):
        await world.admin.execute(_HEARD.format(schema), lost.event_id)

    async def settled() -> bool:
        statement = "SELECT settled_at IS NOT NULL FROM mapping.outbox WHERE event_id = $1"
        return bool(await world.admin.fetchval(statement, lost.event_id))

    async with (
        world.bus("mapping", sweep_seconds=0.2, resend_after_seconds=0.5),
        world.bus("notifier", Subscription(ImportCancelled, apply)),
    ):
        await world.all_applied([lost])
        await eventually(settled)


async def test_a_dead_letter_settles_too(world: World) -> None:
    async def fail(_connection: Connection, _event: ImportCancelled) -> None:
        raise ZeroDivisionError

    event = cancelled()
    for schema in ("validation", "execution"):
        await world.admin.execute(_HEARD.format(schema), event.event_id)

    async def settled() -> bool:
        statement = "SELECT settled_at IS NOT NULL FROM mapping.outbox WHERE event_id = $1"
        return bool(await world.admin.fetchval(statement, event.event_id))

    async with (
        world.bus("mapping", sweep_seconds=0.2, resend_after_seconds=0.5),
        world.bus("notifier", Subscription(ImportCancelled, fail)),
    ):
        await world.publish(event)
        await world.letter(event.event_id)
        await eventually(settled)


async def test_a_lock_that_somebody_holds_stops_no_other_message_and_is_waited_for(world: World) -> None:
    is_held = True

    async def need_a_lock(connection: Connection, event: ImportCancelled) -> None:
        if is_held and event.event_id == stuck.event_id:
            raise asyncpg.LockNotAvailableError
        await apply(connection, event)

    stuck, others = cancelled(), [cancelled() for _ in range(5)]
    async with (
        world.bus("notifier", Subscription(ImportCancelled, need_a_lock)),
        world.bus("mapping", sweep_seconds=0.2, resend_after_seconds=2),
    ):
        await world.publish(stuck)
        await world.publish(*others)
        await world.all_applied(others)
        assert await world.effects([stuck]) == 0
        is_held = False
        await world.all_applied([stuck])
    assert not await world.admin.fetch("SELECT FROM notification.dead_letter WHERE event_id = $1", stuck.event_id), (
        "it was only late"
    )


async def test_two_instances_share_the_work_and_do_nothing_twice(speaking: World) -> None:
    took: dict[str, int] = {"first": 0, "second": 0}
    running = {"first": 0, "second": 0}

    def subscription(name: str) -> Subscription[ImportDefined]:
        async def handle(connection: Connection, event: ImportDefined) -> None:
            running[name] += 1
            await apply(connection, event)
            took[name] += 1

        return Subscription(ImportDefined, handle)

    events = [defined(biller_id=number) for number in range(300)]
    async with speaking.bus("notifier", subscription("first")):
        await speaking.publish(*events[:100])
        async with speaking.bus("notifier", subscription("second")):
            await speaking.publish(*events[100:200])

            async def both_took() -> bool:
                await speaking.publish(one := defined(biller_id=len(events)))
                events.append(one)
                return min(took.values()) > 0

            await eventually(both_took)
            await speaking.all_applied(events[:200])
        await speaking.publish(*events[200:300])
        await speaking.all_applied(events)
    assert speaking.exits == []


async def test_a_stray_cancellation_ends_the_process(world: World) -> None:
    async def cancel(connection: Connection, event: ImportDefined) -> None:
        if event.event_id == deadly.event_id and not world.exits:
            raise asyncio.CancelledError
        await apply(connection, event)

    deadly = defined()
    async with world.bus("notifier", Subscription(ImportDefined, cancel)), world.producer() as producer:
        await world.said(deadly)
        await producer.send_and_wait(DEFINED, deadly.to_bytes(), key=deadly.key)

        async def ended() -> list[int]:
            return world.exits

        assert (await eventually(ended))[0] == 70
    # The message was not acknowledged: the next process has it.
    async with world.bus("notifier", Subscription(ImportDefined, cancel)):
        await world.all_applied([deadly])


async def test_only_a_consumer_of_the_topic_may_subscribe(world: World) -> None:
    with pytest.raises(ValueError, match="no consumer"):
        world.bus("mapping", Subscription(ImportDefined, apply))
