"""`customer-import admin doctor`: looks at every setting and everything a part depends on, and says what to do."""

import asyncio
import dataclasses
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table

from cli.admin.doctor import around, database, environment
from cli.admin.doctor.findings import Finding, Standing
from cli.errors import CommandError
from cli.output import Json, show_json, show_table
from shared.settings import AuthSettings, KafkaSettings, SecureUploadSettings, ServiceSettings
from shared.web import WebSettings


class Part(StrEnum):
    """What is looked at."""

    SETUP = "setup"
    MAPPING = "mapping"
    VALIDATION = "validation"
    EXECUTOR = "executor"
    NOTIFIER = "notifier"


_STORES_FILES = (Part.MAPPING, Part.VALIDATION, Part.NOTIFIER)
_HAS_PAGES = (Part.MAPPING, Part.NOTIFIER)


def add_to(app: typer.Typer) -> None:
    """Add these commands to a group."""
    app.command()(doctor)


def doctor(
    part: Annotated[
        Part, typer.Argument(help="A service, in its own environment; or setup, in the administrator's")
    ] = Part.SETUP,
    as_json: Json = False,
) -> None:
    """Look at every setting and dependency, and say what is wrong and what to do. The exit code is 1 if anything is.

    It changes nothing but a small file in the Secure Upload, which it removes again.
    """
    found = asyncio.run(look(part))
    if as_json:
        show_json([dataclasses.asdict(one) for one in found])
    else:
        show_table(_table(found))
    wrong = sum(one.standing == Standing.WRONG for one in found)
    if wrong:
        raise CommandError(f"{wrong} of {len(found)} checks failed")


async def look(part: Part) -> list[Finding]:
    if part == Part.SETUP:
        return [*await database.of_administrator(), *await around.broker(environment.read(KafkaSettings))]
    found = environment.of_service(part.value)
    if part in _STORES_FILES:
        found += await around.store(environment.read(SecureUploadSettings), writes=part == Part.MAPPING)
    found += await database.of_service(part.value, environment.read(ServiceSettings))
    if kafka := environment.read(KafkaSettings):
        found += await around.broker(kafka)
    found += await around.provider(environment.read(AuthSettings))
    if part in _HAS_PAGES:
        found += await around.sign_in(environment.read(WebSettings))
    if part == Part.NOTIFIER:
        found += await around.mail()
    return found


def _table(found: list[Finding]) -> Table:
    table = Table()
    for heading in ("", "check", "found", "what to do"):
        table.add_column(heading)
    for one in found:
        table.add_row(one.standing, one.check, one.found, one.remedy)
    return table
