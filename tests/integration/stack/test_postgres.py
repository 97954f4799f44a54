from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from stack.postgres import EmbeddedPostgres
from stack.processes import PartFailedError


@pytest.fixture(scope="module")
async def own(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedPostgres]:
    """A server as everybody else has it: the one of the other tests does not wait for the disk."""
    async with EmbeddedPostgres(tmp_path_factory.mktemp("own")) as server:
        yield server


async def test_answers_with_the_settings_that_promises_need(own: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(own.dsn())
    try:
        assert connection.get_server_version().major == 18
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert await connection.fetchval("SELECT current_setting($1)", setting) == "on"
        assert await connection.fetchval("SELECT current_setting('log_error_verbosity')") == "terse"
        assert await connection.fetchval("SELECT current_setting('listen_addresses')") == "127.0.0.1"
    finally:
        await connection.close()


async def test_a_role_needs_its_password(postgres: EmbeddedPostgres) -> None:
    await postgres.set_password("a_role", "it's 100% secret")
    connection = await asyncpg.connect(postgres.dsn("a_role", "it's 100% secret"))
    assert await connection.fetchval("SELECT current_user") == "a_role"
    await connection.close()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(postgres.dsn("a_role", "wrong"))


async def test_databases_are_made_and_dropped(postgres: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(await postgres.create_database("a_database"))
    assert await connection.fetchval("SELECT current_database()") == "a_database"
    await connection.close()
    await postgres.drop_database("a_database")
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asyncpg.connect(postgres.dsn(database="a_database"))


async def test_committed_rows_survive_sigkill_and_restart(own: EmbeddedPostgres) -> None:
    address = own.dsn()
    connection = await asyncpg.connect(address)
    await connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
    await own.kill()
    with pytest.raises((asyncpg.InterfaceError, asyncpg.PostgresConnectionError, OSError)):
        await connection.fetchval("SELECT n FROM kept")
    await own.start()
    again = await asyncpg.connect(address)
    assert await again.fetchval("SELECT n FROM kept") == 1
    await again.close()


async def test_a_paused_server_is_silent_until_it_is_resumed(own: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(own.dsn())
    own.pause()
    with pytest.raises(TimeoutError):
        await asyncpg.connect(own.dsn(), timeout=0.5)
    own.resume()
    assert await connection.fetchval("SELECT 1") == 1
    await connection.close()


async def test_a_paused_server_can_be_stopped(tmp_path: Path) -> None:
    async with EmbeddedPostgres(tmp_path) as server:
        server.pause()


async def test_a_failed_start_says_what_and_why(tmp_path: Path) -> None:
    async with EmbeddedPostgres(tmp_path) as server:
        await server.stop()
        with (tmp_path / "data" / "postgresql.conf").open("a") as settings:
            settings.write("work_mem = nonsense\n")
        with pytest.raises(PartFailedError, match=r"PostgreSQL ended with code 1(?s:.*)work_mem"):
            await server.start()
