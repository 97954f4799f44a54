"""What imports changed for a customer is found by number, email and user name, for those who may see the import."""

import json
from dataclasses import dataclass

import httpx
import pytest
from fastapi import FastAPI

from shared.contracts.kinds import ImportKind
from stack.issuer import Issuer
from tests.integration.notifier.browsing import begun, client_of, page
from tests.integration.notifier.world import Imported, World
from tests.support.crm import Biller, Crm

_CHANGES = [{"table": "login", "id": 1, "before": {"email": "old@example.com"}, "after": {"email": "ann@example.com"}}]


@dataclass
class Scene:
    biller: Biller
    paper: Imported
    auto: Imported


async def _applied(world: World, imported: Imported, customer: int, login: int) -> None:
    await world.admin.execute(
        """INSERT INTO execution.row_result (import_id, line_no, outcome, codes, customer_id, login_id, changes)
           VALUES ($1, 7, 'applied', '{}', $2, $3, $4)""",
        imported.import_id,
        customer,
        login,
        json.dumps(_CHANGES),
    )


@pytest.fixture
async def scene(world: World) -> Scene:
    crm = Crm(world.admin)
    biller = await crm.biller()
    customer, other = await crm.customer(biller, "WTR-77"), await crm.customer(biller, "WTR-78")
    login = await crm.login(biller.realm_id, "ann@example.com", login_name="ann77")
    for one in (customer, other):
        await crm.link(one, login)
    paper = await begun(world, biller.id, file_name="paper.csv")
    auto = await begun(world, biller.id, kind=ImportKind.AUTOPAY, file_name="auto.csv")
    for imported in (paper, auto):
        await _applied(world, imported, customer, login)
    return Scene(biller, paper, auto)


@pytest.mark.parametrize("text", ["WTR-77", " wtr-77 ", "ann@example.com", "ANN@Example.com", "ann77"])
async def test_a_customer_is_found(world: World, pages: FastAPI, issuer: Issuer, scene: Scene, text: str) -> None:
    await world.right("iris", scene.biller.id, "all")
    async with client_of(pages, issuer, "iris") as iris:
        shown = await page(iris, "/status/customers", text=text, biller=str(scene.biller.id))
        for said in (str(scene.paper.import_id), "paper.csv", "auto.csv", "old@example.com", "Login email"):
            assert said in shown
        assert "WTR-78" not in shown  # nothing was applied to it
    await world.no_rights("iris")


async def test_what_is_not_there_is_said(iris: httpx.AsyncClient) -> None:
    assert "No import has changed a customer" in await page(iris, "/status/customers", text="nobody")
    assert "No import has changed" not in await page(iris, "/status/customers")


async def test_an_enrollment_is_told_with_its_invoice_type(
    world: World, pages: FastAPI, issuer: Issuer, scene: Scene
) -> None:
    type_id = await world.admin.fetchval(
        "INSERT INTO crm.invoice_type (biller_id, code, alias) VALUES ($1, 'SWR', 'Sewer bill') RETURNING id",
        scene.biller.id,
    )
    started = {"invoice_type_id": type_id, "status": "pending"}
    await world.admin.execute(
        "UPDATE execution.row_result SET changes = $2 WHERE import_id = $1",
        scene.paper.import_id,
        json.dumps([{"table": "paperless_enrollment", "id": 1, "before": None, "after": started}]),
    )
    await world.right("iris", scene.biller.id, "all")
    async with client_of(pages, issuer, "iris") as iris:
        shown = await page(iris, "/status/customers", text="WTR-77", biller=str(scene.biller.id))
    assert "Paperless status (Sewer bill):" in shown
    assert "waiting for confirmation" in shown
    await world.no_rights("iris")


@pytest.mark.parametrize(
    ("permission", "found"), [(None, []), ("paperless", ["paper.csv"]), ("all", ["auto.csv", "paper.csv"])]
)
async def test_only_imports_that_a_person_may_see_are_found(
    world: World, client: httpx.AsyncClient, scene: Scene, permission: str | None, found: list[str]
) -> None:
    await world.no_rights("iris")
    if permission:
        await world.right("iris", scene.biller.id, permission)
    answer = await client.get("/customer-history", params={"text": "WTR-77"})
    assert answer.status_code == 200
    items = answer.json()["items"]
    assert sorted(item["file_name"] for item in items) == found
    for item in items:
        assert item["changes"] == [{"what": "Login email", "before": "old@example.com", "after": "ann@example.com"}]
    await world.no_rights("iris")


async def test_a_right_at_another_biller_finds_nothing(world: World, client: httpx.AsyncClient, scene: Scene) -> None:
    await world.no_rights("iris")
    await world.right("iris", (await Crm(world.admin).biller(realm_id=scene.biller.realm_id)).id, "all")
    for text in ("WTR-77", "ann@example.com"):
        assert (await client.get("/customer-history", params={"text": text})).json() == {"items": []}
    await world.no_rights("iris")
