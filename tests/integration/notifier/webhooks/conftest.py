import asyncio
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from tests.integration.notifier.webhooks.receiving import (
    INSIDE,
    Receiver,
    with_destinations,
)
from tests.integration.notifier.world import World


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    one = Receiver()
    async with await asyncio.start_server(one.answer, "127.0.0.1", 0) as server:
        one.port = server.sockets[0].getsockname()[1]
        yield one
        server.close()


@pytest.fixture(autouse=True)
async def cleared(world: World, app: FastAPI, biller: int) -> AsyncIterator[None]:
    app.state.context = with_destinations(app, INSIDE)
    await world.admin.execute("UPDATE crm.operator_right SET may_manage_webhooks = true WHERE subject = 'iris'")
    for table in ("webhook_delivery", "webhook"):
        await world.admin.execute(f"DELETE FROM notification.{table}")
    assert biller
    yield
    await world.admin.execute("DELETE FROM notification.webhook_delivery")
