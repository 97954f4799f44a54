"""The consuming side of a service: one member of its group, watched for progress."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Protocol, Self, assert_never, cast

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from faststream.kafka.subscriber.usecase import DefaultSubscriber

from shared import tracing
from shared.errors import error_types
from shared.health import Health, Pulse
from shared.logging import get_logger
from shared.messaging.dead_letters import keep_dead_letter
from shared.messaging.decision import FAILING, UNOPENABLE, Done, LeaveToSender, Outlook, Retry, ToDeadLetter, decide
from shared.messaging.delivery import Delivery
from shared.messaging.inbox import Effect, Inbox
from shared.messaging.kafka import consuming_broker, subscribe
from shared.messaging.metrics import LAG, MESSAGES, RETRIES
from shared.messaging.origin import is_published_by_services
from shared.messaging.reading import Reader
from shared.messaging.subscription import Answer, AnySubscription, by_topic
from shared.messaging.unpacking import MOST_UNPACKED, BatchTooLargeError
from shared.postgres import Connection, Database, back_off, is_in_the_way, is_transient, spread
from shared.settings import KafkaSettings

_START_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 5.0
_LEAST_PAUSE_SECONDS: Final = 0.1
_ANSWER_SECONDS: Final = 10.0
_STUCK_SECONDS: Final = 120.0
# A limit of the server's that the work itself has run into; where the server is silent, nothing can be handled.
_CAUSED_BY_THE_MESSAGE: Final = (asyncpg.QueryCanceledError, MemoryError)
_AWAY: Final = "Kafka is not reachable"

Place = tuple[str, int, int]

log = get_logger()


class RetryLaterError(Exception):
    """Leaves a message on its topic."""


class Consumer:
    """Takes messages as long as it is entered. A broker that is away is waited for."""

    def __init__(
        self,
        service: str,
        database: Database,
        settings: KafkaSettings,
        subscriptions: Sequence[AnySubscription],
        health: Health,
        drain_seconds: float,
    ) -> None:
        self._service = service
        self._database = database
        self._settings = settings
        self._subscriptions = by_topic(subscriptions)
        self._inbox = Inbox(database, self._subscriptions)
        self._health = health
        self._drain_seconds = drain_seconds
        self._stopping = asyncio.Event()
        self._hurry = asyncio.Event()
        self._tries: dict[Place, int] = {}
        self._taken = 0
        self._context = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        pulse = self._health.pulse("messages", _STUCK_SECONDS)
        self._context.callback(pulse.end)
        pulse.beat(_AWAY)
        task = asyncio.create_task(self._run(pulse), name="messages")
        task.add_done_callback(self._ended)
        self._context.push_async_callback(self._stop, task)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._context.aclose()

    async def _stop(self, task: asyncio.Task[None]) -> None:
        self._stopping.set()
        self._hurry.set()
        # Beyond the drain: the end of the consumer itself takes a while where the broker is away.
        _, running = await asyncio.wait([task], timeout=self._drain_seconds + _ANSWER_SECONDS)
        if running:
            log.warning("consumer_cut_off")
            task.cancel()
            await asyncio.wait([task], timeout=_ANSWER_SECONDS)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not self._stopping.is_set():
            error = None if task.cancelled() else task.exception()
            log.error("consumer_ended", error_types=error_types(error))
            self._health.end_process("the consumer ended by itself")

    async def _run(self, pulse: Pulse) -> None:
        failures = 0
        while not self._stopping.is_set():
            listener = _DrainListener(self._hurry, self._stopping, self._drain_seconds)
            broker = consuming_broker(self._settings, self._service, self._drain_seconds)
            subscriber = subscribe(
                broker,
                self._service,
                list(self._subscriptions),
                self.receive,
                Reader(self._dead_letter_unopened, pulse.tell),
                listener,
                self._settings.kafka_session_seconds,
            )
            listener.subscriber = subscriber
            try:
                async with asyncio.timeout(_START_SECONDS):
                    await broker.start()
            except Exception as error:  # noqa: BLE001 - whatever it is, Kafka is needed and is tried again
                failures += 1
                pulse.beat(_AWAY)
                log.warning("kafka_unreachable", error_types=error_types(error))
            else:
                failures = 0
                await _Watch(subscriber, pulse, self._health, self._stopping, lambda: self._taken).run()
            await self._let_go(broker)
            await self._pause_unless_stopping(back_off(failures, limit=5) if failures else 0)

    async def _let_go(self, broker: Any) -> None:
        try:
            async with asyncio.timeout(self._drain_seconds + _ANSWER_SECONDS / 2):
                await broker.stop()
        except Exception as error:  # noqa: BLE001 - it is thrown away
            log.warning("consumer_not_closed", error_types=error_types(error))

    async def _pause_unless_stopping(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    async def receive(self, delivery: Delivery) -> None:
        """One message. To return acknowledges it, to raise puts it back."""
        try:
            await self._receive(delivery)
        except asyncio.CancelledError:
            # It would end the consuming in silence, with the process alive and looking well.
            if not self._stopping.is_set():
                self._health.end_process("a message was canceled")
            raise
        finally:
            self._taken += 1

    async def _receive(self, delivery: Delivery) -> None:
        place = (delivery.topic, delivery.partition, delivery.offset)
        tries = self._tries.get(place, 0) + 1
        error = await self._attempt(delivery)
        match decide(error, tries, _outlook(error), comes_again=self._comes_again(delivery.topic)):
            case Done():
                self._tries.pop(place, None)
            case LeaveToSender():
                self._tries.pop(place, None)
                MESSAGES.labels(delivery.topic, "left_to_sender").inc()
                log.warning("message_left_to_sender", topic=delivery.topic, error_types=error_types(error))
            case ToDeadLetter(reason, detail):
                await self._dead_letter(delivery, reason, detail, place)
            case Retry(seconds):
                await self._put_back(delivery, error, tries, seconds)
            case never:
                assert_never(never)

    def _comes_again(self, topic: str) -> bool:
        return is_published_by_services(self._subscriptions[topic].event)

    async def _attempt(self, delivery: Delivery) -> Exception | None:
        try:
            parent = delivery.headers.get(tracing.TRACEPARENT_HEADER)
            of_topic = {"messaging.destination.name": delivery.topic}
            with tracing.span(f"handle {delivery.topic}", "consumer", parent=parent, attributes=of_topic):
                effect: Effect = await self._inbox.take(delivery)
        except Exception as error:  # noqa: BLE001 - what it means is decided in one place
            return error
        MESSAGES.labels(delivery.topic, effect.value).inc()
        return None

    async def _put_back(self, delivery: Delivery, error: Exception | None, tries: int, seconds: float) -> None:
        place = (delivery.topic, delivery.partition, delivery.offset)
        self._tries[place] = tries
        RETRIES.labels(delivery.topic).inc()
        log.warning("message_put_back", topic=delivery.topic, tries=tries, exc_info=error)
        with contextlib.suppress(TimeoutError):  # a rebalance or a stop does not wait for this
            async with asyncio.timeout(spread(seconds)):
                await self._hurry.wait()
        await asyncio.sleep(_LEAST_PAUSE_SECONDS)
        raise RetryLaterError

    async def _dead_letter(self, delivery: Delivery, reason: str, detail: str, place: Place) -> None:
        try:
            await self._keep(delivery, reason, detail)
        except Exception as error:  # noqa: BLE001 - it must not be lost: it stays where it is
            await self._put_back(
                delivery, error, self._tries.get(place, 0) + 1, back_off(self._tries.get(place, 0) + 1)
            )
        self._tries.pop(place, None)

    async def _dead_letter_unopened(self, partition: TopicPartition, offset: int, error: Exception) -> None:
        delivery = Delivery(partition.topic, partition.partition, offset, key=None, body=b"")
        detail = f"The Kafka client could not open the record: {' from '.join(error_types(error))}"
        if isinstance(error, BatchTooLargeError):
            detail = f"The batch to offset {error.next_offset - 1} does not unpack to {MOST_UNPACKED:,} bytes or less"
        await self._keep(delivery, UNOPENABLE, detail)
        self._taken += 1

    async def _keep(self, delivery: Delivery, reason: str, detail: str) -> None:
        async with self._database.transaction() as connection:
            await keep_dead_letter(connection, delivery, reason, detail)
            if (answer := self._answer_to(delivery.topic, reason)) is not None:
                await _answer_if_possible(connection, delivery, answer)

    def _answer_to(self, topic: str, reason: str) -> Answer | None:
        subscription = self._subscriptions[topic]
        return subscription.on_failed if reason == FAILING else subscription.on_undecodable


def _outlook(error: Exception | None) -> Outlook:
    if error is None or isinstance(error, _CAUSED_BY_THE_MESSAGE) or not is_transient(error):
        return Outlook.FAILS
    return Outlook.IN_THE_WAY if is_in_the_way(error) else Outlook.ALL_WAIT


async def _answer_if_possible(connection: Connection, delivery: Delivery, answer: Answer) -> None:
    try:
        async with connection.transaction():
            await answer(connection, delivery)
    except Exception as error:
        if is_transient(error):
            raise
        # An answer that fails for good must not keep the message, and those behind it, where they are.
        log.error("answer_failed", topic=delivery.topic, error_types=error_types(error))  # noqa: TRY400 - no texts


class _Drainable(Protocol):
    async def wait_release(self, timeout: float | None = None) -> None: ...  # noqa: ASYNC109 - FastStream's name


class _DrainListener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types
    """Holds a rebalance until the message in work is done, so that nobody else begins it meanwhile."""

    def __init__(self, hurry: asyncio.Event, stopping: asyncio.Event, drain_seconds: float) -> None:
        self.subscriber: DefaultSubscriber | None = None
        self._hurry = hurry
        self._stopping = stopping
        self._drain_seconds = drain_seconds

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Wait for the message in work and its acknowledgement."""
        if self.subscriber is None or not revoked:
            return
        self._hurry.set()
        await cast("_Drainable", self.subscriber.lock).wait_release(self._drain_seconds)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:  # noqa: ARG002 - aiokafka's signature
        if not self._stopping.is_set():
            self._hurry.clear()


class _Watch:
    """Looks whether what there is to read is read; a connection that stands proves nothing."""

    def __init__(
        self, subscriber: DefaultSubscriber, pulse: Pulse, health: Health, stopping: asyncio.Event, taken: Any
    ) -> None:
        self._subscriber = subscriber
        self._pulse = pulse
        self._health = health
        self._stopping = stopping
        self._taken = taken
        self._before: object = None
        self._topics: set[str] = set()

    async def run(self) -> None:
        while not self._stopping.is_set():
            if any(task.done() for task in self._subscriber.tasks):
                self._health.end_process("the consume loop ended")
            await self._look(self._subscriber.consumer)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_SECONDS):
                    await self._stopping.wait()

    async def _look(self, consumer: AIOKafkaConsumer | None) -> None:
        if consumer is None:
            return
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                await consumer.topics()
                ends = await consumer.end_offsets(consumer.assignment())
        except Exception:  # noqa: BLE001 - away, not stuck
            self._pulse.beat(_AWAY)
            return
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                positions = {partition: await consumer.position(partition) for partition in ends}
        except Exception:  # noqa: BLE001 - in a rebalance, or stuck: no beat tells which
            return
        self._show_lag(positions, ends)
        now = (positions, self._taken())
        if now != self._before or all(positions[partition] >= end for partition, end in ends.items()):
            self._pulse.beat()
        self._before = now

    def _show_lag(self, positions: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]) -> None:
        self._topics |= {partition.topic for partition in ends}
        behind = dict.fromkeys(self._topics, 0)  # of a topic whose partitions others have now, none is ours to read
        for partition, end in ends.items():
            behind[partition.topic] += max(0, end - positions[partition])
        for topic, messages in behind.items():
            LAG.labels(topic).set(messages)
