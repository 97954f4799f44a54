"""Files that must not be kept are removed; files that list bank accounts are for those who may import bank accounts."""

from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from httpx import Response

from services.mapping.domain import visible_files
from services.mapping.removal import Removal
from services.mapping.repository import files, imports
from services.mapping.usecases.access import sample_for
from shared.auth import Person
from shared.contracts.definition import Reading
from shared.contracts.rights import Right
from shared.rights import right_of
from shared.secure_upload import SecureUpload, object_key
from tests.integration.mapping.world import CONTENT, World
from tests.support.crm import Biller

CARD = "4111111111111111"
ROUTING = "021000021"
SECURITY_CODES = b"Acct,Email,CVV\r\nWTR-1,ann@example.com,123\r\n"
BANK = b"Acct,Email,BankNo\r\nWTR-1,ann@example.com,123456789\r\n"
BY_CHECK_DIGIT = f"Acct,Email,A,B\r\nWTR-1,ann@example.com,{ROUTING},99887766\r\n".encode()


async def removed_all(world: World) -> None:
    removal = Removal(world.database, world.uploads)
    while await removal.step():
        pass


@pytest.mark.parametrize("code", ["F008", "F009"])
async def test_a_file_refused_for_what_must_not_be_kept_is_removed(world: World, biller: Biller, code: str) -> None:
    definition = await world.definition(biller)
    answer = await world.ask(definition)
    import_id, file_id = UUID(answer.json()["import_id"]), UUID(definition["file"]["id"])
    await removed_all(world)
    assert await world.uploads.size(object_key(biller.id, file_id)) == len(CONTENT)
    await world.checked(import_id, state="rejected")
    await world.admin.execute(
        "INSERT INTO validation.finding (import_id, code, count, sample_lines) VALUES ($1, $2, 1, '{2}')",
        import_id,
        code,
    )
    await removed_all(world)
    with pytest.raises(FileNotFoundError):
        await world.uploads.size(object_key(biller.id, file_id))
    kept = await world.admin.fetchrow("SELECT * FROM mapping.secure_file WHERE id = $1", file_id)
    assert kept is not None
    assert (kept["deleted_reason"], kept["deleted_for"]) == (code, import_id)
    assert kept["deleted_at"] is not None
    listed = (await world.signed_in("ivy").get(f"/billers/{biller.id}/files")).json()["items"]
    assert str(file_id) not in {one["id"] for one in listed}
    again = await world.ask(definition)
    assert again.status_code == 422
    assert again.json()["code"] == "F018"
    assert "was removed" in again.json()["title"]


@pytest.mark.parametrize("code", ["F008", "F009"])
async def test_what_was_refused_is_removed_with_its_copies_and_not_kept_again(
    world: World, biller: Biller, code: str
) -> None:
    content = CONTENT + f"WTR-9,{code}@example.com\r\n".encode()
    first, copy = [await world.upload(biller, content=content) for _ in range(2)]
    other = await world.upload(biller)
    definition = await world.definition(biller, file={name: first[name] for name in ("id", "sha256", "size")})
    counts: dict[str, Any] = {code: 1}
    await world.checked(UUID((await world.ask(definition)).json()["import_id"]), state="rejected", **counts)
    await removed_all(world)
    for file in (first, copy):
        with pytest.raises(FileNotFoundError):
            await world.uploads.size(object_key(biller.id, UUID(file["id"])))
    assert await world.uploads.size(object_key(biller.id, UUID(other["id"])))
    path = f"/billers/{biller.id}/files"
    again = await world.signed_in("ivy").post(path, params={"name": "a.csv"}, content=content)
    assert (again.status_code, again.json()["code"]) == (422, code)
    listed = (await world.signed_in("ivy").get(path)).json()["items"]
    assert {file["id"] for file in listed} & {first["id"], copy["id"], other["id"]} == {other["id"]}


@pytest.mark.parametrize("stays", [True, False])
async def test_what_only_shows_when_it_is_read_otherwise_is_removed_unless_it_may_only_look_so(
    world: World, biller: Biller, *, stays: bool
) -> None:
    lines = "Acct,Email\r\nPIN,Email\r\nWTR-1,ann@example.com\r\n" if stays else "Acct~CVV;Email|1\r\nWTR-1~123;a|2\r\n"
    file_id = UUID((await world.upload(biller, content=lines.encode()))["id"])
    answer = await _look(world, biller, "ivy", file_id, {"header_line": 2} if stays else {"delimiter": "~"})
    assert (answer.status_code, answer.json()["code"]) == (422, "F009")
    key = object_key(biller.id, file_id)
    if stays:
        assert await world.uploads.size(key)
        return
    with pytest.raises(FileNotFoundError):
        await world.uploads.size(key)


async def test_removing_is_repeated_until_it_is_recorded(world: World, biller: Biller) -> None:
    definition = await world.definition(biller)
    import_id = UUID((await world.ask(definition)).json()["import_id"])
    await world.checked(import_id, state="rejected", F008=1)
    await world.uploads.delete(object_key(biller.id, UUID(definition["file"]["id"])))  # gone, but not recorded
    await removed_all(world)
    reason = "SELECT deleted_reason FROM mapping.secure_file WHERE id = $1"
    assert await world.admin.fetchval(reason, UUID(definition["file"]["id"])) == "F008"


async def test_a_file_that_the_store_keeps_holds_up_no_other(world: World, biller: Biller) -> None:
    definitions = [await world.definition(biller) for _ in range(3)]
    for definition in definitions:
        await world.checked(UUID((await world.ask(definition)).json()["import_id"]), state="rejected", F008=1)
    keys = [object_key(biller.id, UUID(one["file"]["id"])) for one in definitions]
    removal = Removal(world.database, _Keeping(world.uploads, keys[:2]))
    steps = 0
    while await _goes_on(removal):
        steps += 1
        assert steps <= len(keys), "it goes back to what it could not remove"
    for key in keys[:2]:
        assert await world.uploads.size(key)
    with pytest.raises(FileNotFoundError):
        await world.uploads.size(keys[2])
    await removed_all(world)


async def test_a_file_refused_for_something_else_stays(world: World, biller: Biller) -> None:
    definition = await world.definition(biller)
    import_id = UUID((await world.ask(definition)).json()["import_id"])
    await world.checked(import_id, state="rejected", F001=1)
    await removed_all(world)
    assert await world.uploads.size(object_key(biller.id, UUID(definition["file"]["id"]))) == len(CONTENT)


@pytest.mark.parametrize("kind", ["unknown", "paperless"])
@pytest.mark.parametrize("content", [BANK, BY_CHECK_DIGIT])
async def test_people_of_paperless_see_no_bank_file(world: World, biller: Biller, kind: str, content: bytes) -> None:
    file = await world.upload(biller, content=content, kind=kind)
    for person, sees in (("ivy", True), ("paul", False)):
        listed = (await world.signed_in(person).get(f"/billers/{biller.id}/files")).json()["items"]
        assert (file["id"] in {one["id"] for one in listed}) is sees
    definition = await world.definition(biller, file={name: file[name] for name in ("id", "sha256", "size")})
    assert (await world.ask(definition, person="paul")).json()["code"] == "F018"
    assert (await world.ask(definition)).status_code == 202


async def test_people_of_paperless_define_nothing_over_a_file_for_autopay(world: World, biller: Biller) -> None:
    file = await world.upload(biller, kind="autopay")
    definition = await world.definition(biller, file={name: file[name] for name in ("id", "sha256", "size")})
    assert (await world.ask(definition, person="paul")).json()["code"] == "F018"


async def test_people_of_paperless_upload_no_bank_file(world: World, biller: Biller) -> None:
    path = f"/billers/{biller.id}/files"
    answer = await world.signed_in("paul").post(path, params={"name": "a.csv", "kind": "paperless"}, content=BANK)
    assert (answer.status_code, answer.json()["code"]) == (403, "F011")
    assert (await world.signed_in("paul").get(path)).json()["items"] == []


class _Keeping(SecureUpload):
    """A store that refuses to remove some of its objects."""

    def __init__(self, store: SecureUpload, kept: Sequence[str]) -> None:
        self._real = store
        self._kept = kept

    async def delete(self, key: str) -> None:
        if key in self._kept:
            raise PermissionError
        await self._real.delete(key)


async def _goes_on(removal: Removal) -> bool:
    try:
        return await removal.step()
    except PermissionError:
        return True


def _stored(world: World) -> set[Path]:
    assert world.uploads._folder is not None
    return {one for one in world.uploads._folder.rglob("*") if one.is_file()}


async def test_a_file_with_a_column_of_security_codes_is_not_even_stored(world: World, biller: Biller) -> None:
    path = f"/billers/{biller.id}/files"
    before = _stored(world)
    answer = await world.signed_in("ivy").post(path, params={"name": "a.csv"}, content=SECURITY_CODES)
    assert (answer.status_code, answer.json()["code"]) == (422, "F009")
    assert _stored(world) == before
    assert (await world.signed_in("ivy").get(path)).json()["items"] == []


def _with_numbers(numbers: Iterable[str], note: str = "x") -> bytes:
    rows = "".join(f"WTR-{place},{number},{note}\r\n" for place, number in enumerate(numbers))
    return f"Acct,Number,Note\r\n{rows}".encode()


@pytest.mark.parametrize(
    ("content", "is_stored"),
    [
        (_with_numbers(["7", "8"], "4111 1111 1111 1111"), False),
        (_with_numbers([CARD] * 3), False),
        (
            _with_numbers([f"{41111111111111 + place:014}{place:02}" for place in range(90)]),
            True,
        ),  # some pass by chance
        (_with_numbers(["7"] * 9 + [CARD]), False),
        (_with_numbers([f"411111111111{place}" for place in range(1111, 1116)]), True),  # a long account number is one
        (_with_numbers(["7"] * 90_000 + [CARD] * 30), True),  # behind what is looked at
        (_with_numbers([CARD] * 90_000), False),
    ],
    ids=[
        "one among words",
        "a column",
        "account numbers",
        "one among numbers",
        "one long number",
        "far down",
        "a large file",
    ],
)
async def test_a_file_that_shows_card_numbers_is_removed_when_it_is_first_looked_at(
    world: World, biller: Biller, content: bytes, *, is_stored: bool
) -> None:
    before = _stored(world)
    file = await world.upload(biller, content=content)
    answer = await _look(world, biller, "ivy", UUID(file["id"]), {})
    assert (_stored(world) != before) == is_stored
    assert (answer.json()["code"] == "F008") == (not is_stored)
    assert "4111" not in answer.text


@pytest.mark.parametrize("reading", [{}, {"header_line": 1}])
async def test_one_that_was_stored_unseen_is_removed_when_it_is_first_looked_at(
    world: World, biller: Biller, reading: dict[str, object]
) -> None:
    file = await world.upload(biller)
    key = object_key(biller.id, UUID(file["id"]))

    async def pieces() -> AsyncIterator[bytes]:
        yield SECURITY_CODES

    await world.uploads.put(key, pieces(), limit=1000)
    world.app.state.context.samples._kept.clear()  # as in another process
    told = await _look(world, biller, "ivy", UUID(file["id"]), reading)
    assert told.status_code == 422
    with pytest.raises(FileNotFoundError):
        await world.uploads.size(key)
    reason = "SELECT deleted_reason FROM mapping.secure_file WHERE id = $1"
    assert await world.admin.fetchval(reason, UUID(file["id"])) == "F009"


async def test_a_refused_bank_file_is_not_for_people_of_paperless_either(world: World, biller: Biller) -> None:
    path, content = f"/billers/{biller.id}/files", BANK.replace(b"Email", b"CVV")
    answer = await world.signed_in("paul").post(path, params={"name": "a.csv", "kind": "paperless"}, content=content)
    assert answer.status_code == 403


async def _unjudged(world: World, biller: Biller, content: bytes = BANK) -> UUID:
    """A file from before anybody looked."""
    file_id = UUID((await world.upload(biller, content=content, kind="paperless"))["id"])
    await world.admin.execute("UPDATE mapping.secure_file SET holds_bank_data = NULL WHERE id = $1", file_id)
    return file_id


async def _look(world: World, biller: Biller, person: str, file_id: UUID, reading: dict[str, object]) -> Response:
    recipe = {
        "name": f"recipe {file_id}",
        "kind": "paperless",
        "file_id": str(file_id),
        "columns": {"email": "Email"},
        "account_number": [{"column": "Acct"}],
        "invoice_types": ["WATER"],
        "options": {"reading": reading},
    }
    return await world.signed_in(person).post(f"/billers/{biller.id}/recipes", json=recipe)


@pytest.mark.parametrize(("content", "judged"), [(BANK, True), (CONTENT, False)])
async def test_an_old_file_is_judged_when_it_is_first_looked_at(
    world: World, biller: Biller, content: bytes, *, judged: bool
) -> None:
    file_id = await _unjudged(world, biller, content)
    assert (await _look(world, biller, "paul", file_id, {})).status_code == (410 if judged else 201)
    kept = "SELECT holds_bank_data FROM mapping.secure_file WHERE id = $1"
    assert await world.admin.fetchval(kept, file_id) is judged
    listed = (await world.signed_in("paul").get(f"/billers/{biller.id}/files")).json()["items"]
    assert (str(file_id) in {one["id"] for one in listed}) is not judged


async def test_a_bank_file_is_known_however_it_is_read(world: World, biller: Biller) -> None:
    file_id = await _unjudged(world, biller, b"Notes;to,read\r\n" + BANK.replace(b",", b";"))
    await world.admin.execute("UPDATE mapping.secure_file SET holds_bank_data = false WHERE id = $1", file_id)
    answer = await _look(world, biller, "paul", file_id, {"delimiter": ";", "header_line": 2})
    assert answer.status_code == 410
    assert (await _look(world, biller, "paul", file_id, {})).status_code == 404


async def test_what_a_check_finds_far_down_hides_the_file_and_masks_the_columns(world: World, biller: Biller) -> None:
    filler = b"".join(b"WTR-%d,a%d@example.com,12,%s\r\n" % (n, n, b"x" * 400) for n in range(3_000))
    file = await world.upload(biller, content=b"Acct,Email,Code,Pay Info\r\n" + filler, kind="paperless")
    definition = await world.definition(biller, file={name: file[name] for name in ("id", "sha256", "size")})
    import_id = UUID((await world.ask(definition, person="paul")).json()["import_id"])
    await world.checked(import_id)
    await world.admin.execute(
        "UPDATE validation.import_check SET bank_columns = '{2,3}' WHERE import_id = $1", import_id
    )
    async with world.database.transaction() as connection:
        await imports.follow_check(connection, import_id)
    for person, sees in (("ivy", True), ("paul", False)):
        listed = (await world.signed_in(person).get(f"/billers/{biller.id}/files")).json()["items"]
        assert (file["id"] in {one["id"] for one in listed}) is sees
    assert (await _look(world, biller, "paul", UUID(file["id"]), {})).status_code == 404
    async with world.database.connection() as connection:
        right = await right_of(connection, "ivy", biller.id)
    assert right is not None
    sample = await sample_for(
        world.app.state.context, Person("ivy", "Ivy"), right, biller.id, UUID(file["id"]), Reading()
    )
    assert sample.shown(1)[0][1] == ["WTR-0", "a0@example.com", "••••2", "••••xxxx"]


@pytest.mark.parametrize(
    "line", ["WTR-1,ann@example.com,x,021000021/48151710529", "WTR-1,ann@example.com,21000021,48151710529"]
)
async def test_bank_data_is_seen_at_the_upload_behind_filler(world: World, biller: Biller, line: str) -> None:
    filler = "WTR-1,ann@example.com,none,none\r\n" * 900
    content = f"Acct,Email,Code,Pay Info\r\n{filler}{(line + chr(10)) * 20}".encode()
    path = f"/billers/{biller.id}/files"
    answer = await world.signed_in("paul").post(path, params={"name": "a.csv", "kind": "paperless"}, content=content)
    assert (answer.status_code, answer.json()["code"]) == (403, "F011")


async def test_a_removed_file_is_forgotten(world: World, biller: Biller) -> None:
    file_id = UUID((await world.upload(biller))["id"])
    assert (await _look(world, biller, "ivy", file_id, {})).status_code == 201
    await world.uploads.delete(object_key(biller.id, file_id))
    assert (await _look(world, biller, "ivy", file_id, {})).status_code == 410
    assert not [known for known in world.app.state.context.samples._kept if known[0] == file_id]


async def test_the_count_of_files_is_of_those_that_are_visible(world: World, biller: Biller) -> None:
    other = await world.crm.biller()
    await world.upload(biller)
    await world.upload(biller, content=BANK)
    await world.upload(biller, kind="autopay")
    visible = {biller.id: visible_files(Right("paperless")), other.id: visible_files(Right("all"))}
    async with world.database.connection() as connection:
        assert await files.count_of_each(connection, visible) == {biller.id: {"unknown": 1}, other.id: {}}
        everything = {biller.id: visible_files(Right("all"))}
        assert await files.count_of_each(connection, everything) == {biller.id: {"unknown": 2, "autopay": 1}}
