"""The rows of a stored file, in line order, read in a thread from a stream of the event loop."""

import asyncio
import heapq
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final, TypeVar

from shared.contracts.definition import Reading
from shared.contracts.log_columns import FileRow
from shared.csvfile import Batch, CsvOptions, CsvReader, FileRefused, read, refusing_unusable
from shared.logging import get_logger

T = TypeVar("T")
_CHUNK_SECONDS: Final = 60  # for one chunk of the upload
_DRAIN_SECONDS: Final = 65

log = get_logger()


class _Chunks(Iterator[bytes]):
    """A stream of the event loop as an iterator for the thread of the reader."""

    def __init__(self, stream: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop) -> None:
        self._stream = stream
        self._loop = loop

    def __next__(self) -> bytes:
        future = asyncio.run_coroutine_threadsafe(self._next(), self._loop)
        chunk = future.result(_CHUNK_SECONDS)
        if chunk is None:
            raise StopIteration
        return chunk

    async def _next(self) -> bytes | None:
        return await anext(self._stream, None)


class FileRows:
    """Open with ``await FileRows.open(…)``, then iterate over the batches."""

    def __init__(self, reader: CsvReader) -> None:
        self._reader = reader
        self._batches = iter(reader)
        self.header: list[str] = list(reader.header)
        self.header_line: int = reader.inspection.header_line

    @classmethod
    async def open(cls, stream: AsyncIterator[bytes], reading: Reading) -> "FileRows":
        """Read as far as the header. Raises what the stream raises, and FileRefused."""
        # The check has counted the ragged lines already; here they all stand in the log.
        with refusing_unusable():
            options = CsvOptions(**reading.model_dump(), max_ragged_share=1.0)
        chunks = _Chunks(stream, asyncio.get_running_loop())
        return cls(await _in_thread(lambda: read(chunks, options)))

    async def __aiter__(self) -> AsyncIterator[list[FileRow]]:
        while True:
            rows = await _in_thread(self._next_batch)
            if rows is None:
                return
            yield rows

    def _next_batch(self) -> list[FileRow] | None:
        try:
            batch = next(self._batches, None)
        except FileRefused as refused:
            # The check read the whole file, so this file is damaged now. What is known of the rows is still told.
            log.warning("stored_file_unreadable", code=refused.code, line=refused.line)
            return None
        return None if batch is None else _in_line_order(batch)


def _in_line_order(batch: Batch) -> list[FileRow]:
    good = (FileRow(line, cells, in_place=True) for line, cells in zip(batch.line_nos, batch.rows, strict=True))
    if not batch.bad:
        return list(good)
    bad = (FileRow(row.line or 0, row.cells, in_place=False) for row in batch.bad)
    return list(heapq.merge(good, bad, key=lambda row: row.line_no))


async def _in_thread(function: Callable[[], T]) -> T:
    """Run in a thread; when cancelled, let the thread end first, since it uses the stream that is closed next."""
    task = asyncio.ensure_future(asyncio.to_thread(function))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task], timeout=_DRAIN_SECONDS)
        raise
