"""The status pages as a person sees them, and imports as far as they have come."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.responses import Response

from services.notifier.unsubscribing import Unsubscribing
from shared.contracts.events import (
    ChunkApplied,
    Counts,
    FinalState,
    ImportApproved,
    ImportDefined,
    ImportFinished,
)
from shared.contracts.kinds import ImportKind
from shared.web import WebSettings
from shared.web.rendering import ZONE_COOKIE
from shared.web.session import COOKIE, Session, Sessions
from stack.issuer import Issuer
from tests.integration.notifier.world import Imported, World

SETTINGS = WebSettings.model_validate(
    {"session_key": base64.b64encode(bytes(32)).decode(), "sign_in": "development", "sign_in_url": "http://issuer"}
)
UNSUBSCRIBING = Unsubscribing(bytes(32))
TEN = Counts(applied=6, no_change=1, skipped=1, held=1, failed=1)


def client_of(pages: FastAPI, issuer: Issuer, name: str, zone: str = "UTC") -> httpx.AsyncClient:
    session = Session().signed_in(issuer.token(name), name=name, email=f"{name}@example.com", seconds=600)
    response = Response()
    Sessions(SETTINGS).write(response, session)
    cookie = response.headers["set-cookie"].split(";")[0].split("=", 1)[1]
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(pages),
        base_url="http://notifier",
        cookies={COOKIE: cookie, ZONE_COOKIE: zone},
    )


async def begun(world: World, biller: int, **options: Any) -> Imported:
    imported = await world.defined(biller, **options)
    kind = options.get("kind", ImportKind.PAPERLESS)
    assert isinstance(kind, ImportKind)
    await world.publish(ImportDefined(import_id=imported.import_id, biller_id=biller, kind=kind))
    return imported


async def ended(world: World, imported: Imported, at: datetime, state: FinalState = FinalState.COMPLETED) -> None:
    await world.publish(
        ImportFinished(
            import_id=imported.import_id,
            biller_id=imported.biller_id,
            state=state,
            counts=TEN,
            codes={"R142": 1},
            started_at=at - timedelta(minutes=1),
            finished_at=at,
        )
    )


async def running(world: World, biller: int, **options: Any) -> Imported:
    imported = await begun(world, biller, **options)
    about = {"import_id": imported.import_id, "biller_id": biller}
    await world.publish(
        ImportApproved(**about, check_no=1, codes={}, planned=TEN, chunks=3),
        ChunkApplied(**about, chunk_no=0, counts=Counts(applied=4), codes={}),
    )
    return imported


@asynccontextmanager
async def named(world: World, subject: str, name: str) -> AsyncIterator[None]:
    """A person who has signed in by this name."""
    await world.admin.execute("INSERT INTO mapping.person (subject, name, email) VALUES ($1, $2, '')", subject, name)
    yield
    await world.admin.execute("DELETE FROM mapping.person WHERE subject = $1", subject)


async def page(client: httpx.AsyncClient, address: str, **asked: str) -> str:
    answer = await client.get(address, params=asked or None)
    assert answer.status_code == 200, answer.text
    return answer.text
