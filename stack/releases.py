"""An earlier release of this repository, out of git, with what it needs to run beside this one."""

import asyncio
import hashlib
import io
import subprocess
import sys
import tarfile
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cli.running import RUNS

_REPOSITORY: Final = Path(__file__).resolve().parent.parent
_LAST: Final = Path(__file__).with_name("last_release.txt")
_RELEASES: Final = RUNS / "releases"
_GIT_SECONDS: Final = 60
_PIP_SECONDS: Final = 900


@dataclass(frozen=True)
class Release:
    """Where its files are, and the interpreter that has its packages."""

    directory: Path
    python: Path


THIS_RELEASE: Final = Release(_REPOSITORY, Path(sys.executable))


async def last_release() -> Release:
    """The release that `last_release.txt` names; its files and packages are kept for the next time."""
    return await asyncio.to_thread(_last_release)


def _last_release() -> Release:
    directory = _files(_LAST.read_text(encoding="ascii").strip())
    return Release(directory, _interpreter(directory / "requirements.txt"))


def _files(commit: str) -> Path:
    directory = _RELEASES / commit
    if not directory.exists():
        command = ["git", "-C", str(_REPOSITORY), "archive", "--format=tar", commit]
        archive = subprocess.run(command, check=True, capture_output=True, timeout=_GIT_SECONDS).stdout
        beside = directory.with_suffix(".part")
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(beside, filter="data")
        beside.rename(directory)
    return directory


def _interpreter(requirements: Path) -> Path:
    wanted = requirements.read_bytes()
    if wanted == (_REPOSITORY / "requirements.txt").read_bytes():
        return Path(sys.executable)
    environment = _RELEASES / f"packages_{hashlib.sha256(wanted).hexdigest()[:16]}"
    python, installed = environment / "bin" / "python", environment / "installed"
    if not installed.exists():
        venv.create(environment, with_pip=True, clear=True)
        options = ["--quiet", "--disable-pip-version-check", "--require-hashes"]
        command = [str(python), "-m", "pip", "install", *options, "-r", str(requirements)]
        subprocess.run(command, check=True, timeout=_PIP_SECONDS)
        installed.touch()
    return python
