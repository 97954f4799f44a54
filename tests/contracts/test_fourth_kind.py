"""A fourth kind in a copy of the tree: every place that has to know it is named by mypy or by a test, and listed.

The list is that of CONTRIBUTING.md, so it can be believed: nothing stands in it that nobody would notice, and nobody
notices anything that does not stand in it.
"""

import asyncio
import re
import shutil
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path
from typing import Final

import pytest

_ROOT: Final = Path(__file__).parents[2]
_COPIED: Final = (
    "services",
    "shared",
    "crm",
    "stack",
    "cli",
    "customer_import_client",
    "tests/contracts",
    "tests/support",
    "docs",
)
_LAST: Final = '    REGISTRATION = "registration"\n'
_FILE: Final = re.compile(
    r"(?:services|shared|crm|stack|cli|tests|docs)/[\w./-]+?(?:\.(?:py|html|sql|md|json)|/(?=:))|README\.md"
)
_SECONDS: Final = 300


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The sources and the tests of the contracts, with a kind that has a name and nothing else."""
    for folder in _COPIED:
        shutil.copytree(_ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "screenshots"))
    (tmp_path / "tests" / "__init__.py").touch()
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(_ROOT / name, tmp_path / name)
    kinds = tmp_path / "shared/contracts/kinds.py"
    text = kinds.read_text()
    assert text.count(_LAST) == 1
    kinds.write_text(text.replace(_LAST, f'{_LAST}    BUDGET = "budget"\n'))
    return tmp_path


async def _said(tree: Path, *command: str) -> list[str]:
    """The lines of a command that has to find something wrong."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", *command, cwd=tree, stdout=PIPE, stderr=STDOUT)
    async with asyncio.timeout(_SECONDS):
        text = (await process.communicate())[0].decode()
    assert process.returncode == 1, text
    return text.splitlines()


async def _named_by_mypy(tree: Path) -> set[str]:
    sources = (file for folder in ("services", "shared") for file in (tree / folder).rglob("*.py"))
    naming = [str(file.relative_to(tree)) for file in sources if "ImportKind" in file.read_text()]
    lines = await _said(tree, "mypy", "--cache-dir", str(tree / ".cache"), *naming)
    found = [line for line in lines if ": error:" in line]
    others = [line for line in found if "ImportKind.BUDGET" not in line and "Missing return" not in line]
    assert others == [], "not about the kind: mend what `make lint` says first"
    return {line.partition(":")[0] for line in found}


async def _named_by_tests(tree: Path) -> set[str]:
    tests = ("tests/contracts/test_closed_sets.py", "tests/contracts/test_documents.py")
    lines = await _said(tree, "pytest", "--noconftest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests)
    return {file for line in lines if line.startswith("E  ") for file in _FILE.findall(line)}


def _listed() -> set[str]:
    text = (_ROOT / "CONTRIBUTING.md").read_text()
    section = re.search(r"^\*\*A kind\*\*.*?(^1\..*?)(?=^\*\*|^## )", text, re.DOTALL | re.MULTILINE)
    assert section
    return {name for name in re.findall(r"`([\w./-]+)`", section[1]) if "/" in name or name == "README.md"}


async def test_every_place_that_has_to_know_a_fourth_kind_is_named(tree: Path) -> None:
    by_mypy, by_tests = await asyncio.gather(_named_by_mypy(tree), _named_by_tests(tree))
    assert by_mypy | by_tests == _listed(), "CONTRIBUTING.md: the list under **A kind**"
