from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.postgres import Database
from shared.secure_upload import SecureUpload
from tests.integration.validation.world import World
from tests.support.databases import Databases


@pytest.fixture(scope="module")
async def world(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    name = "fact_tests"
    async with databases.migrated(name) as dsn:
        admin = await asyncpg.connect(dsn)
        database = await Database.connect(databases.dsn("ci_validation", name), application_name="fact-tests")
        executor = await Database.connect(databases.dsn("ci_executor", name), application_name="fact-tests", max_size=2)
        yield World(admin, database, executor, SecureUpload(tmp_path_factory.mktemp("uploads").as_uri(), {}))
        await executor.close()
        await database.close()
        await admin.close()
