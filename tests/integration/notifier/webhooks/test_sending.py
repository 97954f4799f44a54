"""Other systems are told of imports by signed requests: each event once, while they answer, and nobody else's turn."""

import asyncio
import json
import re
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from standardwebhooks.webhooks import WebhookVerificationError

from services.notifier.destinations import Destinations
from services.notifier.measuring import Measuring
from services.notifier.repository import webhooks
from shared.contracts.events import FinalState
from tests.integration.notifier.browsing import begun
from tests.integration.notifier.test_notices import approved, ended, held
from tests.integration.notifier.webhooks.receiving import (
    BOX,
    HOW_TO,
    Receiver,
    added,
    deliveries,
    make_due,
    send,
    sender,
    verified,
)
from tests.integration.notifier.world import World
from tests.support.alerts import alerts


async def test_an_import_is_told_step_by_step_and_each_request_verifies(
    world: World, client: httpx.AsyncClient, biller: int, receiver: Receiver
) -> None:
    _, secret = await added(client, receiver.url, biller)
    imported = await begun(world, biller)
    first = held(imported)
    await world.publish(first, first.model_copy(update={"event_id": uuid4()}))
    await send(world)
    event = verified(secret, receiver)
    [documented] = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", HOW_TO, re.DOTALL)]
    assert event["type"] == "import.held"
    assert event["data"]["import_id"] == str(imported.import_id)
    assert event["data"]["state"] == "held"
    assert event["data"]["needs_decision"] == ["C241"]
    assert event.keys() == documented.keys()
    assert event["data"].keys() == documented["data"].keys()
    assert "customers.csv" not in str(event)
    await world.publish(approved(imported), ended(imported, FinalState.COMPLETED))
    await send(world)
    assert receiver.types == ["import.held", "import.started", "import.finished"]
    assert verified(secret, receiver)["data"]["counts"]["applied"] == 2
    documented_types = set(re.findall(r"^\| `(import\.\w+|ping)`", HOW_TO, re.MULTILINE))
    assert documented_types >= set(receiver.types)


async def test_a_request_that_was_changed_does_not_verify(
    world: World, client: httpx.AsyncClient, biller: int, receiver: Receiver
) -> None:
    webhook, secret = await added(client, receiver.url, biller)
    await client.post(f"/webhooks/{webhook}/ping")
    await send(world)
    assert verified(secret, receiver)["type"] == "ping"
    receiver.bodies[-1] = receiver.bodies[-1].replace(b"ping", b"pong")
    with pytest.raises(WebhookVerificationError):
        verified(secret, receiver)


async def test_only_those_are_told_who_are_told_of_the_biller(
    world: World, client: httpx.AsyncClient, biller: int, receiver: Receiver
) -> None:
    await added(client, receiver.url, biller)
    await world.publish(held(await begun(world, await world.biller())))
    await send(world)
    assert receiver.types == []


async def test_what_is_not_taken_is_tried_again_under_the_same_id_and_then_given_up(
    world: World, client: httpx.AsyncClient, biller: int, receiver: Receiver
) -> None:
    webhook, _ = await added(client, receiver.url, biller)
    receiver.statuses = [500, 302, 500]
    receiver.extra = b"location: http://127.0.0.1:1/elsewhere\r\n"
    await world.publish(held(await begun(world, biller)))
    assert [await sender(world).step() for _ in range(2)] == [True, False], "it pauses"
    await make_due(world)
    assert await sender(world).step()
    [told] = await deliveries(client, webhook)
    assert (told["state"], told["attempts"], told["last_problem"]) == ("pending", 2, "302")
    assert len({headers["webhook-id"] for headers in receiver.headers}) == 1
    await world.admin.execute("UPDATE notification.webhook_delivery SET queued_at = now() - interval '4 days'")
    await make_due(world)
    await send(world)
    assert (await deliveries(client, webhook))[0]["state"] == "given_up"
    await Measuring(world.database).step()
    assert alerts()["WebhookNotDelivered"].fires
    assert (await client.get("/webhooks")).json()["items"][0]["not_delivered"] == 1
    assert (await client.post(f"/webhooks/{webhook}/replay", json={})).json() == {"deliveries": 1}
    await send(world)
    assert (await deliveries(client, webhook))[0]["state"] == "delivered"
    await Measuring(world.database).step()
    assert not alerts()["WebhookNotDelivered"].fires


async def test_who_is_gone_is_not_asked_again(
    world: World, client: httpx.AsyncClient, biller: int, receiver: Receiver
) -> None:
    webhook, _ = await added(client, receiver.url, biller)
    receiver.statuses = [410]
    await world.publish(held(await begun(world, biller)))
    await send(world)
    assert [one["state"] for one in await deliveries(client, webhook)] == ["given_up"]


async def test_one_that_is_away_takes_its_turns_only(
    world: World, client: httpx.AsyncClient, biller: int, receiver: Receiver
) -> None:
    await added(client, "http://127.0.0.1:1/", biller)
    await added(client, receiver.url, biller)
    for _ in range(4):
        await world.publish(held(await begun(world, biller)))
    for _ in range(8):
        await sender(world).step()
    assert len(receiver.types) == 4, "at least every other step is the other's"


async def test_one_that_does_not_answer_is_left_after_a_time(
    world: World, client: httpx.AsyncClient, biller: int, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.notifier.webhooks.sender.SEND_SECONDS", 0.2)
    webhook, _ = await added(client, receiver.url, biller)
    receiver.silent = True
    await client.post(f"/webhooks/{webhook}/ping")
    assert await sender(world).step()
    assert (await deliveries(client, webhook))[0]["last_problem"] in {"TimeoutError", "ReadTimeout"}


async def test_a_name_that_leads_inside_is_found_out_when_it_is_sent(
    world: World, client: httpx.AsyncClient, biller: int, receiver: Receiver
) -> None:
    url = f"https://localhost:{receiver.port}/"
    async with world.database.transaction() as connection:
        webhook = uuid4()
        await webhooks.add(connection, webhook, biller, url, BOX.seal("whsec_AAAA", webhook), "iris")
        await webhooks.ping(connection, webhook, uuid4())
    assert await sender(world, Destinations()).step()
    assert (await deliveries(client, str(webhook)))[0]["last_problem"] == "The address leads inside"
    assert receiver.types == []


@pytest.mark.parametrize(
    ("name", "state", "problem"), [("localhost", "delivered", None), ("elsewhere.example", "pending", "ConnectError")]
)
async def test_the_certificate_is_that_of_the_name_although_the_address_is_asked(
    world: World, client: httpx.AsyncClient, biller: int, tmp_path: Path, name: str, state: str, problem: str | None
) -> None:
    one, certificate = Receiver(), _certificate(tmp_path, name)
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(certificate)
    async with await asyncio.start_server(one.answer, "127.0.0.1", 0, ssl=serving) as server:
        webhook, secret = await added(client, f"https://localhost:{server.sockets[0].getsockname()[1]}/hook", biller)
        await client.post(f"/webhooks/{webhook}/ping")
        trusting = ssl.create_default_context(cafile=certificate)
        assert await replace(sender(world), tls=trusting).step()
        server.close()
    [told] = await deliveries(client, webhook)
    assert (told["state"], told["last_problem"]) == (state, problem)
    if state == "delivered":
        assert verified(secret, one)["type"] == "ping"
    assert len(one.bodies) == (state == "delivered")


def _certificate(folder: Path, name: str) -> Path:
    """A key and a certificate for a name, signed by itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    built = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    made = (
        built.not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "server.pem"
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


async def test_a_claim_that_ran_out_settles_nothing(world: World, client: httpx.AsyncClient, biller: int) -> None:
    webhook, _ = await added(client, "http://127.0.0.1:1/", biller)
    await client.post(f"/webhooks/{webhook}/ping")
    async with world.database.transaction() as connection:
        late = await webhooks.claim(connection, timedelta(0))
    await make_due(world)
    async with world.database.transaction() as connection:
        now = await webhooks.claim(connection, timedelta(minutes=1))
    assert late is not None
    assert now is not None
    async with world.database.transaction() as connection:
        await webhooks.mark_delivered(connection, late)
    assert (await deliveries(client, webhook))[0]["state"] == "pending"
