"""The way to the broker: which rows it has, which it will never take, and which topic is in trouble."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg
from aiokafka.errors import (
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    UnsupportedForMessageFormatError,
)
from aiokafka.structs import RecordMetadata

from shared.errors import error_types
from shared.logging import get_logger
from shared.messaging.delivery import EVENT_ID_HEADER
from shared.messaging.kafka import publishing_broker
from shared.settings import KafkaSettings
from shared.tracing import TRACEPARENT_HEADER

_PUBLISH_SECONDS: Final = 10.0
_TROUBLED_SECONDS: Final = 1.0  # the others wait as long
_STOP_SECONDS: Final = 5.0
_FAULTS_BEFORE_A_NEW_PRODUCER: Final = 2
_PERMANENT: Final = (
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    InvalidTopicError,
    UnsupportedForMessageFormatError,
    TypeError,
    ValueError,
    AssertionError,
)

log = get_logger()


class NotConfirmedError(ConnectionError):
    """The broker did not confirm everything in time: whether the rest arrived is not known, so it is sent again."""


@dataclass(slots=True)
class Sent:
    """What became of some rows; one that is neither confirmed nor refused is tried again."""

    confirmed: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)  # row → the error that no further try can mend
    failed: set[str] = field(default_factory=set)  # topics of which something was not confirmed
    unknown: set[str] = field(default_factory=set)  # those among them that the broker does not know


class Publisher:
    """Brings outbox rows to the broker and tells which it has confirmed."""

    def __init__(self, settings: KafkaSettings, service: str) -> None:
        self._settings = settings
        self._service = service
        self._broker = publishing_broker(settings, service)
        self._connected = False
        self._faults = 0

    async def publish(self, rows: Sequence[asyncpg.Record], troubled: Collection[str] = ()) -> Sent:
        """Send the rows; those of one key arrive in their order. ``troubled`` topics get little time."""
        sent = Sent()
        async with asyncio.timeout(_PUBLISH_SECONDS):
            await self._connect()
        # Side by side, each with its own limit, so that a topic that is missing does not hold up the others.
        outcomes = await asyncio.gather(
            *(
                self._send_topic(topic, of_topic, sent, _TROUBLED_SECONDS if topic in troubled else _PUBLISH_SECONDS)
                for topic, of_topic in _by_topic(rows).items()
            )
        )
        await self._look_at_faults([future for futures in outcomes for future in futures])
        return sent

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

    async def _send_topic(
        self, topic: str, rows: list[asyncpg.Record], sent: Sent, seconds: float
    ) -> "list[asyncio.Future[RecordMetadata]]":
        confirmations: dict[int, asyncio.Future[RecordMetadata]] = {}
        try:
            async with asyncio.timeout(seconds):
                await self._hand_over(rows, confirmations, sent)
                if confirmations:
                    await asyncio.wait(confirmations.values())
        except TimeoutError:
            if not confirmations:  # the client waits to hear of the topic
                sent.unknown.add(topic)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the trouble of this topic alone
            log.warning("publish_failed", topic=topic, error_types=error_types(error))
        for row_id, future in confirmations.items():
            if _succeeded(future):
                sent.confirmed.append(row_id)
            elif len(rows) == 1 and isinstance(fault := _fault(future), _PERMANENT):
                # Alone, since the broker refuses whole batches: it would blame the neighbors, too.
                sent.refused[row_id] = type(fault).__name__
        if any(row["id"] not in sent.refused and not _is_confirmed(row, confirmations) for row in rows):
            sent.failed.add(topic)
        return list(confirmations.values())

    async def _hand_over(
        self, rows: list[asyncpg.Record], confirmations: "dict[int, asyncio.Future[RecordMetadata]]", sent: Sent
    ) -> None:
        for row in rows:
            try:
                confirmations[row["id"]] = await self._broker.publish(
                    row["body"],
                    topic=row["topic"],
                    key=row["key"] or None,
                    headers=_headers(row),
                    no_confirm=True,
                )
            except _PERMANENT as error:
                sent.refused[row["id"]] = type(error).__name__
            except KafkaError as error:
                log.warning("publish_failed", topic=row["topic"], error_types=error_types(error))
                return  # what follows on this topic keeps its order and waits too

    async def _look_at_faults(self, confirmations: "Iterable[asyncio.Future[RecordMetadata]]") -> None:
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


def _headers(row: asyncpg.Record) -> dict[str, str]:
    traced = {} if row["traceparent"] is None else {TRACEPARENT_HEADER: row["traceparent"]}
    return {EVENT_ID_HEADER: str(row["event_id"]), **traced}


def _by_topic(rows: Sequence[asyncpg.Record]) -> dict[str, list[asyncpg.Record]]:
    topics: dict[str, list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        topics[row["topic"]].append(row)
    return topics


def _is_confirmed(row: asyncpg.Record, confirmations: "dict[int, asyncio.Future[RecordMetadata]]") -> bool:
    return row["id"] in confirmations and _succeeded(confirmations[row["id"]])


def _succeeded(confirmation: "asyncio.Future[Any]") -> bool:
    return confirmation.done() and not confirmation.cancelled() and confirmation.exception() is None


def _fault(confirmation: "asyncio.Future[Any]") -> BaseException | None:
    return None if not confirmation.done() or confirmation.cancelled() else confirmation.exception()
