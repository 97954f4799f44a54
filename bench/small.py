"""How long a small import waits: from its confirmation to its end, on an idle system and while a large one runs."""

import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import uuid4

import asyncpg
from rich.console import Console

from bench.data import Biller, definition, make_biller, write_file
from cli.client import Client
from cli.run import run_import, start_import
from stack.embedded import EmbeddedStack

ROWS: Final = 100
_TIMES: Final = 20
_LOOK_SECONDS: Final = 0.01
_SECONDS: Final = 600.0
_RUNNING: Final = """
SELECT count(*) FROM execution.chunk c JOIN execution.job j USING (import_id)
WHERE j.biller_id = $1 AND c.state = 'applied'
"""


def p95(waits: Sequence[float]) -> float:
    return sorted(waits)[max(0, round(0.95 * len(waits)) - 1)]


async def measure(stack: EmbeddedStack, place: Path, large: int) -> dict[str, list[float]]:
    """Seconds from confirmed to finished of several small imports, by what else runs."""
    connection = await asyncpg.connect(stack.postgres.dsn())
    try:
        client = Client(stack.service_url("mapping"), stack.service_url("notifier"), await stack.token("ivy"))
        few, many = place / "few.csv", place / "many.csv"
        write_file(few, ROWS)
        write_file(many, large)
        billers = [await make_biller(connection, f"Small {number}", ROWS) for number in range(2 * _TIMES)]
        other = await make_biller(connection, "Beside", large)
        idle = [await asyncio.to_thread(_waited, client, biller, few) for biller in billers[:_TIMES]]
        beside = asyncio.create_task(asyncio.to_thread(_import, client, other, many))
        await _begun(connection, other, beside)
        busy = []
        for biller in billers[_TIMES:]:
            wait = await asyncio.to_thread(_waited, client, biller, few)
            if not beside.done():  # what ends alone was not measured beside anything
                busy.append(wait)
        await beside
    finally:
        await connection.close()
    return {"idle": idle} | ({f"while {large:,} run": busy} if busy else {})


async def _begun(connection: asyncpg.Connection, biller: Biller, beside: asyncio.Task[None]) -> None:
    async with asyncio.timeout(_SECONDS):
        while True:
            if beside.done() or await connection.fetchval(_RUNNING, biller.id):
                return
            await asyncio.sleep(_LOOK_SECONDS)


def _waited(client: Client, biller: Biller, file: Path) -> float:
    asked = definition(biller)
    asked["decide"] = "ask"
    import_id = start_import(client, Console(file=sys.stderr, quiet=True), asked, file, uuid4())
    _wait_until(client, import_id, "held")
    check = client.check(import_id)
    started = time.perf_counter()
    client.confirm(import_id, check, {})
    _wait_until(client, import_id, "completed")
    return time.perf_counter() - started


def _wait_until(client: Client, import_id: str, state: str) -> None:
    """As a person sees it, who looks again and again."""
    limit = time.monotonic() + _SECONDS
    while (status := client.status(import_id)) is None or status["state"] != state:
        if time.monotonic() > limit:
            raise TimeoutError(f"The import did not become {state} in time")
        time.sleep(_LOOK_SECONDS)


def _import(client: Client, biller: Biller, file: Path) -> None:
    run_import(client, Console(file=sys.stderr, quiet=True), definition(biller), file, uuid4(), _SECONDS)
