import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from shared.contracts.events import ImportDefined
from tests.integration.mapping.world import World
from tests.support.crm import Biller


async def imports(world: World, biller: Biller) -> int:
    return int(await world.admin.fetchval("SELECT count(*) FROM mapping.import WHERE biller_id = $1", biller.id))


@pytest.mark.parametrize("kind", ["autopay", "paperless", "registration"])
async def test_a_good_definition_becomes_an_import(world: World, biller: Biller, kind: str) -> None:
    decide = {"C202": {"choice": "create"}, "C203": {"choice": "continue"}}
    response = await world.ask(await world.definition(biller, kind, decide=decide))
    assert response.status_code == 202
    import_id = UUID(response.json()["import_id"])
    assert response.headers["location"] == f"/api/v1/imports/{import_id}"
    (event,) = await world.said(import_id)
    assert isinstance(event, ImportDefined)
    assert (event.biller_id, event.kind) == (biller.id, kind)
    shown = (await world.signed_in("ivy").get(f"/imports/{import_id}")).json()
    assert (shown["state"], shown["kind"], shown["check_no"]) == ("checking", kind, None)
    assert shown["requester"] == {"subject": "ivy", "name": "Ivy Marsh", "permission": "all"}
    assert [(item["code"], item["choice"], item["count_seen"]) for item in shown["decisions"]] == [
        ("C202", "create", None),
        ("C203", "continue", None),
    ]


async def test_the_same_request_again_is_the_same_import(world: World, biller: Biller) -> None:
    definition, key = await world.definition(biller), uuid4()
    first = await world.ask(definition, key=key)
    again = await world.ask(definition, key=key)
    assert (again.status_code, again.json()) == (first.status_code, first.json()) == (202, first.json())
    assert await imports(world, biller) == 1
    assert await world.said_names(UUID(first.json()["import_id"])) == ["ImportDefined"]
    # Also when what was fine then is not fine any more: it is an answer about the past.
    await world.admin.execute("UPDATE crm.invoice_type SET active = false WHERE biller_id = $1", biller.id)
    assert (await world.ask(definition, key=key)).json() == first.json()


async def test_many_at_once_make_one_import(world: World, biller: Biller) -> None:
    definition, key = await world.definition(biller), uuid4()
    answers = await asyncio.gather(*(world.ask(definition, key=key) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["import_id"] for answer in answers}) == 1
    assert await imports(world, biller) == 1


async def test_another_request_under_the_same_key_is_refused(world: World, biller: Biller) -> None:
    definition, key = await world.definition(biller), uuid4()
    await world.ask(definition, key=key)
    other = await world.ask(definition | {"invoice_types": ["SEWER"]}, key=key)
    someone_else = await world.ask(definition, key=key, person="sam")
    for refused in (other, someone_else):
        assert refused.status_code == 409
        assert refused.json()["code"] == "idempotency_conflict"
    assert await imports(world, biller) == 1


async def test_a_refused_request_is_not_kept_so_its_key_can_be_used_again(world: World, biller: Biller) -> None:
    definition, key = await world.definition(biller), uuid4()
    assert (await world.ask(definition | {"invoice_types": []}, key=key)).status_code == 422
    assert await imports(world, biller) == 0
    assert (await world.ask(definition, key=key)).status_code == 202


async def test_the_key_is_required(world: World, biller: Biller) -> None:
    definition = await world.definition(biller)
    ivy = world.signed_in("ivy")
    for headers in ({}, {"idempotency-key": "not a uuid"}):
        response = await ivy.post("/imports", json=definition, headers=headers)
        assert response.status_code == 422
        assert "idempotency-key" in response.json()["place"].lower()


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        ("paperless", {"columns": {"customer_name": "Name"}}, ["F007"]),
        ("registration", {"columns": {}}, ["F007"]),
        ("autopay", {"columns": {"routing_number": "R"}}, ["F007"]),
        ("paperless", {"columns": {"email": "E", "email_cc": "E"}}, ["F007"]),
        ("paperless", {"invoice_types": []}, ["F012"]),
        ("registration", {"invoice_types": ["WATER"]}, ["F012"]),
        ("paperless", {"invoice_types": ["GAS"]}, ["F013"]),
        ("paperless", {"account_number": []}, ["F014"]),
        ("autopay", {"options": {"attestation": "Yes."}}, ["F016"]),
        ("autopay", {"options": {"attestation": "Yes.", "effective_date": "2020-01-01"}}, ["F016"]),
        ("autopay", {"options": {}}, ["F016", "F019"]),
        ("paperless", {"options": {}}, ["F019"]),
        ("paperless", {"decide": {"C999": {"choice": "skip"}}}, ["unusable_decision"]),
        ("paperless", {"log_recipients": ["5a0a6f0e-8f0e-4d59-8a53-0a8f6f6a1b02"]}, ["unknown_recipient"]),
        ("paperless", {"invoice_types": [], "account_number": [], "options": {}}, ["F012", "F014", "F019"]),
    ],
)
async def test_every_problem_is_told(
    world: World, biller: Biller, kind: str, changes: dict[str, Any], expected: list[str]
) -> None:
    response = await world.ask(await world.definition(biller, kind, **changes))
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert [problem["code"] for problem in body["problems"]] == expected
    assert body["code"] == expected[0]
    assert all(problem["place"] and problem["message"] and problem["remedy"] for problem in body["problems"])
    assert await imports(world, biller) == 0


async def test_a_file_that_is_not_as_registered_is_refused(world: World, biller: Biller) -> None:
    definition = await world.definition(biller)
    other_biller = await world.crm.biller()
    await world.crm.right("ivy", other_biller)
    foreign = await world.upload(other_biller)
    for changed in (
        {"id": str(uuid4())},
        {"sha256": "0" * 64},
        {"size": 1},
        {"id": foreign["id"]},  # the file of another biller, of the same content
    ):
        response = await world.ask(definition | {"file": definition["file"] | changed})
        assert response.status_code == 422
        assert [problem["code"] for problem in response.json()["problems"]] == ["F018"]


async def test_recipients_of_another_biller_are_unknown(world: World, biller: Biller) -> None:
    other_biller = await world.crm.biller()
    await world.crm.right("ivy", other_biller)
    ivy = world.signed_in("ivy")
    own = (await ivy.post(f"/billers/{biller.id}/log-recipients", json={"email": "a@example.com"})).json()["id"]
    foreign = (await ivy.post(f"/billers/{other_biller.id}/log-recipients", json={"email": "a@example.com"})).json()[
        "id"
    ]
    assert (await world.ask(await world.definition(biller, log_recipients=[own]))).status_code == 202
    refused = await world.ask(await world.definition(biller, log_recipients=[own, foreign]))
    assert [problem["place"] for problem in refused.json()["problems"]] == ["log_recipients[1]"]


async def test_paul_imports_paperless_and_nothing_else(world: World, biller: Biller) -> None:
    assert (await world.ask(await world.definition(biller), person="paul")).status_code == 202
    for kind in ("autopay", "registration"):
        refused = await world.ask(await world.definition(biller, kind, account_number=[]), person="paul")
        assert refused.status_code == 403
        assert [problem["code"] for problem in refused.json()["problems"]] == ["F011"]


async def test_a_foreign_biller_and_none_at_all_are_refused_alike(world: World, biller: Biller) -> None:
    definition = await world.definition(biller)
    foreign = await world.crm.biller()
    answers = [await world.ask(definition | {"biller_id": number}) for number in (foreign.id, 987_654_321)]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert answers[0].json() == answers[1].json()


async def test_a_right_that_is_withdrawn_bites_at_once(world: World, biller: Biller) -> None:
    definition = await world.definition(biller)
    await world.admin.execute("DELETE FROM crm.operator_right WHERE subject = 'ivy' AND biller_id = $1", biller.id)
    assert (await world.ask(definition)).status_code == 403


async def test_an_import_is_seen_by_those_with_the_right_for_its_kind(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller, "autopay")
    for path in (f"/imports/{import_id}", f"/imports/{import_id}/check"):
        assert (await world.signed_in("sam").get(path)).status_code == 200
        hidden = await world.signed_in("paul").get(path)
        missing = await world.signed_in("sam").get(path.replace(str(import_id), str(uuid4())))
        assert (hidden.status_code, hidden.json()) == (404, missing.json())
    for action in ("confirm", "approve", "cancel", "resume"):
        body = {"check_no": 1, "answers_seen": {}} if action not in {"cancel", "resume"} else None
        assert (await world.signed_in("paul").post(f"/imports/{import_id}/{action}", json=body)).status_code == 404


async def test_shapes_that_are_wrong_are_told_without_what_was_sent(world: World, biller: Biller) -> None:
    definition = await world.definition(biller)
    response = await world.ask(definition | {"columns": {"emial": "secret@example.com"}, "surprise": 1})
    assert response.status_code == 422
    assert "secret@example.com" not in response.text


async def test_a_body_that_is_no_definition_for_its_size_is_not_read_to_the_end(world: World) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(100):
            read += 1
            yield b" " * 100_000

    async with httpx.AsyncClient(transport=httpx.ASGITransport(world.app), base_url="http://mapping/api/v1") as nobody:
        response = await nobody.post("/imports", content=endless(), headers={"content-type": "application/json"})
    assert response.status_code == 413
    assert read < 20


async def test_the_check_is_shown_with_titles_choices_and_sums(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    ivy, path = world.signed_in("ivy"), f"/imports/{import_id}/check"
    early = (await ivy.get(path)).json()
    assert (early["check_no"], early["state"], early["findings"]) == (None, "pending", [])
    await world.checked(import_id, undecided=("C202",), missing=30, C202=30, W331=2, F099=1)
    check = (await ivy.get(path)).json()
    assert (check["check_no"], check["state"], check["undecided"], check["rows_read"]) == (1, "held", ["C202"], 100)
    assert check["planned"] == {"applied": 70, "no_change": 0, "skipped": 30, "read": 100}
    assert check["impact"]["customers_missing"] == 30
    by_code = {finding["code"]: finding for finding in check["findings"]}
    assert by_code["C202"]["choices"] == ["skip", "create"]
    assert (by_code["C202"]["count"], by_code["C202"]["default"], by_code["C202"]["level"]) == (30, None, "C")
    assert by_code["C202"]["sample_lines"] == [2, 3]
    assert by_code["W331"]["level"] == "W"
    assert by_code["F099"]["count"] == 1


def test_the_interface_describes_itself(world: World) -> None:
    described = world.app.openapi()
    routes = {(method, path) for path, methods in described["paths"].items() for method in methods}
    assert {
        ("get", "/api/v1/billers"),
        ("get", "/api/v1/billers/{biller_id}"),
        ("get", "/api/v1/billers/{biller_id}/files"),
        ("post", "/api/v1/billers/{biller_id}/files"),
        ("get", "/api/v1/billers/{biller_id}/log-recipients"),
        ("post", "/api/v1/billers/{biller_id}/log-recipients"),
        ("post", "/api/v1/imports"),
        ("get", "/api/v1/definitions/{import_id}"),
        ("get", "/api/v1/imports/{import_id}"),
        ("get", "/api/v1/imports/{import_id}/check"),
        ("post", "/api/v1/imports/{import_id}/confirm"),
        ("post", "/api/v1/imports/{import_id}/approve"),
        ("post", "/api/v1/imports/{import_id}/cancel"),
        ("post", "/api/v1/imports/{import_id}/resume"),
        ("get", "/api/v1/dead-letters"),
        ("get", "/api/v1/mapping/dead-letters"),
        ("post", "/api/v1/mapping/dead-letters/{letter_id}/send"),
    } <= routes
    for methods in described["paths"].values():
        for operation in methods.values():
            assert operation["security"]
            assert operation["description"]


async def test_addresses_of_earlier_releases_answer_the_same_and_say_where_it_is_now(
    world: World, biller: Biller
) -> None:
    import_id = await world.imported(biller)
    await world.crm.right("vera", None)
    for former, now in (
        (f"/imports/{import_id}", f"/definitions/{import_id}"),
        ("/dead-letters", "/mapping/dead-letters"),
    ):
        as_before, answer = await world.signed_in("vera").get(former), await world.signed_in("vera").get(now)
        assert answer.status_code == as_before.status_code == 200
        assert as_before.json() == answer.json()
        assert as_before.headers["link"] == f'</api/v1{now}>; rel="successor-version"'
        assert "deprecation" in as_before.headers
        assert "deprecation" not in answer.headers


async def test_the_documentation_is_for_people_who_are_signed_in(world: World) -> None:
    for path in ("/docs", "/openapi.json"):
        stranger = httpx.AsyncClient(transport=httpx.ASGITransport(world.app), base_url="http://mapping")
        assert (await stranger.get(path)).status_code == 401
        shown = await world.signed_in("paul").get(f"http://mapping{path}")
        assert shown.status_code == 200
        assert "/api/v1/imports/{import_id}/confirm" in shown.text
        assert not re.search(r"<script|<link|<img|src=|https?://", shown.text)
        assert shown.headers["content-security-policy"].startswith("default-src 'none'")
        assert (shown.headers["x-content-type-options"], shown.headers["x-frame-options"]) == ("nosniff", "DENY")


async def test_dead_letters_are_for_those_who_may_import_everything_everywhere(world: World, biller: Biller) -> None:
    async def status(person: str) -> int:
        return (await world.signed_in(person).get("/dead-letters")).status_code

    await world.admin.execute("DELETE FROM crm.operator_right WHERE subject = 'vera'")
    assert [await status(person) for person in ("ivy", "paul", "vera")] == [403, 403, 403]
    await world.crm.right("vera", None, "paperless")
    assert await status("vera") == 403
    await world.admin.execute("DELETE FROM crm.operator_right WHERE subject = 'vera'")
    await world.crm.right("vera", None)
    assert await status("vera") == 200
    await world.crm.right("vera", biller, "paperless")  # narrowed at one biller
    assert await status("vera") == 403
    await world.admin.execute("DELETE FROM crm.operator_right WHERE subject = 'vera' AND biller_id IS NOT NULL")


async def test_an_address_is_taken_out_of_the_book_by_those_of_the_biller(world: World, biller: Biller) -> None:
    book = f"/billers/{biller.id}/log-recipients"
    entry = (await world.signed_in("ivy").post(book, json={"email": "Ann@example.com"})).json()
    again = (await world.signed_in("ivy").post(book, json={"email": "ann@example.com"})).json()
    assert again["id"] == entry["id"]
    elsewhere = await world.crm.biller()
    await world.crm.right("ivy", elsewhere)
    other = f"/billers/{elsewhere.id}/log-recipients/{entry['id']}"
    assert (await world.signed_in("ivy").delete(other)).status_code == 404
    await world.admin.execute("DELETE FROM crm.operator_right WHERE subject = 'paul' AND biller_id = $1", biller.id)
    assert (await world.signed_in("paul").delete(f"{book}/{entry['id']}")).status_code == 403
    assert (await world.signed_in("ivy").delete(f"{book}/{entry['id']}")).status_code == 204
    assert (await world.signed_in("ivy").get(book)).json()["items"] == []
    assert (await world.signed_in("ivy").delete(f"{book}/{entry['id']}")).status_code == 404
