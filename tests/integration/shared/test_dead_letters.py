"""How many messages are kept that could not be handled: whoever may write to a topic must not fill the disk."""

from typing import Any
from uuid import uuid4

import pytest

from shared.contracts.events import ImportDefined
from shared.messaging import DeadLetters, Delivery, Subscription, UndecodableError, dead_letters, keep_dead_letter
from shared.messaging.decision import FAILING, NOT_KEPT, REFUSED, UNDECODABLE
from tests.integration.shared.world import World, apply, defined


async def _keep(world: World, topic: str, offset: int, reason: str = REFUSED) -> None:
    async with world.databases["notifier"].transaction() as connection:
        await keep_dead_letter(connection, Delivery(topic, 0, offset, b"1", b"x" * 100), reason, "R000")


async def _kept(world: World, topic: str) -> list[dict[str, Any]]:
    statement = """SELECT id, reason, record_offset, body, attempts, detail FROM notification.dead_letter
                   WHERE topic = $1 AND resent_at IS NULL ORDER BY id"""
    return [dict(row) for row in await world.admin.fetch(statement, topic)]


async def test_beyond_so_many_open_letters_the_rest_is_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dead_letters, "MOST_OPEN", 3)
    topic, other = f"topic-{uuid4()}", f"topic-{uuid4()}"
    for offset in range(10):
        await _keep(world, topic, offset, REFUSED if offset % 2 else UNDECODABLE)
    await _keep(world, topic, 0)  # again: it is kept already
    await _keep(world, topic, 99, FAILING)
    await _keep(world, other, 0)
    letters = await _kept(world, topic)
    more = next(letter for letter in letters if letter["reason"] == NOT_KEPT)
    assert [letter["record_offset"] for letter in letters if letter is not more] == [0, 1, 2, 99]
    assert (more["attempts"], more["body"]) == (7, b"")
    assert more["detail"].endswith("open: 7")
    assert len(await _kept(world, other)) == 1
    with pytest.raises(UndecodableError):
        await DeadLetters(world.databases["notifier"], []).send_again(more["id"], "vera")


async def test_there_is_room_again_once_letters_are_dealt_with(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dead_letters, "MOST_OPEN", 2)
    topic = f"topic-{uuid4()}"
    for offset in range(3):
        await _keep(world, topic, offset)
    await world.admin.execute("UPDATE notification.dead_letter SET resent_at = now() WHERE topic = $1", topic)
    await _keep(world, topic, 7)
    assert [letter["record_offset"] for letter in await _kept(world, topic)] == [7]


async def test_a_flood_of_what_cannot_be_read_holds_up_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dead_letters, "MOST_OPEN", 0)
    last = defined()
    await world.said(last)
    async with world.bus("notifier", Subscription(ImportDefined, apply)), world.producer() as producer:
        for number in range(50):
            await producer.send(ImportDefined.topic.name, b"flood %d" % number, key=last.key)
        await producer.send_and_wait(ImportDefined.topic.name, last.to_bytes(), key=last.key)
        await world.all_applied([last])
    kept = "SELECT count(*) FROM notification.dead_letter WHERE body LIKE 'flood%'"
    assert await world.admin.fetchval(kept) == 0


async def test_what_no_service_said_has_no_effect_when_it_is_sent_again(world: World) -> None:
    forged = defined()
    async with world.databases["notifier"].transaction() as connection:
        delivery = Delivery(ImportDefined.topic.name, 0, 4_711, forged.key, forged.to_bytes())
        await keep_dead_letter(connection, delivery, FAILING, "")
    letter = await world.letter(forged.event_id)
    letters = DeadLetters(world.databases["notifier"], [Subscription(ImportDefined, apply)])
    with pytest.raises(UndecodableError, match="No service"):
        await letters.send_again(letter["id"], "vera")
    assert await world.effects([forged]) == 0
    await world.said(forged)
    assert await letters.send_again(letter["id"], "vera") == "handled"
    assert await world.effects([forged]) == 1
