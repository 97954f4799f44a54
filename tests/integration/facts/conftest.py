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
    name = "fact_tests"
    await postgres.drop_database(name)
    dsn = await postgres.create_database(name)
    await migrate_all(dsn, dict.fromkeys(ROLES, _PASSWORD))
    admin = await asyncpg.connect(dsn)
    # Nothing here is killed, and a wait for the disk at each commit is most of the time otherwise.
    await admin.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    database = await Database.connect(
        postgres.dsn("ci_validation", _PASSWORD, database=name), application_name="fact-tests"
    )
    executor = await Database.connect(
        postgres.dsn("ci_executor", _PASSWORD, database=name), application_name="fact-tests", max_size=2
    )
    yield World(admin, database, executor, SecureUpload(tmp_path_factory.mktemp("uploads").as_uri(), {}))
    await executor.close()
    await database.close()
    await admin.close()
    await postgres.drop_database(name)
