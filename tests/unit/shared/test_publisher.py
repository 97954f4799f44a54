"""What is published under one key keeps its order, whatever becomes of one of the rows."""

import asyncio
from typing import Any, cast

import asyncpg
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from shared.messaging.publisher import Publisher, Sent
from shared.settings import KafkaSettings

_TOPIC = "customer-import.import-defined.v1"


class _Broker:
    """Confirms everything but one row, which it refuses when it is handed over."""

    def __init__(self, refused: bytes, error: Exception) -> None:
        self._refused = refused
        self._error = error
        self.taken: list[bytes] = []

    async def publish(self, body: bytes, **_: Any) -> "asyncio.Future[None]":
        if body == self._refused:
            raise self._error
        self.taken.append(body)
        confirmed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        confirmed.set_result(None)
        return confirmed


async def _published(error: Exception) -> tuple[list[bytes], Sent]:
    publisher = Publisher(KafkaSettings(kafka_bootstrap="localhost:9092"), "mapping")
    broker = _Broker(b"2", error)
    publisher._broker, publisher._connected = cast("Any", broker), True
    row = {"topic": _TOPIC, "key": b"1", "traceparent": None}
    rows = [{**row, "id": n, "body": b"%d" % n, "event_id": n} for n in (1, 2, 3)]
    return broker.taken, await publisher.publish(cast("list[asyncpg.Record]", rows))


async def test_what_is_behind_a_row_that_was_not_sent_waits_too() -> None:
    taken, sent = await _published(KafkaError())
    assert taken == [b"1"]
    assert (sent.confirmed, sent.refused, sent.failed) == ([1], {}, {_TOPIC})


async def test_what_is_behind_a_row_that_can_never_be_sent_goes_on() -> None:
    taken, sent = await _published(MessageSizeTooLargeError())
    assert taken == [b"1", b"3"]
    assert (sent.confirmed, set(sent.refused), sent.failed) == ([1, 3], {2}, set())
