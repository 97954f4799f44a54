"""The plan of an import that starts with a few rows: they stand in batches of their own."""

import json
from typing import Any
from uuid import UUID

import pytest

from services.validation.repository import canary, plan
from tests.integration.validation.world import Import, World
from tests.support.crm import Biller

_ROWS = 8


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "_ROWS_PER_CHUNK", 3)
    monkeypatch.setattr(canary, "_ROWS_PER_CHUNK", 2)


async def _biller(world: World) -> Biller:
    biller = await world.biller(links=True)
    for number in range(_ROWS):
        login = await world.crm.login(biller.realm_id, f"old{number}-{biller.id}@example.com")
        await world.crm.customer(biller, f"A-{number}", owner=login)
    return biller


async def _started(world: World, biller: Biller, rows: dict[str, Any], *, decide: Any = "ask") -> Import:
    text = "Account,Email\n" + "".join(f"A-{number},new{number}@example.org\n" for number in range(_ROWS))
    import_id = await world.define(biller, "paperless", text, decide=decide)
    held = await world.run(import_id)
    assert held.result is not None
    assert held.result.state == "held"
    chosen = {"first": None, "random": None, "lines": []} | rows
    await world.admin.execute(
        "INSERT INTO mapping.canary (import_id, rows, chosen_by) VALUES ($1, $2, 'ida')", import_id, json.dumps(chosen)
    )
    await world.decide(import_id, 1, {code: {"choice": "continue"} for code in held.result.undecided})
    return await world.run(import_id)


async def _apart(world: World, done: Import) -> tuple[set[int], int]:
    """The lines that are applied first, and where their batches begin."""
    kept = await world.admin.fetchrow("SELECT first_chunk, rows FROM validation.canary WHERE import_id = $1", done.id)
    assert kept is not None
    lines = {line for line, row in done.rows.items() if row["chunk_no"] >= kept["first_chunk"]}
    assert kept["rows"] == sum(done.rows[line]["verdict"] == "apply" for line in lines) or kept["first_chunk"] == 0
    return lines, kept["first_chunk"]


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ({"first": 1}, {2}),
        ({"first": 3}, {2, 3, 4}),
        ({"lines": [{"first": 4, "last": 4}, {"first": 7, "last": 8}]}, {4, 7, 8}),
    ],
)
async def test_the_chosen_rows_stand_apart(world: World, rows: dict[str, Any], lines: set[int]) -> None:
    done = await _started(world, await _biller(world), rows)
    assert await _apart(world, done) == (lines, 3)
    assert done.approved.chunks == 3 + (len(lines) + 1) // 2
    assert await _seen_lines(world, done.id) >= {(row["chunk_no"], line) for line, row in done.rows.items()}


async def _seen_lines(world: World, import_id: UUID) -> set[tuple[int, int]]:
    rows = await world.admin.fetch(
        "SELECT chunk_no, unnest(line_no) AS line_no FROM validation.plan_seen WHERE import_id = $1", import_id
    )
    return {(row["chunk_no"], row["line_no"]) for row in rows}


async def test_random_rows_are_the_same_when_it_is_checked_again(world: World) -> None:
    done = await _started(world, await _biller(world), {"random": 3})
    lines, _ = await _apart(world, done)
    assert len(lines) == 3
    await world.admin.execute("UPDATE validation.import_check SET state = 'held' WHERE import_id = $1", done.id)
    await world.decide(done.id, 2, {})
    again = await world.run(done.id)
    assert {line for line, row in again.rows.items() if row["chunk_no"] >= 3} == lines


async def test_more_rows_than_there_are_need_not_wait(world: World) -> None:
    done = await _started(world, await _biller(world), {"first": 500})
    assert await _apart(world, done) == (set(range(2, _ROWS + 2)), 0)


async def test_lines_without_a_row_to_apply_hold_everything_back(world: World) -> None:
    done = await _started(world, await _biller(world), {"lines": [{"first": 900, "last": 901}]})
    assert await _apart(world, done) == (set(), 3)


async def test_rows_that_share_a_login_stay_together(world: World) -> None:
    biller = await world.biller(links=True)
    login = await world.crm.login(biller.realm_id, f"landlord-{biller.id}@example.com")
    for number in range(_ROWS):
        own = await world.crm.login(biller.realm_id, f"old{number}-{biller.id}@example.com")
        await world.crm.customer(biller, f"A-{number}", owner=login if number in (1, 6) else own)
    text = "Account,Email\n" + "".join(
        f"A-{number},{'both' if number in (1, 6) else number}@example.org\n" for number in range(_ROWS)
    )
    import_id = await world.define(biller, "paperless", text, decide="ask")
    await world.run(import_id)
    rows = {"first": None, "random": None, "lines": [{"first": 8, "last": 8}]}
    await world.admin.execute(
        "INSERT INTO mapping.canary (import_id, rows, chosen_by) VALUES ($1, $2, 'ida')", import_id, json.dumps(rows)
    )
    state = await world.state(import_id)
    await world.decide(import_id, 1, {code: {"choice": "continue"} for code in state["undecided"]})
    done = await world.run(import_id)
    lines, first_chunk = await _apart(world, done)
    assert lines == {3, 8}
    assert first_chunk == 3
