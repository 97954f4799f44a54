"""Messages that could not be handled: kept with the reason, and handled again when a person says so."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import asyncpg

from shared.audit import Act
from shared.audit import record as record_act
from shared.contracts.event import Event
from shared.logging import get_logger
from shared.messaging.decision import (
    FAILING,
    NOT_KEPT,
    REFUSED,
    UNDECODABLE,
    UNOPENABLE,
    UNSENDABLE,
    UndecodableError,
)
from shared.messaging.delivery import AUTHORIZATION_HEADER, EVENT_ID_HEADER, Delivery
from shared.messaging.inbox import decode, record
from shared.messaging.metrics import DEAD_LETTERS, DEAD_LETTERS_NOT_KEPT
from shared.messaging.origin import as_said
from shared.messaging.subscription import AnySubscription, by_topic
from shared.postgres import Connection, Database
from shared.tracing import TRACEPARENT_HEADER

# Those the wrapper keeps: the event was never recorded. With any other reason the handler itself kept the letter, in
# the transaction that recorded the event, so the record does not say that it had its effect.
_NEVER_RECORDED: Final = frozenset({UNDECODABLE, FAILING, UNOPENABLE})

MOST_OPEN: Final = 1_000
"""Letters of a topic that wait for a person; of what comes beyond them nothing is kept but its number."""
_CAUSED_BY_ANYBODY: Final = frozenset({UNDECODABLE, UNOPENABLE, REFUSED})  # the others are ours, and are always kept
_NO_PARTITION: Final = -2
_SHOWN_HEADERS: Final = frozenset({EVENT_ID_HEADER, "content-type", "correlation_id", TRACEPARENT_HEADER})
"""Of other headers, which anybody may have written, only the names are shown."""
NOT_SHOWN: Final = "not shown"

# Where resent_at is another moment than discarded_at, the letter was opened again since.
_COLUMNS: Final = """
    SELECT id, event_id, topic, partition, record_offset, reason, detail, attempts, created_at, resent_at,
        CASE WHEN resent_at IS NULL THEN 'open' WHEN resent_at = discarded_at THEN 'discarded' ELSE 'handled' END
            AS state,
        discarded_by, discard_reason {more} FROM dead_letter
"""
_LIST: Final = (
    _COLUMNS.format(more="")
    + """
    WHERE ($1::text IS NULL OR ($1 = 'open') = (resent_at IS NULL)
               AND ($1 = 'discarded') = (resent_at IS NOT NULL AND resent_at IS NOT DISTINCT FROM discarded_at))
      AND ($2::text IS NULL OR topic = $2) AND ($3::bigint IS NULL OR id < $3)
    ORDER BY id DESC LIMIT $4
"""
)
_ONE: Final = _COLUMNS.format(more=", key, body, headers") + " WHERE id = $1"
_DISCARD: Final = "SELECT discard_dead_letter($1, $2, $3)"

log = get_logger()


class LetterState(StrEnum):
    OPEN = "open"
    HANDLED = "handled"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A dead letter as people may see it: without what the message holds."""

    id: int
    event_id: UUID | None
    topic: str
    partition: int
    record_offset: int
    reason: str
    detail: str
    attempts: int
    created_at: datetime
    resent_at: datetime | None  # when it was handled or discarded
    state: LetterState
    discarded_by: str | None
    discard_reason: str | None


@dataclass(frozen=True, slots=True)
class LetterDetail:
    """A dead letter with what its message says of itself: still no value of it."""

    letter: DeadLetter
    event: str | None  # the type of event that its topic carries
    import_id: UUID | None  # where the body can be read as such an event
    size: int  # bytes of the body
    headers: Mapping[str, str]


class Resent(StrEnum):
    """What became of a dead letter that was sent again."""

    HANDLED = "handled"
    DUPLICATE = "duplicate"  # its event had been handled in the meantime
    KEPT_AGAIN = "kept_again"  # the handler refused it once more
    NOT_OPEN = "not_open"  # it had been handled before
    DISCARDED = "discarded"
    UNKNOWN = "unknown"  # there is no such letter


async def keep_dead_letter(connection: Connection, delivery: Delivery, reason: str, detail: str) -> None:
    """Keep a message that cannot be handled; ``detail`` in plain words that repeat nothing of the message.

    Whoever may write to a topic must not fill the disk: where many letters of it are open, the message is counted only.
    An event that one of the services said is not lost by that; it is said again until it is recorded.
    """
    DEAD_LETTERS.labels(delivery.topic, reason).inc()
    log.warning(
        "message_set_aside",
        topic=delivery.topic,
        partition=delivery.partition,
        offset=delivery.offset,
        reason=reason,
        event_id=delivery.event_id,
    )
    if reason in _CAUSED_BY_ANYBODY and not await _has_room(connection, delivery):
        await _count(connection, delivery.topic)
        return
    await connection.execute(
        """INSERT INTO dead_letter (event_id, topic, partition, record_offset, key, body, headers, reason, detail)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           ON CONFLICT (topic, partition, record_offset, sha256(body)) DO UPDATE
           SET reason = excluded.reason, detail = excluded.detail, attempts = dead_letter.attempts + 1,
               -- The very record that a person discarded stays so, however often the broker has it read.
               resent_at = CASE WHEN dead_letter.resent_at = dead_letter.discarded_at THEN dead_letter.resent_at END""",
        delivery.event_id,
        delivery.topic,
        delivery.partition,
        delivery.offset,
        delivery.key,
        delivery.storable_body,
        delivery.storable_headers,
        reason,
        detail,
    )


async def _has_room(connection: Connection, delivery: Delivery) -> bool:
    has_room: bool = await connection.fetchval(
        """SELECT EXISTS (
               SELECT FROM dead_letter
               WHERE topic = $1 AND partition = $2 AND record_offset = $3 AND sha256(body) = sha256($4::bytea)
           ) OR $5 > (
               SELECT count(*) FROM (SELECT FROM dead_letter WHERE topic = $1 AND resent_at IS NULL LIMIT $5) AS open
           )""",
        delivery.topic,
        delivery.partition,
        delivery.offset,
        delivery.storable_body,
        MOST_OPEN,
    )
    return has_room


async def _count(connection: Connection, topic: str) -> None:
    DEAD_LETTERS_NOT_KEPT.labels(topic).inc()
    await connection.execute(
        """INSERT INTO dead_letter (topic, partition, record_offset, body, reason, detail)
           VALUES ($1, $2, 0, '', $3, 'Messages of which nothing was kept, for too many were open: 1')
           ON CONFLICT (topic, partition, record_offset, sha256(body)) DO UPDATE
           SET attempts = dead_letter.attempts + 1, resent_at = NULL,
               detail = 'Messages of which nothing was kept, for too many were open: ' || dead_letter.attempts + 1""",
        topic,
        _NO_PARTITION,
        NOT_KEPT,
    )


class DeadLetters:
    def __init__(self, database: Database, subscriptions: list[AnySubscription] | tuple[AnySubscription, ...]) -> None:
        self._database = database
        self._subscriptions = by_topic(subscriptions)

    async def list(
        self, *, state: LetterState | None = None, topic: str | None = None, before: int | None = None, limit: int = 200
    ) -> list[DeadLetter]:
        """The newest first, from the one before the letter ``before``."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_LIST, state, topic, before, limit)
        return [_letter(row) for row in rows]

    async def find(self, letter_id: int) -> LetterDetail | None:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_ONE, letter_id)
        if row is None:
            return None
        subscription = self._subscriptions.get(row["topic"])
        return LetterDetail(
            letter=_letter(row),
            event=None if subscription is None else subscription.event.__name__,
            import_id=None if subscription is None else _import_of(subscription.event, row["body"]),
            size=len(row["body"]),
            headers={
                name: value if name in _SHOWN_HEADERS else NOT_SHOWN for name, value in sorted(row["headers"].items())
            },
        )

    async def discard(self, letter_id: int, person: str, reason: str) -> Resent:
        """Settle a letter that nobody needs; who did so and why stays with it."""
        async with self._database.transaction() as connection:
            if await connection.fetchval(_DISCARD, letter_id, person, reason):
                await record_act(connection, Act.LETTER_DISCARDED, person, detail={"letter_id": letter_id})
                log.info("dead_letter_discarded", letter_id=letter_id)
                return Resent.DISCARDED
            is_there = await connection.fetchval("SELECT true FROM dead_letter WHERE id = $1", letter_id)
        return Resent.NOT_OPEN if is_there else Resent.UNKNOWN

    async def send_again(self, letter_id: int, person: str, authorization: str = "") -> Resent:
        """Handle the stored message again, in the name of whoever the ``authorization`` header speaks for."""
        async with self._database.transaction() as connection:
            letter = await connection.fetchrow(
                """SELECT event_id, topic, partition, record_offset AS "offset", key, body, headers, reason, resent_at
                   FROM dead_letter WHERE id = $1 FOR UPDATE""",
                letter_id,
            )
            if letter is None:
                return Resent.UNKNOWN
            if letter["resent_at"] is not None:
                return Resent.NOT_OPEN
            if letter["reason"] == NOT_KEPT:
                raise UndecodableError("Nothing of these messages was kept")
            # Before the handler: one that refuses again opens the letter again.
            await connection.execute("UPDATE dead_letter SET resent_at = now() WHERE id = $1", letter_id)
            await record_act(
                connection, Act.LETTER_SENT, person, detail={"letter_id": letter_id, "topic": letter["topic"]}
            )
            if letter["reason"] == UNSENDABLE:
                await _say_again(connection, letter["event_id"])
                return Resent.HANDLED
            stored = {name: value for name, value in letter.items() if name not in {"event_id", "reason", "resent_at"}}
            return await self._handle(connection, letter_id, _with(Delivery(**stored), authorization), letter["reason"])

    async def _handle(self, connection: Connection, letter_id: int, delivery: Delivery, reason: str) -> Resent:
        subscription = self._subscriptions.get(delivery.topic)
        if subscription is None:  # kept by an earlier release
            raise UndecodableError("This service does not hear the topic any more")
        event = await as_said(connection, decode(subscription.event, delivery.body))
        if event is None:
            raise UndecodableError("No service has sent this message")
        is_new = await record(connection, event.event_id, delivery.topic)
        if not is_new and reason in _NEVER_RECORDED:
            return Resent.DUPLICATE
        await subscription.handle(connection, event, delivery)
        is_open = "SELECT resent_at IS NULL FROM dead_letter WHERE id = $1"
        return Resent.KEPT_AGAIN if await connection.fetchval(is_open, letter_id) else Resent.HANDLED


def _letter(row: asyncpg.Record) -> DeadLetter:
    values = {name: value for name, value in row.items() if name not in {"key", "body", "headers"}}
    return DeadLetter(**{**values, "state": LetterState(values["state"])})


def _import_of(event: type[Event], body: bytes) -> UUID | None:
    try:
        return getattr(decode(event, body), "import_id", None)
    except UndecodableError:
        return None


def _with(delivery: Delivery, authorization: str) -> Delivery:
    headers = {**delivery.headers, AUTHORIZATION_HEADER: authorization}
    return replace(delivery, headers=headers, by_hand=True)


async def _say_again(connection: Connection, event_id: UUID) -> None:
    await connection.execute(
        """WITH again AS (
               UPDATE outbox SET set_aside_at = NULL, published_at = NULL, settled_at = NULL WHERE event_id = $1
           )
           SELECT pg_notify(current_schema() || '_outbox', '')""",
        event_id,
    )
