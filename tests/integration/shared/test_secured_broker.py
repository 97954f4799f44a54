"""At a broker that knows who asks, each service does its work and nothing else."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    KafkaError,
    TopicAuthorizationFailedError,
)
from faststream.kafka.security import parse_security

from shared.contracts.events import ImportApproved, ImportDefined
from shared.contracts.topics import SCHEMA_OF, Party
from shared.messaging import LagReader, Subscription, ensure_access, ensure_topics, topic_differences, user_of
from shared.messaging.kafka import group_of, security_of
from shared.settings import KafkaSettings
from stack.kafka import EmbeddedKafka
from stack.ports import LOOPBACK, free_port
from tests.integration.shared.world import World, apply, defined, eventually

_ADMIN = {"kafka_sasl_user": "admin", "kafka_sasl_password": "of-the-admin", "kafka_sasl_mechanism": "PLAIN"}
_PASSWORDS: dict[Party, str] = {service: f"of-{service}" for service in SCHEMA_OF}
_PLAIN = 'org.apache.kafka.common.security.plain.PlainLoginModule required user_admin="of-the-admin";'


class _Secured:
    """A broker whose clients sign in; its own listener beside it is for the test's look whether it is up."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.kafka = EmbeddedKafka(folder)
        self.kafka.port, self.kafka._controller_port = free_port(), free_port()
        listeners = f"PLAINTEXT://{self.kafka.bootstrap},SASL_PLAINTEXT://{LOOPBACK}:{self.port}"
        self.kafka._settings = {
            "listeners": f"{listeners},CONTROLLER://{LOOPBACK}:{self.kafka._controller_port}",
            "advertised.listeners": listeners,
            "listener.security.protocol.map": (
                "PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT"
            ),
            "sasl.enabled.mechanisms": "SCRAM-SHA-512,PLAIN",
            "listener.name.sasl_plaintext.plain.sasl.jaas.config": _PLAIN,
            "listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config": (
                "org.apache.kafka.common.security.scram.ScramLoginModule required;"
            ),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:admin;User:ANONYMOUS",
        }

    def settings(self, **given: Any) -> KafkaSettings:
        return KafkaSettings(**self.given(**given))

    def given(self, **more: Any) -> dict[str, Any]:
        return {"kafka_bootstrap": f"{LOOPBACK}:{self.port}", "kafka_security_protocol": "SASL_PLAINTEXT", **more}

    def of(self, service: Party) -> dict[str, Any]:
        return self.given(kafka_sasl_user=user_of(service), kafka_sasl_password=_PASSWORDS[service])


@pytest.fixture(scope="module")
async def secured(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[_Secured]:
    broker = _Secured(tmp_path_factory.mktemp("secured"))
    async with broker.kafka:
        admin = broker.settings(**_ADMIN)
        await ensure_topics(admin)
        await ensure_access(admin, _PASSWORDS)
        await ensure_access(admin, _PASSWORDS)  # it can be repeated

        async def are_known() -> bool:  # passwords are known a moment after they were given
            try:
                return not any([await topic_differences(KafkaSettings(**broker.of(one))) for one in SCHEMA_OF])
            except KafkaError:
                return False

        await eventually(are_known, limit=30)
        yield broker


def _client(settings: dict[str, Any]) -> dict[str, Any]:
    read = KafkaSettings(**settings)
    return {"bootstrap_servers": read.kafka_bootstrap, **parse_security(security_of(read))}


async def test_services_say_and_hear_as_users_of_their_own(world: World, secured: _Secured) -> None:
    event = defined()
    hears = Subscription(ImportDefined, apply)
    async with (
        world.bus("mapping", **secured.of("mapping")),
        world.bus("notifier", hears, **secured.of("notifier")),
    ):
        await world.publish(event)
        await world.all_applied([event], limit=30)


@pytest.mark.parametrize("service", SCHEMA_OF)
async def test_what_doctor_looks_at_is_open_to_every_service(secured: _Secured, service: Party) -> None:
    assert await topic_differences(KafkaSettings(**secured.of(service))) == []


async def test_the_notifier_sees_how_far_each_service_is_behind(secured: _Secured) -> None:
    state = await LagReader(KafkaSettings(**secured.of("notifier"))).read()
    assert state.is_permitted
    assert {lag.service for lag in state.lags} == set(SCHEMA_OF)


async def test_nobody_says_what_another_service_says(secured: _Secured) -> None:
    producer = AIOKafkaProducer(**_client(secured.of("mapping")))
    await producer.start()
    try:
        await producer.send_and_wait(ImportDefined.topic.name, b"of mapping")
        with pytest.raises(TopicAuthorizationFailedError):
            await producer.send_and_wait(ImportApproved.topic.name, b"of validation")
    finally:
        await producer.stop()


async def test_nobody_reads_in_the_place_of_another_service(secured: _Secured) -> None:
    consumer = AIOKafkaConsumer(
        ImportDefined.topic.name, group_id=group_of("validation"), **_client(secured.of("notifier"))
    )
    try:
        with pytest.raises(GroupAuthorizationFailedError):
            await consumer.start()
    finally:
        await consumer.stop()


async def test_a_wrong_password_is_refused(secured: _Secured) -> None:
    wrong = secured.of("mapping") | {"kafka_sasl_password": "of-somebody"}
    producer = AIOKafkaProducer(**_client(wrong))
    try:
        with pytest.raises(KafkaError):
            await producer.start()
    finally:
        await producer.stop()
