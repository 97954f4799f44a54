from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.postgres import Database
from shared.secure_upload import SecureUpload
from tests.integration.executor.world import World as Executing
from tests.integration.validation.world import World as Checking
from tests.support.databases import Databases

pytest.register_assert_rewrite("tests.scenarios.stage")
from tests.scenarios.stage import Stage  # noqa: E402 - after the line above, so that its assertions explain themselves

_DATABASE = "scenario_tests"


@pytest.fixture(scope="session")
async def stage(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with databases.migrated(_DATABASE) as dsn:
        admin = await asyncpg.connect(dsn)
        validation, executor = [
            await Database.connect(databases.dsn(role, _DATABASE), application_name="scenario-tests")
            for role in ("ci_validation", "ci_executor")
        ]
        uploads = SecureUpload(tmp_path_factory.mktemp("uploads").as_uri(), {})
        yield Stage(Checking(admin, validation, executor, uploads), Executing(admin, dsn, executor))
        await validation.close()
        await executor.close()
        await admin.close()
