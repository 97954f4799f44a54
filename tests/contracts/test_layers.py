"""What import-linter cannot see of the layers that `pyproject.toml` names."""

import ast
import re
import tomllib
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parents[2]
_TO_THE_DATABASE: Final = frozenset(
    {"fetch", "fetchrow", "fetchval", "fetchmany", "execute", "executemany", "cursor"}
    | {"copy_records_to_table", "copy_to_table", "copy_from_query", "copy_from_table"}
)


def _statements_in(file: Path) -> list[str]:
    return [
        f"{file.relative_to(_ROOT)}:{node.lineno}"
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _TO_THE_DATABASE
    ]


def test_statements_of_a_service_stand_in_its_repository() -> None:
    files = sorted((_ROOT / "services").rglob("*.py"))
    inside = [file for file in files if "repository" in file.parts]
    assert sum(map(len, map(_statements_in, inside))) > 100
    assert [place for file in files if file not in inside for place in _statements_in(file)] == []


def test_what_calls_itself_pure_is_held_to_it() -> None:
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    [held] = [one["source_modules"] for one in contracts if one["name"].startswith("What is called pure")]
    said = [_module(file) for file in sorted(_ROOT.glob("s*/**/*.py")) if _calls_itself_pure(file)]
    assert len(said) > 10
    assert [module for module in said if not any(f"{module}.".startswith(f"{one}.") for one in held)] == []


def _module(file: Path) -> str:
    return ".".join(file.relative_to(_ROOT).with_suffix("").parts).removesuffix(".__init__")


def _calls_itself_pure(file: Path) -> bool:
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return re.search(r"\bpure\b", docstring, re.IGNORECASE) is not None
