"""Rounds bring in nothing that an upload would not, and take nothing that is somebody else's."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.mapping.repository import files, imports
from services.mapping.repository.files import FileToRemove
from services.mapping.usecases.rounds import sent
from shared.secure_upload import object_key
from tests.integration.mapping.test_rounds import corrections, ended, retry, started
from tests.integration.mapping.world import World
from tests.support.crm import Biller

ROUTING = ("021000021", "011401533", "091000019", "322271627", "026009593")
ACCOUNTS = ("48151623", "42108151", "62342481", "51623421", "15162342")
CONTENT = b"Acct;Email;Note;More\r\n" + b"".join(b"WTR-%d;bad;;\r\n" % number for number in range(2, 7))
LOG = b"Acct,Email,line\r\nWTR-2,bob@example.com,2\r\n"


@pytest.fixture
async def done(world: World, biller: Biller) -> UUID:
    """An import of paperless whose five rows failed."""
    file = await world.upload(biller, content=CONTENT)
    reference = {name: file[name] for name in ("id", "sha256", "size")}
    response = await world.ask(await world.definition(biller, file=reference))
    import_id = UUID(response.json()["import_id"])
    await ended(world, import_id, {line: ("failed", ["R142"]) for line in range(2, 7)})
    return import_id


def bank_cells(*columns: str) -> list[dict[str, Any]]:
    given = {"Note": ROUTING, "More": ACCOUNTS}
    return [
        {"line": line, "column": column, "value": given[column][line - 2]} for column in columns for line in range(2, 7)
    ]


@pytest.mark.parametrize("columns", [("Note", "More"), ("Note",)])
async def test_bank_accounts_enter_no_round_of_whom_they_are_hidden_from(
    world: World, biller: Biller, done: UUID, columns: tuple[str, ...]
) -> None:
    before = await world.admin.fetchval("SELECT count(*) FROM mapping.secure_file WHERE biller_id = $1", biller.id)
    for cells in (bank_cells(*columns), bank_cells(*columns)[:1]):
        refused = await retry(world, done, "paul", cells=cells)
        assert (refused.status_code, refused.json()["code"]) == (403, "F011"), refused.text
    assert await world.admin.fetchval("SELECT count(*) FROM mapping.import WHERE retries = $1", done) == 0
    assert before == await world.admin.fetchval(
        "SELECT count(*) FROM mapping.secure_file WHERE biller_id = $1", biller.id
    )


async def test_of_bank_accounts_in_a_round_only_the_last_characters_are_kept(world: World, done: UUID) -> None:
    round_id = await started(world, done, cells=bank_cells("Note", "More"))
    kept = await corrections(world, round_id)
    assert len(kept) == 10
    assert [one[3] for one in kept if one[3][:4] != "****"] == []
    assert await world.admin.fetchval("SELECT holds_bank_data FROM mapping.secure_file WHERE made_for = $1", round_id)


async def test_other_corrections_stay_whole(world: World, done: UUID) -> None:
    cells = [
        {"line": line, "column": column, "value": value}
        for line in range(2, 7)
        for column, value in (
            ("Email", f"ann{line}@example.com"),
            ("Acct", f"02100002{line}"),
            ("Note", "555-010-1234"),
        )
    ]
    response = await retry(world, done, "paul", cells=cells)
    assert response.status_code == 202, response.text
    kept = await corrections(world, UUID(response.json()["round_import_id"]))
    assert [one for one in kept if "****" in one[2] + one[3]] == []


async def test_what_the_check_sees_is_masked_in_what_is_kept(world: World, done: UUID) -> None:
    cells = [{"line": 2, "column": name, "value": value} for name, value in (("Note", "48151623"), ("More", "abc"))]
    round_id = await started(world, done, cells=cells)
    assert [one[3] for one in await corrections(world, round_id)] == ["abc", "48151623"]
    await world.checked(round_id, state="held")
    await world.admin.execute("UPDATE validation.import_check SET bank_columns = '{2}' WHERE import_id = $1", round_id)
    async with world.database.transaction() as connection:
        await imports.follow_check(connection, round_id)
    assert [one[3] for one in await corrections(world, round_id)] == ["abc", "****1623"]
    assert "****" not in [one[2] for one in await corrections(world, round_id)]  # blank cells stay blank


async def test_what_must_not_be_kept_goes_with_its_file(world: World, biller: Biller, done: UUID) -> None:
    cells = [{"line": 2, "column": "Note", "value": "123-45-6789"}]
    round_id = await started(world, done, cells=cells)
    assert len(await corrections(world, round_id)) == 1
    file_id = await world.admin.fetchval("SELECT file_id FROM mapping.import WHERE id = $1", round_id)
    removed = FileToRemove(file_id, object_key(biller.id, file_id), round_id, "F009")
    async with world.database.transaction() as connection:
        await files.record_removal(connection, removed)
    assert await corrections(world, round_id) == []


async def test_a_file_of_somebody_else_is_left_alone(world: World, biller: Biller, done: UUID) -> None:
    file = await world.upload(biller, content=LOG, kind="paperless")
    refused = await retry(world, done, "paul", corrected_file=file["id"])
    assert (refused.status_code, refused.json()["code"]) == (422, "F003")
    assert await world.uploads.size(object_key(biller.id, UUID(file["id"]))) == len(LOG)


async def test_a_file_stays_where_the_round_is_refused(world: World, biller: Biller, done: UUID) -> None:
    log = LOG + b"WTR-9,x,99\r\n"
    file = await world.upload(biller, content=log, kind="paperless")
    refused = await retry(world, done, corrected_file=file["id"])
    assert (refused.status_code, refused.json()["code"]) == (422, "no_such_row")
    assert await world.uploads.size(object_key(biller.id, UUID(file["id"]))) == len(log)


async def test_the_same_request_many_times_at_once_is_one_round(world: World, biller: Biller, done: UUID) -> None:
    file = await world.upload(biller, content=LOG, kind="paperless")
    key = uuid4()
    answers = await asyncio.gather(*(retry(world, done, key=key, corrected_file=file["id"]) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [202] * 4, [answer.text for answer in answers]
    assert len({answer.json()["round_import_id"] for answer in answers}) == 1
    with pytest.raises(FileNotFoundError):
        await world.uploads.size(object_key(biller.id, UUID(file["id"])))


async def test_a_corrected_file_is_bounded(
    world: World, biller: Biller, done: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sent, "_LARGEST_CORRECTED", len(LOG) - 1)
    file = await world.upload(biller, content=LOG, kind="paperless")
    refused = (await retry(world, done, corrected_file=file["id"])).json()
    assert (refused["code"], refused["problems" if "problems" in refused else "remedy"]) == (
        "corrected_file_too_large",
        "Remove the rows that stay as they are",
    )


async def test_the_same_holds_for_what_is_corrected_before_the_run(world: World, biller: Biller) -> None:
    file = await world.upload(biller, content=CONTENT)
    reference = {name: file[name] for name in ("id", "sha256", "size")}
    import_id = UUID((await world.ask(await world.definition(biller, file=reference))).json()["import_id"])
    await world.checked(import_id, state="held")
    async with world.database.transaction() as connection:
        await imports.follow_check(connection, import_id)
    check_no = await world.admin.fetchval("SELECT check_no FROM mapping.import WHERE id = $1", import_id)

    async def correct(person: str, **body: Any) -> tuple[int, str]:
        response = await world.signed_in(person).post(
            f"/imports/{import_id}/correct", json={"check_no": check_no, **body}
        )
        return response.status_code, response.json().get("code", "")

    assert await correct("paul", cells=bank_cells("Note", "More")) == (403, "F011")
    for value in ("4111 1111 1111 1111 123", "4111 x 1111 x 1111 x 1111", "cvv 739"):
        assert await correct("ivy", cells=[{"line": 2, "column": "Note", "value": value}]) == (422, "F008")
    assert await correct("ivy", values={"paperless_flag": {"cvv 739": "paperless"}}) == (422, "F008")
    corrected = await world.upload(biller, content=LOG, kind="paperless")
    assert await correct("paul", corrected_file=corrected["id"]) == (422, "F003")
    assert await world.uploads.size(object_key(biller.id, UUID(corrected["id"]))) == len(LOG)
    assert await correct("ivy", cells=bank_cells("Note", "More")) == (200, "")
    kept = await corrections(world, import_id)
    assert len(kept) == 10
    assert [one[3] for one in kept if one[3][:4] != "****"] == []
