import asyncio

import asyncpg
import pytest

from services.executor.worker import Executor
from shared.postgres import is_transient
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
    rows[1]["seen_login_email"] = "before@example.com"
    import_id = await world.run(biller, "autopay", rows)
    assert await world.results(import_id) == {2: FAILED, 3: ("held", ["R198"]), 4: ("applied", [])}


async def test_a_chunk_that_keeps_failing_is_given_up(world: World) -> None:
    biller = await world.biller()
    rows = [world.moved(2, await world.owned(biller)), row(3, "held", codes=["R132"])]
    import_id = await world.plan(biller, "paperless", [rows])
    await world.approve(import_id, biller)
    await world.admin.execute("REVOKE INSERT ON crm.paperless_enrollment FROM ci_executor")
    try:
        await world.finish(import_id)
    finally:
        await world.admin.execute("GRANT INSERT ON crm.paperless_enrollment TO ci_executor")
    assert await world.results(import_id) == {2: FAILED, 3: ("held", ["R132"])}
    attempts = await world.admin.fetchval("SELECT attempts FROM execution.chunk WHERE import_id = $1", import_id)
    assert attempts == 5


async def test_a_killed_chunk_leaves_nothing_and_is_done_by_the_next(world: World) -> None:
    biller = await world.biller()
    customers = [await world.owned(biller) for _ in range(2)]
    import_id = await world.plan(
        biller, "paperless", [[world.moved(line, customer) for line, customer in enumerate(customers, 2)]]
    )
    await world.approve(import_id, biller)
    blocker = await asyncpg.connect(world.dsn)
    block = blocker.transaction()
    await block.start()
    # The chunk comes as far as its record of the attestation, with the emails changed already.
    await blocker.execute(
        "INSERT INTO crm.authorization_record (kind, import_id, attestation) VALUES ('consent', $1, 'x')", import_id
    )
    step = asyncio.create_task(Executor(world.database, name="killed").step(import_id))
    pid = await world.waiting("executor-tests")
    await world.admin.execute("SELECT pg_terminate_backend($1)", pid)
    with pytest.raises(Exception) as killed:  # noqa: PT011 - of whatever type the driver has for it
        await step
    assert is_transient(killed.value)
    await block.rollback()
    await blocker.close()

    assert (await world.one("login", customers[0][1]))["email"] == customers[0][2]
    assert await world.results(import_id) == {}
    [chunk] = await world.admin.fetch("SELECT * FROM execution.chunk WHERE import_id = $1", import_id)
    assert (chunk["state"], chunk["attempts"]) == ("pending", 0)
    await world.finish(import_id)
    assert await world.results(import_id) == {2: ("applied", []), 3: ("applied", [])}
