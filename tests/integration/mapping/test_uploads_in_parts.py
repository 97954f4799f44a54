"""Uploads in parts go on where they broke off, whoever asks again; nothing of one that is refused or left remains."""

import asyncio
import base64
import hashlib
import re
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from customer_import_client import uploading
from services.mapping.api import files as api_files
from services.mapping.context import Unfinished
from services.mapping.removal import PartRemoval, outdated_rules
from services.mapping.repository import uploads
from shared.audit import Act
from shared.retention import Retention
from shared.sealed_files import MARK, FileSealer
from shared.secure_upload import SecureUpload, SecureUploadUnavailable, object_key
from tests.integration.mapping.conftest import LIMIT
from tests.integration.mapping.world import World
from tests.support.audited import Told
from tests.support.crm import Biller
from tests.support.imports import until
from tests.support.serving import served
from tests.support.texts import ROOT

_TYPE = "application/offset+octet-stream"
_CONTENT = b"Acct,Email\r\n" + b"".join(b"WTR-%d,a%d@example.com\r\n" % (n, n) for n in range(60_000))
_CUT = 1_100_000  # the beginning tells what it is
_KEEP = timedelta(days=1)


@dataclass
class Sender:
    """A person who sends a file in parts."""

    client: httpx.AsyncClient
    biller: Biller
    address: str = ""

    async def begin(self, length: int = len(_CONTENT), key: UUID | None = None, **more: Any) -> httpx.Response:
        headers = {"upload-length": str(length), "tus-resumable": "1.0.0"} | more.pop("headers", {})
        if key is not None:
            headers["idempotency-key"] = str(key)
        response = await self.client.post(
            f"/billers/{self.biller.id}/uploads", params={"name": "customers.csv"} | more, headers=headers
        )
        if response.status_code == 201:
            self.address = response.headers["location"].removeprefix("/api/v1")
        return response

    async def send(self, offset: int, content: bytes | AsyncIterator[bytes], **headers: str) -> httpx.Response:
        told = {"content-type": _TYPE, "upload-offset": str(offset)} | headers
        return await self.client.patch(self.address, content=content, headers=told)

    async def offset(self) -> int:
        response = await self.client.head(self.address)
        assert response.status_code == 200
        assert response.headers["cache-control"] == "no-store"
        return int(response.headers["upload-offset"])

    async def shown(self) -> Any:
        response = await self.client.get(self.address)
        assert response.status_code == 200, response.text
        return response.json()

    async def sent(self, content: bytes = _CONTENT) -> httpx.Response:
        assert (await self.begin(len(content))).status_code == 201
        assert (await self.send(0, content[:_CUT])).status_code == 204
        return await self.send(_CUT, content[_CUT:])


@pytest.fixture
def sender(world: World, biller: Biller) -> Sender:
    return Sender(world.signed_in("ivy"), biller)


async def _objects(world: World, biller: Biller) -> set[str]:
    """Ids of all objects of a biller that are known to the database."""
    known = await world.admin.fetch(
        """SELECT id::text FROM mapping.secure_file WHERE biller_id = $1 AND deleted_at IS NULL
           UNION ALL SELECT p.id::text FROM mapping.upload_part p JOIN mapping.upload u ON u.id = p.upload_id
           WHERE u.biller_id = $1""",
        biller.id,
    )
    return {row["id"] for row in known}


def _stored(world: World, biller: Biller) -> set[str]:
    """Ids of all objects of a biller that are stored."""
    folder = world.uploads.folder
    assert folder is not None
    return {path.name for path in (folder / str(biller.id)).glob("*")}


async def _content(world: World, biller: Biller, file_id: str) -> bytes:
    return b"".join([piece async for piece in world.uploads.stream(object_key(biller.id, UUID(file_id)))])


async def test_it_goes_on_where_it_broke_off_and_is_a_file_like_any_other(
    world: World, biller: Biller, sender: Sender
) -> None:
    told = await Told.from_now(world.admin)
    begun = await sender.begin(kind="paperless")
    assert begun.status_code == 201
    assert begun.headers["tus-resumable"] == "1.0.0"
    assert begun.headers["upload-expires"].endswith("GMT")
    assert (await sender.send(0, _CONTENT[:_CUT])).headers["upload-offset"] == str(_CUT)
    assert await sender.offset() == _CUT
    listed = (await sender.client.get(f"/billers/{biller.id}/uploads")).json()["items"]
    assert [(one["name"], one["offset"], one["length"]) for one in listed] == [("customers.csv", _CUT, len(_CONTENT))]
    shown = await sender.shown()
    assert shown["parts"] == [{"size": _CUT, "sha256": hashlib.sha256(_CONTENT[:_CUT]).hexdigest()}]
    assert shown["file"] is None
    last = await sender.send(_CUT, _CONTENT[_CUT:])
    assert (last.status_code, last.headers["upload-offset"]) == (204, str(len(_CONTENT)))
    file = (await sender.shown())["file"]
    assert (file["sha256"], file["kind_hint"]) == (hashlib.sha256(_CONTENT).hexdigest(), "paperless")
    assert await _content(world, biller, file["id"]) == _CONTENT
    assert (await sender.client.get(f"/billers/{biller.id}/files")).json()["items"] == [file]
    assert (await sender.client.get(f"/billers/{biller.id}/uploads")).json()["items"] == []
    assert (await told.one(Act.FILE_UPLOADED))["detail"]["file_id"] == file["id"]
    removal = PartRemoval(world.database, world.uploads)
    while await removal.step():
        pass
    assert _stored(world, biller) == await _objects(world, biller) == {file["id"]}


@pytest.mark.parametrize("checked", [True, False])
async def test_of_a_part_that_breaks_off_what_came_counts_unless_it_has_a_checksum(
    world: World, biller: Biller, sender: Sender, checked: bool
) -> None:
    await sender.begin()
    come = [{"type": "http.request", "body": _CONTENT[:_CUT], "more_body": True}, {"type": "http.disconnect"}]
    headers = {"content-type": _TYPE, "upload-offset": "0", "authorization": world.authorization("ivy")}
    if checked:
        headers["upload-checksum"] = f"sha256 {base64.b64encode(hashlib.sha256(_CONTENT).digest()).decode()}"
    answered: list[Any] = []

    async def receive() -> Any:
        return come.pop(0)

    async def send(message: Any) -> None:
        answered.append(message)

    scope = {
        "type": "http",
        "method": "PATCH",
        "path": f"/api/v1{sender.address}",
        "raw_path": f"/api/v1{sender.address}".encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    await world.app(scope, receive, send)
    assert answered[0]["status"] == 400
    assert await sender.offset() == (0 if checked else _CUT)
    assert len(_stored(world, biller)) == (0 if checked else 1)


async def test_a_connection_on_which_nothing_comes_is_not_held(
    world: World, biller: Biller, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def falls_silent() -> AsyncIterator[bytes]:
        yield b"Acct"
        await asyncio.Event().wait()

    monkeypatch.setattr(api_files, "_SILENCE_SECONDS", 0.05)
    await sender.begin()
    address, named = f"/billers/{biller.id}/files", {"name": "customers.csv"}
    for sent in (
        await sender.client.post(address, params=named, content=falls_silent()),
        await sender.send(0, falls_silent()),
    ):
        assert (sent.status_code, sent.json()["code"]) == (400, "upload_broken_off")
    assert await sender.offset() == 4
    assert len(_stored(world, biller)) == 1


async def test_the_same_key_goes_on_with_the_same_upload_and_gives_the_same_file(sender: Sender) -> None:
    key = uuid4()
    first = (await sender.begin(key=key)).json()
    await sender.send(0, _CONTENT[:_CUT])
    again = (await sender.begin(key=key)).json()
    assert (again["id"], again["offset"], len(again["parts"])) == (first["id"], _CUT, 1)
    other = await sender.begin(5, key=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    await sender.send(_CUT, _CONTENT[_CUT:])
    lost = await sender.send(_CUT, _CONTENT[_CUT:])  # the response did not arrive: asked again, nothing happens twice
    assert (lost.status_code, lost.json()["code"]) == (409, "upload_elsewhere")
    file = (await sender.shown())["file"]
    assert (await sender.begin(key=key)).json()["file"] == file
    listed = f"/billers/{sender.biller.id}/files"
    assert (await sender.client.get(listed)).json()["items"] == [file]
    assert (await sender.client.delete(f"{listed}/{file['id']}")).status_code == 204
    gone = await sender.client.get(sender.address)
    assert (gone.status_code, gone.json()["code"]) == (410, "file_gone")
    assert (await sender.begin(key=key)).json()["id"] != first["id"]  # what is gone is uploaded anew


async def test_of_two_writers_at_one_offset_one_counts(world: World, biller: Biller, sender: Sender) -> None:
    await sender.begin()
    writes, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"x" * 1000
        writes.set()
        await go_on.wait()
        yield b"x" * 1000

    overtaken = asyncio.create_task(sender.send(0, slow()))
    await writes.wait()
    assert (await sender.send(0, _CONTENT[:_CUT])).status_code == 204
    go_on.set()
    refused = await overtaken
    assert (refused.status_code, refused.json()["code"]) == (409, "upload_elsewhere")
    both = await asyncio.gather(*(sender.send(_CUT, _CONTENT[_CUT:]) for _ in range(2)))
    assert sorted(one.status_code for one in both) == [204, 409]
    file = (await sender.shown())["file"]
    assert await _content(world, biller, file["id"]) == _CONTENT
    assert len((await sender.client.get(f"/billers/{biller.id}/files")).json()["items"]) == 1
    assert _stored(world, biller) == await _objects(world, biller)


async def test_only_who_began_it_and_may_upload_goes_on(world: World, biller: Biller, sender: Sender) -> None:
    await sender.begin(kind="autopay")
    for person, status in (("sam", 404), ("paul", 404), ("mallory", 403)):
        client = world.signed_in(person)
        headers = {"content-type": _TYPE, "upload-offset": "0"}
        asked = [
            await client.head(sender.address),
            await client.get(sender.address),
            await client.patch(sender.address, content=b"x", headers=headers),
            await client.delete(sender.address),
        ]
        assert [one.status_code for one in asked] == [status] * 4
        assert "upload-offset" not in asked[0].headers
    elsewhere = await world.crm.biller()
    await world.crm.right("ivy", elsewhere)
    address = sender.address.replace(f"/{biller.id}/", f"/{elsewhere.id}/")
    assert (await sender.client.get(address)).status_code == 404
    await world.admin.execute(
        "UPDATE crm.operator_right SET permission = 'paperless' WHERE subject = 'ivy' AND biller_id = $1", biller.id
    )
    assert (await sender.send(0, b"x")).json()["code"] == "F011"  # the right as it is now


async def test_no_more_comes_than_was_declared(world: World, biller: Biller, sender: Sender) -> None:
    assert (await sender.begin(LIMIT + 1)).json()["code"] == "F015"
    assert (await sender.begin(0)).json()["code"] == "F002"
    assert (await sender.begin(headers={"upload-length": "many"})).status_code == 422
    await sender.begin(10)
    for content in (b"x" * 11, _slowly(11)):  # with a declared length, and without
        refused = await sender.send(0, content)
        assert (refused.status_code, refused.json()["code"]) == (413, "upload_longer_than_declared")
    assert (await sender.send(0, b"12345")).status_code == 204
    assert (await sender.send(3, b"x")).json()["code"] == "upload_elsewhere"
    assert (await sender.send(5, b"")).headers["upload-offset"] == "5"
    wrong = await sender.client.patch(sender.address, content=b"x", headers={"upload-offset": "5"})
    assert (wrong.status_code, wrong.json()["code"]) == (415, "unsupported_media_type")
    assert await sender.offset() == 5
    assert len(_stored(world, biller)) == 1


async def test_a_torn_part_and_a_torn_file_are_not_taken(world: World, biller: Biller, sender: Sender) -> None:
    digest = base64.b64encode(hashlib.sha256(_CONTENT).digest()).decode()
    await sender.begin(headers={"repr-digest": f"sha-256=:{digest}:"})
    first = _CONTENT[:_CUT]
    for algorithm in ("sha1", "sha256"):
        told = base64.b64encode(hashlib.new(algorithm, first, usedforsecurity=False).digest()).decode()
        torn = await sender.send(0, first[:-1] + b"?", **{"upload-checksum": f"{algorithm} {told}"})
        assert (torn.status_code, torn.json()["code"]) == (460, "upload_checksum_mismatch")
    for unknown in ("md5 AAAA", "sha256 é"):
        told_so = _latin({"content-type": _TYPE, "upload-offset": "0", "upload-checksum": unknown})
        assert (await sender.client.patch(sender.address, content=first, headers=told_so)).status_code == 400
    assert await sender.offset() == 0
    assert _stored(world, biller) == set()
    assert (await sender.send(0, first, **{"upload-checksum": f"sha256 {told}"})).status_code == 204
    torn = await sender.send(_CUT, _CONTENT[_CUT:-1] + b"?")
    assert (torn.status_code, torn.json()["code"]) == (460, "file_checksum_mismatch")
    assert (await sender.client.head(sender.address)).status_code == 410
    assert _stored(world, biller) == await _objects(world, biller) == set()


@pytest.mark.parametrize("early", [True, False])
async def test_what_must_not_be_kept_is_refused_and_gone_at_once(
    world: World, biller: Biller, sender: Sender, early: bool
) -> None:
    content = b"Acct,Email,CVV\r\n" + _CONTENT.replace(b"\r\n", b",123\r\n")[: 2 * _CUT]
    first = _CUT if early else 100_000
    await sender.begin(len(content))
    refused = await sender.send(0, content[:first])
    if not early:
        assert refused.status_code == 204
        refused = await sender.send(first, content[first:])
    assert (refused.status_code, refused.json()["code"]) == (422, "F009")
    gone = await sender.client.get(sender.address)
    assert gone.status_code == 410
    assert "F009" in gone.json()["title"]
    assert _stored(world, biller) == await _objects(world, biller) == set()
    named = await sender.begin(name="4111 1111 1111 1111.csv")
    assert (named.status_code, named.json()["code"]) == (422, "F008")
    for word, value in (("note", b"4111 1111 1111 1111"), ("filename", b"4111/1111 1111 1111.csv")):
        told = {"upload-metadata": f"{word} {base64.b64encode(value).decode()}"}
        named = await sender.begin(headers={"upload-length": "3"} | told)
        assert (named.status_code, named.json()["code"]) == (422, "F008")


async def test_parts_are_sealed_as_files_are(world: World, biller: Biller, sender: Sender) -> None:
    folder = world.uploads.folder
    assert folder is not None
    before = world.app.state.context
    sealing = SecureUpload(folder.as_uri(), {}, FileSealer({"one": b"1" * 32}, "one"))
    world.app.state.context = replace(before, secure_upload=sealing)
    try:
        await sender.begin()
        await sender.send(0, _CONTENT[:_CUT])
        [part] = _stored(world, biller)
        stored = (folder / str(biller.id) / part).read_bytes()
        assert stored.startswith(MARK)
        assert b"@example" not in stored
        assert (await sender.send(_CUT, _CONTENT[_CUT:])).status_code == 204
        assert all((folder / str(biller.id) / one).read_bytes().startswith(MARK) for one in _stored(world, biller))
    finally:
        world.app.state.context = before


async def test_unfinished_uploads_are_bounded_and_are_cancelled(world: World, biller: Biller, sender: Sender) -> None:
    before = world.app.state.context
    world.app.state.context = replace(before, unfinished=Unfinished(most=2, most_bytes=3000))
    try:
        for _ in range(2):
            await sender.begin(1000)
        refused = await sender.begin(1000)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_uploads")
        sam = Sender(world.signed_in("sam"), biller)
        assert (await sam.begin(1001)).status_code == 429  # the bytes of all
        assert (await sam.begin(1000)).status_code == 201
        await sender.send(0, b"x" * 999)
        assert (await sender.client.delete(sender.address)).status_code == 204
        assert (await sender.client.delete(sender.address)).status_code == 410
        assert _stored(world, biller) == set()
        assert (await sender.begin(1000)).status_code == 201
    finally:
        world.app.state.context = before


async def test_what_nobody_goes_on_with_expires(world: World, biller: Biller, sender: Sender) -> None:
    async def passes(days: int) -> None:
        await world.admin.execute(
            "UPDATE mapping.upload SET touched_at = touched_at - $2 * interval '1 day' WHERE biller_id = $1",
            *(biller.id, days),
        )
        retention = Retention(world.database, outdated_rules(world.uploads, _KEEP, _KEEP, _KEEP))
        while await retention.step():
            pass
        removal = PartRemoval(world.database, world.uploads)
        while await removal.step():
            pass

    await sender.begin()
    await sender.send(0, _CONTENT[:_CUT])
    await passes(0)
    assert await sender.offset() == _CUT
    await passes(2)
    gone = await sender.client.head(sender.address)
    assert gone.status_code == 410
    assert "upload-offset" not in gone.headers
    assert _stored(world, biller) == await _objects(world, biller) == set()
    told = await world.admin.fetchval(
        "SELECT count(*) FROM audit.entry WHERE act = 'removed' AND detail ->> 'what' = 'unfinished uploads'"
    )
    assert told == 1
    await passes(2)
    assert (await sender.client.head(sender.address)).status_code == 404
    key = uuid4()  # of a file, it stays as long as that does
    await sender.begin(3, key=key)
    await sender.send(0, b"a,b")
    file = (await sender.shown())["file"]
    await passes(2)
    assert (await sender.begin(3, key=key)).json()["file"] == file


async def test_another_process_goes_on_where_one_was_killed(
    world: World, biller: Biller, sender: Sender, dsns: tuple[str, str]
) -> None:
    content = _CONTENT * 8
    module, folder = "tests.integration.mapping.other_process", str(world.uploads.folder)
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", module, dsns[1], folder, stdout=PIPE)
    assert process.stdout is not None
    address = (await asyncio.wait_for(process.stdout.readline(), 30)).decode().strip()
    half = 3 * len(content) // 4

    async def half_of_it() -> AsyncIterator[bytes]:
        for start in range(0, half, 1_000_000):
            yield content[start : min(start + 1_000_000, half)]
        await asyncio.Event().wait()  # and no more, without a word

    async with httpx.AsyncClient(base_url=f"{address}/api/v1") as client:
        before = Sender(client, biller)
        assert (await before.begin(len(content))).status_code == 201
        sending = asyncio.create_task(before.send(0, half_of_it()))
        sender.address = before.address
        await until(sender.offset, "the first piece")
        process.kill()
        await process.wait()
        sending.cancel()
        await asyncio.wait([sending])
    offset = await sender.offset()
    assert 0 < offset < half  # whole pieces; the one that it was writing is lost
    assert (await sender.send(offset, content[offset:])).status_code == 204
    file = (await sender.shown())["file"]
    assert file["sha256"] == hashlib.sha256(content).hexdigest()
    await world.admin.execute("UPDATE mapping.upload_part SET begun_at = begun_at - interval '2 hours'")
    removal = PartRemoval(world.database, world.uploads)
    while await removal.step():
        pass
    assert _stored(world, biller) == {file["id"]}  # nor what the killed process had begun to write


async def test_what_the_store_does_not_take_now_is_completed_by_sending_the_last_part_again(
    world: World, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sender.begin()
    await sender.send(0, _CONTENT[:_CUT])
    put, calls = world.uploads.put, list[str]()

    async def fails_once(key: str, *arguments: Any) -> Any:
        calls.append(key)
        if len(calls) == 2:  # the first is the part
            raise SecureUploadUnavailable
        return await put(key, *arguments)

    monkeypatch.setattr(world.uploads, "put", fails_once)
    refused = await sender.send(_CUT, _CONTENT[_CUT:])
    assert (refused.status_code, refused.json()["code"]) == (503, "secure_upload_unavailable")
    assert await sender.offset() == _CUT
    assert (await sender.send(_CUT, _CONTENT[_CUT:])).status_code == 204
    assert (await sender.shown())["file"]["size"] == len(_CONTENT)


async def test_an_outage_of_the_store_takes_no_writers_place(
    world: World, biller: Biller, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sender.begin()
    await sender.send(0, _CONTENT[:_CUT])
    put = world.uploads.put

    async def fails(*_: Any) -> Any:
        raise SecureUploadUnavailable

    async def fails_for_the_file(key: str, pieces: AsyncIterator[bytes], limit: int) -> Any:
        return await (put if limit < len(_CONTENT) else fails)(key, pieces, limit)

    for outage in (fails, fails_for_the_file):
        with monkeypatch.context() as patched:
            patched.setattr(world.uploads, "put", outage)
            patched.setattr(world.uploads, "delete", fails)
            for _ in range(9):  # more than may write at once
                refused = await sender.send(_CUT, _CONTENT[_CUT:])
                assert (refused.status_code, refused.json()["code"]) == (503, "secure_upload_unavailable")
    assert (await sender.send(_CUT, _CONTENT[_CUT:])).status_code == 204
    removal = PartRemoval(world.database, world.uploads)
    while await removal.step():
        pass
    assert _stored(world, biller) == await _objects(world, biller) == {(await sender.shown())["file"]["id"]}


async def test_as_many_write_at_once_as_may_and_no_more(world: World, sender: Sender) -> None:
    begun = UUID((await sender.begin()).json()["id"])

    async def enters() -> bool:
        async with world.database.transaction() as connection:
            return await uploads.begin_part(connection, begun, uuid4(), 0)

    assert sorted(await asyncio.gather(*(enters() for _ in range(12)))) == [False] * 4 + [True] * 8
    refused = await sender.send(0, _CONTENT)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_parts")


@pytest.mark.parametrize("stored", [len(_CONTENT) - _CUT, len(_CONTENT)], ids=["part", "file"])
async def test_whoever_is_overtaken_at_the_end_does_not_hear_that_it_is_gone(
    world: World, sender: Sender, monkeypatch: pytest.MonkeyPatch, stored: int
) -> None:
    await sender.begin()
    await sender.send(0, _CONTENT[:_CUT])
    put, overtook = world.uploads.put, list[int]()

    async def is_overtaken(key: str, pieces: AsyncIterator[bytes], limit: int) -> Any:
        if limit == stored and not overtook:
            overtook.append(0)
            overtook[0] = (await sender.send(_CUT, _CONTENT[_CUT:])).status_code
            removal = PartRemoval(world.database, world.uploads)
            while await removal.step():
                pass
        return await put(key, pieces, limit)

    monkeypatch.setattr(world.uploads, "put", is_overtaken)
    late = await sender.send(_CUT, _CONTENT[_CUT:])
    assert overtook == [204]
    assert (late.status_code, late.json()["code"]) == (409, "upload_elsewhere")
    assert (await sender.shown())["file"]["size"] == len(_CONTENT)


async def test_the_program_of_the_page_uploads_in_parts(
    world: World, biller: Biller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (ROOT / "docs/how-to/upload-large-files.md").read_text(encoding="utf-8")
    [program] = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(program, "the page", "exec"), names)  # noqa: S102 - the page is ours
    monkeypatch.setattr(uploading, "PART_BYTES", _CUT)
    path = tmp_path / "customers.csv"
    path.write_bytes(_CONTENT)
    token = world.authorization("ivy").removeprefix("Bearer ")
    async with served(world.app) as address:
        sent = [await asyncio.to_thread(names["send"], address, token, biller.id, path) for _ in range(2)]
    assert sent[0]["sha256"] == hashlib.sha256(_CONTENT).hexdigest()
    assert sent[1] == sent[0]  # sent again, it is the same file


async def test_it_speaks_tus(biller: Biller, sender: Sender) -> None:
    words = f"filename {base64.b64encode(b'clients.csv').decode()},kind {base64.b64encode(b'paperless').decode()}"
    path = f"/billers/{biller.id}/uploads"
    told = await sender.client.options(path)
    assert told.status_code == 204
    assert told.headers["tus-version"] == "1.0.0"
    assert told.headers["tus-extension"] == "creation,expiration,checksum,termination"
    assert told.headers["tus-max-size"] == str(LIMIT)
    unknown = await sender.client.post(path, headers={"tus-resumable": "2.0.0", "upload-length": "3"})
    assert (unknown.status_code, unknown.headers["tus-version"]) == (412, "1.0.0")
    begun = await sender.client.post(path, headers={"upload-length": "3", "upload-metadata": words})
    assert (begun.json()["name"], begun.json()["kind_hint"]) == ("clients.csv", "paperless")
    sender.address = begun.headers["location"].removeprefix("/api/v1")
    assert (await sender.client.head(sender.address)).headers["upload-metadata"] == words
    sent = await sender.client.post(
        sender.address,
        content=b"a,b",
        headers={"x-http-method-override": "PATCH", "content-type": _TYPE, "upload-offset": "0"},
    )
    assert (sent.status_code, sent.headers["upload-offset"]) == (204, "3")
    for broken in ("filename !!", "filename é", "kind eA=="):
        refused = await sender.client.post(path, headers=_latin({"upload-length": "3", "upload-metadata": broken}))
        assert refused.status_code in {400, 422}


async def _slowly(size: int) -> AsyncIterator[bytes]:
    for _ in range(size):
        yield b"x"


def _latin(headers: dict[str, str]) -> httpx.Headers:
    """With letters that are no ASCII, as a careless sender writes them."""
    return httpx.Headers(headers, encoding="latin-1")
