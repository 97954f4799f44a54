"""What the handlers write. Every statement comes to the same whatever the order of the events."""

from typing import Any, Final
from uuid import UUID

from services.notifier.standing import Facts, Standing
from shared.contracts.event import ImportEvent
from shared.contracts.events import CheckProgressed, Counts
from shared.postgres import Connection

CHANGED_CHANNEL: Final = "notification_import"
MAIL_CHANNEL: Final = "notification_mail"

# The import is known by the mapping service's record, written before any event: a forged event makes no import.
_ENSURE: Final = """
INSERT INTO import_view (import_id, biller_id, kind, state, defined_at)
SELECT id, biller_id, kind, 'checking', created_at FROM mapping.import WHERE id = $1
ON CONFLICT (import_id) DO NOTHING
"""
# Two instances may hear of one import: the later one reads what is there when the earlier is done.
_LOCK: Final = "SELECT phase, verdict_phase FROM import_view WHERE import_id = $1 FOR UPDATE"
_PROGRESS: Final = """
UPDATE import_view SET progress_check = $2, bytes_read = $3, rows_read = $4, bytes_total = $5
WHERE import_id = $1 AND (progress_check, bytes_read, rows_read) < ($2, $3, $4)
"""
_STAND: Final = """
UPDATE import_view v SET
    state = n.state, phase = n.phase, check_no = n.check_no, finished_at = n.finished_at, started_at = n.started_at,
    chunks = n.chunks, chunks_done = n.chunks_done, applied = n.applied, no_change = n.no_change,
    skipped = n.skipped, held = n.held, failed = n.failed
FROM (
    SELECT $2::text AS state, $3::bigint AS phase, coalesce($4::int, o.check_no) AS check_no,
        $5::timestamptz AS finished_at, coalesce($6::timestamptz, o.started_at) AS started_at,
        coalesce($7::int, o.chunks) AS chunks, $8::int AS chunks_done, $9::int AS applied, $10::int AS no_change,
        $11::int AS skipped, $12::int AS held, $13::int AS failed
    FROM import_view o WHERE o.import_id = $1
) AS n
WHERE v.import_id = $1
    AND (v.state, v.phase, v.check_no, v.finished_at, v.started_at, v.chunks, v.chunks_done,
        v.applied, v.no_change, v.skipped, v.held, v.failed)
    IS DISTINCT FROM (n.state, n.phase, n.check_no, n.finished_at, n.started_at, n.chunks, n.chunks_done,
        n.applied, n.no_change, n.skipped, n.held, n.failed)
"""
_VERDICT: Final = """
UPDATE import_view SET verdict_phase = $2, planned = $3, check_codes = $4, undecided = $5
WHERE import_id = $1
"""
_RESULT_CODES: Final = "UPDATE import_view SET result_codes = $2 WHERE import_id = $1"
_TOUCH: Final = """
UPDATE import_view SET revision = nextval('import_view_revision'), updated_at = now() WHERE import_id = $1
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
# A recipient has one row. What is told of a pause is replaced by what is told of the end: another message, also for a
# sender that is still at the one before.
_QUEUE_END: Final = """
UPDATE mail SET about = 'end', state = 'pending', attempts = attempts + 1, not_before = now(), last_problem = NULL,
    queued_at = now(), sent_at = NULL, message_id = replace(message_id, '.pause@', '@')
WHERE import_id = $1 AND about = 'pause'
"""
_QUEUE_PAUSE: Final = """
INSERT INTO mail (import_id, recipient_id, message_id, about)
SELECT i.id, r.id, '<' || i.id || '.' || r.id || '.pause@' || $2::text || '>', 'pause'
FROM mapping.import i
JOIN mapping.import_recipients c ON c.import_id = i.id
JOIN mapping.log_recipient r ON r.biller_id = i.biller_id AND r.id = ANY (c.recipients)
WHERE i.id = $1
ON CONFLICT (import_id, recipient_id) DO NOTHING
"""
_NOTIFY: Final = "SELECT pg_notify($1, $2)"

_ENVELOPE: Final = {"event_id", "occurred_at", "version", "import_id", "biller_id"}


async def lock(connection: Connection, import_id: UUID) -> tuple[int, int] | None:
    """Make sure the import has its row and keep it; its phases, None where nobody knows the import."""
    await connection.execute(_ENSURE, import_id)
    record = await connection.fetchrow(_LOCK, import_id)
    return None if record is None else (record["phase"], record["verdict_phase"])


async def append(connection: Connection, event: ImportEvent) -> bool:
    """Append what was said to the trail; whether it was not there."""
    detail: dict[str, Any] = event.model_dump(mode="json", exclude=_ENVELOPE)
    done = await connection.execute(
        _APPEND_TRAIL, event.event_id, event.import_id, type(event).__name__, event.occurred_at, detail
    )
    return done == "INSERT 0 1"


async def keep_progress(connection: Connection, said: CheckProgressed) -> bool:
    """Keep how far the check is, unless it was further already; whether it was not."""
    numbers = (said.check_no, said.bytes_read, said.rows_read, said.bytes_total)
    return await connection.execute(_PROGRESS, said.import_id, *numbers) == "UPDATE 1"


async def stand(connection: Connection, import_id: UUID, where: Standing, facts: Facts) -> bool:
    """Bring the view to where the import stands; whether it stood elsewhere."""
    done = await connection.execute(
        _STAND,
        import_id,
        where.state.value,
        where.phase,
        where.check_no,
        where.finished_at,
        facts.started_at,
        facts.chunks,
        facts.chunks_done,
        *_by_outcome(facts.counts),
    )
    return done == "UPDATE 1"


async def keep_verdict(
    connection: Connection, import_id: UUID, phase: int, facts: Facts, codes: dict[str, int]
) -> None:
    plan = None if facts.planned is None else facts.planned.model_dump()
    await connection.execute(_VERDICT, import_id, phase, plan, codes, list(facts.undecided))


async def keep_result_codes(connection: Connection, import_id: UUID, codes: dict[str, int]) -> None:
    await connection.execute(_RESULT_CODES, import_id, codes)


async def touch(connection: Connection, import_id: UUID) -> None:
    await connection.execute(_TOUCH, import_id)
    await connection.execute(_NOTIFY, CHANGED_CHANNEL, str(import_id))


async def queue_mails(connection: Connection, import_id: UUID, domain_name: str) -> None:
    """One mail for each recipient, once: those of the definition, or those chosen when it was confirmed."""
    await connection.execute(_QUEUE_END, import_id)
    await connection.execute(_QUEUE_MAILS, import_id, domain_name)
    await connection.execute(_NOTIFY, MAIL_CHANNEL, str(import_id))


async def queue_mails_of_pause(connection: Connection, import_id: UUID, domain_name: str) -> None:
    """One mail for each recipient, once: the first rows have their results and the others wait."""
    await connection.execute(_QUEUE_PAUSE, import_id, domain_name)
    await connection.execute(_NOTIFY, MAIL_CHANNEL, str(import_id))


def _by_outcome(counts: Counts) -> tuple[int, int, int, int, int]:
    return counts.applied, counts.no_change, counts.skipped, counts.held, counts.failed
