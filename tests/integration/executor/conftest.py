from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from services.executor.repository import locks
from services.validation.check import Tools
from shared.postgres import Database
from shared.sealing import Fingerprint, Sealer
from shared.secure_upload import SecureUpload
from tests.integration.executor.undoing import Undoing
from tests.integration.executor.world import WAIT_SECONDS, World
from tests.support.databases import Databases


@pytest.fixture(scope="module")
async def world(databases: Databases) -> AsyncIterator[World]:
    name = "executor_tests"
    async with databases.migrated(name) as dsn:
        admin = await asyncpg.connect(dsn)
        executor_dsn = databases.dsn("ci_executor", name)
        database = await Database.connect(executor_dsn, application_name="executor-tests", max_size=4)
        yield World(admin, dsn, database, executor_dsn)
        await database.close()
        await admin.close()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks wait for locks until the test has done what it does meanwhile."""
    monkeypatch.setattr(locks, "WAIT_TO_COMPARE", timedelta(seconds=WAIT_SECONDS))


@pytest.fixture
async def undoing(
    world: World, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Undoing]:
    dsn = databases.dsn("ci_validation", "executor_tests")
    database = await Database.connect(dsn, application_name="undo-checks", max_size=2)
    upload = SecureUpload(tmp_path_factory.mktemp("uploads").as_uri())
    tools = Tools(upload, Sealer({"k1": b"1" * 32}, "k1"), Fingerprint(b"2" * 32))
    yield Undoing(world, database, tools)
    await database.close()
