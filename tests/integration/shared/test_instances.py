"""Each process says that it is alive and what it works on, and what the broker says a service has still to read."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupAuthorizationFailedError

from shared.activity import Activity
from shared.contracts.events import ImportDefined
from shared.health import Health
from shared.instances import Instance
from shared.messaging import BrokerState, Lag, LagReader, Subscription
from shared.settings import KafkaSettings
from shared.version import VERSION
from tests.integration.shared.world import World, apply, defined, eventually

_MINE = "SELECT version, problems, work, limits, seen_at - started_at AS age FROM mapping.instance WHERE name <> 'old'"


async def test_a_process_says_what_it_works_on_as_long_as_it_lives(world: World) -> None:
    # As workers know it: from the driver, whose UUIDs are a class of their own.
    import_id = await world.admin.fetchval("SELECT gen_random_uuid()")
    activity, health = Activity(), Health()
    activity.limits = {"biller_batches": 2}
    health.pulse("some", 60).beat("Kafka is not reachable")
    with activity.on("batch", import_id, 3):
        async with Instance(world.databases["mapping"], health, activity) as instance:
            await eventually(lambda: world.admin.fetch(_MINE))
            await instance.step()
            [row] = await world.admin.fetch(_MINE)
    assert (row["version"], row["problems"]) == (VERSION, ["some: Kafka is not reachable"])
    assert str(import_id) in row["work"]
    assert '"part": 3' in row["work"]
    assert row["limits"] == '{"biller_batches": 2}'
    assert await world.admin.fetch(_MINE) == []


def test_work_that_is_done_is_no_longer_in_hand() -> None:
    activity = Activity()
    with pytest.raises(KeyError), activity.on("check", uuid4()):
        raise KeyError
    assert activity.now() == []


async def test_the_dead_are_forgotten_in_time(world: World) -> None:
    for name, age in (("old", timedelta(hours=2)), ("young", timedelta(minutes=2))):
        await world.admin.execute(
            "INSERT INTO mapping.instance (id, name, version, started_at, seen_at)"
            " VALUES ($1, $2, '', now(), now() - $3::interval)",
            *(uuid4(), name, age),
        )
    await Instance(world.databases["mapping"], Health(), Activity()).step()
    left = {row["name"] for row in await world.admin.fetch("SELECT name FROM mapping.instance")}
    assert "old" not in left
    assert "young" in left
    await world.admin.execute("DELETE FROM mapping.instance")


async def _behind(world: World) -> int:
    async def lags() -> Sequence[Lag]:  # none while the leaders of new topics are elected
        return (await LagReader(world.settings("notifier")).read()).lags

    found: Sequence[Lag] = await eventually(lags, limit=60)
    return {(lag.service, lag.topic): lag.messages for lag in found}[("notifier", ImportDefined.topic.name)]


async def test_a_service_that_is_away_falls_behind_and_catches_up(world: World) -> None:
    events = [defined() for _ in range(3)]
    before = await _behind(world)

    async def fell_behind() -> bool:
        return await _behind(world) >= before + 3

    async def caught_up() -> bool:
        return await _behind(world) == 0

    async with world.bus("mapping"):
        await world.publish(*events)
        await eventually(fell_behind, limit=60)
    async with world.bus("notifier", Subscription(ImportDefined, apply)):
        await world.all_applied(events)
        await eventually(caught_up, limit=60)


async def test_a_broker_that_is_away_is_told_as_such() -> None:
    assert await LagReader(KafkaSettings(kafka_bootstrap="127.0.0.1:1")).read() == BrokerState(is_reachable=False)


async def test_nobody_waits_for_a_broker_that_somebody_else_asks_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    async def answer(_: object) -> BrokerState:
        nonlocal asked
        asked += 1
        return BrokerState([Lag("notifier", "topic", asked)])

    monkeypatch.setattr(LagReader, "_ask", answer)
    reader = LagReader(KafkaSettings(kafka_bootstrap="127.0.0.1:1"), kept_seconds=3_600)
    assert (await reader.read(), await reader.read()) == (BrokerState([Lag("notifier", "topic", 1)]),) * 2
    await reader.refresh()
    assert await reader.read() == BrokerState([Lag("notifier", "topic", 2)])


async def test_groups_that_nobody_may_look_at_are_told_from_a_broker_that_is_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> None:
        raise GroupAuthorizationFailedError

    async def is_told() -> bool:
        return await LagReader(world.settings("notifier")).read() == BrokerState(is_permitted=False)

    monkeypatch.setattr(AIOKafkaAdminClient, "list_consumer_group_offsets", refuse)
    await eventually(is_told, limit=60)
