"""The API of all services is one document, whole and true; what programs rely on stays."""

import ast
import copy
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cli.admin.api_document import api_document
from shared.contracts.codes import CODES
from shared.contracts.codes_page import codes_page
from shared.contracts.request_problems import REQUEST_PROBLEMS
from shared.errors import DomainError
from shared.http import Problem
from tests.support.api_surface import DOCUMENT, HELD, breaks, held_lines, surface

_ROOT = Path(__file__).parents[2]
_JSON, _PROBLEM = "application/json", "application/problem+json"
_ERRORS = {one.__name__ for one in (DomainError, Problem, *DomainError.__subclasses__())} | {"conflict", "_conflict"}


@cache
def _document() -> dict[str, Any]:
    return api_document()


def _operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in _document()["paths"].items():
        yield from ((f"{method} {path}", operation) for method, operation in methods.items())


def _contents() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for place, operation in _operations():
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            yield place, kind, content
        for status, response in operation["responses"].items():
            for kind, content in response.get("content", {}).items():
                yield f"{place} {status}", kind, content


def test_the_document_is_current() -> None:
    assert json.loads(DOCUMENT.read_text()) == _document(), (
        "run `customer-import admin openapi docs/openapi.json`, and then what is made of it: "
        "`python -m tests.support.api_surface` and `python -m tests.support.client_code`"
    )


def test_what_programs_rely_on_stays() -> None:
    held, now = held_lines(), surface(_document())
    assert breaks(held, now) == set(), f"programs rely on it; what is withdrawn on purpose leaves {HELD.name} by hand"
    assert now - held == set(), "run `python -m tests.support.api_surface` after docs/openapi.json is current"


def _without_a_property(document: dict[str, Any]) -> None:
    del document["components"]["schemas"]["ImportPage"]["properties"]["next"]


def _without_a_value(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["ImportKind"]["enum"].remove("paperless")


def _with_a_demand(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["Confirmation"]["required"].append("canary")


def _with_another_name(document: dict[str, Any]) -> None:
    document["paths"]["/api/v1/import"] = document["paths"].pop("/api/v1/imports")


def _with_a_demanded_parameter(document: dict[str, Any]) -> None:
    for parameter in document["paths"]["/api/v1/imports"]["get"]["parameters"]:
        parameter["required"] = True


@pytest.mark.parametrize(
    "change",
    [_without_a_property, _without_a_value, _with_a_demand, _with_another_name, _with_a_demanded_parameter],
)
def test_what_breaks_programs_is_seen(change: Callable[[dict[str, Any]], None]) -> None:
    changed = copy.deepcopy(_document())
    change(changed)
    assert breaks(surface(_document()), surface(changed))


def test_what_is_added_breaks_nothing() -> None:
    changed = copy.deepcopy(_document())
    changed["paths"]["/api/v1/more"] = copy.deepcopy(changed["paths"]["/api/v1/imports"])
    changed["components"]["schemas"]["ImportPage"]["properties"]["more"] = {"type": "string"}
    assert breaks(surface(_document()), surface(changed)) == set()


def test_operations_have_names_of_their_own_that_make_methods() -> None:
    names = [operation["operationId"] for _, operation in _operations()]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z]+(?:_[a-z]+)*", name) for name in names)


def test_every_body_has_an_example_that_fits_it() -> None:
    components = _document()["components"]
    seen = 0
    for _, kind, content in _contents():
        if kind not in (_JSON, _PROBLEM) or not content["schema"]:
            continue
        schema = {**content["schema"], "components": components}
        jsonschema.Draft202012Validator(schema).validate(content["example"])
        seen += 1
    assert seen > 100


def test_problems_are_problems_and_nothing_else() -> None:
    for place, operation in _operations():
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert set(response["content"]) == {_PROBLEM}, f"{place} {status}"


def test_every_example_of_a_problem_has_a_code_that_is_explained() -> None:
    for _, kind, content in _contents():
        if kind == _PROBLEM:
            example = content["example"]
            assert example["code"] in {*CODES, *REQUEST_PROBLEMS}
            assert example["type"] == f"/codes#{example['code']}"


def test_what_makes_something_may_be_asked_for_twice() -> None:
    """A POST takes a key, or says where the same is already; the others change a state, which they name."""
    made = {place: operation for place, operation in _operations() if {"201", "202"} & set(operation["responses"])}
    with_key = {
        place
        for place, operation in made.items()
        if any(one["name"].lower() == "idempotency-key" for one in operation.get("parameters", ()))
    }
    by_content = {
        "post /api/v1/billers/{biller_id}/recipes",
        "post /api/v1/imports/{import_id}/cancel",
    }
    assert set(made) - with_key == by_content, "take an Idempotency-Key"


def _codes_raised() -> Iterator[tuple[str, str]]:
    for folder in ("services", "shared"):
        for path in (_ROOT / folder).rglob("*.py"):
            if "csvfile" in path.parts:  # a problem of a file is another class
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in _ERRORS:
                    texts = [one.value for one in node.args[:2] if isinstance(one, ast.Constant)]
                    yield from ((str(path), text) for text in texts[-1:] if isinstance(text, str) and " " not in text)


def test_every_code_of_a_problem_is_explained() -> None:
    raised = list(_codes_raised())
    assert len(raised) > 50
    assert {one for one in raised if one[1] not in CODES and one[1] not in REQUEST_PROBLEMS} == set()
    assert all(f"`{code}`" in codes_page() for code in REQUEST_PROBLEMS)
    assert list(REQUEST_PROBLEMS) == sorted(REQUEST_PROBLEMS)
