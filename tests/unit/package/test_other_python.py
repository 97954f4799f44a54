"""The newest other Python of this machine: the wheel is installed with its locked packages, imported and used.

The whole suite with it is `make test PYTHON=python3.13` (CONTRIBUTING.md).
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from shared.version import VERSION
from tests.support.texts import ROOT

_SECONDS: Final = 300
_DOCUMENTS: Final = {"openapi": "openapi.json", "asyncapi": "asyncapi.json", "commands": "cli.md"}
_IMPORTS: Final = """
import importlib, pkgutil, warnings
warnings.simplefilter("error", SyntaxWarning)
names = [one.name for part in ("cli", "customer_import_client", "services", "shared")
         for one in pkgutil.walk_packages(importlib.import_module(part).__path__, part + ".")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(len(names))
"""


def _others() -> list[Path]:
    """Interpreters that a person may have, on the path or by pyenv, the newest first."""
    folders = [Path(folder) for folder in os.get_exec_path()]
    folders += Path.home().glob(".pyenv/versions/*/bin")
    found: dict[int, Path] = {}
    for one in (python for folder in folders for python in folder.glob("python3.*")):
        if (minor := re.fullmatch(r"python3\.(\d+)", one.name)) and int(minor[1]) >= 11 and _runs(one):
            found.setdefault(int(minor[1]), one)
    found.pop(sys.version_info.minor, None)
    return [found[minor] for minor in sorted(found, reverse=True)]


def _runs(python: Path) -> bool:
    """A shim of pyenv is there also where its Python is not chosen."""
    command = [str(python), "-c", "import venv, ssl"]
    return subprocess.run(command, capture_output=True, check=False, timeout=_SECONDS).returncode == 0


def _output(*command: str | Path, where: Path) -> str:
    done = subprocess.run(
        command, cwd=where, env={"COLUMNS": "100"}, capture_output=True, text=True, check=False, timeout=_SECONDS
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def other(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment of that Python, with the wheel and the packages of the lock."""
    pythons = _others()
    if not pythons:
        pytest.skip("This machine has one Python only, from 3.11 on: nothing was tried with another")
    folder = tmp_path_factory.mktemp("other")
    _output(pythons[0], "-m", "venv", folder / "environment", where=folder)
    programs = folder / "environment/bin"
    pip = (programs / "python", "-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check")
    _output(*pip, "--require-hashes", "-r", ROOT / "requirements.txt", where=folder)
    _output(*pip, "--no-deps", "--no-index", wheel, where=folder)
    return programs


def test_it_is_complete_and_every_module_is_imported(other: Path, tmp_path: Path) -> None:
    _output(other / "python", "-m", "pip", "check", where=tmp_path)
    assert int(_output(other / "python", "-c", _IMPORTS, where=tmp_path)) > 500


def test_commands_start(other: Path, tmp_path: Path) -> None:
    for command in ("customer-import", "customer-import-executor"):
        assert _output(other / command, "--version", where=tmp_path) == f"{command} {VERSION}\n"


def test_it_says_of_itself_what_this_one_says(other: Path, tmp_path: Path) -> None:
    for name, document in _DOCUMENTS.items():
        _output(other / "customer-import", "admin", name, tmp_path / document, where=tmp_path)
        assert (tmp_path / document).read_text() == (ROOT / "docs" / document).read_text(), document


def test_it_reads_files_as_this_one_does(other: Path, programs: Path, tmp_path: Path) -> None:
    for sample in sorted((ROOT / "tests/scenarios/files").glob("*.csv"))[:2]:
        read = [
            _output(one / "customer-import", "inspect", sample, "--json", where=tmp_path) for one in (programs, other)
        ]
        assert read[0] == read[1] != "", sample
