import httpx
from fastapi import FastAPI, Request

from shared.contracts.events import ImportDefined
from shared.dead_letter_routes import dead_letter_router
from shared.health import Health
from shared.http import Problem, create_api
from shared.messaging import DeadLetters, Delivery, DeliverySubscription, keep_dead_letter
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
    def authorise(request: Request) -> None:
        if not request.headers.get("authorization"):
            raise Problem(401, "unauthenticated", "Nobody")

    app = create_api(service="notifier", health=Health())
    app.include_router(dead_letter_router(lambda: letters, authorise))
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
