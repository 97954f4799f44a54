"""Rows through the services, as a ratio to a script that does the same by hand on the same server and data."""

import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
from rich.console import Console

from bench.data import Biller, definition, make_biller, write_file
from bench.script import run_script
from cli.client import Client
from cli.run import run_import
from stack.embedded import EmbeddedStack, Parts
from stack.run_directory import RunDirectory

_PARTS = Parts.EVERYTHING & ~Parts.DEMO_DATA
_PATIENCE = 600.0
_INSTANCES = ("script", "one executor", "two executors")


@dataclass(frozen=True, slots=True)
class Timing:
    name: str
    seconds: float


async def measure(rows: int) -> None:
    """Measure, and print the ratio."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "paperless.csv"
        write_file(file, rows)
        async with EmbeddedStack(RunDirectory.create(), _PARTS, executors=1, progress=_say) as stack:
            _print(rows, await _measure(stack, file, rows))


async def _measure(stack: EmbeddedStack, file: Path, rows: int) -> list[Timing]:
    _say(f"Making {len(_INSTANCES)} billers with {rows:,} customers each")
    billers = await _billers(stack, rows)
    script = Timing("script", await run_script(stack.postgres.dsn(), billers["script"], file))
    _say(f"script: {script.seconds:.1f} s")
    timings = [script]
    for name in _INSTANCES[1:]:
        if name == "two executors":
            await stack.start_service("executor-2")
        await _settle(stack)
        client = Client(stack.service_url("mapping"), stack.service_url("notifier"), await stack.token("ivy"))
        timings.append(Timing(name, await asyncio.to_thread(_import, client, billers[name], file)))
        _say(f"{name}: {timings[-1].seconds:.1f} s")
    return timings


async def _billers(stack: EmbeddedStack, rows: int) -> dict[str, Biller]:
    connection = await asyncpg.connect(stack.postgres.dsn())
    try:
        billers = {name: await make_biller(connection, f"Bench {name}", rows) for name in _INSTANCES}
    finally:
        await connection.close()
    await _settle(stack)
    return billers


async def _settle(stack: EmbeddedStack) -> None:
    """Each run starts with statistics and without the checkpoint of the one before."""
    connection = await asyncpg.connect(stack.postgres.dsn())
    try:
        await connection.execute("VACUUM ANALYZE", timeout=600)
        await connection.execute("CHECKPOINT", timeout=600)
    finally:
        await connection.close()


def _import(client: Client, biller: Biller, file: Path) -> float:
    started = time.perf_counter()
    console = Console(file=sys.stderr, quiet=True)
    status = run_import(client, console, definition(biller), file, uuid4(), _PATIENCE)
    seconds = time.perf_counter() - started
    if status["state"] != "completed":
        raise RuntimeError(f"The import ended as {status['state']}: {status['counts']}")
    return seconds


def _print(rows: int, timings: list[Timing]) -> None:
    baseline = timings[0].seconds
    print(f"\n{rows:,} paperless rows, two invoice types, from upload to finished")
    print(f"{'':16}{'seconds':>10}{'rows/s':>12}{'ratio':>8}")
    for timing in timings:
        ratio = timing.seconds / baseline
        print(f"{timing.name:16}{timing.seconds:>10.1f}{rows / timing.seconds:>12,.0f}{ratio:>8.2f}")


def _say(text: str) -> None:
    print(text, flush=True)
