from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI, Request

from shared.auth import Person
from shared.contracts.events import ImportDefined
from shared.dead_letter_routes import dead_letter_router
from shared.health import Health
from shared.http import Problem, create_api
from shared.messaging import DeadLetters, Delivery, DeliverySubscription, dead_letters, keep_dead_letter
from shared.postgres import Connection
from tests.integration.shared.world import World, apply, defined

_PATH = "/api/v1/dead-letters"
_GOOD = {"authorization": "Bearer good"}


async def _handle(connection: Connection, event: ImportDefined, delivery: Delivery) -> None:
    if delivery.headers["authorization"] == "Bearer good":
        await apply(connection, event)
    else:
        await keep_dead_letter(connection, delivery, "refused", "The token is not good")


def _app(letters: DeadLetters) -> FastAPI:
    def authorise(request: Request) -> Person:
        if not request.headers.get("authorization"):
            raise Problem(401, "unauthenticated", "Nobody")
        return Person("ann", "Ann")

    app = create_api(service="notifier", health=Health())
    app.include_router(dead_letter_router(lambda: letters, authorise), prefix=_PATH)
    return app


async def test_dead_letters_are_listed_and_sent_again_by_whoever_may(world: World) -> None:
    event, damaged = defined(), defined()
    await world.said(event)
    async with world.databases["notifier"].transaction() as connection:
        for offset, (said, body) in enumerate([(event, event.to_bytes()), (damaged, b"{")]):
            headers = {"event-id": str(said.event_id)}
            delivery = Delivery(ImportDefined.topic.name, 0, -offset, said.key, body, headers)
            await keep_dead_letter(connection, delivery, "refused", "The token is not good")
    letters = DeadLetters(world.databases["notifier"], [DeliverySubscription(ImportDefined, _handle)])
    transport = httpx.ASGITransport(_app(letters))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get(_PATH)).status_code == 401
        listed = {item["event_id"]: item for item in (await client.get(_PATH, headers=_GOOD)).json()["items"]}
        letter = listed[str(event.event_id)]
        assert letter["reason"] == "refused"
        assert "body" not in letter

        async def send(letter_id: int, whose: str = "good") -> httpx.Response:
            return await client.post(f"{_PATH}/{letter_id}/send", headers={"authorization": f"Bearer {whose}"})

        answers = [
            await send(letter["id"], "bad"),
            await send(letter["id"]),
            await send(letter["id"]),
            await send(0),
            await send(listed[str(damaged.event_id)]["id"]),
        ]
    assert [(answer.status_code, answer.json().get("code", "")) for answer in answers] == [
        (422, "refused_again"),
        (200, ""),
        (409, "already_handled"),
        (404, "not_found"),
        (422, "undecodable"),
    ]
    assert await world.effects([event]) == 1


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    letters = DeadLetters(world.databases["notifier"], [DeliverySubscription(ImportDefined, _handle)])
    transport = httpx.ASGITransport(_app(letters))
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=_GOOD) as one:
        yield one


async def _kept(
    world: World, *, topic: str = ImportDefined.topic.name, body: bytes = b"{", headers: dict[str, str] | None = None
) -> int:
    delivery = Delivery(topic, 7, uuid4().int % 2**40, b"key", body, headers or {"event-id": str(uuid4())})
    async with world.databases["notifier"].transaction() as connection:
        await keep_dead_letter(connection, delivery, "refused", "The token is not good")
    letter_id: int = await world.admin.fetchval(
        "SELECT id FROM notification.dead_letter WHERE record_offset = $1", delivery.offset
    )
    return letter_id


async def test_a_letter_tells_type_ids_and_headers_but_no_value(world: World, client: httpx.AsyncClient) -> None:
    event = defined()
    headers = {"event-id": str(event.event_id), "x-note": "ann@example.com", "authorization": "Bearer secret"}
    number = await _kept(world, body=event.to_bytes(), headers=headers)
    told = (await client.get(f"{_PATH}/{number}")).json()
    assert (told["event"], UUID(told["import_id"]), told["size"]) == (
        "ImportDefined",
        event.import_id,
        len(event.to_bytes()),
    )
    assert told["headers"] == {"event-id": str(event.event_id), "x-note": "not shown"}
    assert (told["letter"]["state"], told["letter"]["reason"]) == ("open", "refused")
    unreadable = (await client.get(f"{_PATH}/{await _kept(world, body=b'ann@example.com', topic='gone')}")).text
    assert "ann@example.com" not in unreadable
    assert (await client.get(f"{_PATH}/0")).status_code == 404


async def test_a_letter_is_discarded_once_with_the_reason(world: World, client: httpx.AsyncClient) -> None:
    number = await _kept(world)
    address = f"{_PATH}/{number}/discard"
    for wrong in (
        {},
        {"reason": " "},
        {"reason": "x" * 501},
        {"reason": "a\0b"},
        {"reason": "4111 x 1111 x 1111 x 1111"},
    ):
        assert (await client.post(address, json=wrong)).status_code == 422
    answers = [await client.post(address, json={"reason": " Sent by a test "}) for _ in range(2)]
    answers.append(await client.post(f"{_PATH}/0/discard", json={"reason": "x"}))
    answers.append(await client.post(f"{_PATH}/{number}/send"))
    assert [answer.status_code for answer in answers] == [200, 409, 404, 409]
    letter = (await client.get(f"{_PATH}/{number}")).json()["letter"]
    assert (letter["state"], letter["discarded_by"], letter["discard_reason"]) == ("discarded", "ann", "Sent by a test")
    assert letter["resent_at"] is not None


async def test_the_record_that_was_discarded_stays_so_when_it_is_read_again(
    world: World, client: httpx.AsyncClient
) -> None:
    delivery = Delivery(ImportDefined.topic.name, 7, uuid4().int % 2**40, b"key", b"{")
    for _ in range(2):
        async with world.databases["notifier"].transaction() as connection:
            await keep_dead_letter(connection, delivery, "undecodable", "")
        number = await world.admin.fetchval(
            "SELECT id FROM notification.dead_letter WHERE record_offset = $1", delivery.offset
        )
        await client.post(f"{_PATH}/{number}/discard", json={"reason": "Of no use"})
    letter = (await client.get(f"{_PATH}/{number}")).json()["letter"]
    assert (letter["state"], letter["attempts"]) == ("discarded", 2)


async def test_letters_are_listed_by_state_and_topic_in_pages(world: World, client: httpx.AsyncClient) -> None:
    topic = f"topic-{uuid4()}"
    numbers = [await _kept(world, topic=topic) for _ in range(5)]
    await client.post(f"{_PATH}/{numbers[0]}/discard", json={"reason": "Of no use"})
    await world.admin.execute("UPDATE notification.dead_letter SET resent_at = now() WHERE id = $1", numbers[1])

    async def listed(**asked: str | int) -> tuple[list[int], int | None]:
        answer = (await client.get(_PATH, params={"topic": topic, **asked})).json()
        return [item["id"] for item in answer["items"]], answer["next"]

    assert await listed() == (numbers[::-1], None)
    assert await listed(state="open") == (numbers[:1:-1], None)
    assert await listed(state="discarded") == (numbers[:1], None)
    assert await listed(state="handled") == (numbers[1:2], None)
    assert await listed(limit=2) == (numbers[:2:-1], numbers[3])
    assert await listed(limit=3, before=numbers[3]) == (numbers[2::-1], None)


async def test_what_was_counted_only_is_open_again_when_more_comes(
    world: World, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead_letters, "MOST_OPEN", 0)
    topic = f"topic-{uuid4()}"
    for _ in range(2):
        async with world.databases["notifier"].transaction() as connection:
            await keep_dead_letter(connection, Delivery(topic, 0, uuid4().int % 2**40, None, b"x"), "undecodable", "")
        [letter] = (await client.get(_PATH, params={"topic": topic})).json()["items"]
        assert letter["state"] == "open"
        await client.post(f"{_PATH}/{letter['id']}/discard", json={"reason": "Of no use"})
