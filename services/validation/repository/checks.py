"""The state of checks: recorded by handlers, claimed and concluded by the worker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from shared.postgres import Connection

CHANNEL: Final = "validation_check"

_NOTIFY: Final = "SELECT pg_notify('validation_check', '')"

_ADD: Final = """
INSERT INTO import_check (import_id, biller_id, kind, file_sha256)
SELECT i.id, i.biller_id, i.kind, i.definition #>> '{file,sha256}'
FROM mapping.import i
WHERE i.id = $1
ON CONFLICT (import_id) DO NOTHING
"""

_CONFIRM: Final = """
UPDATE import_check
SET state = 'pending', check_no = check_no + 1, attempts = 0, not_before = now(), requested_at = now()
WHERE import_id = $1 AND check_no = $2 AND state = 'held'
"""

_CANCEL: Final = "INSERT INTO cancellation (import_id) VALUES ($1) ON CONFLICT (import_id) DO NOTHING"

# A running check holds its row locked; it is passed over here and found by the next look.
_SWEEP_CANCELLED: Final = """
UPDATE import_check
SET state = 'cancelled'
WHERE import_id IN (
    SELECT c.import_id
    FROM import_check c
    JOIN cancellation x ON x.import_id = c.import_id
    WHERE c.state IN ('pending', 'held', 'approved')
    FOR UPDATE OF c SKIP LOCKED
)
RETURNING import_id
"""

_IS_CANCELLED: Final = "SELECT EXISTS (SELECT FROM cancellation WHERE import_id = $1)"

_FINISH: Final = """
UPDATE import_check
SET state = CASE WHEN state = 'approved' THEN $2 ELSE state END, finished_at = now()
WHERE import_id = $1 AND finished_at IS NULL
"""

# One running import per biller: the others wait, except that the same file again is refused at once (F017).
_CANDIDATES: Final = """
SELECT c.import_id
FROM import_check c
WHERE c.state = 'pending' AND c.not_before <= now()
    AND NOT EXISTS (
        SELECT
        FROM import_check o
        WHERE o.biller_id = c.biller_id AND o.state = 'approved'
            AND (o.kind <> c.kind OR o.file_sha256 <> c.file_sha256)
    )
ORDER BY c.requested_at
LIMIT 20
"""

# One check of a biller at a time: two that end approved could not both be.
_TURN: Final = """
SELECT pg_try_advisory_xact_lock(hashtextextended('import_check', biller_id))
FROM import_check
WHERE import_id = $1
"""

_CLAIM: Final = """
SELECT c.import_id, c.biller_id, c.kind, c.check_no, c.attempts,
    EXISTS (
        SELECT
        FROM import_check o
        WHERE o.biller_id = c.biller_id AND o.state = 'approved'
            AND o.kind = c.kind AND o.file_sha256 = c.file_sha256
    ) AS is_running
FROM import_check c
WHERE c.import_id = $1 AND c.state = 'pending'
    AND NOT EXISTS (
        SELECT
        FROM import_check o
        WHERE o.biller_id = c.biller_id AND o.state = 'approved'
            AND (o.kind <> c.kind OR o.file_sha256 <> c.file_sha256)
    )
FOR UPDATE OF c SKIP LOCKED
"""

_CONCLUDE: Final = """
UPDATE import_check
SET state = $2, rows_read = $3, planned = $4, impact = $5, undecided = $6, checked_at = now(), attempts = 0
WHERE import_id = $1
"""

_KEEP_SEEN: Final = "UPDATE import_check SET seen_biller = $2, seen_types = $3 WHERE import_id = $1"

# The pairs of account number and method or email that live rows have, as numbers; of many the smallest.
_KEEP_ROW_KEYS: Final = """
UPDATE import_check
SET row_keys = ARRAY(
    SELECT DISTINCT hashtextextended(account_number || E'\\n' || identity, 0) AS key
    FROM staged
    WHERE verdict IS NULL
    ORDER BY key
    LIMIT $2
)
WHERE import_id = $1
"""

# C203. Where keys were cut off, what lies above the last one kept is not known of that file.
_WAS_IMPORTED: Final = """
WITH this AS (
    SELECT biller_id, kind, file_sha256, row_keys,
        CASE WHEN cardinality(row_keys) = $2 THEN row_keys[$2] END AS limit_key
    FROM import_check
    WHERE import_id = $1
), other AS (
    SELECT o.import_id, o.row_keys, o.file_sha256 = t.file_sha256 AS is_same,
        least(t.limit_key, CASE WHEN cardinality(o.row_keys) = $2 THEN o.row_keys[$2] END) AS limit_key
    FROM this t
    JOIN import_check o ON o.biller_id = t.biller_id AND o.kind = t.kind
    WHERE o.state = 'finished' AND o.import_id <> $1
), mine AS MATERIALIZED (
    SELECT key FROM this CROSS JOIN LATERAL unnest(row_keys) AS key
), shared AS (
    SELECT o.import_id, count(*) AS keys
    FROM other o
    CROSS JOIN LATERAL unnest(o.row_keys) AS theirs (key)
    JOIN mine ON mine.key = theirs.key
    WHERE theirs.key <= o.limit_key OR o.limit_key IS NULL
    GROUP BY o.import_id
)
SELECT coalesce(bool_or(o.is_same OR s.keys > 0.9 * p.pairs AND (o.limit_key IS NULL OR p.pairs >= $3)), false)
FROM other o
CROSS JOIN this t
LEFT JOIN shared s ON s.import_id = o.import_id
CROSS JOIN LATERAL (
    -- The keys stand in order, so that those up to the last one known are counted by halving.
    SELECT coalesce(width_bucket(o.limit_key, t.row_keys), cardinality(t.row_keys)) AS pairs
) AS p
"""
_MOST_KEYS: Final = 1_000
_FEWEST_KEYS: Final = 10

_POSTPONE: Final = """
UPDATE import_check
SET attempts = attempts + $2, not_before = now() + make_interval(secs => $3)
WHERE import_id = $1 AND state = 'pending'
RETURNING attempts
"""

_FORGET_FINDINGS: Final = "DELETE FROM finding WHERE import_id = $1"

_FIND: Final = """
INSERT INTO finding (import_id, code, count, detail, sample_lines) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (import_id, code) DO UPDATE
SET count = excluded.count, detail = excluded.detail, sample_lines = excluded.sample_lines
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A pending check whose row is locked by this transaction."""

    import_id: UUID
    biller_id: int
    kind: str
    check_no: int
    attempts: int
    is_running: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """How often a code was found, and where."""

    code: str
    count: int
    detail: Mapping[str, Any]
    sample_lines: Sequence[int] = ()


async def notify(connection: Connection) -> None:
    """Wake the workers when this transaction commits."""
    await connection.execute(_NOTIFY)


async def add(connection: Connection, import_id: UUID) -> None:
    """A new check, pending."""
    await connection.execute(_ADD, import_id)
    await notify(connection)


async def confirm(connection: Connection, import_id: UUID, check_no: int) -> None:
    """Check again with the decisions, if it is this check that is held."""
    await connection.execute(_CONFIRM, import_id, check_no)
    await notify(connection)


async def cancel(connection: Connection, import_id: UUID) -> None:
    """Note the cancellation and end the check, unless it is running: then its worker ends it."""
    await connection.execute(_CANCEL, import_id)
    await connection.execute(_SWEEP_CANCELLED)
    await notify(connection)


async def sweep_cancelled(connection: Connection) -> int:
    """End the checks that were cancelled while they ran; how many."""
    return len(await connection.fetch(_SWEEP_CANCELLED))


async def is_cancelled(connection: Connection, import_id: UUID) -> bool:
    """Whether a cancellation was heard of."""
    return bool(await connection.fetchval(_IS_CANCELLED, import_id))


async def finish(connection: Connection, import_id: UUID, *, cancelled: bool) -> None:
    """The import has ended: the biller is free for the next."""
    await connection.execute(_FINISH, import_id, "cancelled" if cancelled else "finished")
    await notify(connection)


async def candidates(connection: Connection) -> list[UUID]:
    """Checks that may be claimed, oldest first."""
    return [row["import_id"] for row in await connection.fetch(_CANDIDATES)]


async def claim(connection: Connection, import_id: UUID) -> Claim | None:
    """Lock the check; None where another worker has it, its biller is busy or nothing is to be done."""
    if not await connection.fetchval(_TURN, import_id):
        return None
    row = await connection.fetchrow(_CLAIM, import_id)
    return None if row is None else Claim(**dict(row))


async def conclude(
    connection: Connection,
    import_id: UUID,
    *,
    state: str,
    rows: int = 0,
    planned: Mapping[str, int] | None = None,
    impact: Mapping[str, Any] | None = None,
    undecided: Sequence[str] = (),
) -> None:
    """Write the result of the check."""
    await connection.execute(_CONCLUDE, import_id, state, rows, planned, impact, list(undecided))


async def keep_seen(connection: Connection, import_id: UUID, biller: int, types: Sequence[int]) -> None:
    """Keep what the whole import depends on, for the run to compare."""
    await connection.execute(_KEEP_SEEN, import_id, biller, list(types))


async def was_imported(connection: Connection, import_id: UUID) -> bool:
    """Keep what the staged file holds, and say whether nearly the same was imported before."""
    await connection.execute(_KEEP_ROW_KEYS, import_id, _MOST_KEYS)
    return bool(await connection.fetchval(_WAS_IMPORTED, import_id, _MOST_KEYS, _FEWEST_KEYS))


async def postpone(connection: Connection, import_id: UUID, *, failures: int, seconds: float) -> int | None:
    """Try again later; the failed tries so far, None where the check is not pending any more."""
    attempts = await connection.fetchval(_POSTPONE, import_id, failures, seconds)
    return None if attempts is None else int(attempts)


async def replace_findings(connection: Connection, import_id: UUID, findings: Sequence[Finding]) -> None:
    """The findings of the newest check instead of those of the one before."""
    await connection.execute(_FORGET_FINDINGS, import_id)
    await connection.executemany(
        _FIND, [(import_id, f.code, f.count, dict(f.detail), list(f.sample_lines)) for f in findings]
    )
