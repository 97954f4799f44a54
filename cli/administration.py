"""Setting up: migrations, topics, and the documents generated from the contracts."""

import asyncio
import json
import os
from pathlib import Path
from typing import Annotated

import asyncpg
import typer

from cli.errors import CommandError
from cli.settings_page import settings_page
from services.validation.domain.routing_directory import UnreadableDirectoryError, read_directory
from services.validation.repository.routing import replace_directory
from shared.contracts.asyncapi import asyncapi_document
from shared.contracts.codes_page import codes_page
from shared.contracts.facts_page import facts_page
from shared.contracts.fields_page import fields_page
from shared.contracts.plan.page import plan_page
from shared.contracts.rules_index import with_index
from shared.setup import create_topics, migrate_all

app = typer.Typer(no_args_is_help=True, help="Set up the database and the broker; generate documents.")

_PASSWORDS = {
    "ci_mapping": "IMPORT_MAPPING_PASSWORD",
    "ci_validation": "IMPORT_VALIDATION_PASSWORD",
    "ci_executor": "IMPORT_EXECUTOR_PASSWORD",
    "ci_notifier": "IMPORT_NOTIFIER_PASSWORD",
}


@app.command()
def setup() -> None:
    """Migrate the database and create missing topics. Safe to repeat.

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
def load_routing(
    file: Annotated[Path, typer.Argument(help="A FedACH directory, or a CSV with routing_number[,new_routing_number]")],
) -> None:
    """Replace the directory of routing numbers that autopay imports are checked against.

    Reads IMPORT_ADMIN_DSN. If a line of the file can't be read, nothing changes.
    """
    dsn = _environment("IMPORT_ADMIN_DSN")
    try:
        numbers = read_directory(file.read_bytes())
    except OSError as error:
        raise CommandError(f"{file} can't be read", remedy=error.strerror or "") from None
    except UnreadableDirectoryError as error:
        raise CommandError(str(error), remedy="Nothing was changed. Fix the file or download it again") from None
    before = asyncio.run(_load(dsn, numbers))
    replaced = sum(new is not None for new in numbers.values())
    typer.echo(f"Loaded {len(numbers):,} routing numbers ({replaced:,} with a replacement), instead of {before:,}")


async def _load(dsn: str, numbers: dict[str, str | None]) -> int:
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        async with connection.transaction():
            return await replace_directory(connection, numbers)
    finally:
        await connection.close()


@app.command()
def asyncapi(target: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Print or save the AsyncAPI document."""
    _out(json.dumps(asyncapi_document(), indent=2) + "\n", target)


@app.command()
def codes(target: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Print or save the page of codes."""
    _out(codes_page(), target)


@app.command()
def settings(target: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Print or save the page of settings."""
    _out(settings_page(), target)


@app.command()
def rules(target: Annotated[Path, typer.Argument(help="docs/rules.md")]) -> None:
    """Write the index of the rules, code by code, at the end of the page."""
    target.write_text(with_index(target.read_text(encoding="utf-8")), encoding="utf-8")


@app.command()
def fields(target: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Print or save the page of fields."""
    _out(fields_page(), target)


@app.command()
def facts(target: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Print or save the page of what a plan depends on."""
    _out(facts_page(), target)


@app.command()
def plan(target: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Print or save the page of the plan."""
    _out(plan_page(), target)


def _environment(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise CommandError(f"{name} is not set", remedy="See README, “On your own Kafka and Postgres”")
    return value


def _out(text: str, target: Path | None) -> None:
    if target is None:
        typer.echo(text, nl=False)
    else:
        target.write_text(text, encoding="utf-8")
