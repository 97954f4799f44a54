"""Which sessions have ended: the cookie alone does not say, since somebody may have kept a copy of it."""

import hashlib
from typing import Final

from shared.postgres import Connection, Database
from shared.web.session import Session

_IS_OPEN: Final = "SELECT mapping.session_is_open($1, $2, $3)"
# Those that nobody has used for so long have expired tokens as well.
_END: Final = """
WITH forgotten AS (DELETE FROM web_session WHERE last_seen_at < now() - interval '30 days')
INSERT INTO web_session (id, ended_at) VALUES ($1, now())
ON CONFLICT (id) DO UPDATE SET ended_at = coalesce(web_session.ended_at, now())
"""


def id_of(session: Session) -> bytes:
    """What stands for a session in the database: its secret cannot be told from it."""
    return hashlib.sha256(session.csrf.encode()).digest()


async def is_open(database: Database, session_id: bytes, idle_seconds: float, *, is_used: bool = True) -> bool:
    """Whether the session was neither ended nor left alone for too long. Looking at it may count as using it."""
    async with database.transaction() as connection:
        return bool(await connection.fetchval(_IS_OPEN, session_id, idle_seconds, is_used))


async def end(connection: Connection, session: Session) -> None:
    """End the session wherever its cookie is. For mapping alone, which owns the table."""
    await connection.execute(_END, id_of(session))
