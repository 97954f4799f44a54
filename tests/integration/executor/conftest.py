from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.migrations import ROLES
from shared.postgres import Database
from shared.setup import migrate_all
from stack.postgres import EmbeddedPostgres
from tests.integration.executor.world import World

_PASSWORD = "only-for-tests"


@pytest.fixture(scope="module")
async def world(postgres: EmbeddedPostgres) -> AsyncIterator[World]:
    name = "executor_tests"
    await postgres.drop_database(name)
    dsn = await postgres.create_database(name)
    await migrate_all(dsn, dict.fromkeys(ROLES, _PASSWORD))
    admin = await asyncpg.connect(dsn)
    executor_dsn = postgres.dsn("ci_executor", _PASSWORD, database=name)
    database = await Database.connect(executor_dsn, application_name="executor-tests", max_size=4)
    yield World(admin, dsn, database, executor_dsn)
    await database.close()
    await admin.close()
    await postgres.drop_database(name)
