import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from tests.integration.mapping.world import World
from tests.support.crm import Biller

MAPPING: dict[str, Any] = {
    "kind": "paperless",
    "invoice_types": ["WATER"],
    "columns": {"email": "Email"},
    "account_number": [{"literal": "WTR-"}, {"column": "Acct", "transforms": [{"do": "trim"}]}],
    "options": {"notify_customers": True},
}


async def save(
    world: World, biller: Biller, name: str = "Monthly", *, person: str = "ivy", **changes: Any
) -> httpx.Response:
    file = changes.pop("file", None) or await world.upload(biller)
    body = {"name": name, "file_id": file["id"], **MAPPING, **changes}
    return await world.signed_in(person).post(f"/billers/{biller.id}/recipes", json=body)


async def saved(world: World, biller: Biller, name: str = "Monthly", **changes: Any) -> dict[str, Any]:
    response = await save(world, biller, name, **changes)
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def read(world: World, biller: Biller, path: str = "", *, person: str = "ivy", **asked: Any) -> httpx.Response:
    return await world.signed_in(person).get(f"/billers/{biller.id}/recipes{path}", params=asked)


async def test_each_save_is_a_version_with_who_and_when(world: World, biller: Biller) -> None:
    first = await saved(world, biller)
    second = await saved(world, biller, "monthly ", person="sam", invoice_types=["WATER", "SEWER"])
    assert (first["version"], second["version"]) == (1, 2)
    assert first["id"] == second["id"]
    assert second["name"] == "Monthly"
    shown = (await read(world, biller, f"/{first['id']}")).json()
    assert shown["content"]["invoice_types"] == ["WATER", "SEWER"]
    assert [(one["version"], one["saved_by"]) for one in shown["versions"]] == [(2, "sam"), (1, "ivy")]
    before = (await read(world, biller, f"/{first['id']}", version=1)).json()
    assert before["content"]["invoice_types"] == ["WATER"]
    assert before["header"] == ["Acct", "Email"]
    assert before["saved_at"]


async def test_two_who_save_at_once_get_a_version_each(world: World, biller: Biller) -> None:
    file = await world.upload(biller)
    numbers = [[{"literal": f"W{series}-"}, {"column": "Acct"}] for series in range(5)]
    answers = await asyncio.gather(*(save(world, biller, file=file, account_number=one) for one in numbers))
    assert sorted(answer.json()["version"] for answer in answers) == [1, 2, 3, 4, 5]


async def test_a_recipe_that_is_saved_again_as_it_is_makes_no_version(world: World, biller: Biller) -> None:
    file = await world.upload(biller)
    answers = await asyncio.gather(*(save(world, biller, file=file) for _ in range(5)))
    assert [answer.json() for answer in answers] == [answers[0].json()] * 5
    await saved(world, biller, invoice_types=["SEWER"])
    back = await saved(world, biller)  # only the newest one counts
    assert back["version"] == 3


@pytest.mark.parametrize(
    "statement", ["UPDATE mapping.recipe_version SET saved_by = 'x'", "DELETE FROM mapping.recipe_version"]
)
async def test_no_version_is_ever_changed(world: World, biller: Biller, statement: str) -> None:
    await saved(world, biller)
    with pytest.raises(asyncpg.RaiseError):
        await world.admin.execute(statement)


async def test_recipes_are_listed_by_biller_and_kind(world: World, biller: Biller) -> None:
    await saved(world, biller, "Paper")
    registration = {"kind": "registration", "invoice_types": [], "options": {}}
    await saved(world, biller, "People", **registration)
    listed = (await read(world, biller)).json()["items"]
    assert [(one["name"], one["kind"]) for one in listed] == [("People", "registration"), ("Paper", "paperless")]
    listed = (await read(world, biller, kind="paperless")).json()["items"]
    assert [one["name"] for one in listed] == ["Paper"]


async def test_people_with_paperless_only_see_and_save_nothing_else(world: World, biller: Biller) -> None:
    await saved(world, biller, "Paper")
    people = await saved(world, biller, "People", kind="registration", invoice_types=[], options={})
    assert [one["name"] for one in (await read(world, biller, person="paul")).json()["items"]] == ["Paper"]
    assert (await read(world, biller, f"/{people['id']}", person="paul")).status_code == 404
    refused = await save(world, biller, person="paul", kind="registration", invoice_types=[])
    assert (refused.status_code, refused.json()["code"]) == (403, "F011")


async def test_a_recipe_of_another_biller_is_not_there(world: World, biller: Biller) -> None:
    recipe = await saved(world, biller)
    other = await world.crm.biller()
    await world.crm.right("ivy", other, "all")
    assert (await read(world, other, f"/{recipe['id']}")).status_code == 404
    assert (await read(world, await world.crm.biller())).status_code == 403


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"columns": {}}, "F007", "columns.email"),
        ({"account_number": [{"literal": "W"}]}, "F014", "account_number"),
        ({"invoice_types": ["GAS"]}, "F013", "invoice_types[0]"),
        ({"columns": {"email": "Mail"}}, "F007", "file_id"),
    ],
)
async def test_a_recipe_that_cannot_be_used_is_not_kept(
    world: World, biller: Biller, changes: dict[str, Any], code: str, place: str
) -> None:
    response = await save(world, biller, **changes)
    assert response.status_code == 422
    assert [(one["code"], one["place"]) for one in response.json()["problems"]] == [(code, place)]
    assert (await read(world, biller)).json()["items"] == []


async def test_a_card_number_is_no_name(world: World, biller: Biller) -> None:
    response = await save(world, biller, "4111 1111 1111 1111")
    assert (response.status_code, response.json()["code"]) == (422, "F008")


@pytest.mark.parametrize(
    ("header", "missing", "new"),
    [
        (b"Acct,Email", [], []),
        (b"email,ACCT", [], []),  # order and case do not matter
        (b"Acct,Email,Phone", [], ["Phone"]),
        (b"Acct,Mail", ["Email"], ["Mail"]),
        (b"Number,Email", ["Acct"], ["Number"]),
    ],
)
async def test_a_header_that_drifted_is_told(
    world: World, biller: Biller, header: bytes, missing: list[str], new: list[str]
) -> None:
    recipe = await saved(world, biller)
    row = b",".join([b"x1"] * (header.count(b",") + 1))
    file = await world.upload(biller, content=header + b"\r\n" + row + b"\r\n")
    answer = await read(world, biller, f"/{recipe['id']}/drift", file_id=file["id"])
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"missing": missing, "new": new}


async def test_an_import_remembers_its_recipe_and_whether_it_was_changed(world: World, biller: Biller) -> None:
    recipe = await saved(world, biller)
    reference = {"id": recipe["id"], "version": 1}
    same = {name: MAPPING[name] for name in ("invoice_types", "columns", "account_number")}
    options = {"attestation": "They agreed.", "notify_customers": True}
    import_id = await world.imported(biller, **same, options=options, recipe=reference)
    await saved(world, biller, invoice_types=["SEWER"])  # a later version changes nothing
    shown = (await world.signed_in("ivy").get(f"/imports/{import_id}")).json()["recipe"]
    assert shown == {"id": recipe["id"], "name": "Monthly", "version": 1, "is_changed": False}
    import_id = await world.imported(biller, **same | {"account_number": [{"column": "Acct"}]}, recipe=reference)
    assert (await world.signed_in("ivy").get(f"/imports/{import_id}")).json()["recipe"]["is_changed"] is True


async def test_an_import_cannot_name_a_recipe_that_is_not_there(world: World, biller: Biller) -> None:
    recipe = await saved(world, biller)
    for named in ({"id": recipe["id"], "version": 2}, {"id": str(uuid4()), "version": 1}):
        response = await world.ask(await world.definition(biller, recipe=named))
        assert (response.status_code, response.json()["code"]) == (422, "unknown_recipe")
    other = {"id": recipe["id"], "version": 1}
    response = await world.ask(await world.definition(biller, "registration", recipe=other))
    assert (response.status_code, response.json()["code"]) == (422, "unknown_recipe")
