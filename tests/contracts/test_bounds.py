"""Nothing on the wire is wider than what stores and carries it."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from pydantic import TypeAdapter, ValidationError

from services.mapping import api as mapping_api
from services.mapping.recipes import RecipeContent
from services.notifier.api import routes as notifier_routes
from shared.contracts.contract import Count, Day, Id, Int4, Int8, Moment, Name, Size, Text
from shared.contracts.definition import CodeNumber, HeaderName, ImportDefinition, Snippet, Word
from shared.contracts.event import Event
from shared.contracts.events import EVENTS, ImportRequestAnswered, RequestProblem

_ID = "40495386-4058-4393-82e8-c87f1dc8f8e3"  # the same in each worker: it stands in the names of tests
_NAMED = re.compile(r'"#/components/schemas/([^"]+)"')
_DEFINITION = {
    "biller_id": 1,
    "kind": "paperless",
    "file": {"id": _ID, "sha256": "0" * 64, "size": 1},
    "columns": {},
    "account_number": [],
}


def _unbounded(schema: Any, path: str) -> Iterator[str]:
    if isinstance(schema, list):
        for number, item in enumerate(schema):
            yield from _unbounded(item, f"{path}[{number}]")
    if not isinstance(schema, dict):
        return
    bounds = {"string": "maxLength", "integer": "maximum", "array": "maxItems"}
    fixed = {"enum", "const", "format"} & set(schema)
    anchored = schema.get("pattern", "").endswith("}$")
    kind = schema.get("type")  # of the properties of a model: one of that name
    if isinstance(kind, str) and (bound := bounds.get(kind)) and not fixed and not anchored and bound not in schema:
        yield f"{path}: no {bound}"
    if kind == "string" and "maxLength" in schema and "pattern" not in schema:
        yield f"{path}: NUL"
    if isinstance(schema.get("additionalProperties"), dict) and not {"maxProperties", "propertyNames"} & set(schema):
        yield f"{path}: no maxProperties"
    for name, part in schema.items():
        yield from _unbounded(part, f"{path}.{name}")


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_every_value_of_an_event_has_bounds(event: type[Event]) -> None:
    assert list(_unbounded(event.model_json_schema(), event.__name__)) == []


def _given(app: FastAPI) -> Iterator[tuple[str, Any]]:
    """Every schema of what is sent to the app: parameters, bodies and all they are made of."""
    document = app.openapi()
    components = document["components"]["schemas"]
    waiting = []
    for address, ways in document["paths"].items():
        for way, operation in ways.items():
            place = f"{way} {address}"
            waiting += [(f"{place} {one['name']}", one["schema"]) for one in operation.get("parameters", ())]
            bodies = operation.get("requestBody", {}).get("content", {})
            waiting += [(place, body["schema"]) for body in bodies.values() if body["schema"].get("format") != "binary"]
    seen: set[str] = set()
    while waiting:
        place, schema = waiting.pop()
        yield place, schema
        for name in set(_NAMED.findall(json.dumps(schema))) - seen:
            seen.add(name)
            waiting.append((name, components[name]))


def _app(add_routes: Callable[[FastAPI], None]) -> FastAPI:
    app = FastAPI()
    add_routes(app)
    return app


@pytest.mark.parametrize("add_routes", [mapping_api.add_routes, notifier_routes.add_routes])
def test_every_value_that_is_sent_has_bounds(add_routes: Callable[[FastAPI], None]) -> None:
    given = dict(_given(_app(add_routes)))
    assert given
    assert [wide for place, schema in given.items() for wide in _unbounded(schema, place)] == []


@pytest.mark.parametrize(
    ("wide", "value"),
    [
        (Text, "a\0b"),
        (Text, "\ud800"),
        (Name, "\udfff"),
        (Snippet, "\ud800"),
        (Word, "\ud800"),
        (HeaderName, "\ud800"),
        (Text, "a" * 2001),
        (Name, "a" * 201),
        (Int4, 2**31),
        (Int4, -(2**31) - 1),
        (Int8, 2**63),
        (Id, 2**70),
        (Id, -1),
        (Count, 2**40),
        (Size, 2**63),
        (Moment, "0001-01-01T00:00:00+23:59"),
        (Moment, "9999-12-31T23:59:59-12:00"),
        (Day, "0001-01-01"),
        (Day, "9999-12-31"),
        (CodeNumber, "C٣٣٣"),
    ],
)
def test_what_cannot_be_stored_is_refused(wide: Any, value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(wide).validate_python(value)


@pytest.mark.parametrize(
    "change",
    [
        {"biller_id": 2**70},
        {"invoice_types": ["X"] * 9_000},
        {"invoice_types": ["a\0"]},
        {"columns": {"email": "a\0"}},
        {"account_number": [{"literal": "a\0"}]},
        {"account_number": [{"literal": "a"}] * 1_000},
        {"account_number": [{"column": "a", "transforms": [{"do": "trim"}] * 1_000}]},
        {"log_recipients": [_ID] * 1_000},
        {"decide": {f"C{number}": {"choice": "skip"} for number in range(100, 999)}},
        {"decide": {"C201": {"choice": "make", "typed_count": 2**40}}},
        {"decide": {"C٣٣٣": {"choice": "skip"}}},
        {"options": {"attestation": "a\0"}},
        {"invoice_types": ["\ud800"]},
        {"invoice_types": ["a" * 201]},
        {"options": {"reading": {"encoding": "a\0"}}},
        {"options": {"reading": {"delimiter": "\0"}}},
        {"options": {"reading": {"quote": "\0"}}},
        {"options": {"exclude_lines": [2**31]}},
        {"options": {"effective_date": "9999-12-31"}},
        {"recipe": {"id": _ID, "version": 2**31}},
    ],
    ids=lambda change: json.dumps(change)[:60],
)
def test_a_definition_that_cannot_be_stored_is_refused(change: dict[str, Any]) -> None:
    ImportDefinition.model_validate(_DEFINITION)
    with pytest.raises(ValidationError):
        ImportDefinition.model_validate(_DEFINITION | change)


@pytest.mark.parametrize("types", [["a\0"], ["\ud800"], ["a" * 201], ["X"] * 201])
def test_a_recipe_that_cannot_be_stored_is_refused(types: list[str]) -> None:
    kept = {"columns": {}, "account_number": [{"literal": "a"}]}
    RecipeContent.model_validate(kept | {"invoice_types": ["X"] * 200})
    with pytest.raises(ValidationError):
        RecipeContent.model_validate(kept | {"invoice_types": types})


def test_an_answer_is_cut_rather_than_refused() -> None:
    problem = RequestProblem(code="F013", place="\x01" * 9_000, message="\0" * 9_000, remedy="\x02" * 9_000)
    answer = ImportRequestAnswered(request_id=uuid4(), problems=(problem,) * 9_000)
    assert len(answer.problems) == 51
    assert answer.problems[-1].message == "8,950 more problems are not listed"
    assert len(answer.to_bytes()) < 500_000
    assert ImportRequestAnswered.from_bytes(answer.to_bytes()) == answer
