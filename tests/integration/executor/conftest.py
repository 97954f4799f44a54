from collections.abc import AsyncIterator

import asyncpg
import pytest

from services.validation.check import Tools
from shared.migrations import ROLES
from shared.postgres import Database
from shared.sealing import Fingerprint, Sealer
from shared.secure_upload import SecureUpload
from shared.setup import migrate_all
from stack.postgres import EmbeddedPostgres
from tests.integration.executor.undoing import Undoing
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


@pytest.fixture
async def undoing(
    world: World, postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Undoing]:
    dsn = postgres.dsn("ci_validation", _PASSWORD, database="executor_tests")
    database = await Database.connect(dsn, application_name="undo-checks", max_size=2)
    upload = SecureUpload(tmp_path_factory.mktemp("uploads").as_uri())
    tools = Tools(upload, Sealer({"k1": b"1" * 32}, "k1"), Fingerprint(b"2" * 32))
    yield Undoing(world, database, tools)
    await database.close()
