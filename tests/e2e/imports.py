"""Runs imports against the system and waits for what should come of them."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from rich.console import Console

from bench.data import Biller, definition, make_biller
from cli.client import Client
from cli.run import run_import
from stack.embedded import EmbeddedStack

PATIENCE = 90.0  # seconds without any progress; a killed part comes back far sooner
_POLL_SECONDS = 0.05
ENDED = {"completed", "completed_with_errors", "failed", "cancelled", "rejected"}


@asynccontextmanager
async def database(system: EmbeddedStack) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the superuser, for looking and for meddling."""
    connection = await asyncpg.connect(system.postgres.dsn())
    try:
        yield connection
    finally:
        await connection.close()


async def new_biller(system: EmbeddedStack, customers: int) -> Biller:
    """A biller of its own for a test, so that tests do not meet."""
    async with database(system) as connection:
        return await make_biller(connection, f"Biller {uuid4()}", customers)


async def start(
    client: Client, biller: Biller, file: Path, request_id: UUID | None = None, **changes: Any
) -> dict[str, Any]:
    """An import from the file to its end, as the command line runs it; returns the final status view."""
    content = definition(biller) | changes
    console = Console(quiet=True)
    return await asyncio.to_thread(run_import, client, console, content, file, request_id or uuid4(), PATIENCE)


async def until(look: Callable[[], Awaitable[Any]], what: str, limit: float = PATIENCE) -> Any:
    """Poll until ``look`` gives something true."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        if found := await look():
            return found
        await asyncio.sleep(_POLL_SECONDS)
    raise AssertionError(f"{what} did not happen within {limit:.0f} s")
