"""`python -m stack.release wheel` builds the wheel of this checkout; `… release` makes what is committed a release."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from shared.version import VERSION

_REPOSITORY: Final = Path(__file__).resolve().parent.parent
_DIST: Final = _REPOSITORY / "dist"
_STEP_SECONDS: Final = 300
_EARLIEST_OF_ZIP: Final = "315532800"  # 1980: archives know no time before it
_UNRELEASED: Final = "## Unreleased"
NAMES_THE_VERSION: Final = (
    "deploy/helm/Chart.yaml",
    "deploy/intake/intake.yaml",
    "deploy/kubernetes/services.yaml",
    "deploy/kubernetes/setup.yaml",
    "deploy/kustomization.yaml",
    "docker-compose.yml",
    "docs/how-to/run-elsewhere.md",
    "docs/openapi.json",
    "shared/version.py",
)

app = typer.Typer(help="Build and tag releases.", no_args_is_help=True, pretty_exceptions_enable=False)
Target = Annotated[Path, typer.Argument(help="The folder to put it in")]


class NotReleasableError(Exception):
    """Something has to be done before this can be released."""


def dated(changelog: str, version: str, day: date) -> tuple[str, str]:
    """The changelog with its unreleased section under this version, and that section alone."""
    before, heading, after = changelog.partition(f"\n{_UNRELEASED}\n")
    told, following, earlier = after.partition("\n## ")
    if not heading or not re.search(r"^- ", told, re.MULTILINE):
        raise NotReleasableError(f"CHANGELOG.md: “{_UNRELEASED}” tells of nothing")
    if re.search(rf"^## {re.escape(version)}\b", changelog, re.MULTILINE):
        raise NotReleasableError(f"CHANGELOG.md has a section {version} already")
    return f"{before}{heading}\n## {version} - {day}\n{told}{following}{earlier}", told.strip()


def build_wheel(target: Path, repository: Path = _REPOSITORY, version: str = VERSION) -> Path:
    """Build from the files that git knows or would add, without what is left over; each time the same bytes."""
    with tempfile.TemporaryDirectory() as folder:
        for name in _git(repository, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
            if name and (repository / name).is_file():
                copy = Path(folder, name)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(repository / name, copy)
        options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-cache-dir", "--wheel-dir", str(target)]
        _run([sys.executable, "-m", "pip", "wheel", *options, folder], Path(folder))
    return target / f"customer_import-{version}-py3-none-any.whl"


def write_sbom(target: Path, repository: Path = _REPOSITORY, version: str = VERSION) -> Path:
    """The packages of the lock as CycloneDX, with versions and hashes."""
    bill = target / f"customer-import-{version}.cdx.json"
    program = Path(sys.executable).with_name("cyclonedx-py")
    options = ["--pyproject", "pyproject.toml", "--output-reproducible", "--of", "JSON", "--output-file", str(bill)]
    _run([str(program), "requirements", "requirements.txt", *options], repository)
    return bill


@app.command()
def wheel(target: Target = _DIST) -> None:
    """Build the wheel that is installed and that the image is made from."""
    target.mkdir(exist_ok=True)
    typer.echo(build_wheel(target))


@app.command()
def sbom(target: Target = _DIST) -> None:
    """Write the software bill of materials (CycloneDX) of the pinned packages."""
    target.mkdir(exist_ok=True)
    typer.echo(write_sbom(target))


@app.command()
def release(version: Annotated[str, typer.Argument(help="Its version, such as 1.2.0")]) -> None:
    """Give what is committed a version, in the changelog and wherever it is named; build, commit and tag it."""
    try:
        commit = release_of(_REPOSITORY, version, datetime.now(UTC).date())
    except NotReleasableError as error:
        typer.echo(error, err=True)
        raise typer.Exit(1) from None
    typer.echo(f"Tagged v{version}, files in {_DIST}. Push it with `git push --follow-tags`.")
    typer.echo(f"For the next release: write {commit} into stack/last_release.txt")


def release_of(repository: Path, version: str, day: date) -> str:
    """The commit of the release. What fails on the way leaves the tree as it was."""
    if _git(repository, "status", "--porcelain"):
        raise NotReleasableError("Commit or remove what is not committed (`git status`)")
    last = re.findall(r'"(.+)"', (repository / "shared/version.py").read_text(encoding="utf-8"))[-1]
    if not re.fullmatch(r"\d+\.\d+\.\d+", version) or _numbers(version) <= _numbers(last):
        raise NotReleasableError(f"“{version}” is no version after {last}: make release VERSION=1.2.0")
    if _git(repository, "tag", "--list", f"v{version}"):
        raise NotReleasableError(f"v{version} is released already")
    changelog = repository / "CHANGELOG.md"
    text, told = dated(changelog.read_text(encoding="utf-8"), version, day)
    try:
        changelog.write_text(text, encoding="utf-8")
        _name_version(repository, last, version)
        _build(repository, version)
    except BaseException:
        _git(repository, "checkout", "--quiet", "--", ".")
        raise
    _git(repository, "commit", "--quiet", "--all", "--message", f"Release {version}")
    _git(repository, "tag", "--annotate", f"v{version}", "--cleanup=verbatim", "--message", f"v{version}\n\n{told}\n")
    return _git(repository, "rev-parse", "HEAD").strip()


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def _name_version(repository: Path, last: str, version: str) -> None:
    for file in map(repository.joinpath, NAMES_THE_VERSION):
        whole = rf"(?<![\d.]){re.escape(last)}(?!\.?\d)"
        file.write_text(re.sub(whole, version, file.read_text(encoding="utf-8")), encoding="utf-8")


def _build(repository: Path, version: str) -> None:
    dist = repository / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    dist.mkdir()
    files = [build_wheel(dist, repository, version), write_sbom(dist, repository, version)]
    sums = "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)
    (dist / "SHA256SUMS").write_text(sums, encoding="ascii")


def _git(repository: Path, *arguments: str) -> str:
    return _run(["git", *arguments], repository)


def _run(command: list[str], directory: Path) -> str:
    environment = {**os.environ, "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", _EARLIEST_OF_ZIP)}
    done = subprocess.run(
        command, cwd=directory, env=environment, check=False, capture_output=True, text=True, timeout=_STEP_SECONDS
    )
    if done.returncode:
        raise NotReleasableError(f"{' '.join(command[:4])} failed:\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    app()
