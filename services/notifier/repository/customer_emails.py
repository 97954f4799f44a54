"""The queue of emails to customers: begun when an import has ended, read from the CRM, taken there as each is sent."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.notifier.customer_texts import About
from services.notifier.records import CustomerEmails
from services.notifier.repository.events import MAIL_CHANNEL
from services.notifier.repository.trying import Queue
from shared.postgres import Connection

PIECE: Final = 1_000  # logins whose emails are read at once
AGAIN: Final = timedelta(minutes=1)  # until it is looked at again whether an undo is open

_MAILS: Final = Queue("customer_email")

# What an undo of an undo makes again are emails of the import in the end: it is begun again.
_BEGIN: Final = """
WITH RECURSIVE above AS (
    SELECT id, undoes FROM mapping.import WHERE id = $1
    UNION ALL
    SELECT i.id, i.undoes FROM above a JOIN mapping.import i ON i.id = a.undoes
)
INSERT INTO customer_email_run (import_id, biller_id, not_before)
SELECT i.id, i.biller_id, now() + $2
FROM above a JOIN mapping.import i ON i.id = a.id
WHERE a.undoes IS NULL AND (i.definition #>> '{options,notify_customers}')::boolean
ON CONFLICT (import_id) DO UPDATE SET not_before = excluded.not_before, after_login = 0, read_at = NULL, done_at = NULL
WHERE customer_email_run.stopped_at IS NULL
"""
_NEXT_TO_READ: Final = """
SELECT import_id, biller_id FROM customer_email_run
WHERE done_at IS NULL AND read_at IS NULL AND not_before <= now()
ORDER BY not_before LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_NEXT_TO_SEND: Final = """
SELECT r.import_id, r.biller_id
FROM customer_email_run r
WHERE r.done_at IS NULL AND r.read_at IS NOT NULL AND r.not_before <= now() AND EXISTS (
    SELECT FROM customer_email m WHERE m.import_id = r.import_id AND m.state = 'pending' AND m.not_before <= now()
)
ORDER BY r.not_before LIMIT 1
"""
# Nothing is about to be undone, and no email waits for the review of the first rows.
_IS_FINAL: Final = """
SELECT coalesce((SELECT finished_at IS NOT NULL FROM execution.job WHERE import_id = $1), false)
    AND NOT EXISTS (SELECT FROM execution.notice_held WHERE import_id = $1)
    AND NOT EXISTS (
        SELECT FROM mapping.import u
        WHERE u.undoes = $1 AND u.state NOT IN ('rejected', 'cancelled')
            AND (SELECT d.finished_at FROM execution.job d WHERE d.import_id = u.id) IS NULL
    )
"""
_IS_OFF: Final = "SELECT EXISTS (SELECT FROM customer_emails_off WHERE biller_id = $1)"
_POSTPONE: Final = "UPDATE customer_email_run SET not_before = now() + $2 WHERE import_id = $1 AND done_at IS NULL"
# One that was withdrawn and is queued again is sent after all.
_READ: Final = """
WITH piece AS MATERIALIZED (
    SELECT n.login_id, bool_or(n.template = 'email_changed') AS is_moved
    FROM crm.notice n
    WHERE n.import_id = $1 AND n.sent_at IS NULL
        AND n.login_id > (SELECT after_login FROM customer_email_run WHERE import_id = $1)
    GROUP BY n.login_id ORDER BY n.login_id LIMIT $2
), queued AS (
    INSERT INTO customer_email (import_id, login_id, receiver, message_id)
    SELECT $1, p.login_id, r.receiver, '<' || gen_random_uuid() || '@' || $3::text || '>'
    FROM piece p CROSS JOIN (VALUES ('login'), ('former')) AS r (receiver)
    WHERE r.receiver = 'login' OR p.is_moved
    ON CONFLICT (import_id, login_id, receiver) DO UPDATE
    SET state = 'pending', attempts = customer_email.attempts + 1, not_before = now(), queued_at = now()
    WHERE customer_email.state = 'withdrawn'
)
UPDATE customer_email_run r SET
    after_login = coalesce((SELECT max(login_id) FROM piece), r.after_login),
    read_at = CASE WHEN (SELECT count(*) FROM piece) < $2 THEN now() END
WHERE r.import_id = $1
"""
_CLAIM: Final = """
UPDATE customer_email SET attempts = attempts + 1, not_before = now() + $2
WHERE id = (
    SELECT id FROM customer_email WHERE import_id = $1 AND state = 'pending' AND not_before <= now()
    ORDER BY not_before LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, import_id, login_id, receiver, message_id, attempts, queued_at
"""
# From here on no undo withdraws it; one that was faster has left nothing to take.
_TAKE: Final = """
UPDATE crm.notice SET sent_at = coalesce(sent_at, now()) WHERE import_id = $1 AND login_id = $2 RETURNING template
"""
_GIVE_BACK: Final = """
UPDATE crm.notice SET sent_at = NULL
WHERE import_id = $1 AND login_id = $2 AND NOT EXISTS (
    SELECT FROM customer_email WHERE import_id = $1 AND login_id = $2 AND state = 'sent'
)
"""
_CLOSE: Final = """
UPDATE customer_email_run r SET done_at = now()
WHERE r.done_at IS NULL AND r.read_at IS NOT NULL
    AND NOT EXISTS (SELECT FROM customer_email m WHERE m.import_id = r.import_id AND m.state = 'pending')
"""
_STOP: Final = """
WITH stopped AS (
    UPDATE customer_email_run SET stopped_at = now(), stopped_by = $2, done_at = now()
    WHERE import_id = $1 AND done_at IS NULL RETURNING import_id
)
UPDATE customer_email SET state = 'stopped' WHERE import_id = (SELECT import_id FROM stopped) AND state = 'pending'
"""
_KEEP_ADDRESS: Final = "UPDATE customer_email SET address_hash = $2 WHERE id = $1"
_BOUNCED: Final = """
UPDATE customer_email m SET bounced_at = now()
FROM customer_email_run r
WHERE m.message_id = $1 AND m.state = $2 AND m.bounced_at IS NULL AND r.import_id = m.import_id
RETURNING m.import_id, r.biller_id, m.login_id, m.receiver, m.address_hash
"""
_RETURN: Final = "SELECT execution.return_to_paper($1, $2, $3)"
_NOTE_RETURNED: Final = "UPDATE customer_email SET returned = $2 WHERE message_id = $1"
_OPEN: Final = "SELECT EXISTS (SELECT FROM customer_email_run WHERE import_id = $1 AND done_at IS NULL)"
_SWITCH_OFF: Final = """
INSERT INTO customer_emails_off (biller_id, changed_by) VALUES ($1, $2) ON CONFLICT (biller_id) DO NOTHING
"""
_SWITCH_ON: Final = "DELETE FROM customer_emails_off WHERE biller_id = $1"
_OF_IMPORT: Final = """
SELECT r.not_before AS due_at, r.read_at IS NOT NULL AS is_read, r.done_at, r.stopped_at, r.stopped_by,
    (SELECT count(DISTINCT login_id) FROM crm.notice n WHERE r.read_at IS NULL AND r.done_at IS NULL
        AND n.import_id = r.import_id AND n.sent_at IS NULL AND n.login_id > r.after_login)
        + count(m.id) FILTER (WHERE m.state = 'pending') AS waiting,
    count(m.id) FILTER (WHERE m.state = 'sent') AS sent,
    count(m.id) FILTER (WHERE m.state = 'given_up') AS not_delivered,
    count(m.id) FILTER (WHERE m.state = 'withdrawn') AS withdrawn,
    count(m.id) FILTER (WHERE m.state = 'stopped') AS stopped,
    count(m.bounced_at) AS bounced, coalesce(sum(m.returned), 0)::int AS returned_to_paper
FROM customer_email_run r LEFT JOIN customer_email m ON m.import_id = r.import_id
WHERE r.import_id = $1 GROUP BY r.import_id
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """An email to send now, and what it is about. ``attempts`` fences, as in `mails.Claim`."""

    id: UUID
    import_id: UUID
    login_id: int
    receiver: str
    message_id: str
    attempts: int
    queued_at: datetime
    about: frozenset[About]


async def begin(connection: Connection, import_id: UUID, wait: timedelta) -> None:
    """The import, or the undo of one, has ended: its customers are told after a while, if it says so."""
    await connection.execute(_BEGIN, import_id, wait)


async def read_some(connection: Connection, domain_name: str) -> bool:
    """Read a piece of the queue of an import that is due; whether there was one."""
    run = await connection.fetchrow(_NEXT_TO_READ)
    if run is None:
        return False
    if await _may_be_sent(connection, run["import_id"], run["biller_id"]):
        await connection.execute(_READ, run["import_id"], PIECE, domain_name)
        await connection.execute("SELECT pg_notify($1, '')", MAIL_CHANNEL)
    return True


async def claim(connection: Connection, lease: timedelta) -> Claim | None:
    """The next email, taken from the queue of the CRM; without subjects if it was withdrawn there."""
    while (run := await connection.fetchrow(_NEXT_TO_SEND)) is not None:
        if not await _may_be_sent(connection, run["import_id"], run["biller_id"]):
            continue
        row = await connection.fetchrow(_CLAIM, run["import_id"], lease)
        if row is None:
            return None
        taken = await connection.fetch(_TAKE, row["import_id"], row["login_id"])
        known = set(About)
        return Claim(**row, about=frozenset(About(one["template"]) for one in taken if one["template"] in known))
    await connection.execute(_CLOSE)
    return None


async def keep_address(connection: Connection, one: Claim, address: str) -> None:
    """Where it goes, as no more than a hash: whether a login has another address by the time it bounces."""
    await connection.execute(_KEEP_ADDRESS, one.id, hashlib.sha256(address.lower().encode()).digest())


async def mark_sent(connection: Connection, one: Claim) -> None:
    await _MAILS.settle(connection, one, "sent")


async def drop(connection: Connection, one: Claim) -> None:
    await _MAILS.settle(connection, one, "withdrawn")


async def try_again(connection: Connection, one: Claim, problem: str, *, for_ever: bool) -> str | None:
    state = await _MAILS.try_again(connection, one, problem, for_ever=for_ever)
    if state == "pending":
        await connection.execute(_GIVE_BACK, one.import_id, one.login_id)
    return state


@dataclass(frozen=True, slots=True)
class Bounced:
    """An email that bounced, and how many enrollments went back to paper."""

    import_id: UUID
    biller_id: int
    login_id: int
    returned: int


async def bounce(connection: Connection, message_id: str, state: str) -> Bounced | None:
    """Once for each email; None where it is not ours, is not in this state, or has bounced before.

    The former address of a login gets no bills: nothing goes back to paper for it.
    """
    row = await connection.fetchrow(_BOUNCED, message_id, state)
    if row is None:
        return None
    returned = 0
    if row["receiver"] == "login":
        returned = await connection.fetchval(_RETURN, row["import_id"], row["login_id"], row["address_hash"])
        await connection.execute(_NOTE_RETURNED, message_id, returned)
    return Bounced(row["import_id"], row["biller_id"], row["login_id"], returned)


async def stop(connection: Connection, import_id: UUID, stopped_by: str | None) -> bool:
    """Send nothing more of an import; whether anything was still to be sent."""
    is_open: bool = await connection.fetchval(_OPEN, import_id)
    await connection.execute(_STOP, import_id, stopped_by)
    return is_open


async def is_off(connection: Connection, biller_id: int) -> bool:
    return bool(await connection.fetchval(_IS_OFF, biller_id))


async def switch(connection: Connection, biller_id: int, changed_by: str, *, on: bool) -> None:
    if on:
        await connection.execute(_SWITCH_ON, biller_id)
    else:
        await connection.execute(_SWITCH_OFF, biller_id, changed_by)


async def of_import(connection: Connection, import_id: UUID) -> CustomerEmails | None:
    """How far they are; None where the notifier sends none of this import."""
    row = await connection.fetchrow(_OF_IMPORT, import_id)
    return None if row is None else CustomerEmails(**row)


async def _may_be_sent(connection: Connection, import_id: UUID, biller_id: int) -> bool:
    if await is_off(connection, biller_id):
        await stop(connection, import_id, None)
        return False
    is_final: bool = await connection.fetchval(_IS_FINAL, import_id)
    if not is_final:
        await connection.execute(_POSTPONE, import_id, AGAIN)
    return is_final
