"""The whole system as separate processes: two executors, one of everything else, no demo data."""

from collections.abc import AsyncIterator

import httpx
import pytest

from cli.client import Client
from stack.embedded import EmbeddedStack, Parts
from stack.run_directory import RunDirectory

_PARTS = Parts.EVERYTHING & ~Parts.DEMO_DATA


@pytest.fixture(scope="session")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedStack]:
    run = RunDirectory(tmp_path_factory.mktemp("system"))
    run.logs.mkdir()
    async with EmbeddedStack(run, _PARTS, executors=2) as stack:
        yield stack


@pytest.fixture(scope="session")
async def ivy(system: EmbeddedStack) -> Client:
    return await client_of(system, "ivy")


@pytest.fixture(scope="session")
async def paul(system: EmbeddedStack) -> Client:
    return await client_of(system, "paul")


async def token_of(system: EmbeddedStack, person: str) -> str:
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(f"{system.issuer_url}/token", json={"person": person})
    return str(answer.raise_for_status().json()["access_token"])


async def client_of(system: EmbeddedStack, person: str) -> Client:
    return Client(system.service_url("mapping"), system.service_url("notifier"), await token_of(system, person))
