"""What the stack runs between its servers and its services: migrations, topics, demo data."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from shared.settings import KafkaSettings
from stack import setup
from stack.kafka import EmbeddedKafka
from stack.postgres import EmbeddedPostgres


async def migrate(postgres: EmbeddedPostgres) -> None:
    """Bring the schemas of all services up to date; their roles exist already."""
    await setup.migrate_all(postgres.dsn(), {})


async def create_topics(kafka: EmbeddedKafka) -> None:
    """Make the topics that the contracts name."""
    await setup.create_topics(KafkaSettings(kafka_bootstrap=kafka.bootstrap))


async def load_demo_data(_postgres: EmbeddedPostgres, _secure_upload: Path) -> None:
    """Fill the CRM with demo billers and the Secure Upload folder with sample files."""
    raise NotImplementedError("Demo data is not wired into the stack yet")


@dataclass(frozen=True)
class Wiring:
    """The three steps, so that a test can put in its own."""

    migrate: Callable[[EmbeddedPostgres], Awaitable[None]] = migrate
    create_topics: Callable[[EmbeddedKafka], Awaitable[None]] = create_topics
    load_demo_data: Callable[[EmbeddedPostgres, Path], Awaitable[None]] = load_demo_data
