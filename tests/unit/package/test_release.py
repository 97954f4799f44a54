"""A release is made of what is committed, told in the changelog, and tagged once."""

import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest

from shared.version import VERSION
from stack.release import NotReleasableError, notes, release_of
from tests.support.texts import ROOT

LOCKED = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
_CHANGELOG = "# Changelog\n\n## 1.1.0 (2026-12-01)\n- Two.\n\n## 1.0.0\n- One.\n"


def _git(repository: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=T", "-c", "user.email=t@example.com", *arguments]
    return subprocess.run(command, cwd=repository, check=True, capture_output=True, text=True, timeout=60).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """One with what a wheel is made of, and nothing else."""
    (tmp_path / "shared").mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "requirements.in", "requirements.txt", "shared/version.py"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n## {VERSION} (2026-12-01)\n- First.\n")
    (tmp_path / ".gitignore").write_text("dist/\n")
    _git(tmp_path, "init", "--quiet")
    _git(tmp_path, "config", "user.name", "T")
    _git(tmp_path, "config", "user.email", "t@example.com")
    _git(tmp_path, "add", ".")
    _git(tmp_path, "commit", "--quiet", "--message", "All")
    return tmp_path


def test_the_notes_are_the_topmost_section() -> None:
    assert notes(_CHANGELOG, "1.1.0") == "- Two."


@pytest.mark.parametrize("version", ["1.0.0", "1.1", "2.0.0"])
def test_a_version_that_is_not_on_top_of_the_changelog_is_not_released(version: str) -> None:
    with pytest.raises(NotReleasableError, match=r"1\.1\.0"):
        notes(_CHANGELOG, version)


def test_a_release_has_its_wheel_its_bill_of_materials_and_checksums_and_is_tagged_once(repository: Path) -> None:
    assert release_of(repository) == f"v{VERSION}"
    assert "- First." in _git(repository, "tag", "--list", "--format=%(contents)", f"v{VERSION}")
    sums = [line.split() for line in (repository / "dist/SHA256SUMS").read_text().splitlines()]
    assert {Path(name).suffix for _, name in sums} == {".whl", ".json"}
    for sha256, name in sums:
        assert hashlib.sha256((repository / "dist" / name).read_bytes()).hexdigest() == sha256
    [bill] = (repository / "dist").glob("*.cdx.json")
    assert {one["name"] for one in json.loads(bill.read_text())["components"]} == set(LOCKED)
    with pytest.raises(NotReleasableError, match="released already"):
        release_of(repository)


def test_what_is_not_committed_is_not_released(repository: Path) -> None:
    (repository / "README.md").write_text("Changed")
    with pytest.raises(NotReleasableError, match="git status"):
        release_of(repository)
