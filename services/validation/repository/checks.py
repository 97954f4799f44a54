"""The state of checks: recorded by handlers, claimed and concluded by the worker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from shared.contracts.kinds import ImportKind
from shared.postgres import Connection

CHANNEL: Final = "validation_check"

_NOTIFY: Final = "SELECT pg_notify('validation_check', '')"

_ADD: Final = """
INSERT INTO import_check (import_id, biller_id, kind, file_sha256, undoes)
SELECT i.id, i.biller_id, i.kind, coalesce('undoes ' || i.undoes, i.definition #>> '{file,sha256}'), i.undoes
FROM mapping.import i
WHERE i.id = $1
ON CONFLICT (import_id) DO NOTHING
"""

_AGAIN: Final = """
UPDATE import_check
SET state = 'pending', check_no = check_no + 1, attempts = 0, begun = 0, waits = 0,
    not_before = now(), requested_at = now()
WHERE import_id = $1 AND check_no = $2 AND state = 'held'
"""

_CANCEL: Final = "INSERT INTO cancellation (import_id) VALUES ($1) ON CONFLICT (import_id) DO NOTHING"

# A running check holds its row locked; it is passed over here and found by the next look. So is an import of which
# chunks are in hand: its biller is free when the last of them has ended.
_SWEEP_CANCELLED: Final = """
UPDATE import_check
SET state = 'cancelled'
WHERE import_id IN (
    SELECT c.import_id
    FROM import_check c
    JOIN cancellation x ON x.import_id = c.import_id
    WHERE c.state IN ('pending', 'held', 'approved')
        AND NOT EXISTS (SELECT FROM execution.job j WHERE j.import_id = c.import_id AND j.finished_at IS NULL)
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

# One running import per biller: the others wait, except that the same file again is refused at once (F017). Of each
# biller one, and the billers in turn: who waits longest since it asked, since its last try and since its biller had a
# check. What fails or comes in great number therefore stands behind those who came meanwhile.
_CANDIDATES: Final = """
SELECT import_id
FROM (
    SELECT DISTINCT ON (c.biller_id) c.import_id, greatest(c.not_before, t.checked_at) AS waits_since
    FROM import_check c
    LEFT JOIN LATERAL (
        SELECT o.checked_at
        FROM import_check o
        WHERE o.biller_id = c.biller_id AND o.checked_at IS NOT NULL
        ORDER BY o.checked_at DESC
        LIMIT 1
    ) AS t ON true
    WHERE c.state = 'pending' AND c.not_before <= now()
        AND NOT EXISTS (
            SELECT
            FROM import_check o
            WHERE o.biller_id = c.biller_id AND o.state = 'approved'
                AND (o.kind <> c.kind OR o.file_sha256 <> c.file_sha256)
        )
    ORDER BY c.biller_id, c.not_before, c.requested_at
) AS first
ORDER BY waits_since
"""

# One check of a biller at a time: two that end approved could not both be.
_TURN: Final = """
SELECT pg_try_advisory_xact_lock(hashtextextended('import_check', biller_id))
FROM import_check
WHERE import_id = $1
"""

# That it begins is written down before it does: a process that dies of its check says nothing afterwards.
_BEGIN: Final = """
UPDATE import_check
SET begun = begun + 1, not_before = now() + make_interval(secs => least($2, 2.0 * begun))
WHERE import_id IN (
    SELECT import_id FROM import_check WHERE import_id = $1 AND state = 'pending' FOR UPDATE SKIP LOCKED
)
RETURNING begun
"""

_LIMIT: Final = """
SELECT set_config('idle_in_transaction_session_timeout', $1, true), set_config('transaction_timeout', $2, true)
"""
_KEEP_ALIVE: Final = "SELECT"
# While COPY waits for its client, the server heeds no time limit at all. What is copied is at hand before COPY begins,
# so that one that waits for long has a client that stands still.
_END_FROZEN: Final = """
SELECT pg_terminate_backend(pid)
FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND state = 'active' AND wait_event = 'ClientRead'
    AND query LIKE 'COPY "staged"%' AND query_start < now() - make_interval(secs => $1)
"""

_CLAIM: Final = """
SELECT c.import_id, c.biller_id, c.kind, c.check_no, c.attempts, c.undoes IS NOT NULL AS is_undo,
    EXISTS (SELECT FROM mapping.import i WHERE i.id = c.import_id AND i.retries IS NOT NULL) AS is_round,
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
SET state = $2, rows_read = $3, planned = $4, impact = $5, undecided = $6, checked_at = now(), attempts = 0,
    begun = 0, waits = 0
WHERE import_id = $1
"""

_KEEP_SEEN: Final = "UPDATE import_check SET seen_biller = $2, seen_types = $3, seen_settings = $4 WHERE import_id = $1"

_KEEP_BANK_COLUMNS: Final = "UPDATE import_check SET bank_columns = $2 WHERE import_id = $1"


# The pause doubles with each failure. Who runs it meanwhile has its row locked, and says himself how it goes.
_POSTPONE: Final = """
UPDATE import_check
SET attempts = attempts + $2, waits = waits + 1 - $2, begun = greatest(begun - 1, 0),
    not_before = now() + make_interval(secs => least($4, $3 * 2.0 ^ least(attempts + waits, 30)))
WHERE import_id IN (
    SELECT import_id FROM import_check WHERE import_id = $1 AND state = 'pending' FOR UPDATE SKIP LOCKED
)
RETURNING attempts, waits, requested_at < now() - interval '1 day' AS is_old
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
    kind: ImportKind
    check_no: int
    attempts: int
    is_running: bool
    is_undo: bool = False
    is_round: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """How often a code was found, and where."""

    code: str
    count: int
    detail: Mapping[str, Any]
    sample_lines: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Postponed:
    """A check that failed and waits for its next try."""

    attempts: int
    waits: int
    is_old: bool


async def notify(connection: Connection) -> None:
    await connection.execute(_NOTIFY)


async def add(connection: Connection, import_id: UUID) -> None:
    await connection.execute(_ADD, import_id)
    await notify(connection)


async def again(connection: Connection, import_id: UUID, check_no: int) -> None:
    await connection.execute(_AGAIN, import_id, check_no)
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
    return bool(await connection.fetchval(_IS_CANCELLED, import_id))


async def finish(connection: Connection, import_id: UUID, *, cancelled: bool) -> None:
    await connection.execute(_FINISH, import_id, "cancelled" if cancelled else "finished")
    await notify(connection)


async def candidates(connection: Connection) -> list[UUID]:
    """Checks that may be claimed, at most one of a biller, in the order of their turns."""
    return [row["import_id"] for row in await connection.fetch(_CANDIDATES)]


async def begin(connection: Connection, import_id: UUID, longest: float) -> int | None:
    """Count a try that begins; how many have begun since the last known end, None where nothing is to be done.

    Of a process that dies nothing else tells, so the tries after the first rest until a pause of at most ``longest``
    seconds is over.
    """
    is_free = await connection.fetchval(_TURN, import_id)
    begun = await connection.fetchval(_BEGIN, import_id, longest) if is_free else None
    return None if begun is None else int(begun)


async def limit(connection: Connection, *, silence: float, total: float) -> None:
    """End this transaction where its process is silent for so long between two statements, or after so long in all."""
    await connection.execute(_LIMIT, _milliseconds(silence), _milliseconds(total))


async def keep_alive(connection: Connection) -> None:
    await connection.execute(_KEEP_ALIVE)


async def end_frozen(connection: Connection, silence: float) -> int:
    """End the checks of processes that stand still in the middle of a COPY; how many."""
    return len(await connection.fetch(_END_FROZEN, silence))


async def claim(connection: Connection, import_id: UUID) -> Claim | None:
    """Lock the check; None where another worker has it, its biller is busy or nothing is to be done."""
    if not await connection.fetchval(_TURN, import_id):
        return None
    row = await connection.fetchrow(_CLAIM, import_id)
    return None if row is None else Claim(**{**dict(row), "kind": ImportKind(row["kind"])})


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
    await connection.execute(_CONCLUDE, import_id, state, rows, planned, impact, list(undecided))


async def keep_seen(connection: Connection, import_id: UUID, biller: int, types: Sequence[int], settings: int) -> None:
    """Keep what the whole import depends on, for the run to compare."""
    await connection.execute(_KEEP_SEEN, import_id, biller, list(types), settings)


async def keep_bank_columns(connection: Connection, import_id: UUID, positions: Sequence[int]) -> None:
    """Keep which columns of the file hold routing numbers or bank accounts, for others to hide them."""
    await connection.execute(_KEEP_BANK_COLUMNS, import_id, list(positions))


async def postpone(
    connection: Connection, import_id: UUID, *, counts: bool, first: float, longest: float
) -> Postponed | None:
    """Try again after a pause, ``first`` seconds at first; None where it is in no need of it any more."""
    row = await connection.fetchrow(_POSTPONE, import_id, int(counts), first, longest)
    return None if row is None else Postponed(**dict(row))


async def replace_findings(connection: Connection, import_id: UUID, findings: Sequence[Finding]) -> None:
    await connection.execute(_FORGET_FINDINGS, import_id)
    await connection.executemany(
        _FIND, [(import_id, f.code, f.count, dict(f.detail), list(f.sample_lines)) for f in findings]
    )


def _milliseconds(seconds: float) -> str:
    return f"{max(1, int(seconds * 1000))}"
