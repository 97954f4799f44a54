from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.migrations import ROLES
from shared.postgres import Database
from shared.secure_upload import SecureUpload
from shared.setup import migrate_all
from stack.postgres import EmbeddedPostgres
from tests.integration.executor.world import World as Executing
from tests.integration.validation.world import World as Checking

pytest.register_assert_rewrite("tests.scenarios.stage")
from tests.scenarios.stage import Stage  # noqa: E402 - after the line above, so that its assertions explain themselves

_PASSWORD = "only-for-tests"
_DATABASE = "scenario_tests"


@pytest.fixture(scope="session")
async def stage(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    await postgres.drop_database(_DATABASE)
    dsn = await postgres.create_database(_DATABASE)
    await migrate_all(dsn, dict.fromkeys(ROLES, _PASSWORD))
    admin = await asyncpg.connect(dsn)
    # Nothing here is killed, and a wait for the disk at each commit is most of the time otherwise.
    await admin.execute(f"ALTER DATABASE {_DATABASE} SET synchronous_commit = off")
    validation, executor = [
        await Database.connect(postgres.dsn(role, _PASSWORD, database=_DATABASE), application_name="scenario-tests")
        for role in ("ci_validation", "ci_executor")
    ]
    uploads = SecureUpload(tmp_path_factory.mktemp("uploads").as_uri(), {})
    yield Stage(Checking(admin, validation, executor, uploads), Executing(admin, dsn, executor))
    await validation.close()
    await executor.close()
    await admin.close()
    await postgres.drop_database(_DATABASE)
