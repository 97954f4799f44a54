"""No request, however it is formed, is answered with a 500: values beyond every column are the caller's to correct."""

import copy
import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.integration.mapping.world import World
from tests.support.crm import Biller

NUL = "\0"
TOO_LARGE = (2**31, 2**63, 2**70, 10**22, -(2**70))
QUERIES = [
    "/billers?q=%00",
    "/billers?q=a%00b",
    "/billers?limit=99999999999999999999",
    *(f"/billers/{number}" for number in TOO_LARGE),
    *(f"/billers/{number}/files" for number in TOO_LARGE),
    *(f"/billers/{number}/recipes" for number in TOO_LARGE),
    *(f"/billers/{number}/log-recipients" for number in TOO_LARGE),
    "/billers/{biller}/files?limit=1%00",
    "/billers/{biller}/recipes/00000000-0000-0000-0000-000000000000?version=99999999999999999999",
    "/billers/%00",
    "/imports/%00",
    "/imports/00000000-0000-0000-0000-000000000000/plan?after=1.99999999999",
    "/imports/00000000-0000-0000-0000-000000000000/plan?code=%00",
    "/dead-letters",
]
CHANGES = [
    (("biller_id",), 2**70),
    (("biller_id",), 2**63),
    (("biller_id",), -1),
    (("file", "size"), 2**70),
    (("file", "sha256"), NUL * 64),
    (("invoice_types",), [NUL]),
    (("columns", "email"), NUL),
    (("columns", "email"), f"Email{NUL}"),
    (("account_number",), [{"literal": NUL}]),
    (("account_number",), [{"column": f"Acct{NUL}"}]),
    (("account_number",), [{"column": "Acct", "transforms": [{"do": "remove", "characters": NUL}]}]),
    (("account_number",), [{"column": "Acct", "transforms": [{"do": "replace", "old": "a", "new": NUL}]}]),
    (("options", "attestation"), f"They agreed.{NUL}"),
    (("options", "reading"), {"encoding": NUL}),
    (("options", "reading"), {"encoding": "klingon"}),
    (("options", "reading"), {"delimiter": '"'}),
    (("options", "reading"), {"delimiter": ",", "quote": ","}),
    (("options", "reading"), {"delimiter": NUL}),
    (("options", "reading"), {"quote": NUL}),
    (("options", "exclude_lines"), [2**70]),
    (("options", "effective_date"), "0001-01-01"),
    (("options", "effective_date"), "9999-12-31"),
    (("recipe",), {"id": "00000000-0000-0000-0000-000000000000", "version": 2**40}),
    (("decide",), {"C201": {"choice": "continue", "typed_count": 2**40}}),
    (("decide",), {"C201": {"choice": "continue", "typed_count": 2**70}}),
    (("decide",), {"C٣٣٣": {"choice": "continue"}}),
]


@pytest.mark.parametrize("address", QUERIES)
@pytest.mark.parametrize("person", ["ivy", "paul"])
async def test_a_hostile_address_is_refused(world: World, biller: Biller, address: str, person: str) -> None:
    answer = await world.signed_in(person).get(address.replace("{biller}", str(biller.id)))
    assert 200 <= answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("place", "value"), CHANGES, ids=lambda value: repr(value)[:60])
async def test_a_hostile_definition_is_refused(
    world: World, biller: Biller, place: tuple[str, ...], value: Any
) -> None:
    definition = copy.deepcopy(await world.definition(biller))
    target = definition
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    answer = await world.ask(definition)
    assert answer.status_code < 500, answer.text


async def test_hostile_decisions_are_refused(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    await world.checked(import_id, undecided=("C201",), C201=3)
    for answer in [one async for one in _decisions(world, f"/imports/{import_id}")]:
        assert answer.status_code in (409, 422), answer.text


async def _decisions(world: World, address: str) -> Any:
    ivy = world.signed_in("ivy")
    for number in (2**40, 2**70, -(2**70)):
        yield await ivy.post(f"{address}/confirm", json={"check_no": number})
        yield await ivy.post(f"{address}/approve", json={"check_no": number, "answers_seen": {}})
        named = {"C201": {"choice": "continue", "typed_count": number}}
        yield await ivy.post(f"{address}/confirm", json={"check_no": 1, "decisions": named})
    yield await ivy.post(f"{address}/confirm", json={"check_no": 1, "answers_seen": {"C201": NUL}})


@pytest.mark.parametrize("name", [NUL, f"a{NUL}b", "\ud800"])
async def test_hostile_names_are_refused(world: World, biller: Biller, name: str) -> None:
    ivy = world.signed_in("ivy")
    file = await world.upload(biller)
    recipe = {
        "name": name,
        "kind": "paperless",
        "file_id": file["id"],
        "columns": {"email": "Email"},
        "account_number": [{"column": "Acct"}],
        "invoice_types": ["WATER"],
    }
    for answer in _sent(name):
        response = await ivy.request(**answer(biller.id))
        assert response.status_code in (400, 422), response.text
    response = await ivy.post(f"/billers/{biller.id}/recipes", content=_json(recipe))
    assert response.status_code in (400, 422), response.text


@pytest.mark.parametrize(
    "changes",
    [
        {"options": {"reading": {"encoding": "klingon"}}},
        {"options": {"reading": {"encoding": "4916338506082832"}}},
        {"options": {"reading": {"delimiter": '"'}}},
        {"options": {"reading": {"delimiter": ",", "quote": ","}}},
        {"invoice_types": [NUL]},
        {"invoice_types": ["\ud800"]},
        {"invoice_types": ["W" * 201]},
        {"invoice_types": ["WATER"] * 201},
        {"invoice_types": ["4916338506082832"]},
    ],
    ids=repr,
)
async def test_hostile_recipes_and_definitions_are_refused(
    world: World, biller: Biller, changes: dict[str, Any]
) -> None:
    ivy, definition = world.signed_in("ivy"), await world.definition(biller)
    options = {"attestation": "They agreed."} | changes.get("options", {})
    recipe = {name: definition[name] for name in ("kind", "columns", "account_number", "invoice_types")}
    recipe |= {"name": "Riverbend", "file_id": definition["file"]["id"]}
    saved = await ivy.post(f"/billers/{biller.id}/recipes", content=_json(recipe | changes))
    headers = {"idempotency-key": str(uuid4()), "content-type": "application/json"}
    asked = await ivy.post("/imports", content=_json(definition | changes | {"options": options}), headers=headers)
    for answer in (saved, asked):
        assert answer.status_code == 422, answer.text
        assert "4916338506082832" not in answer.text


def _sent(name: str) -> Iterator[Any]:
    if name.isprintable() or NUL in name:
        yield lambda biller: {
            "method": "POST",
            "url": f"/billers/{biller}/files",
            "params": {"name": name},
            "content": b"a,b\n",
        }
    yield lambda biller: {
        "method": "POST",
        "url": f"/billers/{biller}/log-recipients",
        "content": _json({"email": f"{name}@example.com"}),
    }


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    "body", [b"", b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe", b"1" * 5000, b'{"biller_id": 1e400}', b"null"]
)
async def test_a_hostile_body_is_refused(world: World, body: bytes) -> None:
    headers = {"idempotency-key": str(uuid4()), "content-type": "application/json"}
    response: httpx.Response = await world.signed_in("ivy").post("/imports", content=body, headers=headers)
    assert response.status_code in (400, 422), response.text


@pytest.mark.parametrize("number", TOO_LARGE)
async def test_a_dead_letter_of_any_number_is_not_found(world: World, number: int) -> None:
    await world.crm.right("vera", None)
    answer = await world.signed_in("vera").post(f"/dead-letters/{number}/send")
    assert answer.status_code in (404, 422), answer.text
