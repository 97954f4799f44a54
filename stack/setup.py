"""Setting up a database and a broker, embedded or one's own: roles, schemas of the CRM and the services, topics."""

from collections.abc import Mapping
from pathlib import Path

from shared.messaging import ensure_topics
from shared.migrations import SERVICE_SCHEMAS, Schema, migrate
from shared.settings import KafkaSettings

_CRM = Schema("crm", None, Path(__file__).parent / "crm" / "migrations")


async def migrate_all(admin_dsn: str, passwords: Mapping[str, str]) -> None:
    """Bring every schema to its newest state; harmless where it is."""
    await migrate(admin_dsn, passwords, (_CRM, *SERVICE_SCHEMAS))


async def create_topics(kafka: KafkaSettings | None = None) -> None:
    """Create the topics that are missing; by default at the broker of the environment."""
    await ensure_topics(kafka or KafkaSettings())
