"""Rounds of an import and undos of it stand in each other's way, and it is said how."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.integration.mapping.test_rounds import done, ended, retry, started
from tests.integration.mapping.world import World
from tests.support.crm import Biller

__all__ = ["done"]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("held", "The import has not started"),
        ("rejected", "The file was rejected"),
        ("cancelled", "The import was canceled before it ran"),
        ("approved", "The import has not ended"),
    ],
)
async def test_it_is_said_why_there_is_nothing_to_try_again_or_undo(
    world: World, biller: Biller, state: str, words: str
) -> None:
    await world.crm.right("ivy", biller, may_undo=True)
    import_id = await world.imported(biller)
    await world.admin.execute("UPDATE mapping.import SET state = $2 WHERE id = $1", import_id, state)
    if state == "approved":
        await world.checked(import_id, state="approved")
        await world.ran(import_id, applied=1)
        await world.admin.execute("UPDATE execution.job SET finished_at = NULL WHERE import_id = $1", import_id)
    retried, undone = (await retry(world, import_id, lines=[2])).json(), (await _undo(world, import_id)).json()
    assert (retried["code"], retried["title"].startswith(words)) == ("nothing_to_retry", True)
    code = "F023" if state == "approved" else "nothing_to_undo"
    assert (undone["code"], undone["title"].startswith(words)) == (code, True)
    assert ("--undo" in undone["remedy"]) is (state == "approved")


async def test_rounds_are_undone_before_their_import(world: World, biller: Biller, done: UUID) -> None:
    await world.crm.right("ivy", biller, may_undo=True)
    round_id = await started(world, done, lines=[8])
    assert (await _undo(world, done)).json()["code"] == "round_under_way"
    await ended(world, round_id, {8: ("applied", [])})
    refused = await _undo(world, done)
    assert (refused.status_code, refused.json()["code"]) == (409, "rounds_first")
    assert str(round_id) in refused.json()["remedy"]
    assert (await _undo(world, round_id)).status_code == 202
    await world.admin.execute("UPDATE execution.chunk SET undone = 1 WHERE import_id = $1", round_id)
    await world.admin.execute("UPDATE mapping.import SET state = 'cancelled' WHERE undoes = $1", round_id)
    assert (await _undo(world, done)).status_code == 202
    assert (await retry(world, done, lines=[4])).json()["code"] == "undo_under_way"


async def test_rows_of_an_import_are_undone_after_those_of_its_rounds(world: World, biller: Biller, done: UUID) -> None:
    """Rows of both may stand on one login, which no group of the import tells."""
    await world.crm.right("ivy", biller, may_undo=True)
    second = await started(world, done, lines=[8])
    assert (await _undo(world, done, line=3)).json()["code"] == "round_under_way"
    await ended(world, second, {8: ("applied", [])})
    third = await started(world, done, lines=[4])
    assert (await _undo(world, second)).json()["code"] == "round_under_way"
    await ended(world, third, {4: ("applied", [])})
    for earlier in (done, second):
        for line in (None, 3):
            refused = (await _undo(world, earlier, line=line)).json()
            assert (refused["code"], str(third) in refused["remedy"]) == ("rounds_first", True)
    assert (await _undo(world, third, line=4)).status_code == 202


async def test_rows_of_a_round_are_chosen_by_the_import(world: World, biller: Biller, done: UUID) -> None:
    """undo-15: whichever part applied them; those of several parts are undone from the end."""
    await world.crm.right("ivy", biller, may_undo=True)
    second = await started(world, done, lines=[8])
    await ended(world, second, {8: ("applied", ["W320"])})
    await world.admin.execute("UPDATE execution.row_result SET account_number = 'WTR-5' WHERE import_id = $1", second)
    both = {"lines": [{"first": 1, "last": 90}]}
    refused = (await _undo(world, done, rows=both)).json()
    assert (refused["code"], str(second) in refused["remedy"]) == ("rounds_first", True)
    for rows in ({"lines": [{"first": 8, "last": 9}]}, {"accounts": ["WTR-5"]}, {"code": "W320"}):
        response = await _undo(world, done, rows=rows)
        assert response.status_code == 202, response.text
        undo = UUID(response.json()["import_id"])
        assert await world.admin.fetchval("SELECT undoes FROM mapping.import WHERE id = $1", undo) == second
        await world.signed_in("ivy").post(f"/imports/{undo}/cancel")
    undo = UUID((await _undo(world, done, line=8)).json()["import_id"])
    await _ran(world, undo)
    await world.admin.execute(
        "UPDATE execution.row_result SET undone_by = $2, undone_at = now() WHERE import_id = $1", second, undo
    )
    await world.admin.execute("UPDATE execution.chunk SET undone = 1 WHERE import_id = $1", second)
    undo = UUID((await _undo(world, done, rows=both)).json()["import_id"])
    assert await world.admin.fetchval("SELECT undoes FROM mapping.import WHERE id = $1", undo) == done


async def test_a_row_that_was_undone_is_said_to_be(world: World, biller: Biller, done: UUID) -> None:
    await world.crm.right("ivy", biller, may_undo=True)
    undo = UUID((await _undo(world, done, line=3)).json()["import_id"])
    await _ran(world, undo)
    await world.admin.execute(
        "UPDATE execution.row_result SET undone_by = $2, undone_at = now() WHERE import_id = $1 AND line_no = 3",
        *(done, undo),
    )
    response = await retry(world, done, lines=[3, 8])
    assert (response.status_code, response.json()["code"]) == (409, "row_undone")
    assert response.json()["title"] == "Line 3: applied and then undone"
    assert str(undo) in response.json()["remedy"]


async def test_one_round_or_undo_at_a_time_also_of_undos(world: World, biller: Biller, done: UUID) -> None:
    """round-1, undo-13: an undo of an undo counts, and one of a round."""
    await world.crm.right("ivy", biller, may_undo=True)
    undone = UUID((await _undo(world, done, line=3)).json()["import_id"])
    await _ran(world, undone)
    again = UUID((await _undo(world, undone)).json()["import_id"])
    await _refused(world, done, again)
    await _ran(world, again)
    of_again = UUID((await _undo(world, again)).json()["import_id"])
    await _refused(world, done, of_again)
    await world.signed_in("ivy").post(f"/imports/{of_again}/cancel")
    round_id = await started(world, done, lines=[8])
    refused = (await _undo(world, again)).json()
    assert (refused["code"], str(round_id) in refused["remedy"]) == ("round_under_way", True)
    await ended(world, round_id, {8: ("applied", [])})
    of_round = UUID((await _undo(world, round_id)).json()["import_id"])
    await _refused(world, done, of_round)
    assert (await _undo(world, undone)).json()["code"] == "undo_under_way"


async def _refused(world: World, import_id: UUID, names: UUID) -> None:
    for response in (await retry(world, import_id, lines=[8]), await _undo(world, import_id, line=3)):
        assert (response.status_code, response.json()["code"]) == (409, "undo_under_way")
        assert str(names) in response.json()["remedy"]


async def _ran(world: World, import_id: UUID) -> None:
    await world.ran(import_id, applied=1)
    await world.admin.execute("UPDATE mapping.import SET state = 'completed' WHERE id = $1", import_id)


async def _undo(
    world: World, import_id: UUID, *, line: int | None = None, rows: dict[str, Any] | None = None
) -> httpx.Response:
    if line is not None:
        rows = {"lines": [{"first": line, "last": line}]}
    headers = {"idempotency-key": str(uuid4())}
    body = None if rows is None else {"rows": rows}
    return await world.signed_in("ivy").post(f"/imports/{import_id}/undo", headers=headers, json=body)
