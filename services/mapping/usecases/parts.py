"""What is sent of an upload, cut into pieces to store: each is whole, as large as it may be, and checked."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass


class BrokenOff(Exception):
    """The sender is gone before all of it came."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a part has to be: ``algorithm`` is one of hashlib's."""

    algorithm: str
    digest: bytes


class Sent:
    """What comes, to be taken in pieces; what was taken of one that broke off is still good without a checksum."""

    def __init__(self, chunks: AsyncIterator[bytes], checksum: Checksum | None) -> None:
        self.broke_off = False
        self._chunks = chunks
        self._checksum = checksum
        self._digest = None if checksum is None else hashlib.new(checksum.algorithm, usedforsecurity=False)
        self._ahead = b""

    @property
    def is_as_told(self) -> bool:
        return self._checksum is None or self._digest is None or self._digest.digest() == self._checksum.digest

    async def has_more(self) -> bool:
        if not self._ahead:
            self._ahead = await self._next()
        return bool(self._ahead)

    async def pieces(self, most: int | None) -> AsyncIterator[bytes]:
        """What comes, ``most`` bytes where that is given; raises BrokenOff where a checksum is left without its end."""
        taken = 0
        while (most is None or taken < most) and await self.has_more():
            piece = self._ahead if most is None else self._ahead[: most - taken]
            self._ahead = self._ahead[len(piece) :]
            taken += len(piece)
            if self._digest is not None:
                self._digest.update(piece)
            yield piece

    async def _next(self) -> bytes:
        if self.broke_off:
            return b""
        try:
            return await anext(self._chunks, b"")
        except BrokenOff:
            self.broke_off = True
            if self._checksum is not None:
                raise BrokenOff from None
            return b""
