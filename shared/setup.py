"""Setting up a database and a broker, embedded or one's own: roles, schemas of the CRM and the services, topics."""

from collections.abc import Mapping

from shared.contracts.topics import Party
from shared.messaging import ensure_access, ensure_topics
from shared.migrations import CRM_SCHEMA, SCHEMAS, migrate
from shared.settings import KafkaSettings


async def migrate_all(admin_dsn: str, passwords: Mapping[str, str], *, keeps_crm: bool = False) -> None:
    await migrate(admin_dsn, passwords, SCHEMAS, kept=[CRM_SCHEMA] if keeps_crm else ())


async def create_topics(kafka: KafkaSettings | None = None) -> None:
    """Create the topics that are missing; by default at the broker of the environment."""
    await ensure_topics(kafka or KafkaSettings())


async def create_users(passwords: Mapping[Party, str], kafka: KafkaSettings | None = None) -> None:
    """Make the users of the services at the broker; they may do what each needs and no more."""
    await ensure_access(kafka or KafkaSettings(), passwords)
