"""Jobs: an approved import, its chunks, its end."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from services.executor.domain import Job, JobState, Tally
from shared.contracts.kinds import ImportKind
from shared.postgres import Connection

WAKE_CHANNEL: Final = "execution_chunk"

# A message may only cause a look-up. A check that is cancelled by now is let through if its import was told approved:
# its rows still need their outcome, which will be S405.
_APPROVED: Final = """
    SELECT c.biller_id, c.kind, c.state = 'approved' AS approved, i.requester ->> 'subject' AS subject,
        i.undoes IS NOT NULL AS is_undo
    FROM validation.import_check c JOIN mapping.import i ON i.id = c.import_id
    WHERE c.import_id = $1 AND c.check_no = $2 AND (c.state = 'approved' OR c.state = 'cancelled' AND $3)
        -- Validation alone cannot start what a person was to confirm.
        AND (
            coalesce(i.definition ->> 'decide', 'ask') <> 'ask'
            OR EXISTS (SELECT FROM mapping.confirmation f WHERE f.import_id = i.id AND f.check_no = c.check_no - 1)
        )
"""

# Where the job was cancelled before it was approved, the tombstone stays cancelled and only learns what it was; that
# opens it again, for its rows need their outcome.
_ADD_JOB: Final = """
    INSERT INTO job (import_id, biller_id, kind, state, reason, check_no) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (import_id) DO UPDATE SET kind = excluded.kind, check_no = excluded.check_no, finished_at = NULL
        WHERE job.kind IS NULL
    RETURNING state
"""

_ADD_CHUNKS: Final = """
    INSERT INTO chunk (import_id, chunk_no)
    SELECT $1, generate_series(0, (SELECT max(chunk_no) FROM validation.plan_row WHERE import_id = $1))
    ON CONFLICT DO NOTHING
"""

_WAKE: Final = "SELECT pg_notify($1, '')"

# Chunks do not lock the job: whoever stops it never waits for them, and its end waits for every chunk anyway.
_STATE: Final = "SELECT state FROM job WHERE import_id = $1"

_READ_JOB: Final = """
    SELECT j.import_id, j.biller_id, j.kind, j.first_chunk > 0 AND j.continued_at IS NULL AS is_canary, i.undoes,
        i.requester ->> 'subject' AS subject,
        b.login_realm_id AS realm_id, b.paperless_confirm_required AS confirm_required,
        b.account_number_case = 'insensitive' AS ignores_case,
        (o.options ->> 'effective_date')::date AS effective_date, o.options ->> 'attestation' AS attestation,
        coalesce((o.options ->> 'notify_customers')::boolean, false) AS notify_customers,
        ARRAY(
            SELECT t.id FROM jsonb_array_elements_text(i.definition -> 'invoice_types') WITH ORDINALITY x(code, place)
            JOIN crm.invoice_type t ON t.biller_id = j.biller_id AND t.code = x.code ORDER BY x.place
        ) AS invoice_type_ids
    FROM job j
    JOIN mapping.import i ON i.id = j.import_id
    JOIN crm.biller b ON b.id = j.biller_id
    CROSS JOIN LATERAL (SELECT coalesce(i.definition -> 'options', '{}') AS options) o
    WHERE j.import_id = $1
"""

_FAIL_JOB: Final = "UPDATE job SET state = 'failed', reason = $2 WHERE import_id = $1 AND state = 'running'"

# The chunks rest as well, for executors of the last release do not know of jobs that wait. A chunk in hand is left to
# who has it.
_WAIT: Final = """
    WITH waiting AS (
        UPDATE job SET waiting_since = now(), waiting_reason = $2
        WHERE import_id = $1 AND finished_at IS NULL AND waiting_since IS NULL RETURNING import_id
    ), resting AS (
        UPDATE chunk SET not_before = 'infinity', attempts = 0
        WHERE import_id = (SELECT import_id FROM waiting) AND chunk_no IN (
            SELECT chunk_no FROM chunk WHERE import_id = $1 AND state = 'pending' FOR UPDATE SKIP LOCKED
        )
    )
    SELECT EXISTS (SELECT FROM waiting)
"""
_COUNT_WAITING: Final = "SELECT count(*) FROM job WHERE waiting_since IS NOT NULL AND finished_at IS NULL"

# What is held back is pending and never due: no chunk of the canary is left when none of the others is.
_PAUSABLE: Final = """
    SELECT j.import_id, j.biller_id FROM job j
    WHERE j.finished_at IS NULL AND j.state = 'running' AND j.first_chunk > 0 AND j.paused_at IS NULL
        AND ($1::uuid IS NULL OR j.import_id = $1)
        AND NOT EXISTS (
            SELECT FROM chunk c WHERE c.import_id = j.import_id AND c.state = 'pending' AND c.chunk_no >= j.first_chunk
        )
        AND EXISTS (SELECT FROM chunk c WHERE c.import_id = j.import_id AND c.state = 'pending')
    ORDER BY j.started_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_PAUSE: Final = "UPDATE job SET paused_at = now() WHERE import_id = $1"

# A chunk never becomes pending again, so no pending chunk in this snapshot means none ever.
_FINISHABLE: Final = """
    SELECT j.import_id, j.biller_id, j.state, j.reason, j.started_at, now() AS finished_at FROM job j
    WHERE j.finished_at IS NULL AND j.kind IS NOT NULL AND ($1::uuid IS NULL OR j.import_id = $1)
        AND ($3 OR j.import_id <> ALL ($2::uuid[]))
        AND NOT EXISTS (SELECT FROM chunk c WHERE c.import_id = j.import_id AND c.state = 'pending')
    ORDER BY j.import_id = ANY ($2::uuid[]), j.started_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_CHUNK_SUMS: Final = "SELECT counts, codes FROM chunk WHERE import_id = $1"
_FINISH: Final = """
    UPDATE job SET finished_at = $2, state = CASE state WHEN 'running' THEN 'finished' ELSE state END
    WHERE import_id = $1
"""
_STANDING: Final = "SELECT finished_at IS NOT NULL AS finished, waiting_reason FROM job WHERE import_id = $1"


class Approved(NamedTuple):
    """What the validation service wrote about the import of an ImportApproved."""

    biller_id: int
    kind: ImportKind
    approved: bool
    subject: str
    is_undo: bool


class Paused(NamedTuple):
    """A job whose canary is done, while its other chunks are held back."""

    import_id: UUID
    biller_id: int


class Ended(NamedTuple):
    """A job whose every chunk is done."""

    import_id: UUID
    biller_id: int
    state: JobState
    reason: str | None
    started_at: datetime
    finished_at: datetime


async def find_approved(
    connection: Connection, import_id: UUID, check_no: int, *, was_approved: bool
) -> Approved | None:
    """What stands in the database about a check said to be approved; None where nothing of the kind does.

    ``was_approved``: validation did say so, which a check that was cancelled since does not tell any more.
    """
    row = await connection.fetchrow(_APPROVED, import_id, check_no, was_approved)
    return None if row is None else Approved(**{**dict(row), "kind": ImportKind(row["kind"])})


async def add(
    connection: Connection, import_id: UUID, approved: Approved, check_no: int, state: JobState, reason: str | None
) -> bool:
    """Write the job and its pending chunks; False where it was there already."""
    added = await connection.fetchval(_ADD_JOB, import_id, approved.biller_id, approved.kind, state, reason, check_no)
    if added is None:
        return False
    await connection.execute(_ADD_CHUNKS, import_id)
    return True


async def wake_workers(connection: Connection) -> None:
    await connection.execute(_WAKE, WAKE_CHANNEL)


async def state_of(connection: Connection, import_id: UUID) -> JobState:
    return JobState(await connection.fetchval(_STATE, import_id))


async def read(connection: Connection, import_id: UUID) -> Job:
    [row] = await connection.fetch(_READ_JOB, import_id)
    return Job(**{**dict(row), "kind": ImportKind(row["kind"]), "is_canary": bool(row["is_canary"])})


async def fail(connection: Connection, import_id: UUID, reason: str) -> None:
    """Stop a running job; its pending chunks will be skipped."""
    await connection.execute(_FAIL_JOB, import_id, reason)


async def wait(connection: Connection, import_id: UUID, reason: str) -> bool:
    """Have no further chunk begun until an operator resumes the job; False where it waits already or has ended."""
    return bool(await connection.fetchval(_WAIT, import_id, reason))


async def count_waiting(connection: Connection) -> int:
    return int(await connection.fetchval(_COUNT_WAITING))


async def lock_ended(
    connection: Connection, import_id: UUID | None, blocked: Sequence[UUID] = (), *, again: bool = True
) -> Ended | None:
    """A job with nothing left to do, locked for its end; those last whose end has failed, or not ``again`` at all."""
    row = await connection.fetchrow(_FINISHABLE, import_id, blocked, again)
    return None if row is None else Ended(**{**dict(row), "state": JobState(row["state"])})


async def lock_paused(connection: Connection, import_id: UUID | None) -> Paused | None:
    """A job whose canary is done and that nobody has been told of, locked."""
    row = await connection.fetchrow(_PAUSABLE, import_id)
    return None if row is None else Paused(**row)


async def pause(connection: Connection, import_id: UUID) -> None:
    await connection.execute(_PAUSE, import_id)


async def tally(connection: Connection, import_id: UUID) -> Tally:
    total = Tally()
    for row in await connection.fetch(_CHUNK_SUMS, import_id):
        counts: Mapping[str, int] = row["counts"]
        total.merge(counts, row["codes"])
    return total


async def finish(connection: Connection, ended: Ended) -> None:
    await connection.execute(_FINISH, ended.import_id, ended.finished_at)


async def standing(connection: Connection, import_id: UUID) -> tuple[bool, str | None]:
    """Whether every row of the import has its outcome, and what it waits for an operator for."""
    row = await connection.fetchrow(_STANDING, import_id)
    return (False, None) if row is None else (row["finished"], row["waiting_reason"])
