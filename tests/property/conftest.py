from collections.abc import AsyncIterator

import pytest

from shared.migrations import ROLES
from shared.postgres import Database
from shared.sealing import Fingerprint, Sealer
from shared.secure_upload import SecureUpload
from shared.setup import migrate_all
from stack.postgres import EmbeddedPostgres
from tests.property.world import RealVault, World

_PASSWORD = "only-for-tests"
_DATABASE = "property_tests"


@pytest.fixture(scope="session")
async def world(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    await postgres.drop_database(_DATABASE)
    dsn = await postgres.create_database(_DATABASE)
    await migrate_all(dsn, dict.fromkeys(ROLES, _PASSWORD))
    await _commit_without_waiting(dsn)
    databases = [
        await Database.connect(dsn_of, application_name="property-tests")
        for dsn_of in (
            dsn,
            postgres.dsn("ci_validation", _PASSWORD, database=_DATABASE),
            postgres.dsn("ci_executor", _PASSWORD, database=_DATABASE),
            postgres.dsn("ci_mapping", _PASSWORD, database=_DATABASE),
        )
    ]
    admin, validation, executor, mapping = databases
    upload = SecureUpload(tmp_path_factory.mktemp("uploads").as_uri())
    vault = RealVault(Sealer({"k1": b"1" * 32}, "k1"), Fingerprint(b"2" * 32))
    async with admin.connection() as connection:
        yield World(connection, validation, executor, mapping, upload, vault)
    for database in databases:
        await database.close()
    await postgres.drop_database(_DATABASE)


async def _commit_without_waiting(dsn: str) -> None:
    """Nothing here is killed, and a wait for the disk at each commit is most of the time otherwise."""
    database = await Database.connect(dsn, application_name="property-tests")
    async with database.connection() as connection:
        await connection.execute(f"ALTER DATABASE {_DATABASE} SET synchronous_commit = off")
    await database.close()
