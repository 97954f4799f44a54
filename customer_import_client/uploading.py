"""Files of any size: a small one in one request, a larger one in parts that go on where the connection was lost."""

import base64
import hashlib
import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal, NoReturn
from uuid import uuid4

from customer_import_client import models
from customer_import_client.operations import Operations
from customer_import_client.transport import Refused, Unreachable

PART_BYTES: Final = 8 * 1024 * 1024
"""A file of at most this size is sent in one request."""
_PATIENCE_SECONDS: Final = 600.0
_LONGEST_PAUSE: Final = 30.0
_PASSING: Final = (502, 503, 504)  # something behind it does not answer now
_NO_SUCH_ADDRESS: Final = "not_found"  # said by a process of the last release
_AGAIN: Final = ("upload_elsewhere", "upload_broken_off", _NO_SUCH_ADDRESS)  # it goes on from its offset
_CHANCE: Final = random.SystemRandom()


class FileChanged(Exception):
    """The file is not the one of which a part was uploaded before. That part is removed: upload it again."""


class _NoParts(Exception):
    """The service is of a release that knows no parts."""


class FileDamaged(Exception):
    """What arrived is not what was sent."""


@dataclass(frozen=True)
class Outgoing:
    """A file to upload. ``key`` is a UUID: with the same one it is the same file, and goes on in a later process, too.

    ``corrects``: the import whose rows it corrects.
    """

    name: str
    size: int
    key: str | None = None
    kind: models.ImportKind | Literal["unknown"] = "unknown"
    corrects: str | None = None


@dataclass(frozen=True)
class Progress:
    """How far it has come, in bytes; ``is_lost``: the connection was lost, and it goes on from there."""

    offset: int
    size: int
    is_lost: bool = False


Heard = Callable[[Progress], None]


def upload(
    api: Operations,
    biller_id: int,
    file: Outgoing,
    pieces: Iterable[bytes],
    heard: Heard = lambda _: None,
    patience: float = _PATIENCE_SECONDS,
) -> models.FileItem:
    """Upload what comes; connections that are lost are made again for ``patience`` seconds without progress.

    Raises FileChanged, FileDamaged, and what `transport` says: after Unreachable, the same call goes on.
    """
    if file.size > PART_BYTES:
        with suppress(_NoParts):
            return _Upload(api, biller_id, file, _Content(pieces), heard, patience).run()
    digest = hashlib.sha256()
    sent = _watched(pieces, digest.update)
    stored = api.upload_file(
        biller_id, sent, name=file.name, kind=file.kind, corrects=file.corrects, idempotency_key=file.key
    )
    if stored["sha256"] != digest.hexdigest():
        raise FileDamaged
    return stored


def _watched(pieces: Iterable[bytes], seen: Callable[[bytes], None]) -> Iterator[bytes]:
    for piece in pieces:
        seen(piece)
        yield piece


class _Content:
    """What comes, read forward; the last part stays at hand."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._digest = hashlib.sha256()
        self._ahead = bytearray()
        self._held, self._held_at = b"", 0

    @property
    def digest(self) -> str:
        return base64.b64encode(self._digest.digest()).decode()

    @property
    def has_more(self) -> bool:
        if not self._ahead:
            self._ahead += next(self._pieces, b"")
        return bool(self._ahead)

    def part(self, start: int, size: int) -> bytes:
        """From ``start`` on, where it was not left behind; less than ``size`` at the end of what is at hand."""
        while start >= self._held_at + len(self._held):
            if not self._read(size):
                return b""
        if start < self._held_at:
            raise FileChanged
        return self._held[start - self._held_at :]

    def _read(self, size: int) -> bool:
        while len(self._ahead) < size and (piece := next(self._pieces, b"")):
            self._ahead += piece
        self._held_at += len(self._held)
        self._held = bytes(self._ahead[:size])
        del self._ahead[:size]
        self._digest.update(self._held)
        return bool(self._held)


class _Upload:
    def __init__(
        self, api: Operations, biller_id: int, file: Outgoing, content: _Content, heard: Heard, patience: float
    ) -> None:
        self._api = api
        self._biller_id = biller_id
        self._file = file
        self._content = content
        self._heard = heard
        self._patience = patience
        self._key = file.key or str(uuid4())
        self._failures = 0
        self._since = time.monotonic()

    def run(self) -> models.FileItem:
        upload = self._begun()
        self._require_same(upload)
        offset = upload["offset"]
        while (file := upload.get("file")) is None:
            self._heard(Progress(offset, self._file.size))
            if (moved := self._sent(upload["id"], offset)) < self._file.size:
                offset = moved
            else:
                upload = self._asked(upload["id"])
                offset = upload["offset"]
        return file

    def _begun(self) -> models.UploadItem:
        while True:
            try:
                return self._api.begin_upload(
                    self._biller_id,
                    upload_length=self._file.size,
                    name=self._file.name,
                    kind=self._file.kind,
                    corrects=self._file.corrects,
                    idempotency_key=self._key,
                )
            except (Unreachable, Refused) as error:
                if isinstance(error, Refused) and error.problem.get("code") == _NO_SUCH_ADDRESS:
                    raise _NoParts from None
                self._pause(error)

    def _require_same(self, upload: models.UploadItem) -> None:
        """What was uploaded before is compared with the file before it goes on."""
        start = 0
        for part in upload.get("parts", []):
            if hashlib.sha256(self._content.part(start, part["size"])).hexdigest() != part["sha256"]:
                self._give_up(upload["id"])
            start += part["size"]

    def _sent(self, upload_id: str, offset: int) -> int:
        part = self._content.part(offset, min(PART_BYTES, self._file.size - offset))
        end = offset + len(part)
        if not part or (end == self._file.size and self._content.has_more):
            self._give_up(upload_id)
        try:
            self._api.send_part(
                self._biller_id,
                upload_id,
                part,
                upload_offset=offset,
                repr_digest=f"sha-256=:{self._content.digest}:" if end == self._file.size else None,
            )
        except (Unreachable, Refused) as error:
            self._pause(error, offset)
            end = self._asked(upload_id)["offset"]
        if end > offset:
            self._failures, self._since = 0, time.monotonic()
        return end

    def _asked(self, upload_id: str) -> models.UploadItem:
        while True:
            try:
                return self._api.show_upload(self._biller_id, upload_id)
            except (Unreachable, Refused) as error:
                self._pause(error)

    def _give_up(self, upload_id: str) -> NoReturn:
        self._api.cancel_upload(self._biller_id, upload_id)
        raise FileChanged

    def _pause(self, error: Unreachable | Refused, offset: int | None = None) -> None:
        """Wait a little longer each time; raises what is no passing trouble, or has lasted too long."""
        if isinstance(error, Refused) and error.status not in _PASSING and error.problem.get("code") not in _AGAIN:
            raise error
        self._failures += 1
        pause = min(_LONGEST_PAUSE, 2.0 ** (self._failures - 2)) * _CHANCE.uniform(0.5, 1)
        if time.monotonic() + pause > self._since + self._patience:
            raise error
        if offset is not None:
            self._heard(Progress(offset, self._file.size, is_lost=True))
        time.sleep(pause)
