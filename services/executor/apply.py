"""Applies one chunk: everything at once, and in ever smaller parts only where the data refuses."""

from collections.abc import Sequence
from datetime import date

import asyncpg

from services.executor.domain import (
    CHANGED_SINCE_CHECK,
    TECHNICAL_FAILURE,
    Changes,
    Chunk,
    ChunkContents,
    Job,
    JobState,
    JobStopped,
    NotApplied,
    Tally,
    halves,
    is_data_error,
)
from services.executor.repository import (
    autopay,
    compare,
    jobs,
    locks,
    notices,
    paperless,
    people,
    planner,
    records,
    results,
    undo,
    work,
)
from shared.contracts.kinds import ImportKind
from shared.contracts.outcomes import Outcome
from shared.logging import get_logger
from shared.postgres import Connection

log = get_logger()


async def apply_chunk(connection: Connection, job: Job, chunk: Chunk, today: date) -> Tally:
    """Give every row of the chunk its outcome; a group the database refuses fails without the others.

    Raises JobStopped where the import was stopped while the chunk waited for its locks: then nothing is applied.
    """
    try:
        # The locks are taken inside the savepoint as well: rows locked outside and changed inside would each need a
        # record of two transactions, which costs more than all the rest.
        async with connection.transaction():
            return await _apply_at_once(connection, job, chunk, today)
    except asyncpg.PostgresError as error:
        if not is_data_error(error.sqlstate):
            raise
        _log_refusal("chunk_refused", error)
    return await _apply_in_parts(connection, job, chunk, today)


async def skip_chunk(connection: Connection, chunk: Chunk) -> Tally:
    tally = Tally()
    await results.write_skipped(connection, chunk, tally)
    return tally


async def _apply_at_once(connection: Connection, job: Job, chunk: Chunk, today: date) -> Tally:
    tally = Tally()
    contents = await _take(connection, job, chunk)
    changes = await _compare(connection, job, chunk, contents, today, tally, at_once=True)
    if changes.groups:
        await _drop(connection, job, changes)
    await _write(connection, job, chunk, contents, tally)
    await results.write_others(connection, chunk, [_held(changes)], tally)
    return tally


async def _compare(
    connection: Connection,
    job: Job,
    chunk: Chunk,
    contents: ChunkContents,
    today: date,
    tally: Tally,
    *,
    at_once: bool = False,
) -> Changes:
    if job.undoes:
        changes = await undo.lock_and_compare(connection, job, job.undoes, chunk)
    else:
        changes = await compare.lock_and_compare(
            connection, job, chunk, contents, today, leaving_to_constraints=at_once
        )
    # The locks may have taken long. From here on the chunk goes to its end.
    if await jobs.state_of(connection, job.import_id) is not JobState.RUNNING:
        raise JobStopped
    tally.changed.update(changes.whole)
    return changes


async def _apply_in_parts(connection: Connection, job: Job, chunk: Chunk, today: date) -> Tally:
    """Halve what the database refuses until the groups that it refuses stand alone."""
    tally = Tally()
    contents = await _take(connection, job, chunk)
    changes = await _compare(connection, job, chunk, contents, today, tally)
    await _drop(connection, job, changes)
    failed: list[int] = []
    parts = [part for part in halves(await work.leaders(connection)) if part]
    while parts:
        part = parts.pop()
        if await _apply_part(connection, job, chunk, part, tally):
            continue
        if len(part) == 1:
            failed.extend(part)
        else:
            parts.extend(halves(part))
    not_applied = [_held(changes), NotApplied(failed, Outcome.FAILED, TECHNICAL_FAILURE)]
    await results.write_others(connection, chunk, not_applied, tally)
    return tally


async def _apply_part(connection: Connection, job: Job, chunk: Chunk, part: Sequence[int], tally: Tally) -> bool:
    counted = Tally()
    try:
        async with connection.transaction():
            contents = await _take(connection, job, chunk, part)
            await _write(connection, job, chunk, contents, counted)
    except asyncpg.PostgresError as error:
        if not is_data_error(error.sqlstate):
            raise
        if len(part) == 1:
            _log_refusal("group_refused", error)
        return False
    tally.merge(counted.outcomes, counted.codes)
    return True


async def _take(connection: Connection, job: Job, chunk: Chunk, groups: Sequence[int] | None = None) -> ChunkContents:
    contents = await work.fill(connection, chunk, groups)
    if job.undoes:
        await undo.fill(connection, job.undoes)
    return contents


async def _drop(connection: Connection, job: Job, changes: Changes) -> None:
    await compare.drop(connection, changes.groups)
    if job.undoes:
        await undo.drop(connection)


async def _write(connection: Connection, job: Job, chunk: Chunk, contents: ChunkContents, tally: Tally) -> None:
    if not contents.rows:
        return
    await locks.for_writing(connection)
    if job.undoes:
        await undo.take_back(connection, job.undoes)
        await undo.note(connection, job, job.undoes, chunk)
    else:
        await _apply_rows(connection, job, contents)
    await locks.for_comparing(connection)
    await results.write_applied(connection, tally)


async def _apply_rows(connection: Connection, job: Job, contents: ChunkContents) -> None:
    await people.change(connection, job, contents)
    match job.kind:
        case ImportKind.AUTOPAY:
            await autopay.change(connection, job, contents)
        case ImportKind.PAPERLESS | ImportKind.REGISTRATION:
            pass  # they change people alone
    await planner.for_inserts(connection)
    await _insert(connection, job, contents)
    await planner.for_present_sizes(connection)
    if job.notify_customers:
        await notices.queue(connection, job)


async def _insert(connection: Connection, job: Job, contents: ChunkContents) -> None:
    await people.insert(connection, job, contents)
    match job.kind:
        case ImportKind.AUTOPAY:
            await autopay.insert(connection, job, contents, await records.insert(connection, job, contents))
        case ImportKind.PAPERLESS:
            attestation = await records.insert(connection, job, contents)
            await paperless.insert(connection, job, contents, attestation)
        case ImportKind.REGISTRATION:
            pass  # people is all there is


def _held(changes: Changes) -> NotApplied:
    return NotApplied(changes.groups, Outcome.HELD, CHANGED_SINCE_CHECK, changes.groups)


def _log_refusal(event: str, error: asyncpg.PostgresError) -> None:
    # The text of the error may hold values of a row.
    log.warning(event, error=type(error).__name__, sqlstate=error.sqlstate)
