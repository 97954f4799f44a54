import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from shared.contracts.rights import Right
from shared.rights import may_operate, right_of
from shared.secure_upload import object_key
from tests.integration.mapping.conftest import LIMIT
from tests.integration.mapping.world import CONTENT, World
from tests.support.crm import Biller


async def objects(world: World) -> int:
    return int(await world.admin.fetchval("SELECT count(*) FROM mapping.secure_file"))


async def test_without_a_token_nothing_is_answered(world: World, biller: Biller) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(world.app), base_url="http://mapping/api/v1") as nobody:
        for path in ("/billers", f"/billers/{biller.id}", f"/billers/{biller.id}/files", "/dead-letters"):
            response = await nobody.get(path)
            assert response.status_code == 401
            assert response.json()["code"] == "unauthenticated"
            assert response.headers["www-authenticate"] == "Bearer"
        refused = await nobody.get("/billers", headers={"authorization": "Bearer nonsense"})
        assert refused.status_code == 401


async def test_billers_are_those_one_has_a_right_for(world: World, biller: Biller) -> None:
    other, closed = await world.crm.biller(), await world.crm.biller()
    await world.crm.right("ivy", closed)
    await world.admin.execute("UPDATE crm.biller SET status = 'closed' WHERE id = $1", closed.id)
    listed = (await world.signed_in("ivy").get("/billers")).json()["items"]
    ids = {item["id"] for item in listed}
    assert biller.id in ids
    assert not ids & {other.id, closed.id}
    found = (await world.signed_in("paul").get("/billers", params={"q": biller.name.upper()})).json()["items"]
    assert found[0] == {"id": biller.id, "name": biller.name, "permission": "paperless", "may_approve": False}
    assert (await world.signed_in("ivy").get("/billers", params={"q": "%"})).json()["items"] == []


async def test_what_is_offered_follows_right_and_secure_upload(world: World, biller: Biller) -> None:
    path = f"/billers/{biller.id}"
    empty = (await world.signed_in("ivy").get(path)).json()
    assert [item["code"] for item in empty["invoice_types"]] == ["WATER", "SEWER"]
    assert [(kind["kind"], kind["offered"]) for kind in empty["kinds"]] == [
        ("autopay", False),
        ("paperless", False),
        ("registration", False),
    ]
    assert {reason["code"] for kind in empty["kinds"] for reason in kind["why_not"]} == {"no_file"}
    await world.upload(biller, kind="autopay")
    for_ivy = (await world.signed_in("ivy").get(path)).json()
    assert [kind["kind"] for kind in for_ivy["kinds"] if kind["offered"]] == ["autopay"]
    assert for_ivy["secure_upload"] == {"autopay": 1}
    for_paul = (await world.signed_in("paul").get(path)).json()
    assert for_paul["secure_upload"] == {}
    assert [reason["code"] for kind in for_paul["kinds"] for reason in kind["why_not"]] == ["F011", "no_file", "F011"]
    await world.upload(biller)
    for_paul = (await world.signed_in("paul").get(path)).json()
    assert [kind["kind"] for kind in for_paul["kinds"] if kind["offered"]] == ["paperless"]


async def test_a_foreign_biller_and_none_at_all_look_the_same(world: World) -> None:
    foreign = await world.crm.biller()
    ivy = world.signed_in("ivy")
    for path in ("", "/files", "/log-recipients"):
        answers = [await ivy.get(f"/billers/{number}{path}") for number in (foreign.id, 987_654_321)]
        assert [answer.status_code for answer in answers] == [403, 403]
        assert answers[0].json() == answers[1].json()
        assert answers[0].json()["code"] == "F011"


async def test_the_right_of_the_biller_wins_over_that_for_all(world: World, biller: Biller) -> None:
    await world.crm.right("nina", None, "all")
    await world.crm.right("nina", biller, "paperless")
    other = await world.crm.biller()
    async with world.database.connection() as connection:
        assert await right_of(connection, "nina", biller.id) == Right("paperless", may_approve=False)
        assert await right_of(connection, "nina", other.id) == Right("all", may_approve=False)
        assert await right_of(connection, "nobody", biller.id) is None
        assert not await may_operate(connection, "nina")  # less at one biller is less than everywhere
        assert not await may_operate(connection, "ivy")


async def test_an_upload_is_stored_and_listed(world: World, biller: Biller) -> None:
    ivy = world.signed_in("ivy")
    response = await ivy.post(
        f"/billers/{biller.id}/files",
        params={"name": "..\\secret/\u202ecustomers\n.csv", "kind": "paperless"},
        content=CONTENT,
        headers={"content-type": "application/x-whatever"},
    )
    assert response.status_code == 201
    file = response.json()
    assert file["name"] == "customers.csv"
    assert file["size"] == len(CONTENT)
    listed = (await ivy.get(f"/billers/{biller.id}/files")).json()["items"]
    assert listed == [file]
    assert not file["imported_before"]
    key = object_key(biller.id, file["id"])
    assert b"".join([piece async for piece in world.uploads.stream(key)]) == CONTENT


async def test_a_file_that_was_imported_is_marked(world: World, biller: Biller) -> None:
    import_id = await world.imported(biller)
    await world.admin.execute("UPDATE mapping.import SET state = 'completed_with_errors' WHERE id = $1", import_id)
    assert (await world.upload(biller))["imported_before"]
    listed = (await world.signed_in("ivy").get(f"/billers/{biller.id}/files")).json()["items"]
    assert [file["imported_before"] for file in listed] == [True, True]
    assert not (await world.upload(biller, content=b"Acct\r\n1\r\n"))["imported_before"]


async def test_a_large_upload_is_streamed_and_one_above_the_limit_leaves_nothing(
    world: World, biller: Biller, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored: list[str] = []
    put = world.uploads.put

    async def noted(key: str, *arguments: Any) -> Any:
        stored.append(key)
        return await put(key, *arguments)

    monkeypatch.setattr(world.uploads, "put", noted)
    before = await objects(world)
    whole = await world.signed_in("ivy").post(
        f"/billers/{biller.id}/files", params={"name": "a.csv"}, content=_pieces(LIMIT)
    )
    assert whole.status_code == 201
    assert whole.json()["size"] == LIMIT
    for content in (_pieces(LIMIT + 1), b"x" * (LIMIT + 1)):  # without a declared length, and with one
        refused = await world.signed_in("ivy").post(
            f"/billers/{biller.id}/files", params={"name": "b.csv"}, content=content
        )
        assert refused.status_code == 413
        assert refused.json()["code"] == "F015"
    assert await objects(world) == before + 1
    assert len(stored) == 2  # what says that it is too large is not even begun
    with pytest.raises(FileNotFoundError):
        await world.uploads.size(stored[1])


async def test_uploads_need_a_right_for_their_kind_and_a_decent_name(world: World, biller: Biller) -> None:
    paul, path = world.signed_in("paul"), f"/billers/{biller.id}/files"
    denied = await paul.post(path, params={"name": "a.csv", "kind": "autopay"}, content=CONTENT)
    assert (denied.status_code, denied.json()["code"]) == (403, "F011")
    assert (await paul.post(path, params={"name": "a.csv", "kind": "paperless"}, content=CONTENT)).status_code == 201
    card = await paul.post(path, params={"name": "4111 1111 1111 1111.csv"}, content=CONTENT)
    assert (card.status_code, card.json()["code"]) == (422, "F008")
    assert "4111" not in card.text
    assert (await paul.post(path, content=CONTENT)).status_code == 422
    assert (await paul.post(path, params={"name": "a", "kind": "other"}, content=CONTENT)).status_code == 422


async def test_paperless_people_do_not_see_files_of_bank_accounts(world: World, biller: Biller) -> None:
    await world.upload(biller, kind="autopay")
    seen = await world.upload(biller, kind="paperless")
    listed = (await world.signed_in("paul").get(f"/billers/{biller.id}/files")).json()["items"]
    assert [file["id"] for file in listed] == [seen["id"]]


async def test_the_address_book_holds_an_address_once(world: World, biller: Biller) -> None:
    ivy, path = world.signed_in("ivy"), f"/billers/{biller.id}/log-recipients"
    first = await ivy.post(path, json={"email": "Ann@Example.com"})
    again = await world.signed_in("paul").post(path, json={"email": " ann@example.com "})
    assert first.status_code == 200
    assert first.json() == again.json()
    assert (await ivy.get(path)).json()["items"] == [first.json()]
    assert first.json()["email"] == "Ann@example.com"


@pytest.mark.parametrize(
    "email", ["", "ann", "ann@example", "a@example.com, b@example.com", "a@b.c\r\nBcc: x@y.com", "ü@example.com"]
)
async def test_the_address_book_takes_addresses_only(world: World, biller: Biller, email: str) -> None:
    response = await world.signed_in("ivy").post(f"/billers/{biller.id}/log-recipients", json={"email": email})
    assert response.status_code == 422
    assert response.json()["code"] == "invalid_email"


async def _pieces(size: int) -> AsyncIterator[bytes]:
    for start in range(0, size, 65_536):
        yield b"x" * min(65_536, size - start)


async def test_an_address_is_kept_as_mail_can_be_sent_to_it(world: World, biller: Biller) -> None:
    ivy, path = world.signed_in("ivy"), f"/billers/{biller.id}/log-recipients"
    added = await ivy.post(path, json={"email": "uni@ex\u00e4mple.com"})
    assert (added.status_code, added.json()["email"]) == (200, "uni@xn--exmple-cua.com")
    refused = await ivy.post(path, json={"email": "\u00fcni@example.com"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_email")
    card = await ivy.post(path, json={"email": "4111-1111-1111-1111@example.com"})
    assert (card.status_code, card.json()["code"]) == (422, "F008")


async def test_an_upload_with_the_same_key_is_the_same_file(world: World, biller: Biller) -> None:
    path, key = f"/billers/{biller.id}/files", str(uuid4())

    async def send(content: bytes, person: str = "ivy") -> httpx.Response:
        named = {"name": "customers.csv"}
        return await world.signed_in(person).post(path, content=content, params=named, headers={"idempotency-key": key})

    before = await objects(world)
    first, again = await send(CONTENT), await send(CONTENT)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert await objects(world) == before + 1
    refused = await send(CONTENT + b"X-1,x@example.com,x\n")
    assert (refused.status_code, refused.json()["code"]) == (409, "idempotency_conflict")
    assert (await send(CONTENT, "sam")).json()["id"] != first.json()["id"]  # a key is of a person
    await world.admin.execute("UPDATE mapping.secure_file SET deleted_at = now() WHERE id = $1", first.json()["id"])
    assert (await send(CONTENT)).status_code == 410


async def test_of_two_uploads_with_one_key_at_once_one_is_kept(world: World, biller: Biller) -> None:
    path, headers = f"/billers/{biller.id}/files", {"idempotency-key": str(uuid4())}
    first_is_read, others_are_done = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield CONTENT[:10]
        first_is_read.set()
        await others_are_done.wait()
        yield CONTENT[10:]

    async def send(content: bytes | AsyncIterator[bytes]) -> httpx.Response:
        return await world.signed_in("ivy").post(path, params={"name": "a.csv"}, headers=headers, content=content)

    before = await objects(world)
    waiting = asyncio.create_task(send(slow()))
    await first_is_read.wait()
    quick = await send(CONTENT)
    others_are_done.set()
    assert (await waiting).json()["id"] == quick.json()["id"]
    assert await objects(world) == before + 1


async def test_files_come_in_pages(world: World, biller: Biller) -> None:
    sent = [(await world.upload(biller, content=CONTENT + b"\n" * extra))["id"] for extra in range(5)]
    path, listed, after = f"/billers/{biller.id}/files", list[str](), None
    for _ in range(3):
        page = (
            await world.signed_in("ivy").get(path, params={"limit": 2} | ({"after": after} if after else {}))
        ).json()
        listed += [one["id"] for one in page["items"]]
        after = page["next"]
    assert after is None
    assert listed == sent[::-1]


async def test_a_file_that_no_import_uses_can_be_deleted(world: World, biller: Biller) -> None:
    address = f"/billers/{biller.id}/files"
    client = world.signed_in("ivy")
    file = await world.upload(biller, content=b"PK\x03\x04 a sheet")
    assert (await world.signed_in("mallory").delete(f"{address}/{file['id']}")).status_code == 403
    assert (await client.delete(f"{address}/{UUID(int=3)}")).status_code == 404
    draft = """INSERT INTO mapping.draft (id, subject, biller_id, content) VALUES (gen_random_uuid(), $1, $2, $3)"""
    content = json.dumps({"file": {"id": file["id"]}})
    await world.admin.execute(draft, "sam", biller.id, content)
    refused = await client.delete(f"{address}/{file['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "file_in_use")
    await world.admin.execute("UPDATE mapping.draft SET subject = 'ivy' WHERE biller_id = $1", biller.id)
    assert (await client.delete(f"{address}/{file['id']}")).status_code == 204
    assert file["id"] not in [one["id"] for one in (await client.get(address)).json()["items"]]
    with pytest.raises(FileNotFoundError):
        [piece async for piece in world.uploads.stream(object_key(biller.id, UUID(file["id"])))]
    assert (await client.delete(f"{address}/{file['id']}")).status_code == 404
    import_id = await world.imported(biller)
    used = await world.admin.fetchval("SELECT file_id FROM mapping.import WHERE id = $1", import_id)
    assert (await client.delete(f"{address}/{used}")).status_code == 409
