"""The folders of an intake: which files are whole, and where each goes. Nothing here knows of imports.

FOLDER/Riverbend Water/customers.csv         is new
FOLDER/Riverbend Water/.taken/customers.csv  is being worked on
FOLDER/Riverbend Water/done/…                was taken, beside it a file that says what became of it
FOLDER/Riverbend Water/refused/…             was not, beside it a file that says why
"""

import fcntl
import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path
from typing import Final, Self

from cli.errors import CommandError, UnreachableError

DONE: Final = "done"
REFUSED: Final = "refused"
TAKEN: Final = ".taken"
_LOCK: Final = ".intake.lock"
_UNFINISHED: Final = (".part", ".partial", ".filepart", ".tmp", ".crdownload", ".swp")
_LONGEST: Final = 200  # of a name in bytes, so that what is put before and behind it fits


@dataclass(frozen=True, slots=True)
class Found:
    """A file that somebody put there; ``oddity`` says why it is not read."""

    path: Path
    oddity: str = ""

    @property
    def folder(self) -> Path:
        return self.path.parent.parent if self.path.parent.name == TAKEN else self.path.parent


@dataclass
class Folders:
    """A folder with a folder for each biller."""

    root: Path
    seen: dict[Path, tuple[int, int, int, float]] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def locked(cls, root: Path) -> Iterator[Self]:
        """For one process at a time: two would take the same files."""
        try:
            lock = os.open(root / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise CommandError(f"{root} can't be used: {error.strerror}", remedy="Name a folder") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            raise CommandError(f"Another intake works in {root}", remedy="Let it, or stop it first") from None
        try:
            yield cls(root)
        finally:
            os.close(lock)

    def billers(self) -> list[Path]:
        """Folders of billers; a link leads elsewhere and is none. Raises UnreachableError: a share may come back."""
        try:
            there = list(self.root.iterdir())
        except OSError as error:
            raise UnreachableError(f"{self.root} can't be read: {error.strerror}") from error
        return sorted(path for path in there if path.is_dir() and not path.is_symlink() and path.name[0] != ".")

    def has_taken(self) -> bool:
        """Whether a file is still being worked on, or was when somebody stopped."""
        return any(_entries(folder / TAKEN) for folder in self.billers() if _is_ours(folder / TAKEN))

    def whole(self, folder: Path, now: float, settled: float) -> list[Found]:
        """What is to be taken: files of an earlier run that was stopped, and new ones that no longer change."""
        left = [Found(path) for path in _entries(folder / TAKEN)] if _is_ours(folder / TAKEN) else []
        return left + [found for path in _entries(folder) if (found := self._judged(path, now, settled)) is not None]

    def _judged(self, path: Path, now: float, settled: float) -> Found | None:
        """None: not yet, or none of ours."""
        if path.name.startswith(".") or path.name.lower().endswith(_UNFINISHED):
            return None
        try:
            about = path.lstat()
        except OSError:
            return None  # gone again
        if stat.S_ISDIR(about.st_mode):
            return None
        size, changed, number, since = self.seen.get(path, (0, 0, 0, 0.0))
        if (size, changed, number) != (about.st_size, about.st_mtime_ns, about.st_ino):
            self.seen[path] = (about.st_size, about.st_mtime_ns, about.st_ino, now)
            return None
        if now - since < settled:
            return None
        self.seen.pop(path)
        return Found(path, _oddity(about, path.name))


def take(found: Found) -> Path:
    if found.path.parent.name == TAKEN:
        return found.path
    folder = _made(found.folder / TAKEN)
    name = _free(folder, found.path.name)
    with _itself(folder) as target:
        os.rename(found.path, name, dst_dir_fd=target)
    return folder / name


@contextmanager
def opened(path: Path) -> Iterator[BufferedReader]:
    """A file that was taken, and no other in its place: whoever owns the folder may exchange names at any time.

    Raises CommandError for a link or a device.
    """
    try:
        with _itself(path.parent) as folder:
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            file = open(path, "rb", opener=lambda _, __: os.open(path.name, flags, dir_fd=folder))  # noqa: SIM115 - closed below
    except OSError as error:
        raise CommandError(f"It can't be read: {error.strerror}") from error
    with file:
        if oddity := _oddity(os.fstat(file.fileno()), path.name):
            raise CommandError(oddity)
        yield file


def put_away(path: Path, name: str, where: str, told: Mapping[str, object]) -> Path:
    """Put a file into `done` or `refused`, with a file beside it that says what became of it."""
    folder = path.parent.parent if path.parent.name == TAKEN else path.parent
    target = _made(folder / where)
    final = target / _free(target, f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{name}")
    with _itself(target) as inside:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        reason = os.open(f"{final.name}.json", flags, 0o640, dir_fd=inside)
        with os.fdopen(reason, "w", encoding="utf-8") as file:
            json.dump({"file": name, **told}, file, indent=2, ensure_ascii=False)
        os.rename(path, final.name, dst_dir_fd=inside)
    return final


@contextmanager
def _itself(folder: Path) -> Iterator[int]:
    """The folder, not what a link in its place leads to. Raises OSError."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        yield number
    finally:
        os.close(number)


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _oddity(about: os.stat_result, name: str) -> str:
    if not stat.S_ISREG(about.st_mode):
        return "It is a link or a device, not a file"
    if about.st_nlink != 1:
        return "The file has another name elsewhere"
    if about.st_size == 0:
        return "The file is empty"
    if len(name.encode(errors="surrogateescape")) > _LONGEST or not name.isprintable():
        return "The name of the file is too long, or not printable"
    return ""


def _is_ours(folder: Path) -> bool:
    return folder.is_dir() and not folder.is_symlink()


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o750, exist_ok=True)
    if not _is_ours(folder):
        raise CommandError(f"{folder} is a link", remedy="Remove it")
    return folder


def _free(folder: Path, name: str) -> str:
    """The name, or with a number before it: nothing is ever written over."""
    name = name.encode(errors="surrogateescape")[: _LONGEST + 20].decode(errors="replace")
    number, free = 1, name
    while os.path.lexists(folder / free) or os.path.lexists(folder / f"{free}.json"):
        number += 1
        free = f"{number}-{name}"
    return free
