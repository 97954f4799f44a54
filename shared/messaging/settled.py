"""Messages whose every consumer has recorded them, and dead letters that were handled after all, are removed in time.

So is the record that a message was heard, once its sender has removed it: a replay months later does nothing then
either, for as far as anybody can tell it was never said. A request from outside has no outbox row: its record stays.
"""

from datetime import timedelta
from typing import Final

from shared.contracts.events import EVENTS
from shared.contracts.topics import SCHEMA_OF
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
_REMOVE_HEARD: Final = """
DELETE FROM heard WHERE (topic, event_id) IN (
    SELECT h.topic, h.event_id
    FROM heard h
    WHERE h.handled_at < now() - $1::interval AND h.topic = ANY ($3::text[])
        AND NOT EXISTS (SELECT FROM mapping.outbox WHERE event_id = h.event_id)
        AND NOT EXISTS (SELECT FROM validation.outbox WHERE event_id = h.event_id)
        AND NOT EXISTS (SELECT FROM execution.outbox WHERE event_id = h.event_id)
    LIMIT $2
)
"""
# Services of the last release know the inbox alone.
_REMOVE_INBOX: Final = """
DELETE FROM inbox WHERE event_id IN (
    SELECT h.event_id
    FROM inbox h
    WHERE h.handled_at < now() - $1::interval AND h.topic = ANY ($3::text[])
        AND NOT EXISTS (SELECT FROM mapping.outbox WHERE event_id = h.event_id)
        AND NOT EXISTS (SELECT FROM validation.outbox WHERE event_id = h.event_id)
        AND NOT EXISTS (SELECT FROM execution.outbox WHERE event_id = h.event_id)
    LIMIT $2
)
"""
_REMOVE_TRACES: Final = """
DELETE FROM import_trace WHERE import_id IN (
    SELECT import_id FROM import_trace WHERE heard_at < now() - $1::interval LIMIT $2 FOR UPDATE SKIP LOCKED
)
"""
_SAID_BY_SERVICES: Final = [event.topic.name for event in EVENTS if SCHEMA_OF.keys() & set(event.topic.producers)]


async def remove_settled(connection: Connection, keep: timedelta) -> int:
    """Remove some messages that were settled longer ago, letters handled and records of both; returns how many."""
    removed = [
        await connection.execute(_REMOVE_SETTLED, keep, _PIECE),
        await connection.execute(_REMOVE_LETTERS, keep, _PIECE),
        await connection.execute(_REMOVE_HEARD, keep, _PIECE, _SAID_BY_SERVICES),
        await connection.execute(_REMOVE_INBOX, keep, _PIECE, _SAID_BY_SERVICES),
        await connection.execute(_REMOVE_TRACES, keep, _PIECE),
    ]
    return sum(_count(done) for done in removed)


def _count(done: str) -> int:
    return int(done.rpartition(" ")[2])
