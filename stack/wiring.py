"""What the stack runs between its servers and its services: migrations, topics, demo data."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from shared import setup
from shared.secure_upload import SecureUpload
from shared.settings import KafkaSettings
from stack import demo
from stack.kafka import EmbeddedKafka
from stack.postgres import EmbeddedPostgres


async def migrate(postgres: EmbeddedPostgres) -> None:
    await setup.migrate_all(postgres.dsn(), {})


async def create_topics(kafka: EmbeddedKafka) -> None:
    await setup.create_topics(KafkaSettings(kafka_bootstrap=kafka.bootstrap))


async def load_demo_data(postgres: EmbeddedPostgres, secure_upload: Path) -> None:
    connection = await asyncpg.connect(postgres.dsn())
    try:
        data = await demo.load(connection)
        await demo.put_samples(connection, data, SecureUpload(secure_upload.as_uri(), {}))
    finally:
        await connection.close()


@dataclass(frozen=True)
class Wiring:
    """The three steps, so that a test can put in its own."""

    migrate: Callable[[EmbeddedPostgres], Awaitable[None]] = migrate
    create_topics: Callable[[EmbeddedKafka], Awaitable[None]] = create_topics
    load_demo_data: Callable[[EmbeddedPostgres, Path], Awaitable[None]] = load_demo_data
