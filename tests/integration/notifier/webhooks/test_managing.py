"""Who may have other systems told of imports adds, lists and removes them; secrets are shown once."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from services.notifier.repository.outdated import remove_of_webhooks
from stack.issuer import Issuer
from tests.integration.notifier.browsing import begun
from tests.integration.notifier.conftest import signed_in
from tests.integration.notifier.test_notices import held
from tests.integration.notifier.webhooks.receiving import (
    BOX,
    Receiver,
    added,
    deliveries,
    send,
    verified,
)
from tests.integration.notifier.world import World


async def test_a_retry_makes_no_second_webhook(client: httpx.AsyncClient, biller: int, receiver: Receiver) -> None:
    key, body = {"idempotency-key": str(uuid4())}, {"url": receiver.url, "biller_id": biller}
    first, again = [(await client.post("/webhooks", json=body, headers=key)).json() for _ in range(2)]
    assert first == again
    assert len((await client.get("/webhooks")).json()["items"]) == 1
    other = await client.post("/webhooks", json=body | {"url": f"{receiver.url}2"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    await client.post(f"/webhooks/{first['id']}/rotate")
    assert (await client.post("/webhooks", json=body, headers=key)).status_code == 409, "no new secret is told so"


async def test_requests_at_the_same_time_make_one_webhook_for_a_key_and_no_more_than_there_may_be(
    client: httpx.AsyncClient, biller: int, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, body = {"idempotency-key": str(uuid4())}, {"url": receiver.url, "biller_id": biller}
    answers = await asyncio.gather(*(client.post("/webhooks", json=body, headers=key) for _ in range(4)))
    assert [one.status_code for one in answers] == [201] * 4
    assert len({one.text for one in answers}) == 1
    monkeypatch.setattr("services.notifier.usecases.webhooks.MOST", 2)
    answers = await asyncio.gather(*(client.post("/webhooks", json=body) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [201, 429, 429, 429]


async def test_a_biller_that_is_none_is_named(world: World, client: httpx.AsyncClient, receiver: Receiver) -> None:
    await world.admin.execute("UPDATE crm.operator_right SET biller_id = NULL WHERE subject = 'iris'")
    answer = await client.post("/webhooks", json={"url": receiver.url, "biller_id": 2**40})
    assert (answer.status_code, answer.json()["place"]) == (404, "biller_id")


async def test_secrets_are_sealed_and_shown_once(
    world: World, client: httpx.AsyncClient, biller: int, receiver: Receiver
) -> None:
    webhook, secret = await added(client, receiver.url, biller)
    stored = await world.admin.fetchval("SELECT secret FROM notification.webhook WHERE id = $1", UUID(webhook))
    assert secret.encode() not in stored
    assert secret not in (await client.get("/webhooks")).text
    with pytest.raises(Exception, match="belongs elsewhere"):
        BOX.unseal(stored, uuid4())


async def test_a_removed_webhook_gets_nothing_more(
    world: World, client: httpx.AsyncClient, biller: int, receiver: Receiver
) -> None:
    webhook, _ = await added(client, receiver.url, biller)
    await world.publish(held(await begun(world, biller)))
    assert (await client.delete(f"/webhooks/{webhook}")).status_code == 204
    await send(world)
    assert receiver.types == []
    assert (await client.get("/webhooks")).json()["items"] == []
    assert (await client.get(f"/webhooks/{webhook}/deliveries")).status_code == 404


async def test_what_is_left_of_webhooks_is_removed_in_time(
    world: World, client: httpx.AsyncClient, biller: int, receiver: Receiver
) -> None:
    kept, _ = await added(client, receiver.url, biller)
    removed, _ = await added(client, receiver.url, biller)
    told, _ = await added(client, receiver.url, biller)
    await world.publish(held(await begun(world, biller)))
    await send(world)
    await client.post(f"/webhooks/{kept}/rotate")
    await world.admin.execute("DELETE FROM notification.webhook_delivery WHERE webhook_id = $1", UUID(removed))
    for webhook in (kept, removed):
        await client.post(f"/webhooks/{webhook}/ping")
    await send(world)
    await client.delete(f"/webhooks/{removed}")
    await client.delete(f"/webhooks/{told}")
    keep = timedelta(days=30)
    async with world.database.transaction() as connection:
        assert await remove_of_webhooks(connection, keep) == 0
    await world.admin.execute("UPDATE notification.webhook SET former_until = now() - interval '1 second'")
    await world.admin.execute("UPDATE notification.webhook_delivery SET settled_at = settled_at - interval '31 days'")
    await world.admin.execute("UPDATE notification.webhook SET removed_at = removed_at - interval '31 days'")
    async with world.database.transaction() as connection:
        assert await remove_of_webhooks(connection, keep) == 3, "two pings and a secret"
    async with world.database.transaction() as connection:
        assert await remove_of_webhooks(connection, keep) == 1
    rows = await world.admin.fetch("SELECT id::text, former_secret FROM notification.webhook")
    assert {row["id"]: row["former_secret"] for row in rows} == {kept: None, told: None}
    assert {one["type"] for one in await deliveries(client, kept)} == {"import.held"}


async def test_the_list_is_as_long_for_those_who_may_manage_few(
    world: World, client: httpx.AsyncClient, biller: int, receiver: Receiver
) -> None:
    other = await world.biller()
    await world.admin.execute(
        """INSERT INTO notification.webhook (id, biller_id, url, secret, made_by, made_at)
           SELECT gen_random_uuid(), $1, 'https://hooks.example.com/', '', 'nora', now() - interval '1 day'
           FROM generate_series(1, 1000)""",
        other,
    )
    webhook, _ = await added(client, receiver.url, biller)
    assert [one["id"] for one in (await client.get("/webhooks")).json()["items"]] == [webhook]


async def test_it_takes_a_right_of_its_own(
    world: World, client: httpx.AsyncClient, app: FastAPI, issuer: Issuer, biller: int, receiver: Receiver
) -> None:
    webhook, _ = await added(client, receiver.url, biller)
    assert (await client.post("/webhooks", json={"url": receiver.url})).status_code == 403, "of this biller only"
    await world.admin.execute("UPDATE crm.operator_right SET may_manage_webhooks = false WHERE subject = 'iris'")
    assert (await client.get("/webhooks")).json()["items"] == []
    assert (await client.post("/webhooks", json={"url": receiver.url, "biller_id": biller})).status_code == 403
    for step in ("rotate", "ping", "replay"):
        assert (await client.post(f"/webhooks/{webhook}/{step}", json={})).status_code == 404
    assert (await client.delete(f"/webhooks/{webhook}")).status_code == 404
    headers = signed_in(issuer, "nora")
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://n/api/v1", headers=headers
    ) as nora:
        assert (await nora.get("/webhooks")).json()["items"] == []


@pytest.mark.parametrize(
    "withdrawn",
    [
        "UPDATE crm.operator_right SET may_manage_webhooks = false WHERE subject = 'iris'",
        "DELETE FROM crm.operator_right WHERE subject = 'iris'",
    ],
    ids=["right", "account"],
)
async def test_events_stop_with_the_right_of_who_added_it_until_somebody_takes_it_over(
    world: World,
    client: httpx.AsyncClient,
    issuer: Issuer,
    app: FastAPI,
    biller: int,
    receiver: Receiver,
    withdrawn: str,
) -> None:
    webhook, _ = await added(client, receiver.url, biller)
    await world.publish(held(await begun(world, biller)))
    await world.admin.execute(withdrawn)
    await send(world)
    assert receiver.types == []
    await world.admin.execute(
        """INSERT INTO crm.operator_right (subject, biller_id, permission, may_manage_webhooks)
           VALUES ('nora', $1, 'all', true)""",
        biller,
    )
    base, headers = "http://n/api/v1", signed_in(issuer, "nora")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base, headers=headers) as nora:
        [one] = (await nora.get("/webhooks")).json()["items"]
        assert (one["made_by"], one["responsible"], one["waiting"]) == ("iris", "iris", 1)
        assert "Take it over" in one["paused"]
        [told] = await deliveries(nora, webhook)
        assert (told["state"], told["last_problem"]) == ("pending", one["paused"])
        assert (await client.post(f"/webhooks/{webhook}/take-over")).status_code in {403, 404}
        assert (await nora.post(f"/webhooks/{webhook}/take-over")).status_code == 204
        await send(world)
        assert receiver.types == ["import.held"]
        [one] = (await nora.get("/webhooks")).json()["items"]
        assert (one["made_by"], one["responsible"], one["paused"], one["is_failing"]) == ("iris", "nora", None, False)


async def test_events_of_every_biller_stop_where_the_right_is_withdrawn_at_one(
    world: World, client: httpx.AsyncClient, biller: int, receiver: Receiver
) -> None:
    await world.admin.execute("UPDATE crm.operator_right SET biller_id = NULL WHERE subject = 'iris'")
    webhook, _ = await added(client, receiver.url, None)
    await client.post(f"/webhooks/{webhook}/ping")
    await send(world)
    assert receiver.types == ["ping"]
    await world.admin.execute(
        "INSERT INTO crm.operator_right (subject, biller_id, permission) VALUES ('iris', $1, 'all')", biller
    )
    await world.publish(held(await begun(world, biller)))
    await send(world)
    assert receiver.types == ["ping"]


async def test_there_is_an_end_to_how_many_there_are(
    client: httpx.AsyncClient, biller: int, monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    monkeypatch.setattr("services.notifier.usecases.webhooks.MOST", 1)
    await added(client, receiver.url, biller)
    answer = await client.post("/webhooks", json={"url": receiver.url, "biller_id": biller})
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_webhooks")


async def test_without_a_key_there_are_none(app: FastAPI, client: httpx.AsyncClient, biller: int) -> None:
    app.state.context = replace(app.state.context, box=None)
    answer = await client.post("/webhooks", json={"url": "https://hooks.example.com", "biller_id": biller})
    assert (answer.status_code, answer.json()["code"]) == (503, "webhooks_not_set_up")


async def test_both_secrets_sign_for_a_day_after_rotation(
    world: World, client: httpx.AsyncClient, biller: int, receiver: Receiver
) -> None:
    webhook, former = await added(client, receiver.url, biller)
    secret = (await client.post(f"/webhooks/{webhook}/rotate")).json()["secret"]
    await client.post(f"/webhooks/{webhook}/ping")
    await send(world)
    assert verified(secret, receiver) == verified(former, receiver)
    await world.admin.execute("UPDATE notification.webhook SET former_until = now()")
    await client.post(f"/webhooks/{webhook}/ping")
    await send(world)
    assert receiver.headers[-1]["webhook-signature"].count("v1,") == 1
