"""FastStream brokers set up the only way this system uses them."""

import dataclasses
import ssl
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiokafka import ConsumerRecord
from aiokafka.abc import ConsumerRebalanceListener
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.schemas import Topic
from faststream.kafka.subscriber.usecase import DefaultSubscriber
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from shared.messaging.delivery import Delivery
from shared.messaging.reading import Reader
from shared.messaging.unpacking import bound_unpacking
from shared.settings import KafkaSettings

_METADATA_MS: Final = 15_000  # a topic that was made again is found as soon
_HEARTBEATS_A_SESSION: Final = 4
_SECURITY: Final = {"PLAIN": SASLPlaintext, "SCRAM-SHA-256": SASLScram256, "SCRAM-SHA-512": SASLScram512}


def publishing_broker(settings: KafkaSettings, service: str) -> KafkaBroker:
    """A broker that publishes: each record confirmed by every replica in sync, in order, without copies by retry."""
    return KafkaBroker(
        settings.kafka_bootstrap.split(","),
        security=security_of(settings),
        client_id=f"customer-import.{service}",
        acks="all",
        enable_idempotence=True,
        allow_auto_create_topics=False,
        metadata_max_age_ms=_METADATA_MS,
        logger=None,
    )


def consuming_broker(settings: KafkaSettings, service: str, drain_seconds: float) -> KafkaBroker:
    """A broker that consumes: what a handler raises puts the message back, and nothing is parsed before we look."""
    return KafkaBroker(
        settings.kafka_bootstrap.split(","),
        security=security_of(settings),
        client_id=f"customer-import.{service}",
        consumer_only=True,
        ack_policy=AckPolicy.NACK_ON_ERROR,
        allow_auto_create_topics=False,
        metadata_max_age_ms=_METADATA_MS,
        graceful_timeout=drain_seconds,
        parser=_parse,
        decoder=_decode,
        apply_types=False,
        logger=None,  # its lines hold the texts of exceptions
    )


def subscribe(
    broker: KafkaBroker,
    service: str,
    topics: list[str],
    receive: Callable[[Delivery], Awaitable[None]],
    reader: Reader,
    listener: ConsumerRebalanceListener,
    session_seconds: float,
) -> DefaultSubscriber:
    bound_unpacking()
    subscriber = broker.subscriber(
        *(Topic(topic, declare=False) for topic in topics),
        group_id=group_of(service),
        auto_offset_reset="earliest",
        session_timeout_ms=int(session_seconds * 1000),
        heartbeat_interval_ms=int(session_seconds * 1000 / _HEARTBEATS_A_SESSION),
        rebalance_timeout_ms=60_000,  # above the drain of the listener
        max_poll_interval_ms=300_000,
        listener=listener,
        no_reply=True,
    )
    subscriber(receive)
    subscriber.get_msg = reader.next  # type: ignore[method-assign]  # FastStream's own waits at such a record for ever
    return subscriber


async def _parse(
    record: "ConsumerRecord[Any, Any]", original: Callable[[Any], Awaitable[KafkaMessage]]
) -> KafkaMessage:
    # FastStream skips a message whose headers it cannot read. It needs none of them, so it gets none.
    message = await original(dataclasses.replace(record, headers=()))
    message.raw_message = record
    return message


async def _decode(message: KafkaMessage) -> Delivery:
    record = message.raw_message
    if isinstance(record, tuple):
        raise TypeError("Messages are taken one at a time")
    return Delivery.of(record)


def group_of(service: str) -> str:
    return f"customer-import.{service}"


def security_of(settings: KafkaSettings) -> BaseSecurity:
    use_ssl = settings.kafka_security_protocol.endswith("SSL")
    context = ssl.create_default_context(cafile=settings.kafka_ca_file) if use_ssl else None
    if not settings.kafka_security_protocol.startswith("SASL"):
        return BaseSecurity(ssl_context=context, use_ssl=use_ssl)
    return _SECURITY[settings.kafka_sasl_mechanism](
        username=settings.kafka_sasl_user,
        password=settings.kafka_sasl_password.get_secret_value(),
        ssl_context=context,
        use_ssl=use_ssl,
    )
