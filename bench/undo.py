"""Rows imported and then undone on the same server: the undo as a ratio to the import before it."""

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
from rich.console import Console

from bench.data import Biller, allow_undo, definition, make_biller, write_file
from cli.client import Client
from cli.run import run_import
from cli.undoing import undo_import
from stack.embedded import EmbeddedStack, Parts
from stack.run_directory import RunDirectory

_PARTS = Parts.EVERYTHING & ~Parts.DEMO_DATA
_PATIENCE = 600.0


async def measure(rows: int) -> None:
    """Measure, and print the ratio."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "paperless.csv"
        write_file(file, rows)
        async with EmbeddedStack(RunDirectory.create(), _PARTS, executors=1, progress=_say) as stack:
            _say(f"Making a biller with {rows:,} customers")
            biller = await _biller(stack, rows)
            client = Client(stack.service_url("mapping"), stack.service_url("notifier"), await stack.token("ivy"))
            import_id, imported = await asyncio.to_thread(_import, client, biller, file)
            _say(f"import: {imported:.1f} s")
            await _settle(stack)
            undone = await asyncio.to_thread(_undo, client, import_id, rows)
    print(f"\n{rows:,} paperless rows, two invoice types, with one executor")
    print(f"{'':24}{'seconds':>10}{'rows/s':>12}{'speed':>8}")
    for name, seconds in (("import, with upload", imported), ("undo, with its checks", undone)):
        print(f"{name:24}{seconds:>10.1f}{rows / seconds:>12,.0f}{imported / seconds:>8.2f}")


async def _biller(stack: EmbeddedStack, rows: int) -> Biller:
    connection = await asyncpg.connect(stack.postgres.dsn())
    try:
        biller = await make_biller(connection, "Bench", rows)
        await allow_undo(connection)
    finally:
        await connection.close()
    await _settle(stack)
    return biller


async def _settle(stack: EmbeddedStack) -> None:
    """Each part starts with statistics and without the checkpoint of the one before."""
    connection = await asyncpg.connect(stack.postgres.dsn())
    try:
        await connection.execute("VACUUM ANALYZE", timeout=600)
        await connection.execute("CHECKPOINT", timeout=600)
    finally:
        await connection.close()


def _import(client: Client, biller: Biller, file: Path) -> tuple[UUID, float]:
    started = time.perf_counter()
    status = run_import(client, _quiet(), definition(biller), file, uuid4(), _PATIENCE)
    seconds = time.perf_counter() - started
    if status["state"] != "completed":
        raise RuntimeError(f"The import ended as {status['state']}: {status['counts']}")
    return UUID(status["import_id"]), seconds


def _undo(client: Client, import_id: UUID, rows: int) -> float:
    started = time.perf_counter()
    status = undo_import(client, _quiet(), import_id, uuid4(), _PATIENCE, agreed=True)
    seconds = time.perf_counter() - started
    if status["counts"]["applied"] != rows:
        raise RuntimeError(f"The undo ended as {status['state']}: {status['counts']}")
    return seconds


def _quiet() -> Console:
    return Console(file=sys.stderr, quiet=True)


def _say(text: str) -> None:
    print(text, flush=True)
