"""From the Secure Upload into the temporary table: read in a thread, copied while the next rows are read."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from services.validation.domain.context import Context
from services.validation.progress import Progress
from services.validation.reading import FileReading, Refused, UploadedBytes
from services.validation.repository import staged
from services.validation.repository.facts import Facts
from shared.postgres import Connection


@dataclass(frozen=True, slots=True)
class StagedFile:
    """What is known of a file whose rows are staged."""

    rows: int
    warnings: Sequence[tuple[str, int | None]]
    unused_columns: int
    restored_zeros: int
    misspelt_domains: Mapping[str, int]


async def stage(
    connection: Connection,
    stream: AsyncIterator[bytes],
    known: Facts,
    context: Context,
    progress: Progress,
    seconds: float,
) -> StagedFile:
    """Stage the rows of the file; raises Refused, with F018 before anything that reading says."""
    source = UploadedBytes(stream, asyncio.get_running_loop())
    reading = FileReading(source, known.definition, biller_name=known.biller.name)
    refused = await _refusal(reading.open, context, fold_case=known.biller.folds_case)
    if refused is None:
        lines = _Lines(reading, source, progress)
        await staged.copy(connection, reading.columns, lines.read(), timedelta(seconds=seconds))
        refused = lines.conclude()
    if isinstance(refused, FileNotFoundError) or await asyncio.to_thread(source.drain) != known.definition.file.sha256:
        raise Refused("F018")
    if refused is not None:
        raise refused
    return StagedFile(
        reading.rows, reading.warnings, reading.unused_columns, reading.restored_zeros, reading.misspelt_domains
    )


async def _refusal(do: Callable[..., None], *given: object, **named: object) -> Refused | FileNotFoundError | None:
    try:
        await asyncio.to_thread(do, *given, **named)
    except (Refused, FileNotFoundError) as refused:
        return refused
    return None


class _Lines:
    """The lines of COPY. What goes wrong waits for its end: an error's text would stand in the server's log."""

    def __init__(self, reading: FileReading, source: UploadedBytes, progress: Progress) -> None:
        self._reading = reading
        self._source = source
        self._progress = progress
        self._error: BaseException | None = None

    async def read(self) -> AsyncIterator[bytes]:
        try:
            while lines := await asyncio.to_thread(self._reading.next_lines):
                yield lines
                await self._progress.tell(self._source.count, self._reading.rows)
        except Exception as error:  # noqa: BLE001 - raised again by conclude()
            self._error = error

    def conclude(self) -> Refused | None:
        """The refusal, if there was one; any other error is raised."""
        if self._error is None or isinstance(self._error, Refused):
            return self._error
        raise self._error
