"""Every alert fires when its fault is there, and not before."""

from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY

from services.notifier.measuring import INSTANCES, Measuring
from shared import vitals
from shared.messaging.sweeper import Sweeper
from shared.vitals import Vitals
from tests.integration.notifier.browsing import begun, running
from tests.integration.notifier.world import World, until
from tests.support.alerts import alerts

_ALL = ("mapping", "validation", "execution", "notification")
_OLD = "UPDATE notification.import_view SET updated_at = now() - interval '2 hours' WHERE import_id = $1"
_MAIL = """
    INSERT INTO notification.mail (import_id, recipient_id, message_id, state, queued_at)
    VALUES ($1, $2, $3, $4, now() - interval '2 hours')
"""


@pytest.fixture(autouse=True)
async def all_is_well(world: World) -> AsyncIterator[None]:
    for schema in _ALL:
        await world.admin.execute(f"DELETE FROM {schema}.dead_letter")
        await world.admin.execute(
            f"INSERT INTO {schema}.instance (id, name, version, started_at, seen_at) VALUES ($1, '', '', now(), now())",
            uuid4(),
        )
    await world.admin.execute("UPDATE notification.import_view SET state = 'rejected', updated_at = now()")
    await world.admin.execute("DELETE FROM notification.mail")
    yield
    for schema in _ALL:
        await world.admin.execute(f"DELETE FROM {schema}.instance")
    for table in ("notification.outbox", "execution.pause", "notification.mail", "notification.webhook_delivery"):
        await world.admin.execute(f"DELETE FROM {table}")


async def _waits(world: World, biller: int) -> None:
    imported = await running(world, biller)
    await world.admin.execute(
        "UPDATE execution.job SET waiting_since = now(), waiting_reason = '53100' WHERE import_id = $1",
        imported.import_id,
    )


async def _is_stuck(world: World, biller: int) -> None:
    await world.admin.execute(_OLD, (await running(world, biller)).import_id)


async def _check_is_stuck(world: World, biller: int) -> None:
    await world.admin.execute(_OLD, (await begun(world, biller)).import_id)


async def _is_silent(world: World, _: int) -> None:
    await world.admin.execute("UPDATE execution.instance SET seen_at = now() - interval '1 minute'")


async def _cannot_publish(world: World, _: int) -> None:
    await world.admin.execute(
        "INSERT INTO notification.outbox (event_id, topic, key, body, created_at)"
        " VALUES ($1, 'some', '', '', now() - interval '10 minutes')",
        uuid4(),
    )


async def _sets_aside(world: World, _: int) -> None:
    await world.admin.execute(
        "INSERT INTO mapping.dead_letter (topic, partition, record_offset, body, reason, detail)"
        " VALUES ('t', 0, 1, '', 'failing', '')"
    )


async def _mail_waits(world: World, _: int) -> None:
    await world.admin.execute(_MAIL, UUID(int=1), UUID(int=1), "<1>", "pending")


async def _mail_is_given_up(world: World, _: int) -> None:
    await world.admin.execute(_MAIL, UUID(int=1), UUID(int=1), "<1>", "given_up")


async def _is_paused(world: World, _: int) -> None:
    await world.admin.execute("SELECT execution.pause_work(NULL, NULL, 'ann', 'x')")


async def _webhook_is_given_up(world: World, _: int) -> None:
    await world.admin.execute(
        "WITH made AS (INSERT INTO notification.webhook (id, url, secret, made_by) VALUES ($1, 'https://x', '', 'ann'))"
        " INSERT INTO notification.webhook_delivery (id, webhook_id, occasion, place, body, state)"
        " VALUES ($1, $1, 'ping', '', '{}', 'given_up')",
        uuid4(),
    )


FAULTS: dict[str, Callable[[World, int], Awaitable[None]]] = {
    "ImportWaitsForOperator": _waits,
    "ImportStuck": _is_stuck,
    "CheckStuck": _check_is_stuck,
    "ServiceSilent": _is_silent,
    "MessagesUnpublished": _cannot_publish,
    "DeadLetters": _sets_aside,
    "MailDelayed": _mail_waits,
    "MailNotSent": _mail_is_given_up,
    "WebhookNotDelivered": _webhook_is_given_up,
    "PausedForLong": _is_paused,
}


async def _measured(world: World) -> None:
    await Measuring(world.database).step()
    await Sweeper("notifier", world.database, 60).step()


@pytest.mark.parametrize("name", FAULTS)
async def test_an_alert_fires_when_its_fault_is_there(world: World, biller: int, name: str) -> None:
    alert = alerts()[name]
    await _measured(world)
    assert not alert.fires
    await FAULTS[name](world, biller)
    await _measured(world)
    assert alert.fires


async def test_a_system_that_nobody_measures_is_told(world: World) -> None:
    alert = alerts()["NotifierSilent"]
    await _measured(world)
    assert not alert.fires
    REGISTRY.unregister(INSTANCES)  # as where no process serves it
    try:
        assert alert.fires
    finally:
        REGISTRY.register(INSTANCES)


async def test_a_blocked_event_loop_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    alert = alerts()["EventLoopBlocked"]
    monkeypatch.setattr(vitals, "_TICK_SECONDS", -2 * alert.limit)  # as if each tick had come so much too late
    assert not alert.fires
    async with Vitals("notifier", world.database):

        async def fires() -> bool:
            return alert.fires

        await until(fires)
    vitals.LOOP_DELAY.set(0)


def test_every_alert_has_its_fault() -> None:
    elsewhere = {"NotifierSilent", "EventLoopBlocked", "MessagesUnread"}  # above, and tests/unit/shared/test_watch.py
    assert set(FAULTS) | elsewhere == set(alerts())
