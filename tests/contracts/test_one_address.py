"""Behind deploy/Caddyfile all services are one: every operation and every page reaches its service."""

import asyncio
import re
import sysconfig
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from cli.admin.api_document import documents
from shared.contracts.row_check import ROW_CHECK
from stack.ports import free_port
from stack.processes import listens, spawn

Answer = Callable[[StreamReader, StreamWriter], Coroutine[None, None, None]]
_ROOT = Path(__file__).parents[2]
_CADDY = Path(sysconfig.get_path("scripts")) / "caddy"
# Each of them listens on the same port, as containers do.
_HOSTS = {"mapping": "127.0.0.2", "validation": "127.0.0.3", "executor": "127.0.0.4", "notifier": "127.0.0.5"}
_ID = "3f2b8d1c-6a47-4e0b-9c55-0d8f2e7a1b94"


async def _stand_in(service: str, reader: StreamReader, writer: StreamWriter) -> None:
    """Answers everything with its name."""
    await reader.readuntil(b"\r\n\r\n")
    body = service.encode()
    writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
    await writer.drain()
    writer.close()


@pytest.fixture(scope="module")
async def address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    folder, inside, outside = tmp_path_factory.mktemp("caddy"), free_port(), free_port()

    def named(service: str) -> Answer:
        return lambda reader, writer: _stand_in(service, reader, writer)

    given = {service.upper(): host for service, host in _HOSTS.items()}
    given |= {"SERVICE_PORT": str(inside), "SITE_ADDRESS": f"http://127.0.0.1:{outside}", "HOME": str(folder)}
    async with AsyncExitStack() as exits:
        for service, host in _HOSTS.items():
            await exits.enter_async_context(await asyncio.start_server(named(service), host, inside))
        command = [str(_CADDY), "run", "--config", str(_ROOT / "deploy" / "Caddyfile"), "--adapter", "caddyfile"]
        caddy = spawn("Caddy", command, folder / "log", environment=given)
        try:
            await caddy.wait_until(lambda: listens("127.0.0.1", outside), limit=60)
            yield f"http://127.0.0.1:{outside}"
        finally:
            await caddy.stop()


def _operations() -> list[tuple[str, str, str]]:
    """Method and path of everything that any service answers and that is not deprecated, with the service."""
    return [
        (service, method.upper(), re.sub(r"\{(\w+)\}", _ID, path))
        for service, document in documents()
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if not operation.get("deprecated")
    ]


def _pages() -> list[tuple[str, str, str]]:
    declared = re.compile(r'@router\.(get|post)\("(/[^"]*)"')
    return [
        (service, method.upper(), re.sub(r"\{\w+\}", _ID, path))
        for service in ("mapping", "notifier")
        for file in (_ROOT / "services" / service / "pages").glob("*.py")
        for method, path in declared.findall(file.read_text(encoding="utf-8"))
    ]


async def test_every_operation_and_every_page_reaches_its_service(address: str) -> None:
    asked = [*_operations(), *_pages()]
    assert len(asked) > 80
    async with httpx.AsyncClient(base_url=address) as client:
        wrong = [
            (service, method, path, answer.text)
            for service, method, path in asked
            if (answer := await client.request(method, path)).text != service
        ]
    assert wrong == []


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
async def test_what_is_for_probes_is_not_outside(address: str, path: str) -> None:
    async with httpx.AsyncClient(base_url=address) as client:
        assert (await client.get(path)).status_code == 404


async def test_what_services_ask_each_other_is_not_outside(address: str) -> None:
    async with httpx.AsyncClient(base_url=address) as client:
        assert (await client.post(ROW_CHECK)).text != "validation"


async def test_what_both_services_have_is_served(address: str) -> None:
    async with httpx.AsyncClient(base_url=address) as client:
        for path in ("/static/app.css", "/session", "/sign-in", "/openapi.json"):
            assert (await client.get(path)).text == "mapping"
