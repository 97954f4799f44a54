from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import asyncpg
import pytest

from shared.contracts.topics import Party
from shared.messaging import ensure_topics
from shared.migrations import SCHEMAS, Schema
from shared.postgres import Database
from shared.settings import KafkaSettings
from stack.kafka import EmbeddedKafka
from tests.integration.shared.world import ROLES, World
from tests.support.databases import Databases

_DATABASE = "shared_tests"


@pytest.fixture(scope="package")
def steps() -> list[Schema]:
    return list(SCHEMAS)


@pytest.fixture(scope="package")
async def admin_dsn(databases: Databases) -> AsyncIterator[str]:
    async with databases.migrated(_DATABASE) as dsn:
        yield dsn


@pytest.fixture(scope="package")
async def world(databases: Databases, kafka: EmbeddedKafka, admin_dsn: str) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        admin = await asyncpg.connect(admin_dsn)
        stack.push_async_callback(admin.close)
        # No key: a second effect of one event would be seen.
        await admin.execute("CREATE TABLE notification.effect (event_id uuid NOT NULL)")
        await admin.execute("GRANT SELECT, INSERT ON notification.effect TO ci_notifier")
        await ensure_topics(KafkaSettings(kafka_bootstrap=kafka.bootstrap))
        dsns: dict[Party, str] = {party: databases.dsn(role, _DATABASE) for party, role in ROLES.items()}
        opened: dict[Party, Database] = {}
        for party, dsn in dsns.items():
            opened[party] = await Database.connect(dsn, application_name=f"{party}-tests")
            stack.push_async_callback(opened[party].close)
        yield World(kafka, admin, opened, dsns)


@pytest.fixture(autouse=True)
def nothing_ended_the_process(request: pytest.FixtureRequest) -> None:
    if "world" in request.fixturenames:
        request.getfixturevalue("world").exits.clear()
