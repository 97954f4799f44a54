"""From the Secure Upload into the temporary table: read in a thread, copied while the next rows are read."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from services.validation.domain.context import Context
from services.validation.progress import Progress
from services.validation.reading import FileReading, Lines, Refused, UploadedBytes
from services.validation.repository import checks, staged
from services.validation.repository.checks import Finding
from services.validation.repository.facts import Facts
from shared.postgres import Connection

_PIECE_BYTES: Final = 4 << 20

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class StagedFile:
    """What is known of a file whose rows are staged."""

    rows: int
    findings: Sequence[Finding]
    details: Mapping[str, Mapping[str, Any]]
    reads_bank_accounts: bool
    bank_columns: Sequence[int]
    may_share_accounts: bool


async def stage(
    connection: Connection,
    stream: AsyncIterator[bytes],
    known: Facts,
    context: Context,
    progress: Progress,
    silence_seconds: float,
) -> StagedFile:
    """Stage the rows of the file; raises Refused, with F018 before anything that reading says.

    The server is let know at least every ``silence_seconds`` that this process lives: one that stands still loses its
    check to another.
    """
    source = UploadedBytes(stream, asyncio.get_running_loop())
    reading = FileReading(source, known.definition, biller_name=known.biller.name)
    staging = _Staging(connection, reading, source, progress, silence_seconds)
    refused = await staging.refusal(context, fold_case=known.biller.folds_case)
    if isinstance(refused, FileNotFoundError) or await staging.drained() != known.definition.file.sha256:
        raise Refused("F018")
    if refused is not None:
        refused.bank_columns = reading.bank_columns
        raise refused
    for code, lines in reading.lines_in_doubt.items():
        await staged.put_in_doubt(connection, code, lines, goes_on=code in context.going_on)
    if reading.hidden_for_log:
        await staged.mask_for_log(connection, reading.hidden_for_log)
    return StagedFile(
        reading.rows,
        reading.findings,
        reading.details,
        reading.reads_bank_accounts,
        reading.bank_columns,
        reading.may_share_accounts,
    )


class _Staging:
    """Reads in a thread and copies in pieces: each is there as a whole before its COPY begins.

    While the thread reads, the server is told now and then that this process lives.
    """

    def __init__(
        self,
        connection: Connection,
        reading: FileReading,
        source: UploadedBytes,
        progress: Progress,
        silence_seconds: float,
    ) -> None:
        self._connection = connection
        self._reading = reading
        self._source = source
        self._progress = progress
        self._silence_seconds = silence_seconds
        self._ahead: Lines | None = None

    async def refusal(self, context: Context, *, fold_case: bool) -> Refused | FileNotFoundError | None:
        """Stage what can be staged; what there is to say against the file."""
        try:
            await self._awaited(self._in_thread(self._reading.open, context, fold_case=fold_case))
            await self._copy()
        except (Refused, FileNotFoundError) as refused:
            return refused
        return None

    async def drained(self) -> str:
        """The hash of the whole file, once its rest is read."""
        return await self._awaited(self._in_thread(self._source.drain))

    async def _copy(self) -> None:
        upcoming = self._in_thread(self._next_piece)
        try:
            while piece := await self._awaited(upcoming):
                upcoming = self._in_thread(self._next_piece)
                await staged.copy(self._connection, piece.columns, piece.text)
                await self._progress.tell(self._source.count, self._reading.rows)
        finally:
            upcoming.cancel()
        await staged.analyze(self._connection)

    def _next_piece(self) -> Lines | None:
        """Lines that fill the same columns, up to some size; what follows them may fill more."""
        first, self._ahead = self._ahead or self._reading.next_lines(), None
        if first is None:
            return None
        texts, size = [first.text], len(first.text)
        while size < _PIECE_BYTES and (some := self._reading.next_lines()):
            if some.columns != first.columns:
                self._ahead = some
                break
            texts.append(some.text)
            size += len(some.text)
        return Lines(first.columns, b"".join(texts))

    async def _awaited(self, task: asyncio.Task[_T]) -> _T:
        try:
            while not (await asyncio.wait([task], timeout=self._silence_seconds / 4))[0]:
                await checks.keep_alive(self._connection)
        finally:
            task.cancel()
        return task.result()

    @staticmethod
    def _in_thread(do: Callable[..., _T], *given: object, **named: object) -> asyncio.Task[_T]:
        return asyncio.create_task(asyncio.to_thread(do, *given, **named))
