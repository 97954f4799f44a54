"""`customer-import admin doctor`: looks at every setting and everything a part depends on, and says what to do."""

import asyncio
import dataclasses
from typing import Annotated

import typer
from rich.table import Table

from cli.admin.doctor.findings import Finding, Standing
from cli.admin.doctor.parts import Part
from cli.errors import CommandError
from cli.output import Json, show_json, show_table


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
    from cli.admin.doctor.looking import look  # noqa: PLC0415 - knows the services, which take a second to load

    found = asyncio.run(look(part))
    if as_json:
        show_json([dataclasses.asdict(one) for one in found])
    else:
        show_table(_table(found))
    wrong = sum(one.standing == Standing.WRONG for one in found)
    if wrong:
        raise CommandError(f"{wrong} of {len(found)} checks failed")


def _table(found: list[Finding]) -> Table:
    table = Table()
    for heading in ("", "check", "found", "what to do"):
        table.add_column(heading)
    for one in found:
        table.add_row(one.standing, one.check, one.found, one.remedy)
    return table
