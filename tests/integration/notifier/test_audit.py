"""What the notifier does leaves its entry in the audit trail; auditors see all of it, others that of their import."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from cli.audit import entry_of
from shared.audit import SYSTEM, Act, Verification
from stack.issuer import Issuer
from tests.integration.notifier.browsing import begun, client_of, ended, page, running
from tests.integration.notifier.conftest import signed_in
from tests.integration.notifier.test_bounces import report, sent_email
from tests.integration.notifier.world import NOON, World
from tests.support.audited import Scenario, Told, answered

ANN = "ann@example.com"
pytestmark = pytest.mark.usefixtures("pages")  # before the first request


@pytest.fixture
async def may_audit(world: World, biller: int) -> AsyncIterator[None]:  # noqa: ARG001 - its rights are removed after it
    await world.admin.execute(
        "INSERT INTO crm.operator_right (subject, permission, may_audit) VALUES ('iris', 'paperless', true)"
    )
    yield
    await world.no_rights("iris")


async def _looks_at_rows(world: World, client: httpx.AsyncClient, biller: int) -> None:
    imported, told = await running(world, biller), await Told.from_now(world.admin)
    await answered(client.get(f"/imports/{imported.import_id}/rows"), 200)
    await answered(client.get(f"/imports/{imported.import_id}/corrections"), 200)
    seen = [(one["import_id"], one["actor"], one["detail"]["what"]) for one in await told.of(Act.ROWS_SEEN)]
    assert seen == [(imported.import_id, "iris", "results"), (imported.import_id, "iris", "corrections")]


async def _downloads(world: World, client: httpx.AsyncClient, biller: int) -> None:
    imported = await begun(world, biller)
    await ended(world, imported, NOON)
    told = await Told.from_now(world.admin)
    await answered(client.get(f"/imports/{imported.import_id}/log.csv", params={"which": "failed"}), 200)
    entry = await told.one(Act.DOWNLOADED)
    assert (entry["actor"], entry["biller_id"]) == ("iris", biller)
    assert entry["detail"] == {"what": "log", "which": "failed"}


async def _looks_up_a_customer(world: World, client: httpx.AsyncClient, biller: int) -> None:
    told = await Told.from_now(world.admin)
    await answered(client.get("/customer-history", params={"text": ANN, "biller_id": biller}), 200)
    entry = await told.one(Act.CUSTOMER_SEEN)
    assert entry["detail"] == {"count": 0}
    assert ANN not in str(entry)


async def _pauses(world: World, client: httpx.AsyncClient, biller: int) -> None:
    await world.admin.execute(
        "INSERT INTO crm.operator_right (subject, permission, may_operate) VALUES ('iris', 'all', true)"
    )
    told, scope = await Told.from_now(world.admin), {"biller_id": biller}
    await answered(client.post("/operations/pause", json={**scope, "reason": "The bank is down"}), 204)
    await answered(client.post("/operations/resume", json=scope), 204)
    for act in (Act.WORK_PAUSED, Act.WORK_RESUMED):
        assert (await told.one(act))["biller_id"] == biller


async def _looks_at_the_trail(world: World, client: httpx.AsyncClient, _biller: int) -> None:
    await world.admin.execute(
        "INSERT INTO crm.operator_right (subject, permission, may_audit) VALUES ('iris', 'all', true)"
    )
    told = await Told.from_now(world.admin)
    await answered(client.get("/audit", params={"actor": "paula"}), 200)
    assert (await told.one(Act.AUDIT_SEEN))["detail"] == {"about": "paula"}


async def _manages_webhooks(world: World, client: httpx.AsyncClient, biller: int) -> None:
    await world.admin.execute("UPDATE crm.operator_right SET may_manage_webhooks = true WHERE subject = 'iris'")
    told = await Told.from_now(world.admin)
    made = await answered(client.post("/webhooks", json={"url": "https://x.example.com/", "biller_id": biller}), 201)
    address = f"/webhooks/{made.json()['id']}"
    await answered(client.post(f"{address}/rotate"), 200)
    await answered(client.post(f"{address}/take-over"), 204)
    await answered(client.post(f"{address}/replay", json={}), 200)
    await answered(client.delete(address), 204)
    taken = (Act.WEBHOOK_TAKEN_OVER, Act.WEBHOOK_REPLAYED, Act.WEBHOOK_REMOVED)
    for act in (Act.WEBHOOK_ADDED, Act.WEBHOOK_ROTATED, *taken):
        entry = await told.one(act)
        assert (entry["actor"], entry["biller_id"]) == ("iris", biller)
        assert entry["detail"] == {"webhook_id": made.json()["id"]}


async def _changes_a_text_of_emails(world: World, client: httpx.AsyncClient, biller: int) -> None:
    await world.admin.execute("UPDATE crm.operator_right SET may_edit_emails = true WHERE subject = 'iris'")
    told = await Told.from_now(world.admin)
    await answered(client.delete(f"/customer-emails/{biller}/texts/activation"), 204)
    await answered(client.put(f"/customer-emails/{biller}", json={"on": False}), 204)
    await answered(client.put(f"/customer-emails/{biller}", json={"on": True}), 204)
    for act in (Act.EMAIL_TEXT_CHANGED, Act.EMAILS_SWITCHED):
        assert {(one["actor"], one["biller_id"]) for one in await told.of(act)} == {("iris", biller)}


async def _takes_a_bounce(world: World, client: httpx.AsyncClient, biller: int) -> None:
    imported, told = await begun(world, biller), await Told.from_now(world.admin)
    await sent_email(world, imported, "<one@example.com>")
    await answered(report(client, "<one@example.com>"), 204)
    entry = await told.one(Act.EMAIL_BOUNCED)
    assert (entry["actor"], entry["import_id"], entry["biller_id"]) == (SYSTEM, imported.import_id, biller)


async def _stops_emails(world: World, client: httpx.AsyncClient, biller: int) -> None:
    imported, told = await begun(world, biller), await Told.from_now(world.admin)
    await world.admin.execute(
        "INSERT INTO notification.customer_email_run (import_id, biller_id, not_before) VALUES ($1, $2, now())",
        *(imported.import_id, biller),
    )
    await answered(client.delete(f"/imports/{imported.import_id}/customer-emails"), 204)
    assert (await told.one(Act.EMAILS_STOPPED))["import_id"] == imported.import_id


SCENARIOS: dict[Act, Scenario] = {
    Act.EMAIL_TEXT_CHANGED: _changes_a_text_of_emails,
    Act.EMAILS_SWITCHED: _changes_a_text_of_emails,
    Act.EMAILS_STOPPED: _stops_emails,
    Act.EMAIL_BOUNCED: _takes_a_bounce,
    Act.WEBHOOK_ADDED: _manages_webhooks,
    Act.WEBHOOK_ROTATED: _manages_webhooks,
    Act.WEBHOOK_TAKEN_OVER: _manages_webhooks,
    Act.WEBHOOK_REPLAYED: _manages_webhooks,
    Act.WEBHOOK_REMOVED: _manages_webhooks,
    Act.ROWS_SEEN: _looks_at_rows,
    Act.DOWNLOADED: _downloads,
    Act.CUSTOMER_SEEN: _looks_up_a_customer,
    Act.WORK_PAUSED: _pauses,
    Act.WORK_RESUMED: _pauses,
    Act.AUDIT_SEEN: _looks_at_the_trail,
}


@pytest.mark.parametrize("scenario", dict.fromkeys(SCENARIOS.values()), ids=lambda one: one.__name__.strip("_"))
async def test_it_leaves_its_entry(world: World, client: httpx.AsyncClient, biller: int, scenario: Scenario) -> None:
    await scenario(world, client, biller)


@pytest.mark.usefixtures("may_audit")
async def test_auditors_filter_the_trail_and_page_through_it(
    world: World, client: httpx.AsyncClient, biller: int
) -> None:
    imported = await running(world, biller)
    for _ in range(3):
        await client.get(f"/imports/{imported.import_id}/rows")
    asked: dict[str, str | int] = {"import_id": str(imported.import_id), "act": "rows_seen", "limit": 2}
    first = (await answered(client.get("/audit", params=asked), 200)).json()
    rest = (await answered(client.get("/audit", params={**asked, "before": first["next"]}), 200)).json()
    numbers = [one["number"] for one in [*first["items"], *rest["items"]]]
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    assert numbers == sorted(numbers, reverse=True)


@pytest.mark.usefixtures("may_audit")
async def test_the_chain_as_the_api_gives_it_verifies(client: httpx.AsyncClient) -> None:
    verification, after, last = Verification(), 0, 1
    while verification.number < last:
        answer = (await answered(client.get("/audit/chain", params={"after": after, "limit": 7}), 200)).json()
        entries = [entry_of(one) for one in answer["items"]]
        assert not list(verification.faults(entries))
        after, last = entries[-1].number, answer["last_number"]


@pytest.mark.usefixtures("biller")
async def test_without_the_right_nobody_sees_the_trail(
    world: World, client: httpx.AsyncClient, pages: FastAPI, issuer: Issuer
) -> None:
    await world.right("iris", None, "all")  # who may do everything else
    assert (await client.get("/audit")).status_code == 403
    assert (await client.get("/audit/chain")).status_code == 403
    async with client_of(pages, issuer, "iris") as iris:
        assert (await iris.get("/status/audit")).status_code == 403
        assert "Audit trail" not in await page(iris, "/status/in-progress")


@pytest.mark.usefixtures("may_audit")
async def test_the_page_of_auditors(world: World, iris: httpx.AsyncClient, biller: int) -> None:
    imported = await running(world, biller)
    await iris.get(f"/status/imports/{imported.import_id}/rows")
    assert "/status/audit" in await page(iris, "/status/in-progress")
    shown = await page(iris, f"/status/audit?import_id={imported.import_id}")
    assert "Looked at rows" in shown
    assert "page from 127.0.0.1" in shown
    assert "entries like this" not in shown
    await iris.get(f"/status/imports/{imported.import_id}/rows?outcome=failed")
    shown = await page(iris, f"/status/audit?import_id={imported.import_id}")
    assert "2 entries like this" in shown, "looks that follow each other are folded"
    assert "No entries." in await page(iris, f"/status/audit?import_id={imported.import_id}&act=approved")
    assert (await iris.get("/status/audit?import_id=x&act=y&before=z")).status_code == 200


async def test_an_import_shows_who_did_what_and_to_auditors_from_where(
    world: World, pages: FastAPI, issuer: Issuer, biller: int
) -> None:
    imported = await running(world, biller)
    async with client_of(pages, issuer, "paula") as paula:
        await paula.get(f"/status/imports/{imported.import_id}/rows")
        told = await page(paula, f"/status/imports/{imported.import_id}/trail")
        assert "Who did what" in told
        assert "Looked at rows" in told
        assert "127.0.0.1" not in told
        await world.admin.execute(
            "INSERT INTO crm.operator_right (subject, permission, may_audit) VALUES ('paula', 'paperless', true)"
        )
        assert "page from 127.0.0.1" in await page(paula, f"/status/imports/{imported.import_id}/trail")


async def test_no_token_no_entry_of_anybody(world: World, app: FastAPI, issuer: Issuer) -> None:
    told = await Told.from_now(world.admin)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://notifier/api/v1") as nobody:
        await answered(nobody.get("/imports"), 401)
        await answered(nobody.get(f"/imports/{UUID(int=0)}/log.csv", headers=signed_in(issuer, "nora")), 404)
    assert [one["actor"] for one in await told.of(Act.REFUSED)] == [""]
