from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.migrations import ROLES
from shared.postgres import Database
from shared.secure_upload import SecureUpload
from shared.setup import migrate_all
from stack.postgres import EmbeddedPostgres
from tests.integration.validation.world import World

_PASSWORD = "only-for-tests"


@pytest.fixture(scope="module")
async def world(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    name = "validation_tests"
    await postgres.drop_database(name)
    dsn = await postgres.create_database(name)
    await migrate_all(dsn, dict.fromkeys(ROLES, _PASSWORD))
    admin = await asyncpg.connect(dsn)
    own_dsn = postgres.dsn("ci_validation", _PASSWORD, database=name)
    database = await Database.connect(own_dsn, application_name="validation-tests")
    executor = await Database.connect(
        postgres.dsn("ci_executor", _PASSWORD, database=name), application_name="validation-tests", max_size=2
    )
    uploads_url = tmp_path_factory.mktemp("uploads").as_uri()
    made = World(admin, database, executor, SecureUpload(uploads_url, {}))
    made.dsn, made.uploads_url = own_dsn, uploads_url
    yield made
    await executor.close()
    await database.close()
    await admin.close()
    await postgres.drop_database(name)
