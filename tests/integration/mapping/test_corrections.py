"""Rows of an import that waits are corrected before it runs: correct-1 to correct-3; correct-4 is with the notifier."""

import io
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.approvals import approvers, asked, waiting_for
from shared.contracts.definition import ImportDefinition
from shared.csvfile import CsvOptions, read
from shared.secure_upload import object_key
from tests.integration.mapping.deciding import approve, confirm
from tests.integration.mapping.test_rounds import CONTENT
from tests.integration.mapping.world import World
from tests.support.crm import Biller
from tests.support.plans import plan_row


@pytest.fixture
async def waiting(world: World, biller: Biller) -> UUID:
    """An import of five rows that waits for a decision: one can be applied."""
    file = await world.upload(biller, content=CONTENT)
    definition = await world.definition(biller)
    definition["file"] = {name: file[name] for name in ("id", "sha256", "size")}
    import_id = UUID((await world.ask(definition)).json()["import_id"])
    await world.checked(import_id, state="held")
    await plan_row(world.admin, import_id, 3)
    for line, verdict, code in ((4, "failed", "R142"), (7, "failed", "R104"), (8, "held", "R134")):
        await plan_row(world.admin, import_id, line, verdict=verdict, codes=[code])
    return import_id


async def correct(
    world: World, import_id: UUID, check_no: int = 1, *, person: str = "ivy", **body: Any
) -> httpx.Response:
    return await world.signed_in(person).post(f"/imports/{import_id}/correct", json={"check_no": check_no, **body})


async def _definition(world: World, import_id: UUID) -> ImportDefinition:
    stored = await world.admin.fetchval("SELECT definition FROM mapping.import WHERE id = $1", import_id)
    return ImportDefinition.model_validate_json(stored)


async def _file(world: World, import_id: UUID) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """Good and broken rows of the import's file by line, read as its definition says."""
    definition = await _definition(world, import_id)
    key = object_key(definition.biller_id, definition.file.id)
    content = b"".join([piece async for piece in world.uploads.stream(key)])
    options = CsvOptions(**definition.options.reading.model_dump(), max_ragged_share=1.0)
    good: dict[int, list[str]] = {}
    bad: dict[int, list[str]] = {}
    for batch in read(io.BytesIO(content), options):
        good |= dict(zip(batch.line_nos, batch.rows, strict=True))
        bad |= {row.line or 0: row.cells for row in batch.bad}
    return good, bad


async def test_a_cell_is_corrected_and_everything_else_stays(world: World, waiting: UUID) -> None:
    """correct-1, correct-2."""
    response = await correct(world, waiting, cells=[{"line": 4, "column": "email", "value": "bob@example.com"}])
    assert response.status_code == 200, response.text
    good, bad = await _file(world, waiting)
    assert good == {
        3: ["WTR-1", "ann@example.com", ""],
        4: ["WTR-2", "bob@example.com", "two\nlines"],
        6: ["WTR-3", "cy@example.com", "=1+1"],
        8: ["WTR-5", "eve", "x"],
    }
    assert bad == {7: ["WTR-4", "dee@example.com"]}
    assert await world.state(waiting) == "checking"
    assert (await world.said_names(waiting))[-1] == "ImportAnswered"
    assert await world.admin.fetchval("SELECT check_no FROM mapping.answered_check WHERE import_id = $1", waiting) == 1
    kept = await world.admin.fetch("SELECT * FROM mapping.correction WHERE import_id = $1", waiting)
    assert [(row["line_no"], row["column_name"], row["before"], row["after"]) for row in kept] == [
        (4, "Email", "bob@", "bob@example.com")
    ]
    assert kept[0]["corrected_by_name"]


async def test_the_same_check_is_corrected_once(world: World, waiting: UUID) -> None:
    cells = [{"line": 4, "column": "Email", "value": "bob@example.com"}]
    first, second = [await correct(world, waiting, cells=cells) for _ in range(2)]
    assert (first.status_code, second.status_code, second.json()["code"]) == (200, 409, "check_not_newest")


async def test_a_broken_line_is_mended_rows_are_left_out_and_words_explained(world: World, waiting: UUID) -> None:
    response = await correct(
        world,
        waiting,
        cells=[{"line": 7, "column": "Note", "value": "y"}],
        leave_out=[8],
        values={"paperless_flag": {"maybe": "no"}},
    )
    assert response.status_code == 200, response.text
    good, bad = await _file(world, waiting)
    assert (good[7], bad) == (["WTR-4", "dee@example.com", "y"], {})
    definition = await _definition(world, waiting)
    assert definition.options.exclude_lines == (8,)
    assert definition.values == {"paperless_flag": {"maybe": "no"}}


async def test_whoever_corrected_cells_is_not_the_second_person(world: World, biller: Biller, waiting: UUID) -> None:
    await world.may_approve("paul")
    cells = [{"line": 4, "column": "Email", "value": "bob@example.com"}]
    assert (await correct(world, waiting, person="sam", cells=cells)).status_code == 200
    await world.checked(waiting, check_no=2, undecided=("C207",), C207=9)
    assert (await confirm(world, waiting, check_no=2)).json()["second_person_needed"]
    wait = await asked(world.admin, waiting)
    assert wait is not None
    able = [one.subject for one in await approvers(world.admin, biller.id, wait.kind, wait.own)]
    assert (able, set(wait.own)) == (["paul"], {"ivy", "sam"})
    assert [waiting in await waiting_for(world.admin, who) for who in ("sam", "paul")] == [False, True]
    said = [await _refusal(world, waiting, who) for who in ("ivy", "sam", "paul")]
    assert said == ["You don't have permission to approve imports", "You corrected cells of this import yourself", None]
    own = await approve(world, waiting, person="sam", check_no=2)
    assert (own.status_code, own.json()["code"]) == (403, "second_person_required")
    assert own.json()["title"] == "You corrected cells of this import yourself"
    assert (await approve(world, waiting, person="paul", check_no=2)).json()["state"] == "confirmed"


async def _refusal(world: World, import_id: UUID, person: str) -> str | None:
    """What the check says to this person about approving it."""
    found: str | None = (await world.signed_in(person).get(f"/imports/{import_id}/check")).json()["approval_refused"]
    return found


async def test_rows_corrected_in_a_file_are_dropped_in(world: World, biller: Biller, waiting: UUID) -> None:
    file = await world.upload(biller, content=b"Acct,Email,Note,line\nWTR-5,eve@example.com,x,8\n")
    assert (await correct(world, waiting, corrected_file=file["id"])).status_code == 200
    good, _ = await _file(world, waiting)
    assert good[8] == ["WTR-5", "eve@example.com", "x"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 409, "nothing_corrected"),
        ({"cells": [{"line": 4, "column": "Email", "value": "bob@"}]}, 409, "nothing_corrected"),
        ({"cells": [{"line": 90, "column": "Email", "value": "x"}]}, 422, "no_such_row"),
        ({"leave_out": [90]}, 422, "no_such_row"),
        ({"cells": [{"line": 4, "column": "Phone", "value": "x"}]}, 422, "no_such_column"),
        ({"cells": [{"line": 4, "column": "Note", "value": "4111 1111 1111 1111"}]}, 422, "F008"),
        ({"check_no": 2, "leave_out": [8]}, 409, "check_not_newest"),
    ],
)
async def test_what_is_no_correction_changes_nothing(
    world: World, waiting: UUID, body: dict[str, Any], status: int, code: str
) -> None:
    before = await _definition(world, waiting)
    response = await correct(world, waiting, **body)
    assert (response.status_code, response.json()["code"]) == (status, code), response.text
    assert await _definition(world, waiting) == before
    assert await world.state(waiting) != "checking" or await world.said_names(waiting) == ["ImportDefined"]


async def test_only_what_waits_is_corrected(world: World, biller: Biller, waiting: UUID) -> None:
    """correct-3."""
    await world.signed_in("ivy").post(f"/imports/{waiting}/cancel")
    response = await correct(world, waiting, leave_out=[8])
    assert (response.status_code, response.json()["code"]) == (409, "import_not_held")
    other = await world.imported(biller)
    assert (await correct(world, other, leave_out=[8])).json()["code"] == "import_not_held"


async def test_who_may_not_see_it_does_not_correct_it(world: World, waiting: UUID) -> None:
    response = await world.signed_in("mallory").post(
        f"/imports/{waiting}/correct", json={"check_no": 1, "leave_out": [8]}
    )
    assert response.status_code == 404


async def test_rows_of_another_file_are_not_taken_for_corrections(world: World, biller: Biller, waiting: UUID) -> None:
    before = await _definition(world, waiting)
    file = await world.upload(biller, content=b"Acct,Email,Note,line\nWTR-77,zoe@example.com,other,8\n")
    refused = await correct(world, waiting, corrected_file=file["id"])
    assert (refused.status_code, refused.json()["code"]) == (422, "rows_of_another_file")
    assert await _definition(world, waiting) == before
    file = await world.upload(biller, content=b"Acct,Email,Note,line\nWTR-77,,,8\n")
    assert (await correct(world, waiting, corrected_file=file["id"])).status_code == 200
    # Services of the last release know no meanings of words: what is empty is not stored.
    kept_values = "SELECT definition ? 'values' FROM mapping.import WHERE id = $1"
    assert not await world.admin.fetchval(kept_values, waiting)


async def test_the_first_file_is_known_as_the_one_imported(world: World, biller: Biller, waiting: UUID) -> None:
    first = (await _definition(world, waiting)).file.id
    assert (await correct(world, waiting, leave_out=[8])).status_code == 200
    assert (await _definition(world, waiting)).file.id != first
    address = f"/billers/{biller.id}/files"
    assert await _standing(world, biller, first) == (False, True)
    refused = await world.signed_in("ivy").delete(f"{address}/{first}")
    assert (refused.status_code, refused.json()["code"]) == (409, "file_in_use")
    await world.admin.execute("UPDATE mapping.import SET state = 'completed' WHERE id = $1", waiting)
    assert await _standing(world, biller, first) == (True, True)
    again = await world.upload(biller, content=CONTENT)
    assert again["imported_before"]


async def _standing(world: World, biller: Biller, file_id: UUID) -> tuple[bool, bool]:
    files = (await world.signed_in("ivy").get(f"/billers/{biller.id}/files")).json()["items"]
    [file] = [one for one in files if one["id"] == str(file_id)]
    return file["imported_before"], file["in_use"]


@pytest.mark.parametrize("content", [b"Acct,Email,Note,line\nWTR-77,zoe@example.com,other,8\n", b"PK\x03\x04 a sheet"])
async def test_a_refused_file_of_corrections_does_not_stay(
    world: World, biller: Biller, waiting: UUID, content: bytes
) -> None:
    address = f"/billers/{biller.id}/files"
    client = world.signed_in("ivy")
    before = (await client.get(address)).json()["items"]
    sent = await client.post(f"{address}?name=rows.csv&kind=paperless&corrects={waiting}", content=content)
    assert sent.status_code == 201, sent.text
    assert (await client.get(address)).json()["items"] == before
    file_id = UUID(sent.json()["id"])
    assert (await correct(world, waiting, corrected_file=str(file_id))).status_code == 422
    gone = "SELECT deleted_at IS NOT NULL FROM mapping.secure_file WHERE id = $1"
    assert await world.admin.fetchval(gone, file_id)
    with pytest.raises(FileNotFoundError):
        [piece async for piece in world.uploads.stream(object_key(biller.id, file_id))]


async def test_a_file_of_corrections_is_for_its_import_alone(world: World, biller: Biller, waiting: UUID) -> None:
    content = b"Acct,Email,Note,line\nWTR-5,eve@example.com,x,8\n"
    client = world.signed_in("ivy")
    address = f"/billers/{biller.id}/files?name=rows.csv&kind=paperless"
    other = (await client.post(f"{address}&corrects={UUID(int=9)}", content=content)).json()
    assert (await correct(world, waiting, corrected_file=other["id"])).json()["code"] == "F003"
    own = (await client.post(f"{address}&corrects={waiting}", content=content)).json()
    assert (await correct(world, waiting, corrected_file=own["id"])).status_code == 200
