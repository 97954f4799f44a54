"""Rules apply-12 and apply-16."""

import asyncio
import signal
import sys
from uuid import uuid4

import asyncpg
import pytest
from asyncpg.transaction import Transaction

from services.executor import handlers
from services.executor.worker import Executor
from shared.contracts.events import ImportCancelled
from shared.health import Health
from shared.workers import Worker
from tests.integration.executor.world import SUBJECT, World, row

STOPPED = ("skipped", ["S405"])


@pytest.mark.usefixtures("patient")
async def test_a_cancel_waits_for_nobody_and_a_chunk_that_waits_for_a_lock_is_not_applied(world: World) -> None:
    biller = await world.biller()
    customers = [await world.owned(biller) for _ in range(3)]
    chunks = [[world.moved(line, customer)] for line, customer in enumerate(customers, 2)]
    chunks[2].append(row(9, "held", codes=["R132"]))
    import_id = await world.plan(biller, "paperless", chunks)
    await world.approve(import_id, biller)
    async with world.beside("SELECT FROM crm.login WHERE id = $1 FOR UPDATE", customers[0][1]) as transaction:
        in_hand = asyncio.create_task(Executor(world.database, name="one").step(import_id))
        await world.waiting("executor-tests")
        assert await world.cancel(import_id, biller) == "cancelled"
        assert not in_hand.done()
        await transaction.rollback()
        assert await in_hand
    await world.finish(import_id)

    assert await world.results(import_id) == {2: STOPPED, 3: STOPPED, 4: STOPPED, 9: ("held", ["R132"])}
    finished = await world.finished(import_id)
    assert finished["state"] == "cancelled"
    assert finished["counts"] == {"applied": 0, "no_change": 0, "skipped": 3, "held": 1, "failed": 0}
    assert len(await world.said(import_id, "chunk-applied")) == 3
    assert await world.enrolled("paperless_enrollment", customers[1][0]) == []


@pytest.mark.usefixtures("patient")
async def test_what_is_applied_after_a_cancel_is_what_was_being_written(world: World) -> None:
    biller = await world.biller()
    chunks = [[world.moved(line, await world.owned(biller))] for line in (2, 3, 4)]
    import_id = await world.plan(biller, "paperless", chunks)
    await world.approve(import_id, biller)
    # The chunk stands in the middle of its writing, as in a slow trigger of the CRM, or frozen with its process.
    async with world.beside(
        "INSERT INTO execution.row_result (import_id, line_no, outcome, codes) VALUES ($1, 2, 'held', '{}')", import_id
    ) as transaction:
        in_hand = asyncio.create_task(Executor(world.database, name="one").step(import_id))
        await world.waiting("executor-tests")
        assert await world.cancel(import_id, biller) == "cancelled"
        other = Executor(world.database, name="two")
        while await other.step(import_id):
            pass
        assert await world.results(import_id) == {3: STOPPED, 4: STOPPED}
        assert await world.said(import_id, "import-finished") == []
        await transaction.rollback()
        assert await in_hand
    await world.finish(import_id)
    assert await world.results(import_id) == {2: ("applied", []), 3: STOPPED, 4: STOPPED}
    assert (await world.finished(import_id))["state"] == "cancelled"


_ONE_STEP = """
import asyncio, datetime, sys, uuid
from services.executor.repository import locks
from services.executor.worker import Executor
from shared.postgres import Database

locks.WAIT_TO_COMPARE = datetime.timedelta(minutes=1)

async def main(dsn, import_id):
    database = await Database.connect(dsn, application_name="frozen")
    await Executor(database, name="frozen").step(uuid.UUID(import_id))
    await database.close()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_frozen_executor_holds_up_no_cancel(world: World) -> None:
    biller = await world.biller()
    chunks = [[world.moved(line, await world.owned(biller))] for line in (2, 3, 4)]
    import_id = await world.plan(biller, "paperless", chunks)
    await world.approve(import_id, biller)
    async with world.beside(
        "INSERT INTO execution.row_result (import_id, line_no, outcome, codes) VALUES ($1, 2, 'held', '{}')", import_id
    ) as transaction:
        frozen = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _ONE_STEP, world.executor_dsn, str(import_id)
        )
        await world.waiting("frozen")
        frozen.send_signal(signal.SIGSTOP)
        try:
            await transaction.rollback()  # its transaction stays open, and nobody is there to go on
            assert await world.cancel(import_id, biller) == "cancelled"
            other = Executor(world.database, name="two")
            while await other.step(import_id):
                pass
            assert await world.results(import_id) == {3: STOPPED, 4: STOPPED}
        finally:
            frozen.send_signal(signal.SIGCONT)
        assert await frozen.wait() == 0
    await world.finish(import_id)
    assert await world.results(import_id) == {2: ("applied", []), 3: STOPPED, 4: STOPPED}


async def test_a_cancel_wakes_the_chunks_that_rest(world: World) -> None:
    biller = await world.biller()
    import_id = await world.plan(biller, "paperless", [[world.moved(2, await world.owned(biller))]])
    await world.approve(import_id, biller)
    await world.admin.execute(
        "UPDATE execution.chunk SET not_before = now() + interval '1 hour' WHERE import_id = $1", import_id
    )
    await world.cancel(import_id, biller)
    await world.finish(import_id)
    assert await world.results(import_id) == {2: STOPPED}


async def test_a_job_cancelled_before_its_approval_is_not_open(world: World) -> None:
    biller = await world.biller()
    import_id = await world.plan(biller, "paperless", [[row(2, "skipped", codes=["C202"])]], state="held")
    assert await world.cancel(import_id, biller) == "cancelled"
    assert (await world.job(import_id))["finished_at"] is not None
    # As an executor of the last release hears of an approval: its rows still get their outcome.
    await world.admin.execute("UPDATE execution.job SET kind = 'paperless' WHERE import_id = $1", import_id)
    await world.admin.execute("INSERT INTO execution.chunk (import_id, chunk_no) VALUES ($1, 0)", import_id)
    await world.finish(import_id)
    assert await world.results(import_id) == {2: ("skipped", ["C202"])}
    assert (await world.finished(import_id))["state"] == "cancelled"


async def test_a_right_withdrawn_before_the_approval_is_heard_begins_nothing(world: World) -> None:
    biller = await world.biller()
    import_id = await world.plan(biller, "paperless", [[world.moved(2, await world.owned(biller))]])
    await world.admin.execute(
        "DELETE FROM crm.operator_right WHERE subject = $1 AND biller_id = $2", SUBJECT, biller.id
    )
    await world.approve(import_id, biller)
    job = await world.job(import_id)
    assert (job["state"], job["reason"]) == ("failed", "F011")
    await world.finish(import_id)
    assert await world.results(import_id) == {2: STOPPED}


async def test_a_drained_worker_finishes_the_chunk_in_hand_and_takes_no_other(world: World) -> None:
    biller = await world.biller()
    customers = [await world.owned(biller) for _ in range(2)]
    chunks = [[world.moved(line, customer)] for line, customer in enumerate(customers, 2)]
    import_id = await world.plan(biller, "paperless", chunks)
    await world.approve(import_id, biller)
    blocker = await asyncpg.connect(world.dsn)
    block = blocker.transaction()
    await block.start()
    await blocker.execute("SELECT FROM crm.login WHERE id = $1 FOR UPDATE", customers[0][1])
    async with Worker("chunks", Executor(world.database, name="drained").step, health=Health()):
        await world.waiting("executor-tests")
        release = asyncio.create_task(_release_when_draining(block))
    await release
    await blocker.close()
    assert await world.results(import_id) == {2: ("applied", [])}
    await world.finish(import_id)
    assert await world.results(import_id) == {2: ("applied", []), 3: ("applied", [])}


async def _release_when_draining(block: Transaction) -> None:
    # It first runs when the worker's exit, which says stop before anything else, waits.
    await block.rollback()


async def test_what_was_cancelled_before_it_was_approved_stays_cancelled(world: World) -> None:
    biller = await world.biller()
    import_id = await world.plan(biller, "paperless", [[world.moved(2, await world.owned(biller))]])
    assert await world.cancel(import_id, biller) == "cancelled"
    await world.approve(import_id, biller)
    await world.finish(import_id)
    assert await world.results(import_id) == {2: STOPPED}
    assert (await world.finished(import_id))["state"] == "cancelled"


async def test_an_approval_heard_after_the_check_heard_of_the_cancel_is_skipped(world: World) -> None:
    biller = await world.biller()
    import_id = await world.plan(biller, "paperless", [[world.moved(2, await world.owned(biller))]], state="cancelled")
    await world.approve(import_id, biller)
    await world.finish(import_id)
    assert await world.results(import_id) == {2: STOPPED}


async def test_a_cancel_after_the_end_changes_nothing(world: World) -> None:
    biller = await world.biller()
    import_id = await world.run(biller, "paperless", [world.moved(2, await world.owned(biller))])
    assert await world.cancel(import_id, biller) == "finished"
    assert (await world.finished(import_id))["state"] == "completed"


async def test_a_right_withdrawn_in_the_middle_stops_the_import(world: World) -> None:
    biller = await world.biller()
    warned = ["W324", "W344"]  # what only an applied row says
    chunks = [[world.moved(line, await world.owned(biller), codes=warned)] for line in (2, 3)]
    import_id = await world.plan(biller, "paperless", chunks)
    await world.approve(import_id, biller)
    assert await Executor(world.database, name="one").step(import_id)
    await world.admin.execute(
        "DELETE FROM crm.operator_right WHERE subject = $1 AND biller_id = $2", SUBJECT, biller.id
    )
    await world.finish(import_id)

    assert await world.results(import_id) == {2: ("applied", warned), 3: STOPPED}
    finished = await world.finished(import_id)
    assert (finished["state"], finished["codes"]) == ("failed", {"W324": 1, "W344": 1, "S405": 1, "F011": 1})


async def test_a_lesser_right_runs_paperless_only(world: World) -> None:
    biller = await world.biller()
    await world.crm.right(SUBJECT, biller, "paperless")
    customer = await world.owned(biller)
    autopay = await world.run(biller, "autopay", [world.moved(2, customer, login_action="none")])
    paperless = await world.run(biller, "paperless", [world.moved(2, customer)])
    assert await world.results(autopay) == {2: STOPPED}
    assert (await world.finished(autopay))["state"] == "failed"
    assert await world.results(paperless) == {2: ("applied", [])}


async def test_what_waits_for_a_person_is_not_started_by_the_check_alone(world: World) -> None:
    biller = await world.biller()
    one = await world.plan(biller, "paperless", [[world.moved(2, await world.owned(biller))]])
    await world.admin.execute(
        """UPDATE mapping.import SET definition = definition || '{"decide": "ask"}' WHERE id = $1""", one
    )
    await world.admin.execute("UPDATE validation.import_check SET check_no = 2 WHERE import_id = $1", one)

    async def is_started() -> bool:
        await world.approve(one, biller, check_no=2)
        return bool(await world.admin.fetchval("SELECT EXISTS (SELECT FROM execution.job WHERE import_id = $1)", one))

    confirmed = "INSERT INTO mapping.confirmation (import_id, check_no, confirmed_by) VALUES ($1, $2, 'ivy')"
    assert not await is_started()
    await world.admin.execute(confirmed, one, 2)  # not of the check that came before the approval
    assert not await is_started()
    await world.admin.execute(confirmed, one, 1)
    assert await is_started()


async def test_a_forged_message_causes_a_look_up_only(world: World) -> None:
    biller = await world.biller()
    held = await world.plan(biller, "paperless", [[world.moved(2, await world.owned(biller))]], state="held")
    unknown = uuid4()
    await world.approve(held, biller)
    await world.approve(unknown, biller)
    approved = await world.plan(biller, "paperless", [[world.moved(2, await world.owned(biller))]])
    await world.approve(approved, biller, check_no=7)
    async with world.database.transaction() as connection:
        await handlers.on_import_cancelled(connection, ImportCancelled(import_id=unknown, biller_id=biller.id))
    jobs = await world.admin.fetch("SELECT FROM execution.job WHERE import_id = ANY ($1)", [held, unknown, approved])
    assert jobs == []


async def test_what_goes_to_the_log_alone_stays_with_rows_never_reached(world: World) -> None:
    biller = await world.biller()
    planned = world.moved(2, await world.owned(biller), for_log='{"legacy_id": "P-1"}')
    import_id = await world.plan(biller, "paperless", [[planned]])
    await world.cancel(import_id, biller)
    await world.approve(import_id, biller)
    await world.finish(import_id)
    assert await world.results(import_id) == {2: STOPPED}
    kept = await world.admin.fetchval("SELECT for_log FROM execution.row_result WHERE import_id = $1", import_id)
    assert kept == '{"legacy_id": "P-1"}'


async def test_an_empty_plan_ends_at_once(world: World) -> None:
    biller = await world.biller()
    import_id = await world.run(biller, "paperless", [])
    assert (await world.finished(import_id))["state"] == "completed"
