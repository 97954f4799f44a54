"""What a service says: kept beside the effect, in its transaction, until every consumer has recorded it."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

import asyncpg
from aiokafka.errors import KafkaError
from aiokafka.structs import RecordMetadata

from shared.contracts.event import Event
from shared.contracts.events import EVENTS
from shared.logging import error_types, get_logger
from shared.messaging.delivery import EVENT_ID_HEADER
from shared.messaging.kafka import publishing_broker
from shared.messaging.metrics import PUBLISHED
from shared.postgres import Connection, Database
from shared.settings import KafkaSettings

_BATCH: Final = 100
_PUBLISH_SECONDS: Final = 10.0
_STOP_SECONDS: Final = 5.0
_FAULTS_BEFORE_A_NEW_PRODUCER: Final = 2
# No service records these, so there is nothing to wait for once the broker has them.
_TOPICS_NOBODY_RECORDS: Final = [event.topic.name for event in EVENTS if not set(event.topic.consumers) - {"crm"}]

log = get_logger()


async def say(connection: Connection, event: Event) -> None:
    """Keep an event with the effect of this transaction; it is published after the commit, and said once only."""
    await connection.execute(
        """WITH said AS (
               INSERT INTO outbox (event_id, topic, key, body) VALUES ($1, $2, $3, $4)
               ON CONFLICT (event_id) DO NOTHING
           )
           SELECT pg_notify(current_schema() || '_outbox', '')""",
        event.event_id,
        event.topic.name,
        event.key,
        event.to_bytes(),
    )


class NotConfirmedError(ConnectionError):
    """The broker did not confirm everything in time: whether the rest arrived is not known, so it is sent again."""


class Publisher:
    """Brings outbox rows to the broker and tells which it has confirmed."""

    def __init__(self, settings: KafkaSettings, service: str) -> None:
        self._settings = settings
        self._service = service
        self._broker = publishing_broker(settings, service)
        self._connected = False
        self._faults = 0

    async def publish(self, rows: Sequence[asyncpg.Record]) -> list[int]:
        """The ids of the rows that were confirmed. Rows of one key arrive in their order."""
        confirmations: dict[int, asyncio.Future[RecordMetadata]] = {}
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PUBLISH_SECONDS):
                await self._connect()
                # Side by side, so that a topic that is missing does not hold up the others.
                await asyncio.gather(*(self._hand_over(topic, confirmations) for topic in _by_topic(rows)))
                if confirmations:
                    await asyncio.wait(confirmations.values())
        confirmed = [row_id for row_id, future in confirmations.items() if _succeeded(future)]
        await self._look_at_faults(confirmations.values())
        return confirmed

    async def stop(self) -> None:
        """Let go of the broker; what was not confirmed stays in the outbox."""
        with contextlib.suppress(Exception):
            async with asyncio.timeout(_STOP_SECONDS):
                await self._broker.stop()
        self._connected = False

    async def _connect(self) -> None:
        if self._connected:
            return
        try:
            await self._broker.connect()
        except (KafkaError, OSError) as error:
            raise NotConfirmedError("not connected") from error
        self._connected = True

    async def _hand_over(
        self, rows: list[asyncpg.Record], confirmations: dict[int, asyncio.Future[RecordMetadata]]
    ) -> None:
        for row in rows:
            try:
                confirmations[row["id"]] = await self._broker.publish(
                    row["body"],
                    topic=row["topic"],
                    key=row["key"] or None,
                    headers={EVENT_ID_HEADER: str(row["event_id"])},
                    no_confirm=True,
                )
            except KafkaError as error:
                log.warning("publish_failed", topic=row["topic"], error_types=error_types(error))
                return  # what follows on this topic keeps its order and waits too

    async def _look_at_faults(self, confirmations: Iterable[asyncio.Future[RecordMetadata]]) -> None:
        # A broker that is away makes us wait. One that answers with errors again and again takes this producer for
        # another (it lost its data and gave an id a second time): only a new producer helps.
        outcomes = [future for future in confirmations if future.done()]
        if faults := {type(error).__name__ for future in outcomes if (error := _fault(future))}:
            log.warning("publish_failed", error_types=sorted(faults))
        faulty = bool(outcomes) and not any(_succeeded(future) for future in outcomes)
        self._faults = self._faults + 1 if faulty else 0
        if self._faults >= _FAULTS_BEFORE_A_NEW_PRODUCER:
            log.warning("producer_replaced")
            await self.stop()
            self._broker = publishing_broker(self._settings, self._service)
            self._faults = 0


class Relay:
    """Publishes what the outbox holds; a step for a worker."""

    def __init__(self, database: Database, publisher: Publisher) -> None:
        self._database = database
        self._publisher = publisher

    async def step(self) -> bool:
        """Publish some; True when there may be more."""
        async with self._database.transaction() as connection:
            rows = await _claim(connection)
            if not rows:
                return False
            confirmed = await self._publisher.publish(rows)
            await _mark(connection, confirmed)
        for row in rows:
            PUBLISHED.labels(row["topic"]).inc(row["id"] in set(confirmed))
        if len(confirmed) < len(rows):
            raise NotConfirmedError(f"{len(rows) - len(confirmed)} of {len(rows)}")
        return True


async def _claim(connection: Connection) -> list[asyncpg.Record]:
    # One relay of a service at a time, so that what is said under one key keeps its order. The claim is the open
    # transaction itself: it ends with its process, and a paused process loses it soon.
    await connection.execute("SET LOCAL idle_in_transaction_session_timeout = '20s'")
    if not await connection.fetchval("SELECT pg_try_advisory_xact_lock('outbox'::regclass::oid::bigint)"):
        return []
    return await connection.fetch(
        """SELECT id, event_id, topic, key, body FROM outbox
           WHERE published_at IS NULL ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED""",
        _BATCH,
    )


async def _mark(connection: Connection, confirmed: list[int]) -> None:
    await connection.execute(
        """UPDATE outbox SET published_at = clock_timestamp(), sends = sends + 1,
               settled_at = CASE WHEN topic = ANY($2) THEN clock_timestamp() END
           WHERE id = ANY($1)""",
        confirmed,
        _TOPICS_NOBODY_RECORDS,
    )


def _by_topic(rows: Sequence[asyncpg.Record]) -> list[list[asyncpg.Record]]:
    topics: dict[str, list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        topics[row["topic"]].append(row)
    return list(topics.values())


def _succeeded(confirmation: "asyncio.Future[Any]") -> bool:
    return confirmation.done() and not confirmation.cancelled() and confirmation.exception() is None


def _fault(confirmation: "asyncio.Future[Any]") -> BaseException | None:
    return None if confirmation.cancelled() else confirmation.exception()
