from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.postgres import Database
from shared.secure_upload import SecureUpload
from tests.integration.validation.world import World
from tests.support.databases import Databases


@pytest.fixture(scope="module")
async def world(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    name = "validation_tests"
    async with databases.migrated(name) as dsn:
        admin = await asyncpg.connect(dsn)
        own_dsn = databases.dsn("ci_validation", name)
        database = await Database.connect(own_dsn, application_name="validation-tests")
        executor = await Database.connect(
            databases.dsn("ci_executor", name), application_name="validation-tests", max_size=2
        )
        uploads_url = tmp_path_factory.mktemp("uploads").as_uri()
        made = World(admin, database, executor, SecureUpload(uploads_url, {}))
        made.dsn, made.uploads_url = own_dsn, uploads_url
        yield made
        await executor.close()
        await database.close()
        await admin.close()
