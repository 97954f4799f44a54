"""Autopay and registration from upload to finished with one executor, as a ratio to scripts of their own."""

import asyncio
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Final
from uuid import uuid4

import asyncpg
from rich.console import Console

from bench import machine
from bench.data import Biller, make_biller
from bench.kind_scripts import CASES, KindCase
from cli.client import Client
from cli.run import run_import
from stack.embedded import EmbeddedStack, Parts
from stack.run_directory import RunDirectory

_PARTS: Final = Parts.EVERYTHING & ~Parts.DEMO_DATA
_PATIENCE: Final = 600.0
# Nobody is there who could agree to so many payment methods (C207).
_SETTINGS: Final = {"IMPORT_SECOND_PERSON_PAYMENT_METHODS": "10000000"}
_REAPED_SECONDS: Final = 0.5  # until the server has added up what its session has spent

Figures = dict[str, list[float]]


def measure(rows: int, rounds: int, report: Path | None) -> None:
    with tempfile.TemporaryDirectory() as directory:
        seconds, processor = asyncio.run(_in_stack(Path(directory), rows, rounds))
    _print(rows, rounds, seconds, processor)
    if report:
        told = {"machine": machine.described(), "rows": rows, "seconds": seconds, "processor_seconds": processor}
        report.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


async def _in_stack(place: Path, rows: int, rounds: int) -> tuple[Figures, Figures]:
    async with EmbeddedStack(RunDirectory.create(), _PARTS, executors=1, progress=_say, settings=_SETTINGS) as stack:
        return await measured(stack, place, rows, rounds)


async def measured(
    stack: EmbeddedStack, place: Path, rows: int, rounds: int, billers: str = "Bench"
) -> tuple[Figures, Figures]:
    """Seconds, and seconds of the processor, of each kind by its script and by the services."""
    seconds, processor = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    for number in range(1, rounds + 1):
        for case in CASES:
            file = place / f"{case.name}.csv"
            case.write_file(file, rows)
            for name in (f"{case.name}, script", f"{case.name}, one executor"):
                biller = await _biller(stack, f"{billers} {number} {name}", rows, case)
                spent = machine.processor_seconds()
                seconds[name].append(await _run(stack, case, name, biller, file))
                await asyncio.sleep(_REAPED_SECONDS)
                processor[name].append(machine.processor_seconds() - spent)
                _say(f"round {number}, {name}: {seconds[name][-1]:.1f} s, load {machine.load():.1f}")
    return seconds, processor


async def _biller(stack: EmbeddedStack, name: str, rows: int, case: KindCase) -> Biller:
    connection = await asyncpg.connect(stack.postgres.dsn())
    try:
        biller = await make_biller(connection, name, rows, has_logins=case.has_logins)
        await connection.execute("VACUUM ANALYZE", timeout=_PATIENCE)
        await connection.execute("CHECKPOINT", timeout=_PATIENCE)
    finally:
        await connection.close()
    return biller


async def _run(stack: EmbeddedStack, case: KindCase, name: str, biller: Biller, file: Path) -> float:
    if name.endswith("script"):
        return await case.script(stack.postgres.dsn(), biller, file)
    client = Client(stack.service_url("mapping"), stack.service_url("notifier"), await stack.token("ivy"))
    return await asyncio.to_thread(_import, client, case, biller, file)


def _import(client: Client, case: KindCase, biller: Biller, file: Path) -> float:
    started = time.perf_counter()
    status = run_import(client, Console(file=sys.stderr, quiet=True), case.define(biller), file, uuid4(), _PATIENCE)
    seconds = time.perf_counter() - started
    counts = status["counts"]
    if status["state"] != "completed" or counts["applied"] != counts["read"]:
        raise RuntimeError(f"The {case.name} import ended as {status['state']}: {counts} {status['codes']}")
    return seconds


def _print(
    rows: int, rounds: int, seconds: Mapping[str, Sequence[float]], processor: Mapping[str, Sequence[float]]
) -> None:
    print(f"\n{rows:,} rows of each kind, from upload to finished; medians of {rounds} rounds")
    print(machine.described())
    print(f"{'':28}{'seconds':>10}{'rows/s':>12}{'ratio':>8}{'processor s':>14}{'ratio':>8}")
    for name in seconds:
        script = name.partition(",")[0] + ", script"
        times = f"{median(seconds[name]):>10.1f}{rows / median(seconds[name]):>12,.0f}"
        ratio = f"{median(seconds[name]) / median(seconds[script]):>8.2f}"
        spent = f"{median(processor[name]):>14.1f}{median(processor[name]) / median(processor[script]):>8.2f}"
        print(f"{name:28}{times}{ratio}{spent}")


def _say(text: str) -> None:
    print(text, flush=True)
