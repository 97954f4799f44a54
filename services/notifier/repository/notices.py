"""Mails to people whom an import concerns: queued once for each occasion, then as in `mails.py`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.notifier.occasions import Happened, Occasion
from services.notifier.repository.events import MAIL_CHANNEL
from services.notifier.repository.second_person import Answer, approval_of, return_of
from services.notifier.repository.trying import Queue
from shared.approvals import approvers, asked
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
    JOIN mapping.person a ON a.subject = ANY ($8::text[]) AND a.email <> ''
    LEFT JOIN notice_choice c ON c.subject = a.subject AND c.occasion = $2
    WHERE i.id = $1 AND coalesce(c.is_on, $6) AND NOT ($7 AND EXISTS (
        SELECT FROM mapping.import_recipients s
        JOIN mapping.log_recipient r ON r.biller_id = i.biller_id AND r.id = ANY (s.recipients)
        WHERE s.import_id = i.id AND lower(r.email) = lower(a.email)
    ))
) AS n
ON CONFLICT (import_id, subject, occasion, place) DO NOTHING
"""
_INTERESTED: Final = """
SELECT requester ->> 'subject' AS subject FROM mapping.import WHERE id = $1
UNION
SELECT w.subject
FROM mapping.import i
JOIN watch w ON w.import_id IN (i.id, mapping.first_import(i.id))
    OR w.import_id IS NULL AND (w.biller_id IS NULL OR w.biller_id = i.biller_id)
WHERE i.id = $1
"""
_NOTIFY: Final = "SELECT pg_notify($1, $2)"
# An occasion of a newer release is left to its mailers.
_CLAIM: Final = """
UPDATE notice SET attempts = attempts + 1, not_before = now() + $1
WHERE id = (
    SELECT id FROM notice WHERE state = 'pending' AND not_before <= now() AND occasion = ANY ($2::text[])
    ORDER BY not_before LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, import_id, subject, occasion, place, message_id, attempts, queued_at
"""
_MAILS: Final = Queue("notice")
_KNOWN: Final = [occasion.value for occasion in Occasion]
_IS_WANTED: Final = "SELECT is_on FROM notice_choice WHERE subject = $1 AND occasion = $2"
_ADDRESS: Final = "SELECT email FROM mapping.person WHERE subject = $1 AND email <> ''"


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
        list(await _told(connection, import_id, occasion)),
    )
    if done != "INSERT 0 0":
        await connection.execute(_NOTIFY, MAIL_CHANNEL, str(import_id))


async def claim(connection: Connection, lease: timedelta) -> Notice | None:
    row = await connection.fetchrow(_CLAIM, lease, _KNOWN)
    return None if row is None else Notice(**{**row, "occasion": Occasion(row["occasion"])})


async def is_wanted(connection: Connection, subject: str, occasion: Occasion) -> bool:
    chosen: bool | None = await connection.fetchval(_IS_WANTED, subject, occasion.value)
    return occasion.is_on_by_default if chosen is None else chosen


async def address_of(connection: Connection, subject: str) -> str | None:
    address: str | None = await connection.fetchval(_ADDRESS, subject)
    return address


async def mark_sent(connection: Connection, notice: Notice) -> None:
    await _MAILS.settle(connection, notice, "sent")


async def drop(connection: Connection, notice: Notice) -> None:
    """Nobody is told any more: it is past, not wanted, or not for this person."""
    await _MAILS.settle(connection, notice, "dropped")


async def try_again(connection: Connection, notice: Notice, problem: str, *, for_ever: bool = False) -> str | None:
    return await _MAILS.try_again(connection, notice, problem, for_ever=for_ever)


async def _told(connection: Connection, import_id: UUID, occasion: Occasion) -> set[str]:
    """Whom it concerns; of what a second person said also who asked, but not who said it."""
    match occasion:
        case Occasion.NEEDS_APPROVAL:
            asks = await asked(connection, import_id)
            able = [] if asks is None else await approvers(connection, asks.biller_id, asks.kind, asks.own)
            return {one.subject for one in able}
        case Occasion.APPROVED:
            return await _about(connection, import_id, await approval_of(connection, import_id))
        case Occasion.RETURNED:
            return await _about(connection, import_id, await return_of(connection, import_id))
        case _:
            return await _about(connection, import_id, None)


async def _about(connection: Connection, import_id: UUID, answer: Answer | None) -> set[str]:
    interested = {row["subject"] for row in await connection.fetch(_INTERESTED, import_id)}
    return interested if answer is None else (interested | {answer.asked_by or answer.by}) - {answer.by}
