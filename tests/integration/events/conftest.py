from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import uuid4

import asyncpg
import pytest

from shared.contracts.topics import Party
from shared.migrations import ROLES
from shared.postgres import Database
from shared.setup import migrate_all
from stack.postgres import EmbeddedPostgres
from tests.integration.events.world import Imported, World, life

PASSWORD = "only-for-tests"
DATABASE = "events_tests"
PARTIES: dict[Party, str] = {
    "mapping": "ci_mapping",
    "validation": "ci_validation",
    "executor": "ci_executor",
    "notifier": "ci_notifier",
}


@pytest.fixture(scope="module")
async def world(postgres: EmbeddedPostgres) -> AsyncIterator[World]:
    await postgres.drop_database(DATABASE)
    admin_dsn = await postgres.create_database(DATABASE)
    await migrate_all(admin_dsn, dict.fromkeys(ROLES, PASSWORD))
    async with AsyncExitStack() as exits:
        admin = await asyncpg.connect(admin_dsn)
        exits.push_async_callback(admin.close)
        databases: dict[Party, Database] = {}
        for party, role in PARTIES.items():
            dsn = postgres.dsn(role, PASSWORD, database=DATABASE)
            databases[party] = await Database.connect(dsn, application_name=f"{party}-tests")
            exits.push_async_callback(databases[party].close)
        yield World(admin, databases)


@pytest.fixture(scope="module")
async def imports(world: World) -> dict[str, Imported]:
    """An import in each state. They may be shared: whatever the tests do must change nothing."""
    return {state: await world.imported(await world.biller(), state) for state in life(uuid4(), 1)}
