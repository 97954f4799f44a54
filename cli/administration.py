"""Setting up: migrations, topics, and the documents generated from the contracts."""

import asyncio
import json
import os
from pathlib import Path
from typing import Annotated

import typer

from cli.errors import CommandError
from shared.contracts.asyncapi import asyncapi_document
from shared.contracts.codes_page import codes_page
from stack.setup import create_topics, migrate_all

app = typer.Typer(no_args_is_help=True, help="Set up a database and a broker; generate documents.")

_PASSWORDS = {
    "ci_mapping": "IMPORT_MAPPING_PASSWORD",
    "ci_validation": "IMPORT_VALIDATION_PASSWORD",
    "ci_executor": "IMPORT_EXECUTOR_PASSWORD",
    "ci_notifier": "IMPORT_NOTIFIER_PASSWORD",
}


@app.command()
def setup() -> None:
    """Bring the database to its newest schema and create the topics that are missing; harmless to repeat.

    Reads IMPORT_ADMIN_DSN, IMPORT_<SERVICE>_PASSWORD, IMPORT_KAFKA_BOOTSTRAP and the broker's security settings.
    """
    dsn = _environment("IMPORT_ADMIN_DSN")
    passwords = {role: _environment(variable) for role, variable in _PASSWORDS.items()}
    _environment("IMPORT_KAFKA_BOOTSTRAP")
    asyncio.run(_set_up(dsn, passwords))


async def _set_up(dsn: str, passwords: dict[str, str]) -> None:
    await migrate_all(dsn, passwords)
    await create_topics()


@app.command()
def asyncapi(target: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Print, or write, the AsyncAPI document generated from the contracts."""
    _out(json.dumps(asyncapi_document(), indent=2) + "\n", target)


@app.command()
def codes(target: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Print, or write, the page of codes generated from the registry."""
    _out(codes_page(), target)


def _environment(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise CommandError(f"{name} is not set", remedy="See README, “Your own Kafka and Postgres”")
    return value


def _out(text: str, target: Path | None) -> None:
    if target is None:
        typer.echo(text, nl=False)
    else:
        target.write_text(text, encoding="utf-8")
