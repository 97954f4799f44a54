from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import uuid4

import asyncpg
import pytest

from shared.contracts.topics import Party
from shared.postgres import Database
from tests.integration.events.world import Imported, World, life
from tests.support.databases import Databases

DATABASE = "events_tests"
PARTIES: dict[Party, str] = {
    "mapping": "ci_mapping",
    "validation": "ci_validation",
    "executor": "ci_executor",
    "notifier": "ci_notifier",
}


@pytest.fixture(scope="module")
async def world(databases: Databases) -> AsyncIterator[World]:
    async with databases.migrated(DATABASE) as admin_dsn, AsyncExitStack() as exits:
        admin = await asyncpg.connect(admin_dsn)
        exits.push_async_callback(admin.close)
        opened: dict[Party, Database] = {}
        for party, role in PARTIES.items():
            dsn = databases.dsn(role, DATABASE)
            opened[party] = await Database.connect(dsn, application_name=f"{party}-tests")
            exits.push_async_callback(opened[party].close)
        yield World(admin, opened)


@pytest.fixture(scope="module")
async def imports(world: World) -> dict[str, Imported]:
    """An import in each state. They may be shared: whatever the tests do must change nothing."""
    return {state: await world.imported(await world.biller(), state) for state in life(uuid4(), 1)}
