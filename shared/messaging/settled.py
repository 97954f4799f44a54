"""Messages whose every consumer has recorded them, and dead letters that were handled after all, are removed in time.

What was heard is kept for ever: a replay months later must do nothing. One whose outbox row is gone was, as far as
anybody can tell, never said.
"""

from datetime import timedelta
from typing import Final

from shared.postgres import Connection

_PIECE: Final = 5_000

_REMOVE_SETTLED: Final = """
DELETE FROM outbox WHERE id IN (
    SELECT id FROM outbox WHERE settled_at < now() - $1::interval AND set_aside_at IS NULL
    ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
)
"""
_REMOVE_LETTERS: Final = """
DELETE FROM dead_letter WHERE id IN (
    SELECT id FROM dead_letter WHERE resent_at < now() - $1::interval ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
)
"""


async def remove_settled(connection: Connection, keep: timedelta) -> int:
    """Remove some messages that were settled longer ago, and letters handled longer ago; returns how many."""
    statements = (_REMOVE_SETTLED, _REMOVE_LETTERS)
    return sum([_count(await connection.execute(statement, keep, _PIECE)) for statement in statements])


def _count(done: str) -> int:
    return int(done.rpartition(" ")[2])
