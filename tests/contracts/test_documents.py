"""Documents generated from the contracts are those in the repository."""

import json
from pathlib import Path

import typer

from cli.__main__ import app
from cli.admin.commands_page import commands_page
from cli.admin.events_page import events_document, events_page
from cli.admin.settings_page import settings_page
from shared.contracts.asyncapi import asyncapi_document
from shared.contracts.codes_page import codes_page
from shared.contracts.events import EVENTS
from shared.contracts.facts_page import facts_page
from shared.contracts.fields_page import fields_page
from shared.contracts.plan.page import plan_page

_DOCS = Path(__file__).parents[2] / "docs"


def test_page_of_codes_is_current() -> None:
    assert (_DOCS / "codes.md").read_text() == codes_page(), "run `customer-import admin codes docs/codes.md`"


def test_page_of_fields_is_current() -> None:
    assert (_DOCS / "fields.md").read_text() == fields_page(), "run `customer-import admin fields docs/fields.md`"


def test_page_of_facts_is_current() -> None:
    assert (_DOCS / "facts.md").read_text() == facts_page(), "run `customer-import admin facts docs/facts.md`"


def test_page_of_settings_is_current() -> None:
    stored = (_DOCS / "settings.md").read_text()
    assert stored == settings_page(), "run `customer-import admin settings docs/settings.md`"


def test_page_of_the_plan_is_current() -> None:
    assert (_DOCS / "plan.md").read_text() == plan_page(), "run `customer-import admin plan docs/plan.md`"


def test_page_of_the_command_line_is_current() -> None:
    made = commands_page(typer.main.get_command(app))
    assert (_DOCS / "cli.md").read_text() == made, "run `customer-import admin commands docs/cli.md`"


def test_asyncapi_document_is_current() -> None:
    stored = json.loads((_DOCS / "asyncapi.json").read_text())
    assert stored == events_document(), "run `customer-import admin asyncapi docs/asyncapi.json`"


def test_page_of_events_is_current_and_its_examples_are_messages() -> None:
    assert (_DOCS / "events.md").read_text() == events_page(), "run `customer-import admin events docs/events.md`"
    messages = events_document()["components"]["messages"]
    for event in EVENTS:
        [example] = messages[event.__name__]["examples"]
        event.from_bytes(json.dumps(example["payload"]).encode())


def test_every_reference_of_the_asyncapi_document_resolves() -> None:
    document = asyncapi_document()
    for reference in _references(document):
        target = document
        for step in reference.removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/")]


def _references(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for value in node.values() for found in _references(value)]
    if isinstance(node, list):
        return [found for value in node for found in _references(value)]
    return []
