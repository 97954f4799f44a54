"""What the handlers write. Every statement comes to the same whatever the order of the events."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.notifier import domain
from shared.contracts.event import ImportEvent
from shared.contracts.events import Counts, ImportFinished
from shared.postgres import Connection

CHANGED_CHANNEL: Final = "notification_import"
MAIL_CHANNEL: Final = "notification_mail"

# The import is known by the mapping service's record, written before any event: a forged event makes no import.
_ENSURE: Final = """
INSERT INTO import_view (import_id, biller_id, kind, state, defined_at)
SELECT id, biller_id, kind, 'checking', created_at FROM mapping.import WHERE id = $1
ON CONFLICT (import_id) DO NOTHING
"""
_IS_KNOWN: Final = "SELECT 1 FROM import_view WHERE import_id = $1"
_ADVANCE: Final = """
UPDATE import_view SET
    state = CASE WHEN $2 > phase THEN $3 ELSE state END,
    finished_at = CASE WHEN $2 > phase THEN $4 ELSE finished_at END,
    phase = greatest(phase, $2),
    check_no = greatest(check_no, $5),
    revision = nextval('import_view_revision'),
    updated_at = now()
WHERE import_id = $1
"""
_PROGRESS: Final = """
UPDATE import_view SET progress_check = $2, bytes_read = $3, rows_read = $4, bytes_total = $5
WHERE import_id = $1 AND (progress_check, bytes_read, rows_read) < ($2, $3, $4)
"""
_VERDICT: Final = """
UPDATE import_view SET
    verdict_phase = $2,
    planned = $3,
    check_codes = $4,
    undecided = $5,
    chunks = $6
WHERE import_id = $1 AND verdict_phase < $2
"""
# The final counts of ImportFinished hold all chunks, also those whose event comes later.
_ADD_CHUNK: Final = """
UPDATE import_view SET
    chunks_done = chunks_done + 1,
    started_at = CASE WHEN phase >= $8 THEN started_at ELSE least(started_at, $2) END,
    applied = applied + CASE WHEN phase >= $8 THEN 0 ELSE $3 END,
    no_change = no_change + CASE WHEN phase >= $8 THEN 0 ELSE $4 END,
    skipped = skipped + CASE WHEN phase >= $8 THEN 0 ELSE $5 END,
    held = held + CASE WHEN phase >= $8 THEN 0 ELSE $6 END,
    failed = failed + CASE WHEN phase >= $8 THEN 0 ELSE $7 END
WHERE import_id = $1
"""
_FINISH: Final = """
UPDATE import_view SET
    started_at = $2, result_codes = $3, applied = $4, no_change = $5, skipped = $6, held = $7, failed = $8
WHERE import_id = $1
"""
_APPEND_TRAIL: Final = """
INSERT INTO trail (event_id, import_id, event, occurred_at, detail) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (event_id) DO NOTHING
"""
_QUEUE_MAILS: Final = """
INSERT INTO mail (import_id, recipient_id, message_id)
SELECT i.id, r.id, '<' || i.id || '.' || r.id || '@' || $2::text || '>'
FROM mapping.import i
JOIN mapping.import_recipients c ON c.import_id = i.id
JOIN mapping.log_recipient r ON r.biller_id = i.biller_id AND r.id = ANY (c.recipients)
WHERE i.id = $1
ON CONFLICT (import_id, recipient_id) DO NOTHING
"""
_NOTIFY: Final = "SELECT pg_notify($1, $2)"

_ENVELOPE: Final = {"event_id", "occurred_at", "version", "import_id", "biller_id"}


async def record(connection: Connection, event: ImportEvent) -> bool:
    """Make sure the import has its row, append to its trail and wake who watches it; False where it is unknown."""
    await connection.execute(_ENSURE, event.import_id)
    if await connection.fetchval(_IS_KNOWN, event.import_id) is None:
        return False
    detail: dict[str, Any] = event.model_dump(mode="json", exclude=_ENVELOPE)
    await connection.execute(
        _APPEND_TRAIL, event.event_id, event.import_id, type(event).__name__, event.occurred_at, detail
    )
    await connection.execute(_NOTIFY, CHANGED_CHANNEL, str(event.import_id))
    return True


async def advance(
    connection: Connection,
    import_id: UUID,
    phase: int,
    state: domain.State,
    *,
    finished_at: datetime | None = None,
    check_no: int | None = None,
) -> None:
    """Bring the import to this phase, unless it is further already."""
    await connection.execute(_ADVANCE, import_id, phase, state.value, finished_at, check_no)


async def keep_progress(
    connection: Connection, import_id: UUID, check_no: int, *, bytes_read: int, rows_read: int, bytes_total: int
) -> None:
    """Keep how far the check is, unless it was further already."""
    await connection.execute(_PROGRESS, import_id, check_no, bytes_read, rows_read, bytes_total)


async def keep_verdict(
    connection: Connection,
    import_id: UUID,
    phase: int,
    *,
    codes: dict[str, int],
    planned: Counts | None = None,
    undecided: tuple[str, ...] = (),
    chunks: int | None = None,
) -> None:
    """Keep what a check came to, unless a later one has."""
    plan = None if planned is None else planned.model_dump()
    await connection.execute(_VERDICT, import_id, phase, plan, codes, list(undecided), chunks)


async def add_chunk(connection: Connection, import_id: UUID, counts: Counts, applied_at: datetime) -> None:
    """Add the counts of one chunk, unless the final ones are there."""
    await connection.execute(_ADD_CHUNK, import_id, applied_at, *_by_outcome(counts), domain.FINISHED)


async def finish(connection: Connection, event: ImportFinished) -> None:
    """Set the final counts and codes."""
    await connection.execute(_FINISH, event.import_id, event.started_at, event.codes, *_by_outcome(event.counts))


async def queue_mails(connection: Connection, import_id: UUID, domain_name: str) -> None:
    """One mail for each recipient, once: those of the definition, or those chosen when it was confirmed."""
    await connection.execute(_QUEUE_MAILS, import_id, domain_name)
    await connection.execute(_NOTIFY, MAIL_CHANNEL, str(import_id))


def _by_outcome(counts: Counts) -> tuple[int, int, int, int, int]:
    return counts.applied, counts.no_change, counts.skipped, counts.held, counts.failed
