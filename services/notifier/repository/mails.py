"""The queue of mails: claimed for a while, then sent, tried again or given up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.notifier import domain
from shared.postgres import Connection

# A claim ends by itself: a mail whose sender was killed is tried again, with the same Message-ID.
_CLAIM: Final = """
UPDATE mail SET attempts = attempts + 1, not_before = now() + $1
WHERE (import_id, recipient_id) = (
    SELECT import_id, recipient_id FROM mail WHERE state = 'pending' AND not_before <= now()
    ORDER BY not_before LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING import_id, recipient_id, message_id, attempts, queued_at, about
"""
_ADDRESS: Final = "SELECT email FROM mapping.log_recipient WHERE id = $1"
_SENT: Final = """
UPDATE mail SET state = 'sent', sent_at = now(), last_problem = NULL,
    pause_sent_at = CASE WHEN about = 'pause' THEN now() ELSE pause_sent_at END
WHERE import_id = $1 AND recipient_id = $2 AND attempts = $3 AND state = 'pending'
"""
_TRY_AGAIN: Final = """
UPDATE mail SET last_problem = $4, not_before = now() + $5,
    state = CASE WHEN $7 OR now() + $5 > queued_at + $6 THEN 'given_up' ELSE 'pending' END
WHERE import_id = $1 AND recipient_id = $2 AND attempts = $3 AND state = 'pending'
RETURNING state
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail to send now. ``attempts`` fences: a claim that ran out cannot change what the next one says."""

    import_id: UUID
    recipient_id: UUID
    message_id: str
    attempts: int
    queued_at: datetime
    about: str = "end"


async def claim(connection: Connection, lease: timedelta) -> Claim | None:
    record = await connection.fetchrow(_CLAIM, lease)
    return None if record is None else Claim(**record)


async def address_of(connection: Connection, recipient_id: UUID) -> str | None:
    """The address now; None where the entry is gone from the address book."""
    address: str | None = await connection.fetchval(_ADDRESS, recipient_id)
    return address


async def mark_sent(connection: Connection, mail: Claim) -> None:
    await connection.execute(_SENT, mail.import_id, mail.recipient_id, mail.attempts)


async def try_again(connection: Connection, mail: Claim, problem: str, *, for_ever: bool = False) -> str | None:
    """Wait before the next try, or give up: after three days, or at once where no try can help."""
    state: str | None = await connection.fetchval(
        _TRY_AGAIN,
        mail.import_id,
        mail.recipient_id,
        mail.attempts,
        problem,
        domain.wait_after(mail.attempts),
        domain.GIVE_UP_AFTER,
        for_ever,
    )
    return state
