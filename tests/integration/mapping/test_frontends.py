"""Requests of CRM frontends through the real broker, and their answers."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from services.mapping.app import build_app
from services.mapping.domain import import_id_of
from services.mapping.handlers import RequestHandlers, subscriptions
from services.mapping.settings import MappingSettings
from shared.auth import TokenVerifier
from shared.contracts.definition import ImportDefinition
from shared.contracts.events import ImportRequestAnswered, ImportRequested
from shared.health import Health
from shared.messaging import MessageBus, ensure_topics
from shared.settings import KafkaSettings, ServiceSettings
from stack.kafka import EmbeddedKafka
from tests.integration.mapping.conftest import ISSUER
from tests.integration.mapping.world import World
from tests.support.crm import Biller

TOPIC = ImportRequested.topic.name


class Frontend:
    """Publishes requests and collects the answers."""

    def __init__(self, producer: AIOKafkaProducer, consumer: AIOKafkaConsumer) -> None:
        self._producer = producer
        self._consumer = consumer
        self._heard: list[ImportRequestAnswered] = []

    async def send(self, body: bytes, authorization: str | None = None, key: bytes = b"1") -> None:
        headers = [] if authorization is None else [("authorization", authorization.encode())]
        await self._producer.send_and_wait(TOPIC, body, key=key, headers=headers)

    async def ask(
        self, definition: dict[str, Any], authorization: str | None, request_id: UUID
    ) -> ImportRequestAnswered:
        before = len(await self.answers(request_id, at_least=0))
        event = ImportRequested(request_id=request_id, definition=ImportDefinition.model_validate(definition))
        await self.send(event.to_bytes(), authorization, event.key)
        return (await self.answers(request_id, at_least=before + 1))[-1]

    async def answers(self, request_id: UUID | None, *, at_least: int = 1) -> list[ImportRequestAnswered]:
        """Answers to a request, once there are so many."""
        deadline = time.monotonic() + 60
        while True:
            batches = await self._consumer.getmany(timeout_ms=100)
            self._heard += [ImportRequestAnswered.from_bytes(m.value) for batch in batches.values() for m in batch]
            found = [answer for answer in self._heard if answer.request_id == request_id]
            if len(found) >= at_least:
                return found
            assert time.monotonic() < deadline, "no answer in time"


@pytest.fixture(scope="module")
async def frontend(
    kafka: EmbeddedKafka, world: World, verifier: TokenVerifier, dsns: tuple[str, str]
) -> AsyncIterator[Frontend]:
    settings = ServiceSettings.model_validate({"postgres_dsn": dsns[1], "kafka_bootstrap": kafka.bootstrap})
    await ensure_topics(KafkaSettings(kafka_bootstrap=kafka.bootstrap))
    heard = subscriptions(RequestHandlers(verifier))
    async with (
        MessageBus("mapping", world.database, settings, heard, Health()),
        AIOKafkaProducer(bootstrap_servers=kafka.bootstrap) as producer,
        AIOKafkaConsumer(
            ImportRequestAnswered.topic.name, bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest"
        ) as consumer,
    ):
        yield Frontend(producer, consumer)


async def letters(world: World, person: str = "vera") -> list[dict[str, Any]]:
    await world.crm.right("vera", None, "all")
    items: list[dict[str, Any]] = (await world.signed_in(person).get("/dead-letters")).json()["items"]
    return items


async def test_a_good_request_is_taken_once(world: World, biller: Biller, frontend: Frontend) -> None:
    definition, request_id = await world.definition(biller), uuid4()
    first = await frontend.ask(definition, world.authorization("ivy"), request_id)
    again = await frontend.ask(definition, world.authorization("ivy"), request_id)
    assert first.import_id == again.import_id == import_id_of(request_id)
    assert first.problems == again.problems == ()
    assert await world.said_names(import_id_of(request_id)) == [
        "ImportDefined",
        "ImportRequestAnswered",
        "ImportRequestAnswered",
    ]
    # One key for both ways in.
    over_http = await world.ask(definition, key=request_id)
    assert over_http.json()["import_id"] == str(first.import_id)


async def test_another_body_under_the_same_id_is_refused(world: World, biller: Biller, frontend: Frontend) -> None:
    definition, request_id = await world.definition(biller), uuid4()
    await frontend.ask(definition, world.authorization("ivy"), request_id)
    other = await frontend.ask(definition | {"invoice_types": ["SEWER"]}, world.authorization("ivy"), request_id)
    assert [problem.code for problem in other.problems] == ["idempotency_conflict"]
    assert other.import_id is None


@pytest.mark.parametrize("authorization", [None, "", "Bearer nonsense", "Basic abc"])
async def test_without_a_good_token_a_request_is_refused_and_kept(
    world: World, biller: Biller, frontend: Frontend, authorization: str | None
) -> None:
    answer = await frontend.ask(await world.definition(biller), authorization, uuid4())
    assert [problem.code for problem in answer.problems] == ["unauthenticated"]
    assert (await letters(world))[0]["reason"] == "refused"
    assert (await letters(world))[0]["detail"] == "unauthenticated"


async def test_a_request_with_problems_is_answered_with_all_of_them_and_kept(
    world: World, biller: Biller, frontend: Frontend
) -> None:
    definition = await world.definition(biller, invoice_types=[], account_number=[])
    answer = await frontend.ask(definition, world.authorization("ivy"), uuid4())
    assert [problem.code for problem in answer.problems] == ["F012", "F014"]
    newest = (await letters(world))[0]
    assert (newest["reason"], newest["detail"]) == ("refused", "F012, F014")
    token = world.authorization("ivy").split(".")[0].encode()
    kept = await world.admin.fetch("SELECT headers::text AS headers, body FROM mapping.dead_letter")
    assert not any("authorization" in row["headers"] or token in row["body"] for row in kept)


async def test_paul_is_refused_autopay(world: World, biller: Biller, frontend: Frontend) -> None:
    definition = await world.definition(biller, "autopay")
    answer = await frontend.ask(definition, world.authorization("paul"), uuid4())
    assert [problem.code for problem in answer.problems] == ["F011"]
    assert (await letters(world))[0]["detail"] == "F011"


async def test_a_refused_request_is_taken_when_sent_again_by_somebody_who_may(
    world: World, biller: Biller, frontend: Frontend
) -> None:
    request_id = uuid4()
    await frontend.ask(await world.definition(biller), None, request_id)
    letter = (await letters(world))[0]["id"]
    denied = await world.signed_in("paul").post(f"/dead-letters/{letter}/send")
    assert (denied.status_code, denied.json()["code"]) == (403, "F011")
    await world.crm.right("vera", None)
    sent = await world.signed_in("vera").post(f"/dead-letters/{letter}/send")
    assert sent.json() == {"outcome": "handled"}
    assert (await frontend.answers(request_id, at_least=2))[-1].import_id == import_id_of(request_id)
    assert (await world.signed_in("vera").post(f"/dead-letters/{letter}/send")).status_code == 409


@pytest.mark.parametrize("person", [None, "paul"])
async def test_what_somebody_else_decided_in_a_refused_request_is_asked_again(
    world: World, biller: Biller, frontend: Frontend, person: str | None
) -> None:
    request_id = uuid4()
    definition = await world.definition(biller, "autopay", decide={"C205": {"choice": "continue"}})
    await frontend.ask(definition, None if person is None else world.authorization(person), request_id)
    letter = (await letters(world))[0]["id"]
    assert (await world.signed_in("vera").post(f"/dead-letters/{letter}/send")).json() == {"outcome": "handled"}
    import_id = import_id_of(request_id)
    stored = await world.admin.fetchval("SELECT definition FROM mapping.import WHERE id = $1", import_id)
    assert ImportDefinition.model_validate_json(stored).decide == "ask"
    decided = "SELECT count(*) FROM mapping.decision WHERE import_id = $1"
    assert await world.admin.fetchval(decided, import_id) == 0


async def test_what_is_no_request_is_answered_and_kept(world: World, biller: Biller, frontend: Frontend) -> None:
    request_id = uuid4()
    good = ImportRequested(
        request_id=request_id, definition=ImportDefinition.model_validate(await world.definition(biller))
    ).to_bytes()
    await frontend.send(good.replace(b'"paperless"', b'"payroll"'), world.authorization("ivy"))
    (answer,) = await frontend.answers(request_id)
    assert [(problem.code, problem.place) for problem in answer.problems] == [("invalid", "definition.kind")]
    assert "payroll" not in answer.model_dump_json()
    newest = (await letters(world))[0]
    assert newest["reason"] == "undecodable"


@pytest.mark.parametrize("how", ["no token", "no request", "another person"])
async def test_nobody_is_refused_under_the_id_of_a_request_that_was_accepted(
    world: World, biller: Biller, frontend: Frontend, how: str
) -> None:
    definition, request_id = await world.definition(biller), uuid4()
    await frontend.ask(definition, world.authorization("ivy"), request_id)
    before = len(await frontend.answers(None, at_least=0))
    event = ImportRequested(request_id=request_id, definition=ImportDefinition.model_validate(definition))
    body = event.to_bytes()
    if how == "no request":
        body = body.replace(b'"biller_id"', b'"biller"')
    token = world.authorization("paul") if how == "another person" else None
    await frontend.send(body, token)
    refused = (await frontend.answers(None, at_least=before + 1))[-1]
    assert refused.problems
    assert [answer.import_id for answer in await frontend.answers(request_id)] == [import_id_of(request_id)]


@pytest.mark.parametrize(
    "body", [b"", b"\xff\x00", b"[]", b"null", b'"text"', b'{"request_id": 5}', b'{"request_id": "x"}']
)
async def test_rubbish_is_answered_without_an_id_and_the_next_request_goes_on(
    world: World, biller: Biller, frontend: Frontend, body: bytes
) -> None:
    before = len(await frontend.answers(None, at_least=0))
    await frontend.send(body, world.authorization("ivy"))
    assert (await frontend.answers(None, at_least=before + 1))[-1].problems
    good = await frontend.ask(await world.definition(biller), world.authorization("ivy"), uuid4())
    assert good.import_id is not None


async def test_the_service_starts_and_gets_ready(kafka: EmbeddedKafka, dsns: tuple[str, str], tmp_path: Any) -> None:
    app = build_app(
        MappingSettings.model_validate(
            {
                "postgres_dsn": dsns[1],
                "kafka_bootstrap": kafka.bootstrap,
                "jwks_url": f"{ISSUER}/jwks.json",
                "jwt_issuer": ISSUER,
                "jwt_audience": "customer-import",
                "secure_upload_url": tmp_path.as_uri(),
            }
        )
    )
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mapping") as client,
    ):
        deadline = time.monotonic() + 60
        while (ready := await client.get("/readyz")).status_code != 200:
            assert time.monotonic() < deadline, ready.text
            await asyncio.sleep(0.05)
        assert (await client.get("/api/v1/billers")).status_code == 401
