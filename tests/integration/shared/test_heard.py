"""What counts as heard: an event that its sender said, once on each topic, also beside services of the last release."""

from uuid import uuid4

import pytest

from shared.contracts.event import ImportEvent
from shared.contracts.events import ImportCancelled, ImportDefined
from shared.messaging.delivery import Delivery
from shared.messaging.inbox import Effect, Inbox, record
from shared.messaging.subscription import Subscription, by_topic
from tests.integration.shared.world import World, apply, cancelled, defined

_TOPIC = ImportDefined.topic.name


def _delivery(event: ImportEvent) -> Delivery:
    return Delivery(event.topic.name, 0, 0, event.key, event.to_bytes())


def _inbox(world: World) -> Inbox:
    subscriptions = by_topic([Subscription(ImportDefined, apply), Subscription(ImportCancelled, apply)])
    return Inbox(world.databases["notifier"], subscriptions)


async def test_an_event_that_came_before_it_was_said_does_not_swallow_the_true_one(world: World) -> None:
    true = defined(biller_id=1)
    forged = true.model_copy(update={"biller_id": 2})
    assert await _inbox(world).take(_delivery(forged)) is Effect.UNFOUNDED
    assert await world.effects([true]) == 0
    await world.said(true)
    assert await _inbox(world).take(_delivery(true)) is Effect.HANDLED
    assert await _inbox(world).take(_delivery(true)) is Effect.DUPLICATE
    assert await world.effects([true]) == 1


async def test_a_handler_gets_what_was_said_whatever_the_message_claims(world: World) -> None:
    true, heard = defined(biller_id=1), []

    async def handle(_connection: object, event: ImportDefined) -> None:
        heard.append(event)

    await world.said(true)
    inbox = Inbox(world.databases["notifier"], by_topic([Subscription(ImportDefined, handle)]))
    await inbox.take(_delivery(true.model_copy(update={"biller_id": 2})))
    assert heard == [true]


async def test_the_same_id_on_another_topic_is_another_event(world: World) -> None:
    one = defined()
    other = cancelled().model_copy(update={"event_id": one.event_id})
    async with world.databases["notifier"].transaction() as connection:
        assert await record(connection, other.event_id, ImportCancelled.topic.name)
        assert await record(connection, one.event_id, _TOPIC)
        assert not await record(connection, one.event_id, _TOPIC)


@pytest.mark.parametrize(("topic", "is_new"), [(_TOPIC, False), (ImportCancelled.topic.name, True)])
async def test_what_the_last_release_heard_is_heard(world: World, topic: str, is_new: bool) -> None:
    event_id = uuid4()
    async with world.databases["notifier"].transaction() as connection:
        await connection.execute("INSERT INTO inbox (event_id, topic) VALUES ($1, $2)", event_id, topic)
        assert await record(connection, event_id, _TOPIC) is is_new


async def test_what_is_heard_the_last_release_knows(world: World) -> None:
    event_id = uuid4()
    async with world.databases["notifier"].transaction() as connection:
        await record(connection, event_id, _TOPIC)
        assert await connection.fetchval("SELECT topic FROM inbox WHERE event_id = $1", event_id) == _TOPIC
