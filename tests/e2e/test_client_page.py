"""docs/how-to/use-the-python-client.md: its program imports a file."""

import asyncio
import csv
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

import customer_import_client
from bench.data import write_file
from stack.embedded import EmbeddedStack
from tests.support.imports import new_biller
from tests.support.texts import ROOT

_PAGE = (ROOT / "docs/how-to/use-the-python-client.md").read_text(encoding="utf-8")
_OF_THE_NOTIFIER = re.compile(r"/api/v1/imports/[^/]+(/log\.csv)?")


class _OneAddress(httpx.HTTPTransport):
    """In the place of the proxy that makes the services one address."""

    def __init__(self, system: EmbeddedStack) -> None:
        super().__init__()
        self._urls = {name: httpx.URL(system.service_url(name)) for name in ("mapping", "notifier")}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = self._urls["notifier" if _OF_THE_NOTIFIER.fullmatch(request.url.path) else "mapping"]
        request.url = request.url.copy_with(host=url.host, port=url.port)
        return super().handle_request(request)


async def test_the_program_of_the_page_imports_a_file(
    system: EmbeddedStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def transport(address: str, token: str) -> customer_import_client.Transport:
        return whole(address, token, transport=_OneAddress(system))

    whole = customer_import_client.Transport
    monkeypatch.setattr(customer_import_client, "Transport", transport)
    [program] = re.findall(r"^```python\n(.*?)^```", _PAGE, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(program, "the page", "exec"), names)  # noqa: S102 - the page is ours
    file = tmp_path / "customers.csv"
    write_file(file, 3)
    biller, token = await new_biller(system, 3), await system.token("ivy")
    status = await asyncio.to_thread(names["run"], "http://imports.example.com", token, biller.id, file)
    assert status["state"] == "completed"
    with (tmp_path / "customers.result.csv").open(newline="") as log:
        assert [row["outcome"] for row in csv.DictReader(log)] == ["applied"] * 3
