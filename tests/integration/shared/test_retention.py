"""Messages are removed when every service has recorded them long ago, and the records after them; open ones stay."""

from datetime import timedelta
from uuid import UUID, uuid4

from shared.contracts.events import ImportDefined, ImportRequested
from shared.messaging import remove_settled
from shared.messaging.delivery import Delivery
from shared.messaging.inbox import Effect, Inbox, record
from shared.messaging.subscription import Subscription, by_topic
from tests.integration.shared.world import World, apply, defined

_KEEP = timedelta(days=30)


async def _said(
    world: World,
    *,
    created: timedelta = timedelta(0),
    published: timedelta | None = None,
    settled: timedelta | None = None,
    set_aside: timedelta | None = None,
) -> UUID:
    """A message, with how long ago what happened to it."""
    event_id = uuid4()
    await world.admin.execute(
        """INSERT INTO mapping.outbox (event_id, topic, key, body, created_at, published_at, settled_at, set_aside_at)
           VALUES ($1, 'some', '', '', now() - $2::interval, now() - $3::interval, now() - $4::interval,
               now() - $5::interval)""",
        event_id,
        created,
        published,
        settled,
        set_aside,
    )
    return event_id


async def test_settled_messages_go(world: World) -> None:
    old, young = timedelta(days=31), timedelta(days=29)
    gone = await _said(world, published=old, settled=old)
    stay = {
        await _said(world, published=young, settled=young),
        await _said(world, published=old),
        await _said(world, created=old),
        await _said(world, published=old, settled=old, set_aside=old),  # its letter may be sent again
    }
    async with world.databases["mapping"].transaction() as connection:
        assert await remove_settled(connection, _KEEP) == 1
        assert await remove_settled(connection, _KEEP) == 0
    left = await world.admin.fetch("SELECT event_id FROM mapping.outbox WHERE event_id = ANY ($1)", [gone, *stay])
    assert {row["event_id"] for row in left} == stay


async def test_dead_letters_go_when_they_were_handled(world: World) -> None:
    kept = """INSERT INTO mapping.dead_letter (topic, partition, record_offset, body, reason, detail, resent_at)
              VALUES ('some', 0, $1, '', 'failing', '', now() - $2::interval) RETURNING id"""
    gone = await world.admin.fetchval(kept, 1, timedelta(days=31))
    stay = {await world.admin.fetchval(kept, 2, timedelta(days=29)), await world.admin.fetchval(kept, 3, None)}
    async with world.databases["mapping"].transaction() as connection:
        assert await remove_settled(connection, _KEEP) == 1
    left = await world.admin.fetch("SELECT id FROM mapping.dead_letter WHERE id = ANY ($1)", [gone, *stay])
    assert {row["id"] for row in left} == stay


async def test_what_was_heard_is_forgotten_after_what_was_said(world: World) -> None:
    gone, stays, request = defined(), defined(), uuid4()
    database = world.databases["notifier"]
    await world.said(stays)
    async with database.transaction() as connection:
        for event in (gone, stays):
            await record(connection, event.event_id, event.topic.name)
        await record(connection, request, ImportRequested.topic.name)
        assert await remove_settled(connection, _KEEP) == 0
    for aged in (
        "UPDATE notification.heard SET handled_at = handled_at - $1::interval",
        "UPDATE notification.inbox SET handled_at = handled_at - $1::interval",
    ):
        await world.admin.execute(aged, _KEEP * 2)
    async with database.transaction() as connection:
        while await remove_settled(connection, _KEEP):
            pass
    for kept in ("SELECT event_id FROM notification.heard", "SELECT event_id FROM notification.inbox"):
        left = {row["event_id"] for row in await world.admin.fetch(kept)}
        assert (gone.event_id in left, stays.event_id in left, request in left) == (False, True, True)
    # A copy on the topic months later does nothing: nobody knows that it was said.
    inbox = Inbox(database, by_topic([Subscription(ImportDefined, apply)]))
    taken = await inbox.take(Delivery(gone.topic.name, 0, 0, gone.key, gone.to_bytes()))
    assert taken is Effect.UNFOUNDED
