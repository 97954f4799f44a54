"""Reports of emails that bounced, signed as Standard Webhooks say: notice-13 and notice-14."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from standardwebhooks.webhooks import Webhook

from tests.integration.notifier.browsing import begun
from tests.integration.notifier.conftest import BOUNCE_SECRET
from tests.integration.notifier.world import Imported, World

NEXT = "whsec_" + base64.b64encode(bytes(range(32))).decode()
pytestmark = pytest.mark.usefixtures("pages")  # before the first request


@pytest.fixture(autouse=True)
def taking(app: FastAPI) -> Iterator[None]:
    before = app.state.context
    app.state.context = replace(before, bounce_secrets=(BOUNCE_SECRET, NEXT))
    yield
    app.state.context = before


async def sent_email(world: World, imported: Imported, message_id: str, receiver: str = "login") -> None:
    await world.admin.execute(
        "INSERT INTO notification.customer_email_run (import_id, biller_id, not_before) VALUES ($1, $2, now())"
        " ON CONFLICT DO NOTHING",
        *(imported.import_id, imported.biller_id),
    )
    await world.admin.execute(
        "INSERT INTO notification.customer_email (import_id, login_id, receiver, message_id, state)"
        " VALUES ($1, 7, $2, $3, 'sent')",
        *(imported.import_id, receiver, message_id),
    )


async def report(
    client: httpx.AsyncClient,
    message_id: str,
    kind: str = "hard",
    *,
    secret: str = BOUNCE_SECRET,
    at: datetime | None = None,
    other: bytes = b"",
) -> httpx.Response:
    """What a mail provider sends, signed by a library that is not ours."""
    moment, webhook_id = at or datetime.now(UTC), str(uuid4())
    body = json.dumps({"type": "email.bounced", "data": {"message_id": message_id, "kind": kind}})
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": "v1,x " + Webhook(secret).sign(webhook_id, moment, body),
        "content-type": "application/json",
        "authorization": "",
    }
    return await client.post("/customer-emails/bounces", content=body.encode() + other, headers=headers)


async def bounced(world: World, imported: Imported) -> list[bool]:
    rows = await world.admin.fetch(
        "SELECT bounced_at IS NOT NULL AS is_so FROM notification.customer_email WHERE import_id = $1",
        imported.import_id,
    )
    return [row["is_so"] for row in rows]


async def test_a_bounce_counts_once_and_is_shown(world: World, client: httpx.AsyncClient, biller: int) -> None:
    imported, message_id = await begun(world, biller), f"<{uuid4()}@example.com>"
    await sent_email(world, imported, message_id)
    for secret in (BOUNCE_SECRET, NEXT):
        assert (await report(client, message_id, secret=secret)).status_code == 204
    shown = (await client.get(f"/imports/{imported.import_id}/mails")).json()["customers"]
    assert (shown["sent"], shown["bounced"], shown["returned_to_paper"]) == (1, 1, 0)
    told = "SELECT count(*) FROM audit.entry WHERE act = 'email_bounced' AND import_id = $1"
    assert await world.admin.fetchval(told, imported.import_id) == 1


async def test_what_is_unknown_or_may_pass_has_no_effect_and_the_same_response(
    world: World, client: httpx.AsyncClient, biller: int
) -> None:
    imported, message_id = await begun(world, biller), f"<{uuid4()}@example.com>"
    await sent_email(world, imported, message_id)
    for known, kind in (("<nobody@example.com>", "hard"), (message_id, "soft")):
        answer = await report(client, known, kind)
        assert (answer.status_code, answer.content) == (204, b"")
    assert await bounced(world, imported) == [False]


async def test_a_request_that_is_not_signed_or_old_has_no_effect(
    world: World, client: httpx.AsyncClient, biller: int
) -> None:
    imported, message_id = await begun(world, biller), f"<{uuid4()}@example.com>"
    await sent_email(world, imported, message_id)
    stranger = "whsec_" + base64.b64encode(b"x" * 32).decode()
    wrong = [
        await report(client, message_id, secret=stranger),
        await report(client, message_id, at=datetime.now(UTC) - timedelta(minutes=6)),
        await report(client, message_id, at=datetime.now(UTC) + timedelta(minutes=6)),
        await report(client, message_id, other=b" "),
        await client.post("/customer-emails/bounces", json={"type": "x", "data": {"message_id": "y", "kind": "hard"}}),
        await client.post("/customer-emails/bounces", content=b"[" * 100, headers={"content-type": "application/json"}),
    ]
    assert [(one.status_code, one.json()["code"]) for one in wrong] == [(403, "signature_refused")] * len(wrong)
    too_long = await report(client, message_id, other=b" " * 1024 * 1024)
    assert too_long.status_code == 413
    assert await bounced(world, imported) == [False]


async def test_without_a_secret_nothing_is_taken(client: httpx.AsyncClient, app: FastAPI) -> None:
    app.state.context = replace(app.state.context, bounce_secrets=())
    answer = await report(client, "<one@example.com>")
    assert (answer.status_code, answer.json()["code"]) == (503, "bounces_not_set_up")


async def test_the_former_address_of_a_login_returns_nothing_to_paper(
    world: World, client: httpx.AsyncClient, biller: int
) -> None:
    imported, message_id = await begun(world, biller), f"<{uuid4()}@example.com>"
    await sent_email(world, imported, message_id, "former")
    await report(client, message_id)
    assert await bounced(world, imported) == [True]
    returned = "SELECT returned FROM notification.customer_email WHERE message_id = $1"
    assert await world.admin.fetchval(returned, message_id) is None
