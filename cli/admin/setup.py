"""Bringing a database and a broker to the state that this release needs."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import typer
from aiokafka.errors import KafkaError

from cli.admin.access import DSN, connected, environment
from cli.errors import CommandError, UnreachableError
from cli.output import Json, say, show_json
from services.validation.domain.routing_directory import UnreadableDirectoryError, read_directory
from services.validation.repository.routing import replace_directory
from shared.contracts.topics import Party
from shared.migrations import ChangedMigrationError, LockedMigrationError
from shared.setup import create_topics, create_users, migrate_all

PASSWORDS: Final = {
    "ci_mapping": "IMPORT_MAPPING_PASSWORD",
    "ci_validation": "IMPORT_VALIDATION_PASSWORD",
    "ci_executor": "IMPORT_EXECUTOR_PASSWORD",
    "ci_notifier": "IMPORT_NOTIFIER_PASSWORD",
}
"""Role → the variable with its password."""
KAFKA_PASSWORDS: Final[Mapping[Party, str]] = {
    "mapping": "IMPORT_MAPPING_KAFKA_PASSWORD",
    "validation": "IMPORT_VALIDATION_KAFKA_PASSWORD",
    "executor": "IMPORT_EXECUTOR_KAFKA_PASSWORD",
    "notifier": "IMPORT_NOTIFIER_KAFKA_PASSWORD",
}
"""Service → the variable with the password of its user at the broker."""


def add_to(app: typer.Typer) -> None:
    """Add these commands to a group."""
    app.command()(setup)
    app.command()(load_routing)


def setup(
    own_crm: Annotated[
        bool,
        typer.Option("--own-crm", help="The schema crm is yours: leave it as it is (docs/how-to/join-your-crm.md)"),
    ] = False,
    as_json: Json = False,
) -> None:
    """Migrate the database and create missing topics. Safe to repeat.

    Reads IMPORT_ADMIN_DSN, IMPORT_<SERVICE>_PASSWORD, IMPORT_KAFKA_BOOTSTRAP and the broker's security settings. With
    IMPORT_<SERVICE>_KAFKA_PASSWORD it also makes a user for each service at the broker (SCRAM-SHA-512), ci_mapping and
    so on, that may do only what the service needs.
    """
    dsn = environment(DSN)
    passwords = {role: environment(variable) for role, variable in PASSWORDS.items()}
    environment("IMPORT_KAFKA_BOOTSTRAP")
    has_users = any(os.environ.get(variable) for variable in KAFKA_PASSWORDS.values())
    users = {service: environment(variable) for service, variable in KAFKA_PASSWORDS.items()} if has_users else {}
    asyncio.run(_set_up(dsn, passwords, users, keeps_crm=own_crm))
    if as_json:
        show_json({"migrated": True, "topics": True})


async def _set_up(dsn: str, passwords: dict[str, str], users: Mapping[Party, str], *, keeps_crm: bool) -> None:
    async with connected():
        pass  # what keeps us from the database is said before anything is done
    try:
        await migrate_all(dsn, passwords, keeps_crm=keeps_crm)
    except (ChangedMigrationError, LockedMigrationError) as error:
        raise CommandError(str(error)) from None
    say("The database is up to date")
    try:
        await create_topics()
        if users:
            await create_users(users)
    except (KafkaError, OSError, TimeoutError) as error:
        raise UnreachableError(
            f"Topics or users can't be created ({type(error).__name__}); the database is up to date",
            remedy="Correct IMPORT_KAFKA_BOOTSTRAP and IMPORT_KAFKA_SECURITY_PROTOCOL, then run it again",
        ) from None
    say("The topics and the users of the broker are there" if users else "The topics are there")


def load_routing(
    file: Annotated[Path, typer.Argument(help="A FedACH directory, or a CSV with routing_number[,new_routing_number]")],
    as_json: Json = False,
) -> None:
    """Replace the directory of routing numbers that autopay imports are checked against.

    Reads IMPORT_ADMIN_DSN. If a line of the file can't be read, nothing changes.
    """
    environment(DSN)
    try:
        numbers = read_directory(file.read_bytes())
    except OSError as error:
        raise CommandError(f"{file} can't be read", remedy=error.strerror or "") from None
    except UnreadableDirectoryError as error:
        raise CommandError(str(error), remedy="Nothing was changed. Fix the file or download it again") from None
    before = asyncio.run(_load(numbers))
    replaced = sum(new is not None for new in numbers.values())
    if as_json:
        show_json({"loaded": len(numbers), "with_replacement": replaced, "before": before})
    else:
        typer.echo(f"Loaded {len(numbers):,} routing numbers ({replaced:,} with a replacement), instead of {before:,}")


async def _load(numbers: dict[str, str | None]) -> int:
    async with connected() as connection:
        return await replace_directory(connection, numbers)
