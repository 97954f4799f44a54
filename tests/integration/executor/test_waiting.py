"""What no row is to blame for makes an import wait for an operator; nothing becomes an outcome of its rows.

Rule apply-15.
"""

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from services.executor.domain import ATTEMPTS_LIMIT
from services.executor.worker import WAITING, Executor, ImportWaitsError
from shared.postgres import Database
from tests.integration.executor.world import Result, World, row

APPLIED: Result = ("applied", [])


@contextlib.asynccontextmanager
async def revoked(world: World) -> AsyncIterator[None]:
    await world.admin.execute("REVOKE INSERT ON crm.paperless_enrollment FROM ci_executor")
    try:
        yield
    finally:
        await world.admin.execute("GRANT INSERT ON crm.paperless_enrollment TO ci_executor")


def executor(world: World) -> Executor:
    return Executor(world.database, name="one", retry_base=timedelta())


async def test_a_grant_taken_away_in_the_middle_fails_no_row(world: World) -> None:
    biller = await world.biller()
    chunks = [[world.moved(line, await world.owned(biller))] for line in (2, 3, 4)]
    chunks[2].append(row(9, "held", codes=["R132"]))
    import_id = await world.plan(biller, "paperless", chunks)
    await world.approve(import_id, biller)
    assert await executor(world).step(import_id)
    async with revoked(world):
        with pytest.raises(ImportWaitsError, match="42501"):
            await world.finish(import_id)
        job = await world.job(import_id)
        assert (job["state"], job["waiting_reason"], job["finished_at"]) == ("running", "42501", None)
        assert job["waiting_since"] is not None
        assert [said["reason"] for said in await world.said(import_id, "import-waiting")] == ["42501"]
        assert await world.results(import_id) == {2: APPLIED}
        assert WAITING._value.get() == 1
        assert not await executor(world).step(import_id)

    assert await world.resume(import_id)
    assert not await world.resume(import_id)
    await world.finish(import_id)
    assert await world.results(import_id) == {2: APPLIED, 3: APPLIED, 4: APPLIED, 9: ("held", ["R132"])}
    assert (await world.finished(import_id))["state"] == "completed_with_errors"


async def test_an_executor_of_the_last_release_begins_no_chunk_of_an_import_that_waits(world: World) -> None:
    biller = await world.biller()
    chunks = [[world.moved(line, await world.owned(biller))] for line in (2, 3)]
    import_id = await world.plan(biller, "paperless", chunks)
    await world.approve(import_id, biller)
    async with revoked(world):
        with pytest.raises(ImportWaitsError):
            await world.finish(import_id)
    # It knows of pending chunks and their rest only, and fails the rows of those that were tried too often.
    claimable = await world.admin.fetchval(
        "SELECT count(*) FROM execution.chunk WHERE import_id = $1 AND (not_before <= now() OR attempts >= $2)",
        import_id,
        ATTEMPTS_LIMIT,
    )
    assert claimable == 0


async def test_an_import_that_waits_can_be_cancelled(world: World) -> None:
    biller = await world.biller()
    import_id = await world.plan(biller, "paperless", [[world.moved(2, await world.owned(biller))]])
    await world.approve(import_id, biller)
    async with revoked(world):
        with pytest.raises(ImportWaitsError):
            await world.finish(import_id)
        assert await world.cancel(import_id, biller) == "cancelled"
        await world.finish(import_id)
    assert await world.results(import_id) == {2: ("skipped", ["S405"])}
    assert (await world.finished(import_id))["state"] == "cancelled"


async def test_an_import_that_waits_holds_up_no_other(world: World) -> None:
    waiting, going = [await world.biller() for _ in range(2)]
    import_id = await world.plan(waiting, "paperless", [[world.moved(2, await world.owned(waiting))]])
    await world.approve(import_id, waiting)
    async with revoked(world):
        with pytest.raises(ImportWaitsError):
            await world.finish(import_id)
        other = await world.plan(going, "paperless", [[row(2, "skipped", codes=["C202"])]])
        await world.approve(other, going)
        one = executor(world)
        while await one.step():
            pass
        assert (await world.finished(other))["state"] == "completed"
    await world.resume(import_id)
    await world.finish(import_id)


async def test_a_time_limit_of_the_work_itself_is_counted(world: World) -> None:
    biller = await world.biller()
    customer = await world.owned(biller)
    import_id = await world.plan(biller, "paperless", [[world.moved(2, customer)]])
    await world.approve(import_id, biller)
    await world.admin.execute(
        """CREATE FUNCTION crm.too_slow() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN RAISE query_canceled USING MESSAGE = 'statement timeout'; END $$;
           CREATE TRIGGER too_slow BEFORE INSERT ON crm.paperless_enrollment
           FOR EACH ROW EXECUTE FUNCTION crm.too_slow()"""
    )
    try:
        with pytest.raises(ImportWaitsError, match="57014"):
            await world.finish(import_id)
    finally:
        await world.admin.execute("DROP FUNCTION crm.too_slow CASCADE")
    await world.resume(import_id)
    await world.finish(import_id)
    assert await world.results(import_id) == {2: APPLIED}


async def test_a_column_more_in_the_plan_disturbs_nobody(world: World) -> None:
    biller = await world.biller()
    chunks = [[world.moved(line, await world.owned(biller))] for line in (2, 3, 4)]
    import_id = await world.plan(biller, "paperless", chunks)
    await world.approve(import_id, biller)
    one = executor(world)
    assert await one.step(import_id)
    await world.admin.execute("ALTER TABLE validation.plan_row ADD COLUMN of_a_later_release text DEFAULT 'x'")
    try:
        await world.finish(import_id)
    finally:
        await world.admin.execute("ALTER TABLE validation.plan_row DROP COLUMN of_a_later_release")
    assert await world.results(import_id) == {2: APPLIED, 3: APPLIED, 4: APPLIED}
    assert [chunk["attempts"] for chunk in await world.chunks(import_id)] == [0, 0, 0]


async def test_a_working_table_of_another_release_is_made_anew(world: World) -> None:
    biller = await world.biller()
    import_id = await world.plan(biller, "paperless", [[world.moved(2, await world.owned(biller))]])
    await world.approve(import_id, biller)
    async with contextlib.AsyncExitStack() as opened:
        for _ in range(4):  # as many as the pool has
            connection = await opened.enter_async_context(world.database.connection())
            await connection.execute("DROP TABLE IF EXISTS work_row, work_change")
            await connection.execute("CREATE TEMPORARY TABLE work_row (line_no int, gone text)")
            await connection.execute("COMMENT ON TABLE work_row IS 'another'")
    await world.finish(import_id)
    assert await world.results(import_id) == {2: APPLIED}
    [chunk] = await world.chunks(import_id)
    assert chunk["attempts"] == 0


async def test_working_tables_stay_with_their_connection(world: World) -> None:
    biller = await world.biller()
    chunks = [[world.moved(line, await world.owned(biller))] for line in (2, 3)]
    import_id = await world.plan(biller, "paperless", chunks)
    await world.approve(import_id, biller)
    database = await Database.connect(world.executor_dsn, application_name="one", max_size=1)
    made = []
    try:
        for _ in chunks:
            assert await Executor(database, name="one").step(import_id)
            async with database.connection() as connection:
                made.append(await connection.fetchval("SELECT 'pg_temp.work_row'::regclass::oid"))
    finally:
        await database.close()
    assert made[0] == made[1]
    await world.finish(import_id)


async def test_an_approval_is_heard_though_its_attestation_cannot_be_written(world: World) -> None:
    biller = await world.biller()
    import_id = await world.plan(biller, "paperless", [[world.moved(2, await world.owned(biller))]])
    await world.admin.execute("REVOKE INSERT ON crm.authorization_record FROM ci_executor")
    try:
        await world.approve(import_id, biller)
        with pytest.raises(ImportWaitsError, match=asyncpg.InsufficientPrivilegeError.sqlstate):
            await world.finish(import_id)
    finally:
        await world.admin.execute("GRANT INSERT ON crm.authorization_record TO ci_executor")
    await world.resume(import_id)
    await world.finish(import_id)
    assert await world.results(import_id) == {2: APPLIED}
