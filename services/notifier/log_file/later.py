"""Rows as later rounds of an import had them, and what was corrected in them."""

from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import Protocol

from services.notifier.domain import Correction, Result
from services.notifier.records import Part
from shared.contracts.log_columns import FileRow
from shared.csvfile import FileRefused
from shared.file_rows import FileRows


class Uploads(Protocol):
    def stream(self, key: str) -> AsyncIterator[bytes]: ...


class LaterRows:
    """The rows of a round, in step with those of the file. Of a file that is gone there are none."""

    def __init__(self, rows: AsyncIterator[FileRow]) -> None:
        self._rows = rows
        self._head: FileRow | None = None

    @classmethod
    @asynccontextmanager
    async def open(cls, uploads: Uploads, part: Part) -> "AsyncIterator[LaterRows]":
        async with aclosing(_rows_of(uploads, part)) as rows:
            yield cls(rows)

    async def upto(self, line: int) -> list[FileRow]:
        """The next rows, up to this line."""
        found = []
        while (row := self._head or await anext(self._rows, None)) is not None and row.line_no <= line:
            found.append(row)
            self._head = None
        self._head = row
        return found


async def _rows_of(uploads: Uploads, part: Part) -> AsyncGenerator[FileRow, None]:
    async with aclosing(_pieces(uploads, part)) as pieces:
        try:
            rows = await FileRows.open(pieces, part.definition.options.reading)
        except (FileNotFoundError, FileRefused):
            return
        async for batch in rows:
            for row in batch:
                yield row


async def _pieces(uploads: Uploads, part: Part) -> AsyncGenerator[bytes, None]:
    async for piece in uploads.stream(part.object_key):
        yield piece


def with_corrections(results: Sequence[Result], corrected: Iterable[Correction]) -> list[Result]:
    """The results, each with what was corrected in its row."""
    by_line: dict[int, list[Correction]] = defaultdict(list)
    for one in corrected:
        by_line[one.line_no].append(one)
    return [replace(result, corrections=tuple(by_line.get(result.line_no, ()))) for result in results]
