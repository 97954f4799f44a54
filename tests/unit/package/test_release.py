"""A release is what is committed: told in the changelog under its version and day, built, and tagged once."""

import hashlib
import json
import re
import subprocess
from datetime import date
from pathlib import Path

import pytest

from shared.version import VERSION
from stack.release import NAMES_THE_VERSION, NotReleasableError, dated, release_of
from tests.support.texts import ROOT

LOCKED = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
_CHANGELOG = "# Changelog\n\n## Unreleased\n\n### Added\n\n- Two.\n\n## 1.0.0 - 2026-11-01\n\n### Added\n\n- One.\n"
_DAY = date(2026, 12, 1)
_NEXT = "1.1.0"
_ELSEWHERE = re.compile(
    r"requirements.*|CHANGELOG\.md|tests/.*"
)  # other packages' versions, former releases, made-up ones


def _git(repository: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=T", "-c", "user.email=t@example.com", *arguments]
    return subprocess.run(command, cwd=repository, check=True, capture_output=True, text=True, timeout=60).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """One with what a wheel is made of and what names the version, and nothing else."""
    parts = ("pyproject.toml", "README.md", "LICENSE", "requirements.in", "requirements.txt", *NAMES_THE_VERSION)
    for name in parts:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "CHANGELOG.md").write_text(_CHANGELOG)
    (tmp_path / ".gitignore").write_text("dist/\n")
    _git(tmp_path, "init", "--quiet")
    _git(tmp_path, "config", "user.name", "T")
    _git(tmp_path, "config", "user.email", "t@example.com")
    _commit(tmp_path)
    return tmp_path


def _commit(repository: Path) -> None:
    _git(repository, "add", ".")
    _git(repository, "commit", "--quiet", "--message", "All")


def test_what_is_unreleased_goes_under_the_version_and_the_day() -> None:
    text, told = dated(_CHANGELOG, _NEXT, _DAY)
    assert told == "### Added\n\n- Two."
    assert text == _CHANGELOG.replace("## Unreleased\n", "## Unreleased\n\n## 1.1.0 - 2026-12-01\n")


def test_every_file_that_names_the_version_is_listed() -> None:
    named = _git(ROOT, "grep", "--fixed-strings", "--word-regexp", "--files-with-matches", VERSION).splitlines()
    assert {name for name in named if not _ELSEWHERE.fullmatch(name)} == set(NAMES_THE_VERSION)


def test_the_changelog_has_the_last_release_and_groups_what_came_since() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert re.findall(r"^## (\S+)", changelog, re.MULTILINE)[:2] == ["Unreleased", VERSION]
    groups = set(re.findall(r"^### (.+)$", changelog, re.MULTILINE))
    assert groups <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Known limits"}
    sections = re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]
    assert not [one for one in sections if re.search(r"^- ", one.partition("\n### ")[0], re.MULTILINE)]  # in a group


def test_a_release_is_named_built_committed_and_tagged_once(repository: Path) -> None:
    commit = release_of(repository, _NEXT, _DAY)
    assert commit == _git(repository, "rev-parse", f"v{_NEXT}^{{commit}}").strip()
    assert "- Two." in _git(repository, "tag", "--list", "--format=%(contents)", f"v{_NEXT}")
    assert _git(repository, "status", "--porcelain") == ""
    for name in NAMES_THE_VERSION:
        text = (repository / name).read_text()
        assert _NEXT in text, name
        assert VERSION not in text, name
    sums = [line.split() for line in (repository / "dist/SHA256SUMS").read_text().splitlines()]
    assert {Path(name).name for _, name in sums} == {
        f"customer_import-{_NEXT}-py3-none-any.whl",
        f"customer-import-{_NEXT}.cdx.json",
    }
    for sha256, name in sums:
        assert hashlib.sha256((repository / "dist" / name).read_bytes()).hexdigest() == sha256
    [bill] = (repository / "dist").glob("*.cdx.json")
    assert {one["name"] for one in json.loads(bill.read_text())["components"]} == set(LOCKED)
    with pytest.raises(NotReleasableError, match="no version after"):
        release_of(repository, _NEXT, _DAY)
    with pytest.raises(NotReleasableError, match="tells of nothing"):
        release_of(repository, "1.2.0", _DAY)


def test_what_is_not_committed_is_not_released(repository: Path) -> None:
    (repository / "README.md").write_text("Changed")
    with pytest.raises(NotReleasableError, match="git status"):
        release_of(repository, _NEXT, _DAY)


@pytest.mark.parametrize("version", [VERSION, "0.0.9", "1.1", "v1.1.0", ""])
def test_a_version_that_is_not_after_the_last_is_refused(repository: Path, version: str) -> None:
    with pytest.raises(NotReleasableError, match="no version after"):
        release_of(repository, version, _DAY)


def test_a_version_that_exists_is_refused(repository: Path) -> None:
    with pytest.raises(NotReleasableError, match=r"section 1\.0\.0"):
        release_of(repository, "1.0.0", _DAY)
    _git(repository, "tag", f"v{_NEXT}")
    with pytest.raises(NotReleasableError, match="released already"):
        release_of(repository, _NEXT, _DAY)


def test_a_release_that_cannot_be_built_leaves_everything_as_it_was(repository: Path) -> None:
    (repository / "pyproject.toml").write_text("nonsense")
    _commit(repository)
    before = _git(repository, "rev-parse", "HEAD")
    with pytest.raises(NotReleasableError, match="failed"):
        release_of(repository, _NEXT, _DAY)
    assert (_git(repository, "rev-parse", "HEAD"), _git(repository, "status", "--porcelain")) == (before, "")
    assert (repository / "CHANGELOG.md").read_text() == _CHANGELOG
