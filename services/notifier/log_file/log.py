"""The log as a stream of CSV."""

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

from services.notifier.domain import Result
from services.notifier.log_file.columns import Audience, Masking
from services.notifier.log_file.later import LaterRows, with_corrections
from services.notifier.log_file.merge import header_of, merge
from services.notifier.records import Part, Source
from services.notifier.repository import rounds, status
from shared.contracts.log_columns import FileRow
from shared.contracts.outcomes import Outcome
from shared.csvfile import FileRefused, write_rows
from shared.file_rows import FileRows
from shared.postgres import Database

_RESULTS_AT_ONCE: Final = 5_000


class Which(StrEnum):
    """Which rows stand in the log."""

    ALL = "all"
    FAILED = "failed"  # failed and held: what somebody has to correct or decide
    NOT_IMPORTED = "not_imported"  # the same and the skipped ones: everything that is not in the CRM afterwards


OUTCOMES: Final[dict[Which, Sequence[Outcome] | None]] = {
    Which.ALL: None,
    Which.FAILED: (Outcome.FAILED, Outcome.HELD),
    Which.NOT_IMPORTED: (Outcome.FAILED, Outcome.HELD, Outcome.SKIPPED),
}


class FileGone(Exception):
    """The uploaded file cannot be read any more, so its columns cannot be shown."""


class RowsRemoved(FileGone):
    """The results are gone after their retention period."""


class FileChanged(FileGone):
    """What lies there is not the file that was imported: it would show other accounts than those that were touched."""


class Uploads(Protocol):
    """The part of the Secure Upload that the log needs."""

    def stream(self, key: str) -> AsyncIterator[bytes]: ...


class ResultLog:
    """Logs of imports, each read again from the Secure Upload while it is written.

    Results come in stretches by line number rather than from one long cursor: a reader may be slow, and no transaction
    has to stay open for it. The results of an import that has ended never change.
    """

    def __init__(self, database: Database, uploads: Uploads) -> None:
        self._database = database
        self._uploads = uploads

    @asynccontextmanager
    async def open(self, import_id: UUID, which: Which, audience: Audience) -> AsyncIterator[AsyncIterator[bytes]]:
        """The CSV in pieces; raises FileGone, or ConnectionError where the store is away, before the first one."""
        async with self._database.connection() as connection:
            source = await status.source_of(connection, import_id)
            parts = await rounds.parts_of(connection, import_id)
        if source.rows_removed:
            raise RowsRemoved
        await self._prove(source, parts)
        async with AsyncExitStack() as stack:
            stream = self._uploads.stream(source.object_key)
            stack.push_async_callback(_close, stream)
            try:
                rows = await FileRows.open(stream, source.definition.options.reading)
            except (FileNotFoundError, FileRefused) as error:
                raise FileGone(type(error).__name__) from None
            told = _Told(
                import_id,
                parts,
                OUTCOMES[which],
                every_row=which is Which.ALL and not source.is_undo,
                tells_corrections=source.is_corrected or any(part.round > 1 for part in parts),
            )
            masking = Masking(
                rows.header, source.definition, audience, source.bank_columns, tells_rounds=told.tells_corrections
            )
            later = [await stack.enter_async_context(LaterRows.open(self._uploads, part)) for part in parts[1:]]
            pieces = self._pieces(told, rows, masking, later)
            stack.push_async_callback(_close, pieces)
            yield pieces

    async def _prove(self, source: Source, parts: Sequence[Part]) -> None:
        """Read each file once for its hash: only those that were checked and imported may stand beside the results."""
        found = await self._hash_of(source.object_key)
        if found is None:
            raise FileGone
        if found != source.definition.file.sha256:
            raise FileChanged
        for part in parts[1:]:
            found = await self._hash_of(part.object_key)
            if found not in {None, part.definition.file.sha256}:
                raise FileChanged

    async def _hash_of(self, key: str) -> str | None:
        """None where there is no such file."""
        stream = self._uploads.stream(key)
        digest = hashlib.sha256()
        try:
            async for chunk in stream:
                await asyncio.to_thread(digest.update, chunk)
        except FileNotFoundError:
            return None
        finally:
            await _close(stream)
        return digest.hexdigest()

    async def _pieces(
        self, told: "_Told", rows: FileRows, masking: Masking, later: Sequence[LaterRows]
    ) -> AsyncIterator[bytes]:
        width = len(rows.header)
        yield _csv([header_of(rows.header, masking.for_log, tells_rounds=told.tells_corrections)])
        done = 0
        async for batch in rows:
            upto = batch[-1].line_no
            newest = [row for one in later for row in await one.upto(upto)]
            by_line = {row.line_no: row for row in newest}
            as_last = [by_line.get(row.line_no, row) for row in batch]
            results = await self._results(told, done, upto)
            yield await asyncio.to_thread(_lines, as_last, results, masking, width, every_row=told.every_row)
            done = upto
        while results := await self._results(told, done, None):
            yield await asyncio.to_thread(_lines, [], results, masking, width, every_row=False)
            done = results[-1].line_no

    async def _results(self, told: "_Told", after: int, upto: int | None) -> list[Result]:
        # A stretch of the file holds as many results as rows; what lies beyond its end comes in pages.
        limit = _RESULTS_AT_ONCE if upto is None else None
        async with self._database.connection() as connection:
            found = await status.results_of(
                connection, told.parts, after=after, upto=upto, limit=limit, outcomes=told.outcomes
            )
            if not told.tells_corrections or not found:
                return found
            last = found[-1].line_no
            corrected = await rounds.corrections_of(connection, told.import_id, after=after, upto=last)
        ended = {part.round for part in told.parts}  # what was corrected for a round that was canceled counts no more
        return with_corrections(found, [one for one in corrected if one.round in ended])


@dataclass(frozen=True, slots=True)
class _Told:
    """What the log tells: of which import and its rounds, and which rows."""

    import_id: UUID
    parts: Sequence[Part]
    outcomes: Sequence[Outcome] | None
    every_row: bool
    tells_corrections: bool


def _lines(
    rows: Sequence[FileRow], results: Iterable[Result], masking: Masking, width: int, *, every_row: bool
) -> bytes:
    return _csv(merge(rows, results, masking, width, every_row=every_row))


def _csv(lines: Iterable[Sequence[str]]) -> bytes:
    out = io.BytesIO()
    write_rows(out, lines)
    return out.getvalue()


async def _close(stream: AsyncIterator[bytes]) -> None:
    close = getattr(stream, "aclose", None)
    if close is not None:
        await close()
