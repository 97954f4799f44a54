"""Rules apply-14 and apply-15."""

import asyncio
from datetime import timedelta

import pytest

from services.executor.worker import Executor
from tests.integration.executor.test_autopay import bank
from tests.integration.executor.world import World, row

FAILED = ("failed", ["R199"])


async def test_a_refused_group_fails_and_the_others_are_applied(world: World) -> None:
    biller = await world.biller()
    customers = [await world.owned(biller) for _ in range(9)]
    rows = [bank(line, customer) for line, customer in enumerate(customers, 2)]
    rows[3]["method_kind"] = "cheque"
    rows[7]["exp_year"], rows[7]["method_kind"] = 2030, "cash"
    rows += [
        row(20, "no_change", codes=["W331"], leader_line=rows[3]["line_no"]),
        row(21, "skipped", codes=["C202"], leader_line=rows[3]["line_no"]),
    ]
    import_id = await world.run(biller, "autopay", rows)

    results = await world.results(import_id)
    assert [line for line, result in results.items() if result == FAILED] == [5, 9]
    assert (results[20], results[21]) == (("failed", ["R199", "W331"]), ("skipped", ["C202"]))
    assert sum(outcome == "applied" for outcome, _ in results.values()) == 7
    enrolments = [len(await world.enrolled("autopay_enrollment", customer[0])) for customer in customers]
    assert enrolments == [2, 2, 2, 0, 2, 2, 2, 0, 2]
    finished = await world.finished(import_id)
    assert finished["state"] == "completed_with_errors"
    assert finished["counts"] == {"applied": 7, "no_change": 0, "skipped": 1, "held": 0, "failed": 3}
    assert finished["codes"] == {"R199": 3, "W331": 1, "C202": 1}


async def test_refused_and_changed_groups_in_one_chunk(world: World) -> None:
    biller = await world.biller()
    customers = [await world.owned(biller) for _ in range(3)]
    rows = [bank(line, customer) for line, customer in enumerate(customers, 2)]
    rows[0]["account_type"] = "loan"
    rows[1]["seen_login_status"] = "invited"
    import_id = await world.run(biller, "autopay", rows)
    assert await world.results(import_id) == {2: FAILED, 3: ("held", ["R198"]), 4: ("applied", [])}


@pytest.mark.usefixtures("patient")
async def test_a_killed_chunk_leaves_nothing_and_is_done_by_the_next(world: World) -> None:
    biller = await world.biller()
    customers = [await world.owned(biller) for _ in range(2)]
    import_id = await world.plan(
        biller, "paperless", [[world.moved(line, customer) for line, customer in enumerate(customers, 2)]]
    )
    await world.approve(import_id, biller)
    # The chunk comes as far as its results, with the emails changed already.
    async with world.beside(
        "INSERT INTO execution.row_result (import_id, line_no, outcome, codes) VALUES ($1, 2, 'held', '{}')", import_id
    ):
        step = asyncio.create_task(Executor(world.database, name="killed", retry_base=timedelta()).step(import_id))
        pid = await world.waiting("executor-tests")
        await world.admin.execute("SELECT pg_terminate_backend($1)", pid)
        assert await step

    assert (await world.one("login", customers[0][1]))["email"] == customers[0][2]
    assert await world.results(import_id) == {}
    [chunk] = await world.chunks(import_id)
    assert (chunk["state"], chunk["attempts"], chunk["postponed"]) == ("pending", 0, 1)
    await world.finish(import_id)
    assert await world.results(import_id) == {2: ("applied", []), 3: ("applied", [])}


async def test_a_chunk_whose_end_is_refused_leaves_nothing(world: World) -> None:
    biller = await world.biller()
    customer = await world.owned(biller)
    import_id = await world.plan(biller, "paperless", [[world.moved(2, customer)]])
    await world.approve(import_id, biller)
    await world.admin.execute("ALTER TABLE execution.chunk ADD CONSTRAINT no_end CHECK (state <> 'applied') NOT VALID")
    try:
        assert await Executor(world.database, name="one", retry_base=timedelta()).step(import_id)
        assert await world.results(import_id) == {}
        assert await world.enrolled("paperless_enrollment", customer[0]) == []
        assert (await world.one("login", customer[1]))["email"] == customer[2]
        assert await world.said(import_id, "chunk-applied") == []
    finally:
        await world.admin.execute("ALTER TABLE execution.chunk DROP CONSTRAINT no_end")
    await world.finish(import_id)
    assert await world.results(import_id) == {2: ("applied", [])}
