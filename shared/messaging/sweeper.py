"""Compares what was said with what the consumers have recorded, and has the rest said again.

A broker may lose what it confirmed: a disk, a topic deleted by mistake, a retention shorter than an outage. Then the
events are still in the outbox of their sender, and each consumer's inbox says which it never saw.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg

from shared.contracts.events import EVENTS
from shared.contracts.topics import SCHEMA_OF, Party
from shared.logging import get_logger
from shared.messaging.metrics import OLDEST_UNPUBLISHED, SENT_AGAIN, UNPUBLISHED
from shared.messaging.outbox import dead_letter
from shared.postgres import Connection, Database

_BATCH: Final = 1000
_UNKNOWN_TOPIC_FOR: Final = timedelta(hours=1)
_CONSUMERS: Final = {event.topic.name: event.topic.consumers for event in EVENTS}
_RECORDED: Final = """
SELECT topic, event_id FROM {schema}.heard WHERE event_id = ANY($1)
UNION SELECT topic, event_id FROM {schema}.inbox WHERE event_id = ANY($1)
UNION SELECT topic, event_id FROM {schema}.dead_letter WHERE event_id = ANY($1)
"""
_RECORDED_BY: Final = {party: _RECORDED.format(schema=schema) for party, schema in SCHEMA_OF.items()}

Heard = tuple[str, UUID]

log = get_logger()


class Sweeper:
    """A step for a worker."""

    def __init__(self, service: str, database: Database, resend_after_seconds: float) -> None:
        self._service = service
        self._database = database
        self._resend_after = resend_after_seconds

    async def step(self) -> bool:
        """Settle what is recorded and send the rest again; True when there may be more."""
        async with self._database.transaction() as connection:
            rows = await self._due(connection)
            recorded = {party: await _recorded(connection, party, rows) for party in _RECORDED_BY} if rows else {}
            settled = [row["id"] for row in rows if _is_recorded(row, recorded)]
            await connection.execute("UPDATE outbox SET settled_at = now() WHERE id = ANY($1)", settled)
            await self._send_again(connection, [row["id"] for row in rows if row["id"] not in set(settled)])
            await self._dead_letter_unknown(connection)
            await self._measure(connection)
        return len(rows) == _BATCH

    async def _dead_letter_unknown(self, connection: Connection) -> None:
        # After a while, since in an upgrade a newer service beside this one may say what it does not know yet.
        rows = await connection.fetch(
            """SELECT id, event_id, topic, key, body FROM outbox
               WHERE published_at IS NULL AND topic <> ALL($1) AND created_at < now() - $2::interval
               ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED""",
            list(_CONSUMERS),
            _UNKNOWN_TOPIC_FOR,
            _BATCH,
        )
        for row in rows:
            await dead_letter(connection, row, "The contracts name no such topic")

    async def _measure(self, connection: Connection) -> None:
        waiting = await connection.fetch(
            """SELECT topic, count(*) AS count, extract(epoch FROM now() - min(created_at))::float AS age
               FROM outbox WHERE published_at IS NULL GROUP BY topic"""
        )
        by_topic = {row["topic"]: row for row in waiting}
        for topic in {*_CONSUMERS, *by_topic}:
            row = by_topic.get(topic)
            UNPUBLISHED.labels(self._service, topic).set(row["count"] if row else 0)
            OLDEST_UNPUBLISHED.labels(self._service, topic).set(row["age"] if row else 0)

    async def _due(self, connection: Connection) -> list[asyncpg.Record]:
        # Each time twice as long, up to eight times: a consumer that is only away finds its messages on the topic, and
        # needs no copy of each for every minute it was.
        return await connection.fetch(
            """SELECT id, event_id, topic FROM outbox
               WHERE settled_at IS NULL
                 AND published_at < now() - make_interval(secs => $1 * 2 ^ least(greatest(sends, 1) - 1, 3))
               ORDER BY published_at LIMIT $2 FOR UPDATE SKIP LOCKED""",
            self._resend_after,
            _BATCH,
        )

    async def _send_again(self, connection: Connection, unrecorded: list[int]) -> None:
        if not unrecorded:
            return
        await connection.execute(
            """WITH again AS (UPDATE outbox SET published_at = NULL WHERE id = ANY($1))
               SELECT pg_notify(current_schema() || '_outbox', '')""",
            unrecorded,
        )
        SENT_AGAIN.inc(len(unrecorded))
        log.warning("messages_sent_again", service=self._service, count=len(unrecorded))


async def _recorded(connection: Connection, party: Party, rows: Iterable[asyncpg.Record]) -> set[Heard]:
    ids = [row["event_id"] for row in rows if party in _CONSUMERS.get(row["topic"], ())]
    found = await connection.fetch(_RECORDED_BY[party], ids) if ids else []
    return {(row["topic"], row["event_id"]) for row in found}


def _is_recorded(row: asyncpg.Record, recorded: Mapping[Party, set[Heard]]) -> bool:
    # A topic no longer in the contracts has no consumers: nothing to wait for.
    parties = [party for party in _CONSUMERS.get(row["topic"], ()) if party in recorded]
    return all((row["topic"], row["event_id"]) in recorded[party] for party in parties)
