"""The documents that are generated from the contracts, the settings and the commands themselves.

Some are made of the services, whose modules take a second to load: too long for every command to bring them along.
"""

import json
from pathlib import Path
from typing import Annotated

import typer

from cli.admin.commands_page import commands_page
from cli.admin.events_page import events_document, events_page
from shared.contracts.codes_page import codes_page
from shared.contracts.facts_page import facts_page
from shared.contracts.fields_page import fields_page
from shared.contracts.plan.page import plan_page
from shared.contracts.rules_index import with_index


def add_to(app: typer.Typer) -> None:
    """Add these commands to a group."""
    for command in (asyncapi, events, openapi, codes, settings, metrics, rules, fields, facts, plan, commands):
        app.command(rich_help_panel="Generated documents")(command)


def asyncapi(target: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Print or save the AsyncAPI document."""
    _out(json.dumps(events_document(), indent=2) + "\n", target)


def events(target: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Print or save the page of events."""
    _out(events_page(), target)


def openapi(target: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Print or save the OpenAPI document of all services."""
    from cli.admin.api_document import api_document  # noqa: PLC0415 - made of the services

    _out(json.dumps(api_document(), indent=2) + "\n", target)


def codes(target: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Print or save the page of codes."""
    _out(codes_page(), target)


def settings(target: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Print or save the page of settings."""
    from cli.admin.settings_page import settings_page  # noqa: PLC0415 - made of the services

    _out(settings_page(), target)


def metrics(target: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Print or save the page of metrics."""
    from cli.admin.metrics_page import metrics_page  # noqa: PLC0415 - made of the services

    _out(metrics_page(), target)


def rules(target: Annotated[Path, typer.Argument(help="docs/rules.md")]) -> None:
    """Write the index of the rules, code by code, at the end of the page."""
    target.write_text(with_index(target.read_text(encoding="utf-8")), encoding="utf-8")


def fields(target: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Print or save the page of fields."""
    _out(fields_page(), target)


def facts(target: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Print or save the page of what a plan depends on."""
    _out(facts_page(), target)


def plan(target: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Print or save the page of the plan."""
    _out(plan_page(), target)


def commands(context: typer.Context, target: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Print or save the page of the command line."""
    _out(commands_page(context.find_root().command), target)


def _out(text: str, target: Path | None) -> None:
    if target is None:
        typer.echo(text, nl=False)
    else:
        target.write_text(text, encoding="utf-8")
