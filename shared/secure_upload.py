"""The Secure Upload: files of billers as objects, on local disk or in an S3-compatible store, behind one interface."""

import errno
import hashlib
import re
from collections.abc import AsyncIterable, AsyncIterator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from uuid import UUID

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from shared.sealed_files import LONGEST_HEAD, FileSealer, Head, Opener
from shared.sealing import KeyUnknown, SealBroken

_PIECE_BYTES: Final = 8 * 1024 * 1024
_FEWEST_BYTES: Final = 64 * 1024  # at once to the library: each piece costs it 0.1 ms, and callers may give row by row
_PIECES_IN_FLIGHT: Final = 2  # what an upload holds in memory at most, in pieces
_RETRY: Final[Any] = {"max_retries": 4, "retry_timeout": timedelta(seconds=60)}
_KEY: Final = re.compile(r"[1-9][0-9]{0,18}/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


class TooLarge(Exception):
    """An upload above its limit; nothing of it was kept."""


class SecureUploadUnavailable(ConnectionError):
    """The store did not do what was asked, after some tries. Whether anything happened is not known."""


@dataclass(frozen=True, slots=True)
class Stored:
    sha256: str
    size: int


def object_key(biller_id: int, file_id: UUID) -> str:
    """The key of a file. It is made of numbers only, so no name that anyone sends can lead elsewhere."""
    return _checked(f"{biller_id}/{file_id}")


class SecureUpload:
    """Objects below one URL: ``file:///folder`` or ``s3://bucket/prefix``.

    Options for S3: ``endpoint``, ``region``, ``access_key_id``, ``secret_access_key`` and the others of the library;
    ``allow_http`` = ``true`` for a store without TLS. Every request has a time limit and is tried again a few times.
    With a sealer, files are sealed as they are stored, and those that were not can be read, too.
    """

    def __init__(self, url: str, options: Mapping[str, str] | None = None, sealer: FileSealer | None = None) -> None:
        self._folder = _folder_of(url)
        self._sealer = sealer
        self._store = _opened(url, dict(options or {}))

    @property
    def folder(self) -> Path | None:
        return self._folder

    async def put(self, key: str, chunks: AsyncIterable[bytes], limit: int) -> Stored:
        """Store what comes, piece by piece; raises ``TooLarge`` above ``limit`` bytes.

        The object appears whole or not at all: an upload that breaks off or is refused leaves nothing behind.
        """
        measured = _Measured(chunks, limit)
        with _translated():
            await obstore.put_async(
                self._store,
                _checked(key),
                self._as_stored(measured.pieces(), key),
                use_multipart=True,
                chunk_size=_PIECE_BYTES,
                max_concurrency=_PIECES_IN_FLIGHT,
            )
        if self._folder is not None:
            _close(self._folder / key)
        return measured.stored()

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        """The object, piece by piece; raises ``FileNotFoundError`` where there is none.

        Each piece is a request of its own, so a reader may take its time between two of them.
        """
        stored = await self._stored_size(key)
        first = await self._range(key, 0, stored)
        opener = None
        if (head := _head(first)) is not None:
            opener = self._opener(head, key, stored)
            first = first[head.size :]
        for start in range(_PIECE_BYTES, max(stored, 1) + _PIECE_BYTES, _PIECE_BYTES):
            with _translated():
                piece = first if opener is None else opener.opened(first)
            if piece:
                yield piece
            first = await self._range(key, start, stored)
        if opener is not None:
            with _translated():
                opener.require_end()

    async def size(self, key: str) -> int:
        """Bytes of the object; raises ``FileNotFoundError`` where there is none."""
        stored = await self._stored_size(key)
        head = None if self._sealer is None else _head(await self._range(key, 0, min(stored, LONGEST_HEAD)))
        return stored if head is None else head.opened_size(stored)

    async def _stored_size(self, key: str) -> int:
        with _translated():
            return (await obstore.head_async(self._store, _checked(key)))["size"]

    async def _range(self, key: str, start: int, total: int) -> bytes:
        """A piece from there on; nothing at the end."""
        if start >= total:
            return b""
        with _translated():
            end = min(start + _PIECE_BYTES, total)
            return bytes(await obstore.get_range_async(self._store, _checked(key), start=start, end=end))

    def _opener(self, head: Head, key: str, stored: int) -> Opener:
        with _translated():
            if self._sealer is None:  # read as it is, it would count as a file that nobody can import
                raise KeyUnknown("There are no keys of files")
            return self._sealer.opener(head, key, stored)

    def _as_stored(self, pieces: AsyncIterator[bytes], key: str) -> AsyncIterator[bytes]:
        seals = self._sealer is not None and self._sealer.seals
        return self._sealer.sealed(pieces, key) if self._sealer is not None and seals else pieces

    async def delete(self, key: str) -> None:
        """Remove the object; fine where there is none."""
        with _translated(), suppress(FileNotFoundError):
            await obstore.delete_async(self._store, _checked(key))
        if self._folder is not None:
            _sweep(self._folder / key)


class _Measured:
    """Counts and hashes what passes, and stops it above the limit."""

    def __init__(self, chunks: AsyncIterable[bytes], limit: int) -> None:
        self._chunks = chunks
        self._limit = limit
        self._size = 0
        self._sha256 = hashlib.sha256()

    async def pieces(self) -> AsyncIterator[bytes]:
        waiting = bytearray()
        async for chunk in self._chunks:
            self._size += len(chunk)
            if self._size > self._limit:
                raise TooLarge
            waiting += chunk
            if len(waiting) >= _FEWEST_BYTES:
                yield self._passed(waiting)
                waiting = bytearray()
        yield self._passed(waiting)

    def _passed(self, piece: bytearray) -> bytes:
        self._sha256.update(piece)
        return bytes(piece)

    def stored(self) -> Stored:
        return Stored(self._sha256.hexdigest(), self._size)


@contextmanager
def _translated() -> Iterator[None]:
    """The library's errors hold URLs and server answers; ours says no more than which kind of error it was."""
    try:
        yield
    except FileNotFoundError:
        # With a name, as of a file: without one it looks like an error of the network, which may pass.
        raise FileNotFoundError(errno.ENOENT, "There is no such object", "object") from None
    except KeyUnknown:  # it may be known once somebody has set it
        raise SecureUploadUnavailable("KeyUnknown") from None
    except SealBroken:
        raise FileNotFoundError(errno.ENOENT, "The object is not as it was stored", "object") from None
    except BaseError as error:
        raise SecureUploadUnavailable(type(error).__name__) from None


def _head(beginning: bytes) -> Head | None:
    with _translated():
        return Head.of(beginning)


def _checked(key: str) -> str:
    if _KEY.fullmatch(key) is None:
        raise ValueError("Not a key of the Secure Upload")
    return key


def _folder_of(url: str) -> Path | None:
    parts = urlsplit(url)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def _close(file: Path) -> None:
    """For the service's own user alone, whatever its umask; nobody else could have come this far before either."""
    file.chmod(0o600)
    file.parent.chmod(0o700)


def _sweep(file: Path) -> None:
    """Remove what a process that was killed had written of it: the library keeps that beside it until it is whole."""
    for unfinished in file.parent.glob(f"{file.name}#*"):
        unfinished.unlink(missing_ok=True)


def _opened(url: str, options: dict[str, str]) -> ObjectStore:
    folder = _folder_of(url)
    if folder is not None:
        return _opened_folder(folder)
    parts = urlsplit(url)
    if parts.scheme == "s3":
        client: Any = {"allow_http": options.pop("allow_http", "false").lower() == "true"}
        config: Any = options
        return S3Store.from_url(url, config=config, client_options=client, retry_config=_RETRY)
    raise ValueError("The Secure Upload is a file:/// or an s3:// URL")


def _opened_folder(folder: Path) -> ObjectStore:
    if not folder.is_absolute():
        raise ValueError("The folder of the Secure Upload is an absolute path")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # the files hold bank numbers: nobody else may look in
    folder.chmod(0o700)  # also where it was there before
    return LocalStore(folder)
