"""What a service says: kept beside the effect, in its transaction, until every consumer has recorded it."""

import time
from collections.abc import Iterable
from typing import Final

import asyncpg
from pydantic import ValidationError

from shared import tracing
from shared.contracts.event import Event
from shared.contracts.events import EVENTS
from shared.logging import get_logger
from shared.messaging.dead_letters import keep_dead_letter
from shared.messaging.decision import UNSENDABLE
from shared.messaging.delivery import EVENT_ID_HEADER, Delivery
from shared.messaging.metrics import PUBLISHED
from shared.messaging.publisher import NotConfirmedError, Publisher
from shared.postgres import Connection, Database

_BATCH: Final = 100  # of each topic
_LONGEST_REST: Final = 30.0
_OUTGOING: Final = -1  # in place of a partition, in the dead letter of what never reached one
_EVENTS: Final = {event.topic.name: event for event in EVENTS}
# No service records these, so there is nothing to wait for once the broker has them.
_TOPICS_NOBODY_RECORDS: Final = [event.topic.name for event in EVENTS if not set(event.topic.consumers) - {"crm"}]

log = get_logger()


class TooLargeError(ValueError):
    """An event that no broker would take: whoever says it has to bound what is in it."""


async def publish(connection: Connection, event: Event) -> None:
    """Keep an event with the effect of this transaction; it is published after the commit, and said once only."""
    body = event.to_bytes()
    if len(body) > event.topic.largest_event:
        raise TooLargeError(f"{type(event).__name__} of {len(body)} bytes; the most is {event.topic.largest_event}")
    await connection.execute(
        """WITH said AS (
               INSERT INTO outbox (event_id, topic, key, body, traceparent) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (event_id) DO NOTHING
           )
           SELECT pg_notify(current_schema() || '_outbox', '')""",
        event.event_id,
        event.topic.name,
        event.key,
        body,
        tracing.traceparent(),
    )


class Rests:
    """Topics in trouble: each is tried again after a pause that grows, with its first row alone."""

    def __init__(self) -> None:
        self._failures: dict[str, int] = {}
        self._until: dict[str, float] = {}

    @property
    def troubled(self) -> frozenset[str]:
        return frozenset(self._failures)

    def due(self, topics: Iterable[str]) -> dict[str, int]:
        now = time.monotonic()
        return {
            topic: 1 if topic in self._failures else _BATCH for topic in topics if self._until.get(topic, now) <= now
        }

    def failed(self, topic: str) -> None:
        self._failures[topic] = self._failures.get(topic, 0) + 1
        self._until[topic] = time.monotonic() + min(_LONGEST_REST, 2.0 ** min(self._failures[topic] - 1, 10))

    def succeeded(self, topic: str) -> None:
        self._failures.pop(topic, None)
        self._until.pop(topic, None)


class Relay:
    """Publishes what the outbox holds, topic by topic in turn; a step for a worker."""

    def __init__(self, database: Database, publisher: Publisher) -> None:
        self._database = database
        self._publisher = publisher
        self._rests = Rests()

    async def step(self) -> bool:
        """Publish some; True when there may be more."""
        async with self._database.transaction() as connection:
            rows = await _claim(connection, self._rests.due(_EVENTS))
            if not rows:
                return False
            sent = await self._publisher.publish(rows, self._rests.troubled)
            confirmed = sent.confirmed
            await _mark(connection, confirmed)
            for row in rows:
                if row["id"] in sent.refused:
                    await dead_letter(connection, row, f"The broker does not take it: {sent.refused[row['id']]}")
        _count(rows, set(confirmed))
        progress = bool(confirmed or sent.refused)
        if sent.failed - sent.unknown and not progress:  # the broker is away, not one topic
            raise NotConfirmedError(f"0 of {len(rows)}")
        self._note({row["topic"] for row in rows}, sent.failed)
        return progress

    def _note(self, topics: set[str], failed: set[str]) -> None:
        for topic in topics - failed:
            self._rests.succeeded(topic)
        for topic in failed:
            self._rests.failed(topic)
            log.warning("topic_rests", topic=topic)


async def dead_letter(connection: Connection, row: asyncpg.Record, detail: str) -> None:
    """Take a row that can never be sent out of the way; one that only fills its contract's bounds badly is cut."""
    if (smaller := _within_bounds(row)) is not None:
        log.warning("message_shortened", topic=row["topic"], event_id=row["event_id"])
        await connection.execute("UPDATE outbox SET body = $2 WHERE id = $1", row["id"], smaller)
        return
    headers = {EVENT_ID_HEADER: str(row["event_id"])}
    letter = Delivery(row["topic"], _OUTGOING, row["id"], row["key"], row["body"], headers)
    await keep_dead_letter(connection, letter, UNSENDABLE, detail)
    await connection.execute(
        """UPDATE outbox SET set_aside_at = now(), published_at = now(), settled_at = now() WHERE id = $1""", row["id"]
    )


def _count(rows: Iterable[asyncpg.Record], confirmed: set[int]) -> None:
    for row in rows:
        PUBLISHED.labels(row["topic"]).inc(row["id"] in confirmed)
        if row["traceparent"] is not None and row["id"] in confirmed:
            of_topic = {"messaging.destination.name": row["topic"]}
            name = f"publish {row['topic']}"
            tracing.past(name, "producer", row["age"], parent=row["traceparent"], attributes=of_topic)


def _within_bounds(row: asyncpg.Record) -> bytes | None:
    """The same event as a service of today says it, where that is smaller."""
    event = _EVENTS.get(row["topic"])
    if event is None:
        return None
    try:
        body = event.from_bytes(row["body"]).to_bytes()
    except ValidationError:
        return None
    return body if len(body) < len(row["body"]) and len(body) <= event.topic.largest_event else None


async def _claim(connection: Connection, due: dict[str, int]) -> list[asyncpg.Record]:
    # One relay of a service at a time, so that what is said under one key keeps its order. The claim is the open
    # transaction itself: it ends with its process, and a paused process loses it soon.
    await connection.execute("SET LOCAL idle_in_transaction_session_timeout = '20s'")
    if not await connection.fetchval("SELECT pg_try_advisory_xact_lock('outbox'::regclass::oid::bigint)"):
        return []
    return await connection.fetch(
        """SELECT waiting.*
           FROM unnest($1::text[], $2::int[]) AS turn (name, most)
           CROSS JOIN LATERAL (
               SELECT id, event_id, topic, key, body, traceparent,
                   extract(epoch FROM clock_timestamp() - created_at)::float AS age
               FROM outbox
               WHERE published_at IS NULL AND topic = turn.name ORDER BY id LIMIT turn.most FOR UPDATE SKIP LOCKED
           ) AS waiting""",
        list(due),
        list(due.values()),
    )


async def _mark(connection: Connection, confirmed: list[int]) -> None:
    await connection.execute(
        """UPDATE outbox SET published_at = clock_timestamp(), sends = sends + 1,
               settled_at = CASE WHEN topic = ANY($2) THEN clock_timestamp() END
           WHERE id = ANY($1)""",
        confirmed,
        _TOPICS_NOBODY_RECORDS,
    )
