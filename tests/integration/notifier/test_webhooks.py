"""Other systems are told of imports by signed requests: each event once, while they answer, and nobody else's turn."""

import asyncio
import json
import re
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import FastAPI
from standardwebhooks.webhooks import WebhookVerificationError

from services.notifier.destinations import Destinations
from services.notifier.measuring import Measuring
from services.notifier.repository import webhooks
from services.notifier.repository.outdated import remove_of_webhooks
from services.notifier.signing import SecretBox
from services.notifier.webhooks import Sender
from shared.contracts.events import FinalState
from stack.issuer import Issuer
from tests.integration.notifier.browsing import begun
from tests.integration.notifier.conftest import signed_in
from tests.integration.notifier.test_notices import approved, ended, held
from tests.integration.notifier.world import World
from tests.support.alerts import alerts

BOX = SecretBox(bytes(32))
INSIDE = Destinations.named("127.0.0.1/32")
_HOW_TO = (Path(__file__).parents[3] / "docs/how-to/webhooks.md").read_text(encoding="utf-8")


@dataclass
class Receiver:
    """A server that answers with these statuses in turn, then 204, and keeps what it was sent."""

    statuses: list[int] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    silent: bool = False
    extra: bytes = b""
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?a=b"

    @property
    def types(self) -> list[str]:
        return [json.loads(body)["type"] for body in self.bodies]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = {name.lower(): value for name, value in re.findall(r"^([\w-]+): (.*)\r$", head, re.MULTILINE)}
        body = await reader.readexactly(int(headers["content-length"]))
        if self.silent:
            await reader.read()
            return
        self.headers.append(headers)
        self.bodies.append(body)
        status = self.statuses.pop(0) if self.statuses else 204
        writer.write(
            f"HTTP/1.1 {status} X\r\n".encode() + self.extra + b"content-length: 0\r\nconnection: close\r\n\r\n"
        )
        await writer.drain()
        writer.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    one = Receiver()
    async with await asyncio.start_server(one.answer, "127.0.0.1", 0) as server:
        one.port = server.sockets[0].getsockname()[1]
        yield one
        server.close()


@pytest.fixture(autouse=True)
async def cleared(world: World, app: FastAPI, biller: int) -> AsyncIterator[None]:
    app.state.context = _with(app, INSIDE)
    await world.admin.execute("UPDATE crm.operator_right SET may_manage_webhooks = true WHERE subject = 'iris'")
    for table in ("webhook_delivery", "webhook"):
        await world.admin.execute(f"DELETE FROM notification.{table}")
    assert biller
    yield
    await world.admin.execute("DELETE FROM notification.webhook_delivery")


def _with(app: FastAPI, destinations: Destinations) -> Any:
    return replace(app.state.context, box=BOX, destinations=destinations)


def sender(world: World, destinations: Destinations = INSIDE) -> Sender:
    return Sender(world.database, BOX, destinations)


async def send(world: World) -> None:
    """Everything that is due."""
    while await sender(world).step():
        pass


async def make_due(world: World) -> None:
    await world.admin.execute("UPDATE notification.webhook_delivery SET not_before = now() WHERE state = 'pending'")
    await world.admin.execute("UPDATE notification.webhook SET not_before = now()")


async def added(client: httpx.AsyncClient, url: str, biller: int | None) -> tuple[str, str]:
    answer = await client.post("/webhooks", json={"url": url, "biller_id": biller})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"], answer.json()["secret"]


async def deliveries(client: httpx.AsyncClient, webhook: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await client.get(f"/webhooks/{webhook}/deliveries")).json()["items"]
    return items


def verified(secret: str, receiver: Receiver, number: int = -1) -> dict[str, Any]:
    """By the example of the documentation, as it stands there."""
    [example] = re.findall(r"```python\n(.*?)```", _HOW_TO, re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)  # noqa: S102 - the example is ours
    event: dict[str, Any] = names["take"](secret, receiver.headers[number], receiver.bodies[number])
    return event


async def test_an_import_is_told_step_by_step_and_each_request_verifies(
    world: World, client: httpx.AsyncClient, biller: int, receiver: Receiver
) -> None:
    _, secret = await added(client, receiver.url, biller)
    imported = await begun(world, biller)
    first = held(imported)
    await world.publish(first, first.model_copy(update={"event_id": uuid4()}))
    await send(world)
    event = verified(secret, receiver)
    [documented] = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", _HOW_TO, re.DOTALL)]
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
    documented_types = set(re.findall(r"^\| `(import\.\w+|ping)`", _HOW_TO, re.MULTILINE))
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
