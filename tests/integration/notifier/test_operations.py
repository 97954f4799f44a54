"""The operations page: what waits, why, since when, who works on it, and what to do."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import Mount

from services.notifier.operations_views import RUNBOOKS
from shared.contracts.events import FirstRowsApplied, ImportApproved, ImportHeld
from shared.instances import GONE_AFTER
from shared.web import WebSettings
from stack.issuer import Issuer
from tests.integration.notifier.browsing import SETTINGS, TEN, begun, client_of, named, page, running
from tests.integration.notifier.conftest import signed_in
from tests.integration.notifier.world import Imported, World
from tests.support.texts import ROOT

_INSTANCE = """
    INSERT INTO {schema}.instance (id, name, version, started_at, seen_at, work)
    VALUES ($1, $2, '0.1.0', now() - interval '1 day', now() - $3::interval, $4)
"""


@pytest.fixture(autouse=True)
async def operator(world: World) -> AsyncIterator[None]:
    """Iris may operate, and otherwise import paperless only; Paula may import paperless everywhere."""
    for name, operates in (("iris", True), ("paula", False)):
        await world.admin.execute(
            "INSERT INTO crm.operator_right (subject, permission, may_operate) VALUES ($1, 'paperless', $2)"
            " ON CONFLICT (subject, biller_id) DO UPDATE SET may_operate = excluded.may_operate",
            name,
            operates,
        )
    yield
    for name in ("iris", "paula"):
        await world.no_rights(name)
    for schema in ("mapping", "validation", "execution", "notification"):
        await world.admin.execute(f"DELETE FROM {schema}.instance")


async def instance(
    world: World, schema: str, name: str, *work: dict[str, object], seen: timedelta = timedelta()
) -> None:
    await world.admin.execute(_INSTANCE.format(schema=schema), uuid4(), name, seen, json.dumps(work))


async def shown(client: httpx.AsyncClient, imported: Imported) -> dict[str, object]:
    found = (await client.get("/operations")).json()
    [one] = [one for one in found["imports"] if one["import_id"] == str(imported.import_id)]
    return dict(one)


async def test_it_is_for_those_who_operate(pages: FastAPI, client: httpx.AsyncClient, issuer: Issuer) -> None:
    assert (await client.get("/operations")).status_code == 200
    for name in ("paula", "nora"):
        refused = await client.get("/operations", headers=signed_in(issuer, name))
        assert (refused.status_code, refused.json()["code"]) == (403, "F011")
    async with client_of(pages, issuer, "paula") as paula:
        assert (await paula.get("/status/operations")).status_code == 403


async def test_the_right_counts_for_every_biller_only(world: World, client: httpx.AsyncClient, biller: int) -> None:
    await world.no_rights("iris")
    await world.admin.execute(
        "INSERT INTO crm.operator_right (subject, biller_id, permission, may_operate) VALUES ('iris', $1, 'all', true)",
        biller,
    )
    assert (await client.get("/operations")).status_code == 403


async def test_an_import_says_what_it_waits_for_and_what_to_do(
    world: World, client: httpx.AsyncClient, biller: int
) -> None:
    held = await begun(world, biller)
    about = {"import_id": held.import_id, "biller_id": biller}
    await world.publish(ImportHeld(**about, check_no=1, codes={"C202": 2}, planned=TEN, undecided=["C202"]))
    told = await shown(client, held)
    assert (told["state_text"], told["waits_for"]) == ("Needs a decision", "A decision: C202")
    assert "decides" in str(told["what_to_do"])


async def test_an_import_that_waits_for_an_operator_says_how_to_resume_it(
    world: World, client: httpx.AsyncClient, biller: int
) -> None:
    stopped = await running(world, biller)
    await world.admin.execute(
        "UPDATE execution.job SET waiting_since = now() - interval '2 hours', waiting_reason = '53100'"
        " WHERE import_id = $1",
        stopped.import_id,
    )
    told = await shown(client, stopped)
    assert told["waits_for"] == "An operator: the database disk is full (53100)"
    assert f"customer-import resume {stopped.import_id}" in str(told["what_to_do"])


async def test_an_import_whose_first_rows_are_reviewed_waits_for_a_person(
    world: World, client: httpx.AsyncClient, biller: int
) -> None:
    imported = await running(world, biller)
    await world.publish(FirstRowsApplied(import_id=imported.import_id, biller_id=biller))
    told = await shown(client, imported)
    assert (told["state_text"], told["waits_for"]) == ("Paused for review", "A look at the first rows")
    assert "continues or stops" in str(told["what_to_do"])


async def test_an_import_says_who_works_on_it(world: World, client: httpx.AsyncClient, biller: int) -> None:
    imported = await running(world, biller)
    assert (await shown(client, imported))["waits_for"] == "A free executor"
    work = {"what": "batch", "import_id": str(imported.import_id), "part": 2, "since": "2026-03-02T12:00:00Z"}
    await instance(world, "execution", "host-a:1", work)
    await instance(world, "execution", "host-b:2", work, seen=GONE_AFTER * 2)
    told = await shown(client, imported)
    assert (told["workers"], told["waits_for"]) == (["host-a:1"], "")


async def test_a_batch_that_is_tried_again_says_why(world: World, client: httpx.AsyncClient, biller: int) -> None:
    imported = await running(world, biller)
    await world.admin.execute(
        "UPDATE execution.chunk SET postponed = 1, last_problem = '55P03' WHERE import_id = $1 AND state = 'pending'",
        imported.import_id,
    )
    assert "locked the same records" in str((await shown(client, imported))["waits_for"])


async def test_a_service_without_a_living_process_is_told(world: World, client: httpx.AsyncClient) -> None:
    await instance(world, "mapping", "host-a:1")
    await instance(world, "execution", "host-a:2", seen=GONE_AFTER * 2)
    found = (await client.get("/operations")).json()
    assert found["silent_services"] == ["executor", "notifier", "validation"]
    assert {one["name"]: one["is_alive"] for one in found["instances"]} == {"host-a:1": True, "host-a:2": False}


async def test_queues_say_how_much_waits_since_when_and_what_to_do(world: World, client: httpx.AsyncClient) -> None:
    await world.admin.execute("DELETE FROM validation.dead_letter")
    await world.admin.execute(
        "INSERT INTO validation.dead_letter (topic, partition, record_offset, body, reason, detail, created_at)"
        " VALUES ('t', 0, 1, '', 'failing', 'x', '2026-03-02T12:00:00Z')"
    )
    queues = (await client.get("/operations")).json()["queues"]
    [letters] = [one for one in queues if (one["service"], one["queue"]) == ("validation", "dead letters")]
    assert (letters["waiting"], letters["since"]) == (1, "2026-03-02T12:00:00Z")
    assert "dead-letters list" in letters["what_to_do"]


async def test_batches_that_are_paused_ask_for_no_more_executors(
    world: World, client: httpx.AsyncClient, biller: int
) -> None:
    async def waiting() -> dict[str, str]:
        queues = (await client.get("/operations")).json()["queues"]
        return {one["queue"]: one["what_to_do"] for one in queues if one["service"] == "executor"}

    await running(world, biller)
    assert "start more executors" in (await waiting())["batches"]
    await world.admin.execute("SELECT execution.pause_work(NULL, NULL, 'ann', 'x')")
    try:
        told = await waiting()
    finally:
        await world.admin.execute("SELECT execution.resume_work(NULL, NULL, 'ann')")
    assert "batches" not in told
    assert "imports wait for" in told["paused batches"]


async def test_what_waits_leads_to_its_runbook_where_they_have_an_address(
    world: World, iris: httpx.AsyncClient, pages: FastAPI
) -> None:
    assert all((ROOT / f"docs/runbooks/{name}.md").is_file() for name in RUNBOOKS.values())
    await world.admin.execute("DELETE FROM validation.dead_letter")
    await world.admin.execute(
        "INSERT INTO validation.dead_letter (topic, partition, record_offset, body, reason, detail)"
        " VALUES ('t', 0, 2, '', 'failing', 'x')"
    )
    assert "Runbook" not in await page(iris, "/status/operations")
    [mounted] = [one.app for one in pages.routes if isinstance(one, Mount) and isinstance(one.app, FastAPI)]
    settings = WebSettings.model_validate(
        SETTINGS.model_dump() | {"runbooks_url": "https://docs.example.com/runbooks/"}
    )
    web = mounted.state.web
    mounted.state.web = replace(web, settings=settings)
    try:
        assert 'href="https://docs.example.com/runbooks/dead-letters/"' in await page(iris, "/status/operations")
    finally:
        mounted.state.web = web


async def test_the_page_answers_while_kafka_is_away(
    world: World, client: httpx.AsyncClient, iris: httpx.AsyncClient, biller: int
) -> None:
    imported = await running(world, biller)
    assert (await client.get("/operations")).json()["broker"] == {
        "is_reachable": False,
        "is_permitted": True,
        "lag": [],
    }
    found = await page(iris, "/status/operations")
    assert "Kafka can't be reached" in found
    assert str(imported.import_id) in found
    assert "Not known while Kafka" in found


async def test_those_who_operate_find_the_page(iris: httpx.AsyncClient, pages: FastAPI, issuer: Issuer) -> None:
    assert "/status/operations" in await page(iris, "/status/in-progress")
    async with client_of(pages, issuer, "paula") as paula:
        assert "/status/operations" not in await page(paula, "/status/in-progress")


@pytest.mark.parametrize(
    ("limits", "told", "text"),
    [
        ("{}", None, ""),
        ('{"biller_batches": 1}', 1, "At most 1 batch of one biller at a time"),
        ('{"biller_batches": 20, "one_of_a_later_release": 3}', 20, "At most 20 batches of one biller at a time"),
    ],
)
async def test_the_cap_of_batches_of_a_biller_is_shown(
    world: World, client: httpx.AsyncClient, iris: httpx.AsyncClient, limits: str, told: int | None, text: str
) -> None:
    await instance(world, "execution", "host-a:1")
    await world.admin.execute("UPDATE execution.instance SET limits = $1", limits)
    [one] = (await client.get("/operations")).json()["instances"]
    assert one["biller_batches"] == told
    shown_text = await page(iris, "/status/operations")
    assert text in shown_text
    assert ("of one biller at a time" in shown_text) == bool(text)


async def test_the_notifier_learns_of_messages_no_more_than_it_shows(world: World) -> None:
    async with world.database.connection() as connection:
        for column in ("body", "headers", "key"):
            may = await connection.fetchval(
                "SELECT has_column_privilege('validation.dead_letter', $1, 'SELECT')", column
            )
            assert not may, column


async def test_an_approved_import_without_batches_waits_for_an_executor(
    world: World, client: httpx.AsyncClient, biller: int
) -> None:
    imported = await begun(world, biller)
    about = {"import_id": imported.import_id, "biller_id": biller}
    await world.publish(ImportApproved(**about, check_no=1, codes={}, planned=TEN, chunks=3))
    told = await shown(client, imported)
    assert (told["waits_for"], told["batches_done"], told["batches"]) == ("A free executor", 0, 3)


async def test_a_dead_letter_of_another_service_is_discarded_on_the_page(
    world: World, iris: httpx.AsyncClient, pages: FastAPI, issuer: Issuer
) -> None:
    await world.admin.execute("DELETE FROM execution.dead_letter")
    number = await world.admin.fetchval(
        "INSERT INTO execution.dead_letter (topic, partition, record_offset, body, reason, detail)"
        " VALUES ('some-topic', 0, 1, 'ann@example.com', 'failing', 'It failed') RETURNING id"
    )
    address = "/status/operations/dead-letters"
    shown = await page(iris, address, service="executor")
    assert "some-topic" in shown
    assert "ann@example.com" not in shown
    assert "The service failed each time it tried to handle the message." in shown
    assert "The service&#39;s log names the cause" in shown
    assert "some-topic" not in await page(iris, address, service="mapping")
    assert "<code>customer-import dead-letters list</code>" in await page(iris, "/status/operations")
    csrf = re.search(r'name="csrf" value="([^"]+)"', shown)
    assert csrf is not None
    form = {"csrf": csrf[1], "reason": "Sent by a test"}
    async with client_of(pages, issuer, "paula") as paula:
        assert (await paula.get(address)).status_code == 403
    discard = f"{address}/executor/{number}/discard"
    assert (await iris.post(discard, data={"reason": "x"})).status_code == 403
    assert "say why" in (await iris.post(discard, data={**form, "reason": " "})).text
    long = await iris.post(discard, data={**form, "reason": "r" * 501})
    assert long.status_code == 422
    assert "Nothing was discarded: the reason has 501 characters; at most 500 fit" in long.text
    assert f'value="{"r" * 501}"' in long.text
    card = await iris.post(discard, data={**form, "reason": "Of 4111 1111 1111 1111"})
    assert "Nothing was discarded: The text contains a card number" in card.text
    assert "was discarded" in (await iris.post(discard, data=form)).text
    assert "was already handled or discarded" in (await iris.post(discard, data=form)).text
    settled = await page(iris, address, state="settled")
    assert "by iris: Sent by a test" in settled
    async with named(world, "iris", "Iris Moon"):
        assert "by Iris Moon: Sent by a test" in await page(iris, address, state="settled")
    assert "by iris" in settled
