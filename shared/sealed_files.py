"""Files that are sealed where they are stored, in pieces, so that none is ever in memory as a whole.

A sealed file is: a mark (8 bytes), the length of the sealed key (2 bytes), the key of this file sealed with the current
key, then pieces of 64 kB, each AES-256-GCM. The nonce of a piece is its number and whether it is the last one: pieces
that were exchanged, repeated, left out or cut off do not open, and neither does a file under the name of another.
"""

import base64
import os
from collections.abc import AsyncIterable, AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.sealing import SealBroken, Sealer

MARK: Final = b"\x00CISEAL\x01"
LONGEST_HEAD: Final = 512  # bytes; the id of a key may have 255
_LENGTH_BYTES: Final = 2
_PIECE_BYTES: Final = 64 * 1024
_TAG_BYTES: Final = 16
_SEALED_PIECE_BYTES: Final = _PIECE_BYTES + _TAG_BYTES
_KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Head:
    """What a sealed file begins with."""

    size: int
    sealed_key: bytes

    @classmethod
    def of(cls, beginning: bytes) -> "Head | None":
        """None where the file is not sealed."""
        if not beginning.startswith(MARK):
            return None
        key_at = len(MARK) + _LENGTH_BYTES
        length = int.from_bytes(beginning[len(MARK) : key_at], "big")
        if len(beginning) < key_at + length:
            raise SealBroken("A sealed file that was cut off")
        return cls(key_at + length, beginning[key_at : key_at + length])

    def opened_size(self, stored: int) -> int:
        """The bytes of the file itself, of which so many are stored."""
        sealed = stored - self.size
        return max(0, sealed - _TAG_BYTES * -(-sealed // _SEALED_PIECE_BYTES))


class FileSealer:
    """Keys by id: new files are sealed with the current one, and not at all where there is none; all of them open."""

    def __init__(self, keys: Mapping[str, bytes], current: str) -> None:
        self.seals = bool(current)
        self._sealer = Sealer(keys, current or next(iter(keys)))

    async def sealed(self, chunks: AsyncIterable[bytes], name: str) -> AsyncIterator[bytes]:
        """The file of this name as it is stored, in chunks of about the size that they come in."""
        key = os.urandom(_KEY_BYTES)
        wrapped = self._sealer.seal(base64.b64encode(key).decode(), name)
        yield MARK + len(wrapped).to_bytes(_LENGTH_BYTES, "big") + wrapped
        cipher, number, waiting = AESGCM(key), 0, bytearray()
        async for chunk in chunks:
            waiting += chunk
            full = max(0, len(waiting) - 1) // _PIECE_BYTES  # what is last is known at the end only
            if full:
                yield b"".join(_each_sealed(cipher, number, waiting, full))
                number += full
                del waiting[: full * _PIECE_BYTES]
        yield cipher.encrypt(_nonce(number, is_last=True), bytes(waiting), None)

    def opener(self, head: Head, name: str, stored: int) -> "Opener":
        return Opener(base64.b64decode(self._sealer.unseal(head.sealed_key, name)), stored - head.size)


class Opener:
    """Opens the pieces of a file in their order, as they come."""

    def __init__(self, key: bytes, left: int) -> None:
        self._cipher = AESGCM(key)
        self._left = left  # sealed bytes that were not opened yet
        self._number = 0
        self._waiting = bytearray()

    def opened(self, sealed: bytes) -> bytes:
        """What these bytes complete; raises ``SealBroken``."""
        self._waiting += sealed
        pieces = []
        while self._waiting and len(self._waiting) >= min(_SEALED_PIECE_BYTES, self._left):
            pieces.append(self._next(bytes(self._waiting[:_SEALED_PIECE_BYTES])))
            del self._waiting[:_SEALED_PIECE_BYTES]
        return b"".join(pieces)

    def require_end(self) -> None:
        if self._left or self._number == 0:
            raise SealBroken("A sealed file that was cut off")

    def _next(self, piece: bytes) -> bytes:
        self._left -= len(piece)
        try:
            text = self._cipher.decrypt(_nonce(self._number, is_last=self._left <= 0), piece, None)
        except InvalidTag:
            raise SealBroken("The file is damaged or was changed") from None
        self._number += 1
        return text


def _each_sealed(cipher: AESGCM, number: int, waiting: bytearray, full: int) -> Iterator[bytes]:
    for place in range(full):
        piece = bytes(waiting[place * _PIECE_BYTES : (place + 1) * _PIECE_BYTES])
        yield cipher.encrypt(_nonce(number + place, is_last=False), piece, None)


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes((is_last,))
