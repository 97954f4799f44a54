"""Server-sent events over a real connection."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from httpx_sse import EventSource, ServerSentEvent, aconnect_sse

import stack.issuer
from shared.contracts.events import ChunkApplied, Counts, ImportApproved
from stack.issuer import Issuer
from tests.integration.notifier.conftest import signed_in
from tests.integration.notifier.world import Imported, World
from tests.support.serving import served


@pytest.fixture(scope="module")
async def base_url(app: FastAPI) -> AsyncIterator[str]:
    async with served(app) as address:
        yield f"{address}/api/v1"


@asynccontextmanager
async def follow(url: str, headers: dict[str, str]) -> AsyncIterator[AsyncIterator[ServerSentEvent]]:
    async with (
        httpx.AsyncClient(timeout=20) as client,
        aconnect_sse(client, "GET", url, headers=headers) as source,
    ):
        assert isinstance(source, EventSource)
        assert source.response.status_code == 200
        yield source.aiter_sse()


async def following(events: AsyncIterator[ServerSentEvent]) -> dict[str, Any]:
    async with asyncio.timeout(8):  # sooner than a stream looks by itself
        event = await anext(events)
    assert event.event == "import"
    state: dict[str, Any] = json.loads(event.data)
    return state | {"id": int(event.id)}


def chunk(imported: Imported, number: int) -> ChunkApplied:
    return ChunkApplied(
        import_id=imported.import_id, biller_id=imported.biller_id, chunk_no=number, counts=Counts(applied=2, held=1)
    )


def approved(imported: Imported) -> ImportApproved:
    return ImportApproved(
        import_id=imported.import_id,
        biller_id=imported.biller_id,
        check_no=1,
        codes={},
        planned=Counts(applied=6),
        chunks=2,
    )


async def test_the_state_now_and_after_each_change(world: World, issuer: Issuer, base_url: str) -> None:
    biller = await world.biller()
    await world.right("iris", biller, "all")
    imported = await world.defined(biller)
    await world.publish(approved(imported))
    headers = signed_in(issuer, "iris")
    async with follow(f"{base_url}/imports/{imported.import_id}/events", headers) as events:
        first = await following(events)
        assert (first["state"], first["planned"]["read"]) == ("approved", 6)
        await world.publish(chunk(imported, 1))
        second = await following(events)
        assert (second["state"], second["counts"]["read"], second["counts"]["held"]) == ("running", 3, 1)
        assert second["id"] == second["revision"] > first["id"]
    await world.publish(chunk(imported, 2))
    again = headers | {"Last-Event-ID": str(second["id"])}
    async with follow(f"{base_url}/imports/{imported.import_id}/events", again) as events:
        assert (await following(events))["counts"]["read"] == 6


async def test_all_imports_of_a_person_and_no_others(world: World, issuer: Issuer, base_url: str) -> None:
    mine, foreign = await world.biller(), await world.biller()
    await world.right("nora", mine, "paperless")
    visible, hidden, later = await world.defined(mine), await world.defined(foreign), await world.defined(mine)
    await world.publish(approved(visible), approved(hidden))
    headers = signed_in(issuer, "nora")
    async with follow(f"{base_url}/events", headers) as events:
        assert (await following(events))["import_id"] == str(visible.import_id)
        await world.publish(chunk(hidden, 1), approved(later))
        seen = await following(events)
        assert seen["import_id"] == str(later.import_id)
    await world.publish(chunk(later, 1))
    async with follow(f"{base_url}/events", headers | {"Last-Event-ID": str(seen["id"])}) as events:
        states = [await following(events), await following(events)]
    assert {state["import_id"] for state in states} == {str(visible.import_id), str(later.import_id)}
    assert "running" in {state["state"] for state in states}


async def test_the_stream_ends_when_the_right_is_withdrawn(world: World, issuer: Issuer, base_url: str) -> None:
    biller = await world.biller()
    await world.right("paula", biller, "all")
    imported = await world.defined(biller)
    await world.publish(approved(imported))
    async with follow(f"{base_url}/imports/{imported.import_id}/events", signed_in(issuer, "paula")) as events:
        await following(events)
        await world.no_rights("paula")
        await world.publish(chunk(imported, 1))
        with pytest.raises(StopAsyncIteration):
            await following(events)


async def test_the_stream_ends_with_its_token(
    world: World, issuer: Issuer, base_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    biller = await world.biller()
    await world.right("paula", biller, "all")
    imported = await world.defined(biller)
    await world.publish(approved(imported))
    monkeypatch.setattr(stack.issuer, "LIFETIME_SECONDS", 2)
    async with follow(f"{base_url}/imports/{imported.import_id}/events", signed_in(issuer, "paula")) as events:
        await following(events)
        async with asyncio.timeout(8):  # long before a stream ends by itself
            assert {event.event async for event in events} == {"message"}, "heartbeats, and then its end"
    await world.no_rights("paula")


async def test_a_lost_listener_comes_back_and_misses_nothing(world: World, issuer: Issuer, base_url: str) -> None:
    biller = await world.biller()
    await world.right("iris", biller, "all")
    imported = await world.defined(biller)
    await world.publish(approved(imported))
    async with follow(f"{base_url}/imports/{imported.import_id}/events", signed_in(issuer, "iris")) as events:
        await following(events)
        ended = await world.admin.fetchval(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'notifier-listener'"
        )
        assert ended == 1
        await world.publish(chunk(imported, 1))
        assert (await following(events))["counts"]["read"] == 3
        await world.publish(chunk(imported, 2))
        assert (await following(events))["counts"]["read"] == 6
