"""Starting with a few rows: asked for with the confirmation; then continue, stop, or stop and undo."""

import json
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.integration.mapping.world import World
from tests.support.crm import Biller
from tests.support.plans import plan_row

_FIRST: dict[str, Any] = {"first": 10, "random": None, "lines": []}


async def _confirm(world: World, import_id: UUID, canary: dict[str, Any] | None, check_no: int = 1) -> httpx.Response:
    body = {"check_no": check_no, "canary": canary}
    return await world.signed_in("ivy").post(f"/imports/{import_id}/confirm", json=body)


async def _held(world: World, biller: Biller) -> UUID:
    import_id = await world.imported(biller)
    await world.checked(import_id)
    return import_id


async def _chosen(world: World, import_id: UUID) -> dict[str, Any] | None:
    rows = await world.admin.fetchval("SELECT rows FROM mapping.canary WHERE import_id = $1", import_id)
    return None if rows is None else dict(json.loads(rows))


async def test_the_confirmation_says_with_which_rows_it_starts(world: World, biller: Biller) -> None:
    import_id = await _held(world, biller)
    assert (await _confirm(world, import_id, {"first": 10})).json()["state"] == "confirmed"
    assert await _chosen(world, import_id) == _FIRST
    assert (await world.signed_in("ivy").get(f"/imports/{import_id}")).json()["canary"] == _FIRST
    await world.checked(import_id, check_no=2)
    await _confirm(world, import_id, None, check_no=2)
    assert await _chosen(world, import_id) is None


@pytest.mark.parametrize(
    ("first", "second"), [(None, {"first": 2}), ({"first": 2}, None), ({"first": 2}, {"first": 3})]
)
async def test_a_second_confirmation_with_other_rows_is_not_the_same(
    world: World, biller: Biller, first: dict[str, Any] | None, second: dict[str, Any] | None
) -> None:
    import_id = await _held(world, biller)
    assert (await _confirm(world, import_id, first)).status_code == 200
    assert (await _confirm(world, import_id, first)).status_code == 200
    other = await _confirm(world, import_id, second)
    assert (other.status_code, other.json()["code"]) == (409, "already_confirmed")


@pytest.mark.parametrize(
    "canary", [{}, {"first": 0}, {"first": 1, "random": 1}, {"lines": []}, {"lines": [{"first": 4, "last": 3}]}]
)
async def test_what_names_no_rows_is_refused(world: World, biller: Biller, canary: dict[str, Any]) -> None:
    import_id = await _held(world, biller)
    assert (await _confirm(world, import_id, canary)).status_code == 422
    assert await _chosen(world, import_id) is None


async def test_chosen_lines_are_rows_to_apply(world: World, biller: Biller) -> None:
    import_id = await _held(world, biller)
    await plan_row(world.admin, import_id, 5)
    await plan_row(world.admin, import_id, 6, verdict="skipped", codes=["S401"])
    refused = await _confirm(world, import_id, {"lines": [{"first": 6, "last": 9}]})
    assert (refused.status_code, refused.json()["problems"][0]["code"]) == (422, "unusable_canary")
    assert (await _confirm(world, import_id, {"lines": [{"first": 2, "last": 5}]})).status_code == 200


async def _paused(world: World, biller: Biller) -> UUID:
    """An import whose only row on line 3 was applied first."""
    import_id = await _held(world, biller)
    await _confirm(world, import_id, {"first": 1})
    for line in (2, 3):
        await plan_row(world.admin, import_id, line)
    await world.admin.execute("UPDATE validation.plan_row SET chunk_no = line_no - 2 WHERE import_id = $1", import_id)
    await world.admin.execute("INSERT INTO validation.canary VALUES ($1, 1, 1, 1)", import_id)
    await world.checked(import_id, state="approved")
    await world.admin.execute(
        """INSERT INTO execution.job (import_id, biller_id, kind, state, check_no, paused_at)
           VALUES ($1, $2, 'paperless', 'running', 1, now())""",
        *(import_id, biller.id),
    )
    await world.admin.execute("INSERT INTO execution.chunk (import_id, chunk_no) VALUES ($1, 0)", import_id)
    await world.admin.execute(
        """INSERT INTO execution.chunk (import_id, chunk_no, state, counts)
           VALUES ($1, 1, 'applied', '{"applied": 1}')""",
        import_id,
    )
    await world.admin.execute(
        """INSERT INTO execution.row_result (import_id, line_no, outcome, codes, changed)
           VALUES ($1, 3, 'held', '{R198}', '{login}')""",
        import_id,
    )
    return import_id


async def test_the_first_rows_have_their_results_beside_the_plan(world: World, biller: Biller) -> None:
    import_id = await _paused(world, biller)
    client = world.signed_in("ivy")
    every = (await client.get(f"/imports/{import_id}/plan")).json()["items"]
    assert [(row["line"], row["result"]) for row in every] == [
        (2, None),
        (3, {"outcome": "held", "codes": ["R198"], "changed": ["login"]}),
    ]
    first = (await client.get(f"/imports/{import_id}/plan", params={"with_result": "true"})).json()["items"]
    assert [row["line"] for row in first] == [3]


async def test_it_continues_once(world: World, biller: Biller) -> None:
    import_id = await _paused(world, biller)
    client = world.signed_in("ivy")
    assert (await client.post(f"/imports/{import_id}/continue")).status_code == 200
    again = await client.post(f"/imports/{import_id}/continue")
    assert (again.status_code, again.json()["code"]) == (409, "import_not_paused")
    assert (await world.said_names(import_id))[-1] == "ImportContinued"
    due = await world.admin.fetchval(
        "SELECT not_before <= now() FROM execution.chunk WHERE import_id = $1 AND chunk_no = 0", import_id
    )
    assert due is True


async def test_only_who_sees_it_continues_it(world: World, biller: Biller) -> None:
    import_id = await _paused(world, biller)
    await world.admin.execute("DELETE FROM crm.operator_right WHERE subject = 'sam' AND biller_id = $1", biller.id)
    assert (await world.signed_in("sam").post(f"/imports/{import_id}/continue")).status_code == 404


async def test_stop_and_undo_is_one_step(world: World, biller: Biller) -> None:
    import_id, headers = await _paused(world, biller), {"idempotency-key": str(uuid4())}
    client = world.signed_in("ivy")
    address = f"/imports/{import_id}/stop-and-undo"
    refused = await client.post(address, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "undo_not_permitted")
    assert await world.state(import_id) != "cancelled"
    await world.crm.right("ivy", biller, may_undo=True)
    undo_id = (await client.post(address, headers=headers)).json()["import_id"]
    assert await world.state(import_id) == "cancelled"
    assert (await client.get(f"/imports/{undo_id}")).json()["undoes"] == str(import_id)
    assert (await client.post(address, headers=headers)).json()["import_id"] == undo_id


async def test_an_undo_starts_with_all_its_rows(world: World, biller: Biller) -> None:
    await world.crm.right("ivy", biller, may_undo=True)
    import_id = await world.imported(biller)
    await world.checked(import_id, state="finished")
    await world.ran(import_id, applied=2)
    response = await world.signed_in("ivy").post(
        f"/imports/{import_id}/undo", headers={"idempotency-key": str(uuid4())}
    )
    undo_id = UUID(response.json()["import_id"])
    await world.admin.execute(
        """INSERT INTO validation.import_check
               (import_id, biller_id, kind, file_sha256, check_no, state, rows_read, planned, impact)
           SELECT id, biller_id, kind, 'undoes', 1, 'held', 1, '{"applied": 1}', '{}'
           FROM mapping.import WHERE id = $1""",
        undo_id,
    )
    assert (await _confirm(world, undo_id, {"first": 1})).json()["problems"][0]["code"] == "unusable_canary"
