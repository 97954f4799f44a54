"""What people found on the pages, or know of the tool that came before: each has a test that is there, or a reason."""

import ast
import re
from functools import cache

import pytest

from tests.support.texts import ROOT

_ROW = re.compile(r"^\| ([a-z]+\d+|S\d+) \| (.+?) \| (.+) \|$", re.MULTILINE)
_FOUND = (ROOT / "tests/browser/README.md").read_text(encoding="utf-8")
_KNOWN = (ROOT / "docs/scenarios.md").read_text(encoding="utf-8")
_OF_THE_TOOL = "e2e/pages/test_scenarios_of_the_tool.py"
_ROWS = {number: proof for text in (_FOUND, _KNOWN) for number, _, proof in _ROW.findall(text)}
_NUMBERS = {"a": 16, "s": 11, "b": 11, "c": 14, "w": 10, "S": 20}
_NAMED = re.compile(r"`(…|[\w/]+\.py)(?:::(\w+))?`")


@cache
def _tests_in(path: str) -> frozenset[str]:
    body = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8")).body
    functions = [one.name for one in body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    made = [ast.unparse(target) for one in body if isinstance(one, ast.Assign) for target in one.targets]
    return frozenset(name for name in (*functions, *made) if name.startswith("test_"))


def _missing(proof: str) -> list[str]:
    """Tests that are named and not there. "…" is the file named before, or that about the tool."""
    missing, before = [], _OF_THE_TOOL
    for path, name in _NAMED.findall(proof):
        known = _tests_in(before) | _tests_in(_OF_THE_TOOL) if path == "…" else _tests_in(path)
        before = before if path == "…" else path
        if not known or (name and name not in known):
            missing.append(f"{path}::{name}")
    return missing


def test_no_number_is_left_out() -> None:
    assert set(_ROWS) == {f"{kind}{number}" for kind, last in _NUMBERS.items() for number in range(1, last + 1)}


@pytest.mark.parametrize("number", _ROWS)
def test_what_is_named_is_there(number: str) -> None:
    assert _NAMED.search(_ROWS[number]) or "Reason: " in _ROWS[number]
    assert _missing(_ROWS[number]) == [], "the test has moved: tests/browser/README.md or docs/scenarios.md names it"


def test_what_is_not_there_is_noticed() -> None:
    assert _missing("`…::test_nothing_at_all`") == ["…::test_nothing_at_all"]
