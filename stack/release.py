"""`python -m stack.release wheel` builds the wheel of this checkout; `… release` builds and tags what is committed."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Final

import typer

from shared.version import VERSION

_REPOSITORY: Final = Path(__file__).resolve().parent.parent
_DIST: Final = _REPOSITORY / "dist"
_STEP_SECONDS: Final = 300
_EARLIEST_OF_ZIP: Final = "315532800"  # 1980: archives know no time before it

app = typer.Typer(help="Build and tag releases.", no_args_is_help=True, pretty_exceptions_enable=False)
Target = Annotated[Path, typer.Argument(help="The folder to put it in")]


class NotReleasableError(Exception):
    """Something has to be done before this can be released."""


def notes(changelog: str, version: str) -> str:
    heading, _, rest = changelog.partition("\n## ")[2].partition("\n")
    if heading.split(" ")[0] != version:
        raise NotReleasableError(f"CHANGELOG.md: the topmost section is “{heading}”; name it {version}")
    return rest.partition("\n## ")[0].strip()


def build_wheel(target: Path, repository: Path = _REPOSITORY) -> Path:
    """Build from the files that git knows or would add, without what is left over; each time the same bytes."""
    with tempfile.TemporaryDirectory() as folder:
        for name in _git(repository, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
            if name and (repository / name).is_file():
                copy = Path(folder, name)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(repository / name, copy)
        options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-cache-dir", "--wheel-dir", str(target)]
        _run([sys.executable, "-m", "pip", "wheel", *options, folder], Path(folder))
    return target / f"customer_import-{VERSION}-py3-none-any.whl"


def write_sbom(target: Path, repository: Path = _REPOSITORY) -> Path:
    """The packages of the lock as CycloneDX, with versions and hashes."""
    bill = target / f"customer-import-{VERSION}.cdx.json"
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
def release() -> None:
    """Build wheel, bill of materials and checksums of what is committed, and tag it."""
    try:
        typer.echo(f"Tagged {release_of(_REPOSITORY)}; push it with `git push --tags`. Files: {_DIST}")
    except NotReleasableError as error:
        typer.echo(error, err=True)
        raise typer.Exit(1) from None


def release_of(repository: Path) -> str:
    if _git(repository, "status", "--porcelain"):
        raise NotReleasableError("Commit or remove what is not committed (`git status`)")
    tag = f"v{VERSION}"
    if _git(repository, "tag", "--list", tag):
        raise NotReleasableError(f"{tag} is released already: raise VERSION in shared/version.py")
    told = notes((repository / "CHANGELOG.md").read_text(encoding="utf-8"), VERSION)
    dist = repository / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    dist.mkdir()
    files = [build_wheel(dist, repository), write_sbom(dist, repository)]
    sums = "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)
    (dist / "SHA256SUMS").write_text(sums, encoding="ascii")
    _git(repository, "tag", "--annotate", tag, "--cleanup=verbatim", "--message", f"{tag}\n\n{told}\n")
    return tag


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
