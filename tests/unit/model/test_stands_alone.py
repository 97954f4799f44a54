"""The model is an oracle only as long as it shares nothing with what it judges."""

import ast
from collections.abc import Iterator
from pathlib import Path

import tests.support.model

_FOLDER = Path(tests.support.model.__file__).parent
# What words mean, and which answer a code has without one, is data and the rule itself; how words are compared and what
# an answer does the model says on its own.
_ALLOWED_OF_OURS = ("tests.support.model", "shared.contracts.lexicon", "shared.contracts.codes")
_OURS = {"services", "shared", "stack", "cli", "bench", "tests"}


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file.name} imports by relative name"
            yield node.module or ""


def test_model_imports_nothing_of_services_and_shared() -> None:
    files = sorted(_FOLDER.rglob("*.py"))
    assert files
    for file in files:
        ours = [name for name in _imported(file) if name.split(".")[0] in _OURS]
        assert all(name.startswith(_ALLOWED_OF_OURS) for name in ours), file.name
