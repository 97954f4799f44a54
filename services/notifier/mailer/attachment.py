"""The log as a file of a mail: as it is, zipped when it is large, left out when it is larger still."""

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import IO, Final

LARGE: Final = 1024 * 1024
TOO_LARGE: Final = 10 * LARGE


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a mail."""

    name: str
    maintype: str
    subtype: str
    content: bytes


async def attachment_of(
    pieces: AsyncIterator[bytes], name: str, *, large: int = LARGE, too_large: int = TOO_LARGE
) -> Attachment | None:
    """The attachment, or None where even the zip is too large. Never holds more than the limits in memory."""
    start = bytearray()
    async for piece in pieces:
        start += piece
        if len(start) > large:
            packed = await _zipped(bytes(start), pieces, f"{name}.csv", too_large)
            return None if packed is None else Attachment(f"{name}.zip", "application", "zip", packed)
    return Attachment(f"{name}.csv", "text", "csv", bytes(start))


async def _zipped(start: bytes, rest: AsyncIterator[bytes], name: str, too_large: int) -> bytes | None:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(name, "w", force_zip64=True) as log,
    ):
        await _write(log, start)
        async for piece in rest:
            await _write(log, piece)
            if buffer.tell() > too_large:
                return None
    return buffer.getvalue() if buffer.tell() <= too_large else None


async def _write(log: IO[bytes], piece: bytes) -> None:
    await asyncio.to_thread(log.write, piece)
