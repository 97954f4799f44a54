"""Those who operate pause and resume; everyone who sees the imports is told since when and why."""

import re
from collections.abc import AsyncIterator, Mapping
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from stack.issuer import Issuer
from tests.integration.notifier.browsing import begun, client_of, named, page, running
from tests.integration.notifier.conftest import signed_in
from tests.integration.notifier.world import World


@pytest.fixture(autouse=True)
async def operator(world: World) -> AsyncIterator[None]:
    await world.admin.execute(
        "INSERT INTO crm.operator_right (subject, permission, may_operate) VALUES ('iris', 'all', true)"
    )
    yield
    await world.admin.execute("DELETE FROM execution.pause")
    await world.no_rights("iris")


async def test_a_paused_import_says_since_when_and_why(
    world: World, client: httpx.AsyncClient, pages: FastAPI, issuer: Issuer, biller: int
) -> None:
    paused, other = await running(world, biller), await running(world, await world.biller())
    before = (await client.get(f"/imports/{paused.import_id}")).json()["revision"]
    asked = {"biller_id": biller, "reason": "The bank is down"}
    assert (await client.post("/operations/pause", json=asked)).status_code == 204
    told = (await client.get(f"/imports/{paused.import_id}")).json()
    assert told["paused"]["reason"] == "The bank is down"
    assert told["revision"] > before
    assert (await client.get(f"/imports/{other.import_id}")).json()["paused"] is None
    [listed] = [
        one
        for one in (await client.get("/imports", params={"biller_id": biller})).json()["items"]
        if one["import_id"] == str(paused.import_id)
    ]
    assert listed["paused"] == told["paused"]
    async with client_of(pages, issuer, "paula") as paula:
        for address in ("/status/in-progress", f"/status/imports/{paused.import_id}"):
            found = await page(paula, address)
            assert "Paused by operations since" in found
            assert "The bank is down" in found
    [unfinished] = [
        one for one in (await client.get("/operations")).json()["imports"] if one["import_id"] == str(paused.import_id)
    ]
    assert unfinished["waits_for"] == "Operations: The bank is down"
    assert f"customer-import ops resume --biller {biller}" in unfinished["what_to_do"]
    async with client_of(pages, issuer, "iris") as iris:
        assert "by iris: The bank is down" in await page(iris, "/status/operations"), "nobody signed in by this name"
        async with named(world, "iris", "Iris Moon"):
            assert "by Iris Moon: The bank is down" in await page(iris, "/status/operations")
    assert (await client.post("/operations/resume", json={"biller_id": biller})).status_code == 204
    assert (await client.get(f"/imports/{paused.import_id}")).json()["paused"] is None


async def test_a_paused_import_is_paused_with_its_undo(world: World, client: httpx.AsyncClient, biller: int) -> None:
    first, undo = await running(world, biller), await running(world, await world.biller())
    await world.admin.execute("UPDATE mapping.import SET undoes = $2 WHERE id = $1", undo.import_id, first.import_id)
    asked = {"import_id": str(first.import_id), "reason": "The bank is down"}
    assert (await client.post("/operations/pause", json=asked)).status_code == 204
    assert (await client.get(f"/imports/{undo.import_id}")).json()["paused"]["reason"] == "The bank is down"
    shown = (await client.get("/operations")).json()
    [waits] = [one for one in shown["imports"] if one["import_id"] == str(undo.import_id)]
    assert waits["what_to_do"] == f"Resume it with `customer-import ops resume --import {first.import_id}`"
    assert (await client.post("/operations/resume", json={"import_id": str(undo.import_id)})).status_code == 204
    assert (await client.get(f"/imports/{first.import_id}")).json()["paused"] is None


async def test_an_import_that_is_checked_is_not_held_back_yet(
    world: World, client: httpx.AsyncClient, biller: int
) -> None:
    imported = await begun(world, biller)
    await client.post("/operations/pause", json={"reason": "x"})
    assert (await client.get(f"/imports/{imported.import_id}")).json()["paused"] is None


async def test_what_can_not_be_paused_is_refused(client: httpx.AsyncClient, issuer: Issuer, biller: int) -> None:
    async def refused(path: str, body: Mapping[str, object], name: str = "iris") -> tuple[int, str]:
        answer = await client.post(f"/operations/{path}", json=body, headers=signed_in(issuer, name))
        return answer.status_code, answer.json()["code"] if answer.content else ""

    about = {"biller_id": biller}
    assert await refused("pause", {**about, "reason": "x"}, "paula") == (403, "F011")
    assert await refused("resume", about, "paula") == (403, "F011")
    assert await refused("resume", about) == (409, "not_paused")
    assert await refused("pause", {**about, "reason": "x"}) == (204, "")
    assert await refused("pause", {**about, "reason": "y"}) == (409, "already_paused")
    assert (await refused("pause", {"import_id": str(uuid4()), "reason": "x"}))[0] == 404
    assert (await refused("pause", {"biller_id": 2**40, "reason": "x"}))[0] == 404
    for wrong in ({}, {"reason": " "}, {"reason": "x", "biller_id": biller, "import_id": str(uuid4())}):
        assert (await refused("pause", wrong))[0] == 422


async def test_it_is_paused_and_resumed_on_the_page(
    world: World, iris: httpx.AsyncClient, pages: FastAPI, issuer: Issuer, biller: int
) -> None:
    imported = await running(world, biller)
    address = "/status/operations"
    found = await page(iris, address)
    assert "Nothing is paused." in found
    csrf = re.search(r'name="csrf" value="([^"]+)"', found)
    assert csrf is not None
    scope = f"import:{imported.import_id}"
    assert scope in found
    form = {"csrf": csrf[1], "scope": scope, "reason": "The bank is down"}
    for wrong in ({"scope": "import:nobody"}, {"scope": ""}, {"reason": " "}):
        await iris.post(f"{address}/pause", data=form | wrong)
        assert "Nothing is paused." in await page(iris, address)
    for _ in range(2):
        assert (await iris.post(f"{address}/pause", data=form)).status_code == 303
    found = await page(iris, address)
    assert "by iris: The bank is down" in found
    assert (await iris.post(f"{address}/resume", data=form)).status_code == 303
    assert "Nothing is paused." in await page(iris, address)
    async with client_of(pages, issuer, "paula") as paula:
        assert (await paula.post(f"{address}/pause", data=form)).status_code == 403


@pytest.mark.parametrize("reason", ["4111111111111111", "card 4111 x 1111 x 1111 x 1111", "cvv 739"])
async def test_no_reason_holds_a_card_number(
    client: httpx.AsyncClient, pages: FastAPI, issuer: Issuer, reason: str
) -> None:
    refused = await client.post("/operations/pause", json={"reason": reason})
    assert (refused.status_code, refused.json()["code"]) == (422, "F008")
    async with client_of(pages, issuer, "iris") as iris:
        form = {"csrf": csrf_of(await page(iris, "/status/operations")), "scope": "all", "reason": reason}
        shown = await iris.post("/status/operations/pause", data=form)
    assert shown.status_code == 422
    assert "Nothing was paused" in shown.text
    assert reason not in shown.text
    assert (await client.get("/operations")).json()["pauses"] == []


@pytest.mark.parametrize("scope", ["all:1", "all:", "biller", "biller:", "import:x", "everything", ""])
async def test_a_scope_that_is_none_pauses_nothing(
    client: httpx.AsyncClient, pages: FastAPI, issuer: Issuer, scope: str
) -> None:
    async with client_of(pages, issuer, "iris") as iris:
        form = {"csrf": csrf_of(await page(iris, "/status/operations")), "scope": scope, "reason": "A test"}
        await iris.post("/status/operations/pause", data=form)
    assert (await client.get("/operations")).json()["pauses"] == []


def csrf_of(text: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', text)
    assert found is not None
    return found[1]
