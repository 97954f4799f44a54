"""Reading from Kafka that goes on past records which the client cannot open."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import ConsumerStoppedError, CorruptRecordException, KafkaError, UnsupportedCodecError

from shared.errors import error_types
from shared.logging import get_logger
from shared.messaging.unpacking import BatchTooLargeError
from shared.postgres import back_off

_FETCH_MS: Final = 2_000
_LONGEST_WAIT: Final = 10.0

DeadLetterRecord = Callable[[TopicPartition, int, Exception], Awaitable[None]]
Trouble = Callable[[str], None]

log = get_logger()


def blames_a_record(error: Exception) -> bool:
    """Whether what the client raises is about the bytes of a record: no new connection helps there.

    Codecs and decoders raise whatever they like, so all counts but the errors of connection and group.
    """
    if isinstance(error, CorruptRecordException | UnsupportedCodecError):
        return True
    return not isinstance(error, KafkaError | ConsumerStoppedError | OSError)


class Reader:
    """Takes record by record; sets aside a corrupt batch, one whose codec is missing, a header name that is no text.

    A batch that unpacks to more than it may is set aside as a whole: its records are never counted one by one.

    ``dead_letter`` keeps the place of such a record; ``trouble`` hears in plain words what holds up the reading, and an
    empty text once nothing does any more.
    """

    def __init__(self, dead_letter: DeadLetterRecord, trouble: Trouble) -> None:
        self._dead_letter = dead_letter
        self._trouble = trouble
        self._failures = 0

    async def next(self, consumer: AIOKafkaConsumer) -> "ConsumerRecord[Any, Any]":
        while True:
            try:
                record: ConsumerRecord[Any, Any] = await consumer.getone()
            except Exception as error:
                if not blames_a_record(error):
                    self._trouble("Messages cannot be read")
                    raise
                log.warning("record_not_opened", error_types=error_types(error))
            else:
                self._trouble("")
                return record
            await self._try_to_pass(consumer)

    async def _try_to_pass(self, consumer: AIOKafkaConsumer) -> None:
        try:
            await self._pass_unopenable(consumer)
        except KafkaError:
            raise
        except Exception as error:  # noqa: BLE001 - it must not be lost, so the line waits until it is kept
            # Not before: what anybody may write must not make the service look unready while it is set aside.
            self._trouble("A message cannot be opened")
            self._failures += 1
            log.warning("record_not_set_aside", error_types=error_types(error))
            await asyncio.sleep(back_off(self._failures, limit=_LONGEST_WAIT))
        else:
            self._failures = 0

    async def _pass_unopenable(self, consumer: AIOKafkaConsumer) -> None:
        # The client does not say which partition it was at, so each that has something to read is asked alone.
        ends = await consumer.end_offsets(consumer.assignment())
        for partition, end in ends.items():
            position = await consumer.position(partition)
            if position >= end:
                continue
            try:
                records = await consumer.getmany(partition, timeout_ms=_FETCH_MS, max_records=1)
            except Exception as error:
                if not blames_a_record(error):
                    raise
                await self._dead_letter(partition, position, error)
                after = error.next_offset if isinstance(error, BatchTooLargeError) else position + 1
                consumer.seek(partition, after)
                await consumer.commit({partition: after})
                self._trouble("")
            else:
                if records:
                    consumer.seek(partition, position)
