"""How the mails of a queue end: sent, not told, tried again or given up."""

from datetime import timedelta
from typing import Final, Protocol
from uuid import UUID

from services.notifier import domain
from shared.postgres import Connection

_SETTLE: Final = """
UPDATE {table} SET state = $3, sent_at = CASE WHEN $3 = 'sent' THEN now() END, last_problem = NULL
WHERE id = $1 AND attempts = $2 AND state = 'pending'
"""
_TRY_AGAIN: Final = """
UPDATE {table} SET last_problem = $3, not_before = now() + $4,
    state = CASE WHEN $6 OR now() + $4 > queued_at + $5 THEN 'given_up' ELSE 'pending' END
WHERE id = $1 AND attempts = $2 AND state = 'pending'
RETURNING state
"""


class Claimed(Protocol):
    """A mail to send now. ``attempts`` fences, as in `mails.Claim`."""

    @property
    def id(self) -> UUID: ...

    @property
    def attempts(self) -> int: ...


class Queue:
    """A table of mails, each with an id of its own."""

    def __init__(self, table: str) -> None:
        self._settle = _SETTLE.format(table=table)
        self._try_again = _TRY_AGAIN.format(table=table)

    async def settle(self, connection: Connection, mail: Claimed, state: str) -> None:
        await connection.execute(self._settle, mail.id, mail.attempts, state)

    async def try_again(self, connection: Connection, mail: Claimed, problem: str, *, for_ever: bool) -> str | None:
        """Wait before the next try, or give up: after three days, or at once where no try can help; the state now."""
        wait: timedelta = domain.wait_after(mail.attempts)
        state: str | None = await connection.fetchval(
            self._try_again, mail.id, mail.attempts, problem, wait, domain.GIVE_UP_AFTER, for_ever
        )
        return state
