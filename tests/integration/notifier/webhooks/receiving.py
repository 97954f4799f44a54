"""A system that is told of imports, and what tests of it share."""

import asyncio
import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from services.notifier.destinations import Destinations
from services.notifier.signing import SecretBox
from services.notifier.webhooks import Sender
from tests.integration.notifier.world import World

BOX = SecretBox(bytes(32))
INSIDE = Destinations.named("127.0.0.1/32")
HOW_TO = (Path(__file__).parents[4] / "docs/how-to/webhooks.md").read_text(encoding="utf-8")


@dataclass
class Receiver:
    """A server that answers with these statuses in turn, then 204, and keeps what it was sent."""

    statuses: list[int] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    silent: bool = False
    extra: bytes = b""
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?a=b"

    @property
    def types(self) -> list[str]:
        return [json.loads(body)["type"] for body in self.bodies]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = {name.lower(): value for name, value in re.findall(r"^([\w-]+): (.*)\r$", head, re.MULTILINE)}
        body = await reader.readexactly(int(headers["content-length"]))
        if self.silent:
            await reader.read()
            return
        self.headers.append(headers)
        self.bodies.append(body)
        status = self.statuses.pop(0) if self.statuses else 204
        writer.write(
            f"HTTP/1.1 {status} X\r\n".encode() + self.extra + b"content-length: 0\r\nconnection: close\r\n\r\n"
        )
        await writer.drain()
        writer.close()


def sender(world: World, destinations: Destinations = INSIDE) -> Sender:
    return Sender(world.database, BOX, destinations)


async def send(world: World) -> None:
    """Everything that is due."""
    while await sender(world).step():
        pass


async def make_due(world: World) -> None:
    await world.admin.execute("UPDATE notification.webhook_delivery SET not_before = now() WHERE state = 'pending'")
    await world.admin.execute("UPDATE notification.webhook SET not_before = now()")


async def added(client: httpx.AsyncClient, url: str, biller: int | None) -> tuple[str, str]:
    answer = await client.post("/webhooks", json={"url": url, "biller_id": biller})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"], answer.json()["secret"]


async def deliveries(client: httpx.AsyncClient, webhook: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await client.get(f"/webhooks/{webhook}/deliveries")).json()["items"]
    return items


def verified(secret: str, receiver: Receiver, number: int = -1) -> dict[str, Any]:
    """By the example of the documentation, as it stands there."""
    [example] = re.findall(r"```python\n(.*?)```", HOW_TO, re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)  # noqa: S102 - the example is ours
    event: dict[str, Any] = names["take"](secret, receiver.headers[number], receiver.bodies[number])
    return event


def with_destinations(app: FastAPI, destinations: Destinations) -> Any:
    return replace(app.state.context, box=BOX, destinations=destinations)
