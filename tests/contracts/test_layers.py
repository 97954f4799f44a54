"""What import-linter cannot see of the layers that `pyproject.toml` names."""

import ast
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
