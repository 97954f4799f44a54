"""What the services and the command line require is what they import, and the other way round."""

import ast
import re
from collections.abc import Iterator, Sequence
from importlib.metadata import files, packages_distributions
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parents[2]
_PRODUCT: Final = ("services", "shared", "cli", "customer_import_client")
_NAMED_BY_TEXT: Final = {
    "python-multipart",  # FastAPI reads forms with it
    "uvloop",  # uvicorn's loop
}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _imported() -> set[str]:
    """The distributions that the product imports."""
    names: set[str] = set()
    for file in (file for part in _PRODUCT for file in (_ROOT / part).rglob("*.py")):
        for node in _run(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
    known = packages_distributions()
    return {
        _normal(distribution)
        for name in names
        for distribution in _holders(name, sorted(set(known.get(name.partition(".")[0], ()))))
    }


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """What is not only there for the types."""
    if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _run(child)


def _holders(module: str, distributions: Sequence[str]) -> Sequence[str]:
    """Of the distributions that share the first part of the name, the one that has the module."""
    if len(distributions) == 1:
        return distributions
    paths = {f"{module.replace('.', '/')}{end}" for end in (".py", "/__init__.py", "/__init__.pyi")}
    return [name for name in distributions if paths & {str(file) for file in files(name) or ()}]


def _required() -> set[str]:
    lines = (_ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    return {_normal(found[0]) for line in lines if (found := re.match(r"[A-Za-z0-9._-]+", line))}


def test_every_requirement_is_imported() -> None:
    assert _required() - _imported() == _NAMED_BY_TEXT


def test_every_import_is_required() -> None:
    assert _imported() - _required() == set()
