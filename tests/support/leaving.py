"""What the other services leave in their tables when they say an event."""

import json
from functools import singledispatch
from typing import Any, Final

import asyncpg

from shared.contracts.event import ImportEvent
from shared.contracts.events import (
    CheckProgressed,
    ChunkApplied,
    FinalState,
    FirstRowsApplied,
    ImportAnswered,
    ImportApproved,
    ImportCancelled,
    ImportConfirmed,
    ImportContinued,
    ImportFinished,
    ImportHeld,
    ImportRejected,
    ImportResumed,
    ImportWaiting,
)

_OUTBOX: Final = {"mapping": "mapping", "validation": "validation", "executor": "execution"}
_CHECK: Final = """
INSERT INTO validation.import_check (import_id, biller_id, kind, file_sha256, check_no)
SELECT id, biller_id, kind, '', $2 FROM mapping.import WHERE id = $1
ON CONFLICT (import_id) DO UPDATE SET check_no = $2, state = 'pending' WHERE import_check.check_no < $2
"""
_VERDICT: Final = """
UPDATE validation.import_check SET state = $2, planned = $3, undecided = $4, checked_at = $5 WHERE import_id = $1
"""
_FREE_BILLER: Final = """
UPDATE validation.import_check SET state = 'finished' WHERE biller_id = $1 AND state = 'approved'
"""
_JOB: Final = """
INSERT INTO execution.job (import_id, biller_id, kind, state, check_no, started_at)
SELECT id, biller_id, kind, 'running', 1, $2 FROM mapping.import WHERE id = $1 ON CONFLICT (import_id) DO NOTHING
"""
_PENDING: Final = "INSERT INTO execution.chunk (import_id, chunk_no) SELECT $1, generate_series(0, $2 - 1)"
_CHUNK: Final = """
INSERT INTO execution.chunk (import_id, chunk_no, state, counts, codes) VALUES ($1, $2, 'applied', $3, $4)
ON CONFLICT (import_id, chunk_no) DO UPDATE SET state = 'applied', counts = $3, codes = $4
"""
_SUMS: Final = """
SELECT coalesce(sum((counts ->> 'applied')::int), 0) AS applied,
    coalesce(sum((counts ->> 'no_change')::int), 0) AS no_change,
    coalesce(sum((counts ->> 'skipped')::int), 0) AS skipped,
    coalesce(sum((counts ->> 'held')::int), 0) AS held,
    coalesce(sum((counts ->> 'failed')::int), 0) AS failed
FROM execution.chunk WHERE import_id = $1
"""
_END: Final = """
UPDATE execution.job SET state = $2, started_at = coalesce($3, started_at), finished_at = $4 WHERE import_id = $1
"""


async def leave(admin: asyncpg.Connection, event: ImportEvent) -> None:
    """Make the tables and the outbox of the sender say it."""
    if await admin.fetchval("SELECT true FROM mapping.import WHERE id = $1", event.import_id):
        await _leave(event, admin)
    schema = _OUTBOX[event.topic.producers[0]]
    await admin.execute(
        f"INSERT INTO {schema}.outbox (event_id, topic, key, body) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        *(event.event_id, event.topic.name, event.key, event.to_bytes()),
    )


@singledispatch
async def _leave(event: ImportEvent, admin: asyncpg.Connection) -> None:
    """Nothing beside the outbox."""


@_leave.register
async def _(event: CheckProgressed, admin: asyncpg.Connection) -> None:
    await admin.execute(_CHECK, event.import_id, event.check_no)


@_leave.register
async def _(event: ImportRejected, admin: asyncpg.Connection) -> None:
    await _check_ended(admin, event, "rejected", event.codes)


@_leave.register
async def _(event: ImportHeld, admin: asyncpg.Connection) -> None:
    await _check_ended(admin, event, "held", event.codes, event.planned.model_dump_json(), event.undecided)


@_leave.register
async def _(event: ImportAnswered, admin: asyncpg.Connection) -> None:
    statement = "INSERT INTO mapping.answered_check VALUES ($1, $2, 'test', 'Test')"
    await admin.execute(statement, event.import_id, event.check_no)


@_leave.register
async def _(event: ImportConfirmed, admin: asyncpg.Connection) -> None:
    statement = "INSERT INTO mapping.confirmation (import_id, check_no, confirmed_by) VALUES ($1, $2, 'test')"
    await admin.execute(statement, event.import_id, event.check_no)


@_leave.register
async def _(event: ImportApproved, admin: asyncpg.Connection) -> None:
    await admin.execute(_FREE_BILLER, event.biller_id)
    await _check_ended(admin, event, "approved", event.codes, event.planned.model_dump_json())
    await admin.execute(_JOB, event.import_id, event.occurred_at)
    await admin.execute(_PENDING, event.import_id, event.chunks)


@_leave.register
async def _(event: ChunkApplied, admin: asyncpg.Connection) -> None:
    await admin.execute(_JOB, event.import_id, event.occurred_at)
    await admin.execute(_CHUNK, event.import_id, event.chunk_no, event.counts.model_dump_json(), "{}")


@_leave.register
async def _(event: ImportCancelled, admin: asyncpg.Connection) -> None:
    await admin.fetchval("SELECT execution.cancel_import($1, $2, 'cancelled')", event.import_id, event.biller_id)
    statement = "UPDATE mapping.import SET state = 'cancelled', updated_at = $2 WHERE id = $1"
    await admin.execute(statement, event.import_id, event.occurred_at)


@_leave.register
async def _(event: ImportWaiting, admin: asyncpg.Connection) -> None:
    statement = "UPDATE execution.job SET waiting_since = $2, waiting_reason = $3 WHERE import_id = $1"
    await admin.execute(statement, event.import_id, event.occurred_at, event.reason)


@_leave.register
async def _(event: ImportResumed, admin: asyncpg.Connection) -> None:
    await admin.fetchval("SELECT execution.resume_import($1)", event.import_id)


@_leave.register
async def _(event: FirstRowsApplied, admin: asyncpg.Connection) -> None:
    statement = "UPDATE execution.job SET first_chunk = 1, paused_at = $2 WHERE import_id = $1"
    await admin.execute(statement, event.import_id, event.occurred_at)


@_leave.register
async def _(event: ImportContinued, admin: asyncpg.Connection) -> None:
    await admin.fetchval("SELECT execution.continue_import($1)", event.import_id)


@_leave.register
async def _(event: ImportFinished, admin: asyncpg.Connection) -> None:
    await admin.execute(_JOB, event.import_id, event.occurred_at)
    counts: dict[str, Any] = event.counts.model_dump()
    if dict(await admin.fetchrow(_SUMS, event.import_id) or {}) != counts:
        await admin.execute("DELETE FROM execution.chunk WHERE import_id = $1", event.import_id)
        await admin.execute(_CHUNK, event.import_id, 0, json.dumps(counts), "{}")
    statement = "UPDATE execution.chunk SET codes = $2 WHERE import_id = $1 AND chunk_no = 0"
    await admin.execute(statement, event.import_id, json.dumps(event.codes))
    state = event.state.value if event.state in {FinalState.CANCELLED, FinalState.FAILED} else "finished"
    await admin.execute(_END, event.import_id, state, event.started_at, event.finished_at)


async def _check_ended(
    admin: asyncpg.Connection,
    event: ImportRejected | ImportHeld | ImportApproved,
    state: str,
    codes: dict[str, int],
    planned: str | None = None,
    undecided: tuple[str, ...] = (),
) -> None:
    await admin.execute(_CHECK, event.import_id, event.check_no)
    await admin.execute(_VERDICT, event.import_id, state, planned, undecided, event.occurred_at)
    await admin.execute("DELETE FROM validation.finding WHERE import_id = $1", event.import_id)
    await admin.executemany(
        "INSERT INTO validation.finding (import_id, code, count) VALUES ($1, $2, $3)",
        [(event.import_id, code, count) for code, count in codes.items()],
    )
