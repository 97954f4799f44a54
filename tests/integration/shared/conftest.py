from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import asyncpg
import pytest

from shared.contracts.topics import Party
from shared.messaging import ensure_topics
from shared.migrations import ROLES as ALL_ROLES
from shared.migrations import SCHEMAS, Schema, migrate
from shared.postgres import Database
from shared.settings import KafkaSettings
from stack.kafka import EmbeddedKafka
from stack.postgres import EmbeddedPostgres
from tests.integration.shared.world import PASSWORD, ROLES, World

_DATABASE = "shared_tests"


@pytest.fixture(scope="package")
def steps() -> list[Schema]:
    return list(SCHEMAS)


@pytest.fixture(scope="package")
async def admin_dsn(postgres: EmbeddedPostgres, steps: list[Schema]) -> AsyncIterator[str]:
    await postgres.drop_database(_DATABASE)
    dsn = await postgres.create_database(_DATABASE)
    await migrate(dsn, dict.fromkeys(ALL_ROLES, PASSWORD), steps)
    yield dsn
    await postgres.drop_database(_DATABASE)


@pytest.fixture(scope="package")
async def world(postgres: EmbeddedPostgres, kafka: EmbeddedKafka, admin_dsn: str) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        admin = await asyncpg.connect(admin_dsn)
        stack.push_async_callback(admin.close)
        # No key: a second effect of one event would be seen.
        await admin.execute("CREATE TABLE notification.effect (event_id uuid NOT NULL)")
        await admin.execute("GRANT SELECT, INSERT ON notification.effect TO ci_notifier")
        await ensure_topics(KafkaSettings(kafka_bootstrap=kafka.bootstrap))
        dsns: dict[Party, str] = {
            party: postgres.dsn(role, PASSWORD, database=_DATABASE) for party, role in ROLES.items()
        }
        databases: dict[Party, Database] = {}
        for party, dsn in dsns.items():
            databases[party] = await Database.connect(dsn, application_name=f"{party}-tests")
            stack.push_async_callback(databases[party].close)
        yield World(kafka, admin, databases, dsns)


@pytest.fixture(autouse=True)
def nothing_ended_the_process(request: pytest.FixtureRequest) -> None:
    if "world" in request.fixturenames:
        request.getfixturevalue("world").exits.clear()
