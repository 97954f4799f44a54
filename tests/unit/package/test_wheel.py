"""What is installed: everything that runs, nothing of development, and commands that start."""

import re
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from shared.service import EXIT_SETTINGS
from shared.version import VERSION
from stack.release import build_wheel
from tests.support.texts import ROOT

_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
_RUNS = ("cli", "crm", "customer_import_client", "services", "shared")
_NOT_INSTALLED = (".md", ".pyc")
COMMANDS = sorted(_PROJECT["project"]["scripts"])


def _names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def _output(program: Path, *arguments: str, where: Path) -> str:
    done = subprocess.run(
        [program, *arguments],
        cwd=where,
        env={"COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_every_file_that_runs_and_no_other(wheel: Path) -> None:
    there = {
        str(file.relative_to(ROOT))
        for part in _RUNS
        for file in (ROOT / part).rglob("*")
        if file.is_file() and file.suffix not in _NOT_INSTALLED
    }
    assert _names(wheel) == there


def test_the_issuer_of_development_is_not_in_it(wheel: Path) -> None:
    assert (ROOT / "stack" / "issuer.py").is_file()
    assert not any("issuer" in name for name in _names(wheel))


def test_it_is_the_same_each_time(wheel: Path, tmp_path: Path) -> None:
    assert build_wheel(tmp_path).read_bytes() == wheel.read_bytes()


def test_it_says_what_it_needs_and_what_may_be_done_with_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        folder = f"customer_import-{VERSION}.dist-info"
        told = Parser().parsestr(archive.read(f"{folder}/METADATA").decode())
        assert archive.read(f"{folder}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()
    assert (told["License-Expression"], told["Version"]) == ("Apache-2.0", VERSION)
    wanted = [line for line in (ROOT / "requirements.in").read_text().splitlines() if not line.startswith("#")]
    assert len(told.get_all("Requires-Dist", [])) == len(wanted) > 20


def test_the_locked_packages_are_all_it_needs(programs: Path) -> None:
    command = [sys.executable, "-m", "pip", "--python", str(programs / "python"), "check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert not any(line.startswith("customer-import ") for line in done.stdout.splitlines()), done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_starts_outside_of_the_checkout(command: str, programs: Path, tmp_path: Path) -> None:
    told = _output(programs / command, "--help", where=tmp_path)
    assert re.search(rf"usage: {command} ", told, re.IGNORECASE)


def test_the_command_line_says_its_version(programs: Path, tmp_path: Path) -> None:
    assert _output(programs / "customer-import", "--version", where=tmp_path) == f"customer-import {VERSION}\n"


def test_its_migrations_templates_and_static_files_are_found(programs: Path, tmp_path: Path) -> None:
    code = (
        "import shared.web.rendering, shared.migrations as m;print(sum(len(s.files()) for s in m.SCHEMAS), m.__file__)"
    )
    count, place = _output(programs / "python", "-c", code, where=tmp_path).split()
    sources = [file for part in _RUNS for file in (ROOT / part).glob("**/migrations/*.sql")]
    messaging = len(list((ROOT / "shared/messaging/migrations").glob("*.sql")))
    assert int(count) == len(sources) + 3 * messaging  # messaging has its tables in each of the four schemas
    assert not place.startswith(str(ROOT))


def test_a_service_without_settings_names_each_that_is_missing(programs: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [programs / "customer-import-executor"],
        cwd=tmp_path,
        env={"IMPORT_HTTP_PORT": "many"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == EXIT_SETTINGS
    assert "IMPORT_POSTGRES_DSN is not set\n" in done.stderr
    assert "IMPORT_HTTP_PORT: " in done.stderr
    assert "Traceback" not in done.stderr
    assert "customer-import-executor --help" in done.stderr
