"""Runs imports against the system and waits for what should come of them."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import asyncpg
from rich.console import Console

from bench.data import Biller, allow_undo, definition, make_biller
from cli.bodies import Definition, Status
from cli.client import Client
from cli.run import run_import
from stack.embedded import EmbeddedStack

PATIENCE = 90.0  # seconds without any progress; a killed part comes back far sooner
_POLL_SECONDS = 0.05
_STATE = """
SELECT c.account_number, l.email, l.status, l.import_id IS NOT NULL, t.code, e.status, e.delivery_email, e.origin
FROM crm.customer AS c
JOIN crm.customer_login_link AS k ON k.customer_id = c.id AND k.role = 'owner'
JOIN crm.login AS l ON l.id = k.login_id
LEFT JOIN crm.paperless_enrollment AS e ON e.customer_id = c.id
LEFT JOIN crm.invoice_type AS t ON t.id = e.invoice_type_id
WHERE c.biller_id = $1
ORDER BY c.account_number, t.code
"""
_RESULTS = """
SELECT r.line_no, r.outcome, r.codes, r.account_number
FROM execution.row_result AS r JOIN mapping.import AS i ON i.id = r.import_id
WHERE i.biller_id = $1 ORDER BY r.line_no
"""

End = tuple[list[asyncpg.Record], list[asyncpg.Record]]
ENDED = {"completed", "completed_with_errors", "failed", "cancelled", "rejected"}


async def client_of(system: EmbeddedStack, person: str) -> Client:
    """The command line's client, for one of the three people."""
    return Client(system.service_url("mapping"), system.service_url("notifier"), await system.token(person))


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
        biller = await make_biller(connection, f"Biller {uuid4()}", customers)
        await allow_undo(connection)
    return biller


async def start(client: Client, biller: Biller, file: Path, request_id: UUID | None = None, **changes: Any) -> Status:
    """An import from the file to its end, as the command line runs it; returns the final status view."""
    content = cast("Definition", {**definition(biller), **changes})
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


async def end_of(system: EmbeddedStack, biller: Biller) -> End:
    """The CRM's records of the biller and the outcome of every row, without ids."""
    async with database(system) as connection:
        return await connection.fetch(_STATE, biller.id), await connection.fetch(_RESULTS, biller.id)


async def ended(system: EmbeddedStack, client: Client, biller: Biller, running: asyncio.Task[Status]) -> Status:
    """The import's end, whether or not the one who watched it was cut off."""
    await asyncio.wait([running])
    if running.exception() is None:
        return running.result()
    async with database(system) as looker:
        import_id = await looker.fetchval("SELECT id::text FROM mapping.import WHERE biller_id = $1", biller.id)

    async def look() -> Status | None:
        status = await asyncio.to_thread(client.status, import_id)
        return status if status and status["state"].startswith("completed") else None

    status: Status = await until(look, "the end of the import")
    return status
