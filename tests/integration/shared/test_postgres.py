from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from shared.health import Health
from shared.postgres import Database, WakeUp, is_transient
from shared.workers import Worker
from stack.postgres import EmbeddedPostgres
from tests.integration.shared.world import PASSWORD, eventually


@pytest.fixture
def dsn(postgres: EmbeddedPostgres, admin_dsn: str) -> str:
    return postgres.dsn("ci_validation", PASSWORD, database=admin_dsn.rpartition("/")[2])


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(dsn, application_name="postgres-tests", command_timeout=1, max_size=2)
    yield database
    await database.close()


async def test_json_and_ids_come_and_go_as_objects(database: Database) -> None:
    value, key = {"a": [1, None, "ü"], "b": {"c": 1.5}}, uuid4()
    async with database.transaction() as connection:
        await connection.execute("CREATE TEMPORARY TABLE kept (key uuid, value jsonb) ON COMMIT DROP")
        await connection.copy_records_to_table("kept", records=[(key, value)])
        row = await connection.fetchrow("SELECT key, value FROM kept")
    assert row is not None
    assert (row["key"], row["value"]) == (key, value)


async def test_a_transaction_is_rolled_back_by_an_error(database: Database) -> None:
    event_id = uuid4()

    async def fail() -> None:
        async with database.transaction() as connection:
            await connection.execute("INSERT INTO inbox (event_id, topic) VALUES ($1, '')", event_id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM inbox WHERE event_id = $1", event_id) == 0


async def test_every_statement_has_a_limit_which_a_long_one_may_raise(database: Database) -> None:
    with pytest.raises(asyncpg.QueryCanceledError) as told:
        async with database.transaction() as connection:
            await connection.execute("SELECT pg_sleep(20)")
    assert is_transient(told.value)
    async with database.transaction(statement_timeout=30) as connection:
        await connection.execute("SELECT pg_sleep(1.2)")


async def test_long_transactions_follow_each_other_on_one_connection_whatever_their_tables_look_like(
    database: Database,
) -> None:
    made: tuple[tuple[str, object], ...] = (
        ("CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT 1 AS value", 1),
        ("CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT 'one'::text AS value", "one"),
    )
    processes = set()
    for statement, value in made:
        async with database.transaction(statement_timeout=30) as connection:
            await connection.execute(statement)
            assert await connection.fetchval("SELECT value FROM kept") == value
            processes.add(await connection.fetchval("SELECT pg_backend_pid()"))
    assert len(processes) == 1


async def test_the_pool_outlives_a_lost_connection(database: Database, admin_dsn: str) -> None:
    async with database.connection() as connection:
        pid = await connection.fetchval("SELECT pg_backend_pid()")
    admin = await asyncpg.connect(admin_dsn)
    await admin.execute("SELECT pg_terminate_backend($1, 5000)", pid)

    async def answers() -> bool:
        try:
            async with database.connection() as connection:
                return bool(await connection.fetchval("SELECT true"))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError) as error:
            errors.append(error)
            return False

    errors: list[Exception] = []
    assert await eventually(answers)
    assert all(map(is_transient, errors))
    await admin.close()


async def test_a_worker_is_woken_by_a_notification_even_after_its_connection_was_lost(
    database: Database, dsn: str, admin_dsn: str
) -> None:
    looked = 0

    async def step() -> bool:
        nonlocal looked
        looked += 1
        return False

    async def has_looked(times: int) -> None:
        async def enough() -> bool:
            return looked >= times

        await eventually(enough, limit=15)
        assert looked == times

    async def notify() -> None:
        async with database.connection() as connection:
            await connection.execute("NOTIFY work_to_do")

    admin = await asyncpg.connect(admin_dsn)
    wake = WakeUp(dsn, "work_to_do")
    async with Worker("sleeper", step, health=Health(), wake=wake, poll_seconds=3600):
        await has_looked(2)  # at its start, and once it listens: something may have been said before
        await notify()
        await has_looked(3)
        await admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
        await has_looked(4)  # it listens again
        await notify()
        await has_looked(5)
    await admin.close()
