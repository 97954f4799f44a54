"""Rows of files in the Secure Upload, read from end to end and proved to be those that were imported."""

import hashlib
import heapq
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from services.mapping.context import Context
from services.mapping.repository.rounds import Part
from services.mapping.usecases.rounds.refusals import away, gone
from shared.contracts.definition import ImportDefinition, Reading
from shared.contracts.log_columns import FileRow
from shared.csvfile import FileRefused
from shared.file_rows import FileRows


class FileAway(Exception):
    """The file is not there, or not the one that is meant."""


class StoredRows:
    """Open with ``async with``, then iterate over the rows. Raises FileAway, FileRefused."""

    def __init__(self, context: Context, key: str, definition: ImportDefinition | None) -> None:
        self._stream = context.secure_upload.stream(key)
        self._definition = definition
        self._digest = hashlib.sha256()
        self._stack = AsyncExitStack()
        self._rows: FileRows | None = None

    @property
    def header(self) -> list[str]:
        return self._opened.header

    @property
    def header_line(self) -> int:
        return self._opened.header_line

    @property
    def _opened(self) -> FileRows:
        if self._rows is None:
            raise RuntimeError("Rows are read from an open file")
        return self._rows

    async def __aenter__(self) -> Self:
        pieces = self._pieces()
        self._stack.push_async_callback(pieces.aclose)
        reading = Reading() if self._definition is None else self._definition.options.reading
        try:
            self._rows = await FileRows.open(pieces, reading)
        except FileNotFoundError:
            raise FileAway from None
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def _pieces(self) -> AsyncGenerator[bytes, None]:
        async for piece in self._stream:
            self._digest.update(piece)
            yield piece

    async def __aiter__(self) -> AsyncIterator[FileRow]:
        async for batch in self.batches():
            for row in batch:
                yield row

    async def batches(self) -> AsyncIterator[Sequence[FileRow]]:
        async for batch in self._opened:
            yield batch
        if self._definition is not None and self._digest.hexdigest() != self._definition.file.sha256:
            raise FileAway


async def in_line_order(sources: Sequence[AsyncIterator[FileRow]]) -> AsyncIterator[FileRow]:
    """The rows of several files by their lines; no line is in two of them."""
    heads: list[tuple[int, int, FileRow]] = []
    for place, source in enumerate(sources):
        if (first := await anext(source, None)) is not None:
            heads.append((first.line_no, place, first))
    heapq.heapify(heads)
    while heads:
        _, place, row = heads[0]
        yield row
        following = await anext(sources[place], None)
        if following is None:
            heapq.heappop(heads)
        else:
            heapq.heapreplace(heads, (following.line_no, place, following))


async def rows_on(context: Context, part: Part, lines: set[int]) -> list[FileRow]:
    """The rows on these lines, in their order; the file is read no further than the last. Raises Gone, Unavailable."""
    found: list[FileRow] = []
    if not lines:
        return found
    last = max(lines)
    try:
        async with StoredRows(context, part.object_key, part.definition) as stored:
            async for row in stored:
                if row.line_no in lines:
                    found.append(row)
                if row.line_no >= last:
                    break
    except (FileAway, FileRefused):
        raise gone() from None
    except (ConnectionError, TimeoutError):
        raise away() from None
    return found
