"""What SQL picks out of JSON by path is a field of the model that JSON is written from: a renamed one fails here."""

import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from services.mapping.draft import Content
from shared.contracts.definition import ImportDefinition, Options, Requester
from shared.contracts.events import Counts
from shared.contracts.plan import Amounts, Impact
from tests.support.statements import sources

# The JSON of a statement by the name of its column, or by the alias that stands for a part of one.
_MODELS: dict[str, type[BaseModel]] = {
    "definition": ImportDefinition,
    "options": Options,
    "requester": Requester,
    "impact": Impact,
    "alone": Amounts,
    "counts": Counts,
    "retried": Counts,
    "content": Content,
}
_OF_THE_STATEMENT = {"change"}  # the executor's own, made and read in one chunk
_IMAGES = {"before", "after"}  # of records of the CRM, which tests/property/test_undo.py puts back
_OF_AN_UNDO = {
    ("definition", ("of",)),  # the definition of the import that it undoes
    ("definition", ("rows",)),  # those of it that were chosen
}
_STEP = re.compile(r"\s*(?:->>?\s*'(\w+)'|#>>?\s*'\{([\w,]+)\}'|\?\s*'(\w+)')")
_OPERATOR = re.compile(r"(\w+)(?:::jsonb?)?((?:\s*(?:->>?|#>>?|\?)\s*'[^']*')+)")


def picked(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The root and the path of everything picked out of JSON."""
    for root, steps in _OPERATOR.findall(text):
        path = [one or two or three for one, two, three in _STEP.findall(steps)]
        yield root, tuple(part for step in path for part in step.split(","))


_PATHS = sorted(
    {
        (path, *found)
        for path, text in sources("mapping", "validation", "executor", "notifier")
        for found in picked(text)
    }
)


def _at(annotation: Any, path: tuple[str, ...]) -> bool:
    """Whether something of this type has the path."""
    if not path:
        return True
    if get_origin(annotation) in (Union, UnionType):
        return any(_at(one, path) for one in get_args(annotation))
    if get_origin(annotation) is dict:
        key, value = get_args(annotation)
        is_key = path[0] in set(key) if isinstance(key, type) and issubclass(key, StrEnum) else True
        return is_key and _at(value, path[1:])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get(path[0])
        return field is not None and _at(field.annotation, path[1:])
    return False


@pytest.mark.parametrize(("file", "root", "path"), _PATHS, ids=lambda value: getattr(value, "name", str(value)))
def test_a_path_leads_to_a_field(file: Path, root: str, path: tuple[str, ...]) -> None:
    if root in _IMAGES or (root, path) in _OF_AN_UNDO:
        return
    assert root in _MODELS or root in _OF_THE_STATEMENT, (
        f"{file} picks {path} out of {root}, of which no model is known"
    )
    assert root in _OF_THE_STATEMENT or _at(_MODELS[root], path)


def test_the_paths_are_found() -> None:
    found = {(root, path) for _, root, path in _PATHS}
    assert {
        ("definition", ("file", "sha256")),
        ("definition", ("columns", "biller_name")),
        ("definition", ("invoice_types",)),
        ("options", ("notify_customers",)),
        ("requester", ("subject",)),
        ("impact", ("without_second_person",)),
        ("alone", ("owners",)),
        ("counts", ("failed",)),
    } <= found
    every = sum(len(re.findall(r"->>?\s*'|#>>?\s*'|\? '", text)) for _, text in sources("validation", "executor"))
    steps = sum(
        len(_STEP.findall(steps))
        for _, text in sources("validation", "executor")
        for _, steps in _OPERATOR.findall(text)
    )
    assert every == steps, "a path is written in a way that this test does not read"


def test_a_field_that_is_not_there_is_noticed() -> None:
    assert not _at(ImportDefinition, ("options", "notify"))
    assert not _at(ImportDefinition, ("columns", "biller"))
    assert _at(ImportDefinition, ("options", "reading", "delimiter"))
