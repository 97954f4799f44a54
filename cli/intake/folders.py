"""Files in folders on disk. Whoever owns the folders may exchange what lies there at any time."""

import fcntl
import hashlib
import os
import stat
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import Final, Self

from cli.errors import CommandError
from cli.intake.naming import cut, is_unfinished, numbered, oddity_of
from cli.intake.places import PIECE_BYTES, TAKEN, Entry, GoneError, Place, PlaceError, Trouble

_LOCK: Final = ".intake.lock"
_TROUBLES: Final[Mapping[type[OSError], Trouble]] = {
    PermissionError: Trouble.DENIED,
    FileNotFoundError: Trouble.MISSING,
    NotADirectoryError: Trouble.MISSING,
}


@dataclass
class Folders(Place):
    """A folder with a folder for each biller, or that of one biller."""

    root: Path

    @classmethod
    @contextmanager
    def locked(cls, root: Path, only: str | None = None) -> Iterator[Self]:
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
            yield cls(root, only=only)
        finally:
            os.close(lock)

    @property
    def at(self) -> str:
        return str(self.root)

    def billers(self) -> list[str]:
        if self.only is not None:
            list(self.subfolders())  # nothing else would say that the folder is away
        return super().billers()

    def subfolders(self) -> list[str]:
        try:
            return [one.name for one in self.root.iterdir() if _is_ours(one)]
        except OSError as error:  # a share may come back
            raise PlaceError(_TROUBLES.get(type(error), Trouble.UNREACHABLE), self.at) from error

    def new(self, biller: str) -> dict[str, tuple[Hashable, Entry]]:
        found = ((path, _about(path)) for path in _entries(self._folder(biller), self.share))
        return {
            path.name: ((about.st_size, about.st_mtime_ns, about.st_ino), DiskFile(path, _oddity(about, path.name)))
            for path, about in found
            if about is not None
        }

    def taken(self, biller: str, most: int) -> list[Entry]:
        folder = self._folder(biller) / TAKEN
        return [DiskFile(path) for path in _entries(folder, most)] if _is_ours(folder) else []

    def _folder(self, biller: str) -> Path:
        return self.root if self.only is not None else self.root / biller


@dataclass
class DiskFile(Entry):
    path: Path
    oddity: str = ""

    def __post_init__(self) -> None:
        self.name = self.path.name
        self.identity = self.path
        self.folder = self.path.parent.parent if self.path.parent.name == TAKEN else self.path.parent

    def take(self) -> None:
        if self.path.parent.name == TAKEN:
            return
        try:
            folder = _made(self.folder / TAKEN)
            name = _free(folder, self.name)
            with _itself(folder) as target:
                os.rename(self.path, name, dst_dir_fd=target)
        except FileNotFoundError:
            raise GoneError from None
        except PermissionError:
            raise PlaceError(Trouble.DENIED, str(self.folder)) from None
        self.path = folder / name

    @contextmanager
    def opened(self) -> Iterator["_DiskContents"]:
        """A file that was taken, and no other in its place. Raises CommandError for a link or a device."""
        try:
            with _itself(self.path.parent) as folder:
                flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
                number = os.open(self.path.name, flags, dir_fd=folder)
        except OSError as error:
            raise CommandError(f"It can't be read: {error.strerror}") from error
        with os.fdopen(number, "rb") as file:
            if oddity := _oddity(os.fstat(number), self.path.name):
                raise CommandError(oddity)
            yield _DiskContents(self.path.name, file)

    def store(self, where: str, name: str, text: str) -> None:
        target = _made(self.folder / where)
        name = _free(target, name)
        with _itself(target) as inside:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            reason = os.open(f"{name}.json", flags, 0o640, dir_fd=inside)
            with os.fdopen(reason, "w", encoding="utf-8") as file:
                file.write(text)
            os.rename(self.path, name, dst_dir_fd=inside)
        self.path = target / name


class _DiskContents:
    def __init__(self, name: str, file: BufferedReader) -> None:
        self.name = name
        self._file = file
        self.size = os.fstat(file.fileno()).st_size
        self.version = self._seen()

    def pieces(self) -> Iterator[bytes]:
        self._file.seek(0)
        while piece := self._file.read(PIECE_BYTES):
            yield piece

    def require_same(self) -> None:
        if self._seen() != self.version:
            raise CommandError("The file changed while it was read")

    def _seen(self) -> str:
        self._file.seek(0)
        digest = hashlib.file_digest(self._file, "sha256")
        return f"{os.fstat(self._file.fileno()).st_mtime_ns}:{digest.hexdigest()}"


@contextmanager
def _itself(folder: Path) -> Iterator[int]:
    """The folder, not what a link in its place leads to. Raises OSError."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        yield number
    finally:
        os.close(number)


def _entries(folder: Path, most: int) -> list[Path]:
    try:
        files = (path for path in folder.iterdir() if not is_unfinished(path.name) and not _is_ours(path))
        return sorted(islice(files, most))
    except OSError:
        return []


def _about(path: Path) -> os.stat_result | None:
    """None: gone again, or a folder."""
    try:
        about = path.lstat()
    except OSError:
        return None
    return None if stat.S_ISDIR(about.st_mode) else about


def _oddity(about: os.stat_result, name: str) -> str:
    if not stat.S_ISREG(about.st_mode):
        return "It is a link or a device, not a file"
    if about.st_nlink != 1:
        return "The file has another name elsewhere"
    return oddity_of(name, about.st_size)


def _is_ours(folder: Path) -> bool:
    return folder.is_dir() and not folder.is_symlink()


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o750, exist_ok=True)
    if not _is_ours(folder):
        raise CommandError(f"{folder} is a link", remedy="Remove it")
    return folder


def _free(folder: Path, name: str) -> str:
    names = numbered(cut(name))
    return next(one for one in names if not any(os.path.lexists(folder / it) for it in (one, f"{one}.json")))
