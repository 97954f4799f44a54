"""Mails to people about imports that they requested or watch: queued once for each occasion, then as in `mails.py`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.notifier import domain
from services.notifier.occasions import Happened, Occasion
from services.notifier.repository.events import MAIL_CHANNEL
from shared.postgres import Connection

# Whoever checks a file on the pages sees the result there; the mail is for those who have left. Recipients of the log
# get an email of their own, and none beside it.
_QUEUE: Final = """
INSERT INTO notice (id, import_id, subject, occasion, place, message_id, not_before)
SELECT n.id, $1, n.subject, $2, $3, '<' || $1::uuid || '.' || n.id || '@' || $4::text || '>', now() + n.later
FROM (
    SELECT gen_random_uuid() AS id, a.subject,
        CASE WHEN EXISTS (SELECT FROM mapping.draft d WHERE d.import_id = i.id) THEN $5 ELSE interval '0' END AS later
    FROM mapping.import i
    CROSS JOIN LATERAL (
        SELECT i.requester ->> 'subject' AS subject
        UNION
        SELECT w.subject FROM watch w
        WHERE w.import_id IN (i.id, mapping.first_import(i.id))
            OR w.import_id IS NULL AND (w.biller_id IS NULL OR w.biller_id = i.biller_id)
    ) AS told
    JOIN mapping.person a ON a.subject = told.subject AND a.email <> ''
    LEFT JOIN notice_choice c ON c.subject = told.subject AND c.occasion = $2
    WHERE i.id = $1 AND coalesce(c.is_on, $6) AND NOT ($7 AND EXISTS (
        SELECT FROM mapping.import_recipients s
        JOIN mapping.log_recipient r ON r.biller_id = i.biller_id AND r.id = ANY (s.recipients)
        WHERE s.import_id = i.id AND lower(r.email) = lower(a.email)
    ))
) AS n
ON CONFLICT (import_id, subject, occasion, place) DO NOTHING
"""
_NOTIFY: Final = "SELECT pg_notify($1, $2)"
_CLAIM: Final = """
UPDATE notice SET attempts = attempts + 1, not_before = now() + $1
WHERE id = (
    SELECT id FROM notice WHERE state = 'pending' AND not_before <= now()
    ORDER BY not_before LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, import_id, subject, occasion, place, message_id, attempts, queued_at
"""
_IS_WANTED: Final = "SELECT is_on FROM notice_choice WHERE subject = $1 AND occasion = $2"
_ADDRESS: Final = "SELECT email FROM mapping.person WHERE subject = $1 AND email <> ''"
_SETTLE: Final = """
UPDATE notice SET state = $3, sent_at = CASE WHEN $3 = 'sent' THEN now() END, last_problem = NULL
WHERE id = $1 AND attempts = $2 AND state = 'pending'
"""
_TRY_AGAIN: Final = """
UPDATE notice SET last_problem = $3, not_before = now() + $4,
    state = CASE WHEN $6 OR now() + $4 > queued_at + $5 THEN 'given_up' ELSE 'pending' END
WHERE id = $1 AND attempts = $2 AND state = 'pending'
RETURNING state
"""


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail to send now. ``attempts`` fences, as in `mails.Claim`."""

    id: UUID
    import_id: UUID
    subject: str
    occasion: Occasion
    place: str
    message_id: str
    attempts: int
    queued_at: datetime


async def queue(connection: Connection, import_id: UUID, what: Happened, domain_name: str, later: timedelta) -> None:
    """One mail for everybody who is told of it and has an address, once."""
    occasion = what.occasion
    done = await connection.execute(
        _QUEUE,
        import_id,
        occasion.value,
        what.place,
        domain_name,
        later if occasion is Occasion.HELD else timedelta(0),
        occasion.is_on_by_default,
        occasion.is_told_to_recipients,
    )
    if done != "INSERT 0 0":
        await connection.execute(_NOTIFY, MAIL_CHANNEL, str(import_id))


async def claim(connection: Connection, lease: timedelta) -> Notice | None:
    row = await connection.fetchrow(_CLAIM, lease)
    return None if row is None else Notice(**{**row, "occasion": Occasion(row["occasion"])})


async def is_wanted(connection: Connection, subject: str, occasion: Occasion) -> bool:
    chosen: bool | None = await connection.fetchval(_IS_WANTED, subject, occasion.value)
    return occasion.is_on_by_default if chosen is None else chosen


async def address_of(connection: Connection, subject: str) -> str | None:
    address: str | None = await connection.fetchval(_ADDRESS, subject)
    return address


async def mark_sent(connection: Connection, notice: Notice) -> None:
    await connection.execute(_SETTLE, notice.id, notice.attempts, "sent")


async def drop(connection: Connection, notice: Notice) -> None:
    """Nobody is told any more: it is past, not wanted, or not for this person."""
    await connection.execute(_SETTLE, notice.id, notice.attempts, "dropped")


async def try_again(connection: Connection, notice: Notice, problem: str, *, for_ever: bool = False) -> str | None:
    state: str | None = await connection.fetchval(
        _TRY_AGAIN,
        notice.id,
        notice.attempts,
        problem,
        domain.wait_after(notice.attempts),
        domain.GIVE_UP_AFTER,
        for_ever,
    )
    return state
