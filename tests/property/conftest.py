from collections.abc import AsyncIterator

import pytest

from shared.postgres import Database
from shared.sealing import Fingerprint, Sealer
from shared.secure_upload import SecureUpload
from tests.property.world import RealVault, World
from tests.support.databases import Databases

_DATABASE = "property_tests"


@pytest.fixture(scope="session")
async def world(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with databases.migrated(_DATABASE) as dsn:
        opened = [
            await Database.connect(dsn_of, application_name="property-tests")
            for dsn_of in (
                dsn,
                databases.dsn("ci_validation", _DATABASE),
                databases.dsn("ci_executor", _DATABASE),
                databases.dsn("ci_mapping", _DATABASE),
            )
        ]
        admin, validation, executor, mapping = opened
        upload = SecureUpload(tmp_path_factory.mktemp("uploads").as_uri())
        vault = RealVault(Sealer({"k1": b"1" * 32}, "k1"), Fingerprint(b"2" * 32))
        async with admin.connection() as connection:
            yield World(connection, validation, executor, mapping, upload, vault)
        for database in opened:
            await database.close()
