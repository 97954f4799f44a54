"""Undo of chosen rows: undo-15."""

from typing import Any
from uuid import UUID

import pytest

from tests.integration.executor.test_registration import person
from tests.integration.executor.undoing import Undoing
from tests.integration.executor.world import World
from tests.support.crm import Biller


def _lines(*ranges: tuple[int, int]) -> dict[str, Any]:
    return {"lines": [{"first": first, "last": last} for first, last in ranges]}


async def _imported(world: World, biller: Biller) -> tuple[UUID, list[tuple[int, int, str]]]:
    """Five rows in two batches, of which the last was skipped."""
    customers = [await world.owned(biller) for _ in range(4)]
    rows = [world.moved(line, customer) for line, customer in enumerate(customers, start=2)]
    rows[1]["codes"] = ["W344"]
    skipped = {"line_no": 6, "leader_line": 6, "verdict": "skipped", "codes": ["S401"]}
    import_id = await world.plan(biller, "paperless", [rows[:2], [*rows[2:], skipped]])
    await world.approve(import_id, biller)
    await world.finish(import_id)
    return import_id, customers


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        (_lines((3, 3)), {3}),
        (_lines((2, 2), (4, 5)), {2, 4, 5}),
        (_lines((1, 2_000_000_000)), {2, 3, 4, 5}),
        ({"code": "W344"}, {3}),
        ({"code": "W344"} | _lines((5, 5)), {3, 5}),
    ],
)
async def test_only_the_chosen_rows_are_undone(
    world: World, undoing: Undoing, rows: dict[str, Any], lines: set[int]
) -> None:
    biller = await world.biller()
    import_id, customers = await _imported(world, biller)
    undo, results = await undoing.run(import_id, biller, rows)
    assert results == {line: ("applied", []) for line in lines}
    for line, (_, login_id, email) in enumerate(customers, start=2):
        assert (await world.one("login", login_id))["email"] == (email if line in lines else f"new-{email}")
    assert sum(chunk["undone"] for chunk in await world.chunks(import_id)) == len(lines)
    assert await world.admin.fetchval("SELECT count(*) FROM execution.row_result WHERE undone_by = $1", undo) == len(
        lines
    )


async def test_rows_are_chosen_by_account_number(world: World, undoing: Undoing) -> None:
    biller = await world.biller()
    import_id, customers = await _imported(world, biller)
    number = (await world.one("customer", customers[2][0]))["account_number"]
    undo = await undoing.ask(import_id, biller, {"accounts": [number, "NO-SUCH"]})
    assert (await undoing.check(undo)).codes["W336"] == 1
    assert {line: verdict for line, (verdict, *_) in (await undoing.planned(undo)).items()} == {4: "apply"}


async def test_account_numbers_are_compared_as_the_biller_does(world: World, undoing: Undoing) -> None:
    biller = await world.biller(insensitive=True)
    import_id, customers = await _imported(world, biller)
    number = (await world.one("customer", customers[0][0]))["account_number"]
    undo = await undoing.ask(import_id, biller, {"accounts": [number.lower()]})
    assert "W336" not in (await undoing.check(undo)).codes
    assert set(await undoing.planned(undo)) == {2}


async def test_what_was_not_applied_is_counted(world: World, undoing: Undoing) -> None:
    """Line 6 was skipped, line 1 is the header, line 900 is behind the file."""
    biller = await world.biller()
    import_id, _ = await _imported(world, biller)
    undo = await undoing.ask(import_id, biller, _lines((1, 2), (6, 6), (900, 900)))
    assert (await undoing.check(undo)).codes["W336"] == 3
    assert set(await undoing.planned(undo)) == {2}


async def test_where_no_chosen_row_was_applied_there_is_no_undo(world: World, undoing: Undoing) -> None:
    biller = await world.biller()
    import_id, _ = await _imported(world, biller)
    result = await undoing.check(await undoing.ask(import_id, biller, _lines((6, 6))))
    assert (result.state, result.codes) == ("rejected", {"F024": 1})


async def test_rows_of_one_login_go_together(world: World, undoing: Undoing) -> None:
    """The row that was not chosen says why it is undone, too; another group of the batch stays."""
    biller = await world.biller(links=True)
    customers = [await world.crm.customer(biller, f"CHOSEN-{number}") for number in (1, 2, 3)]
    rows = [
        person(2, customer_id=customers[0], login_action="create_invited"),
        person(3, customer_id=customers[1], login_action="link", leader_line=2),
        person(4, customer_id=customers[2], login_action="create_invited", email="bo@example.com"),
    ]
    import_id = await world.run(biller, "registration", rows)
    _, results = await undoing.run(import_id, biller, _lines((3, 3)))
    assert results == {2: ("applied", ["W335"]), 3: ("applied", [])}
    assert [await world.owner(customer) is None for customer in customers] == [True, True, False]


async def test_the_rest_is_undone_later_and_nothing_twice(world: World, undoing: Undoing) -> None:
    biller = await world.biller()
    import_id, customers = await _imported(world, biller)
    await undoing.run(import_id, biller, _lines((2, 3)))
    _, results = await undoing.run(import_id, biller, _lines((3, 4)))
    assert results == {3: ("no_change", ["W334"]), 4: ("applied", [])}
    _, results = await undoing.run(import_id, biller)
    assert {line for line, (outcome, _) in results.items() if outcome == "applied"} == {5}
    assert [(await world.one("login", login_id))["email"] for _, login_id, _ in customers] == [
        email for *_, email in customers
    ]


async def test_an_undo_of_chosen_rows_can_be_undone_in_part(world: World, undoing: Undoing) -> None:
    biller = await world.biller()
    import_id, customers = await _imported(world, biller)
    undo, _ = await undoing.run(import_id, biller, _lines((2, 4)))
    await undoing.run(undo, biller, _lines((3, 3)))
    emails = [(await world.one("login", login_id))["email"] for _, login_id, _ in customers]
    assert [email.startswith("new-") for email in emails] == [False, True, False, True]
