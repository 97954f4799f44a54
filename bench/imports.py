"""Rows through the services, as a ratio to a script that does the same by hand on the same server and data.

Each round runs the script, then the services with one executor, two and four, each for a biller of its own. All rounds
share one server, so that the last import on it meets what the ones before have left.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Final
from uuid import uuid4

import asyncpg
from rich.console import Console

from bench import machine, small
from bench.data import Biller, definition, make_biller, write_file
from bench.peers import run_django, run_row_by_row
from bench.script import run_script
from cli.client import Client
from cli.run import run_import
from stack.embedded import EmbeddedStack, Parts
from stack.run_directory import RunDirectory

_PARTS: Final = Parts.EVERYTHING & ~Parts.DEMO_DATA
_PATIENCE: Final = 600.0
_SCRIPT: Final = "script"
_EXECUTORS: Final = {"one executor": 1, "two executors": 2, "four executors": 4}
_REAPED_SECONDS: Final = 0.5  # until the server has added up what its session has spent
_MOST_ROW_BY_ROW: Final = 5_000  # it would take all day with all of them
_COLUMNS: Final = {
    "seconds": 10,
    "rows/s": 12,
    "to script": 11,
    "last to first": 15,
    "processor s": 13,
    "to script ": 11,
    "applying s": 12,
    "to one": 8,
}
_MOST_DJANGO: Final = 50_000


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of each round by instance; what else was looked at on the way."""

    rows: int
    seconds: Mapping[str, Sequence[float]]
    processor: Mapping[str, Sequence[float]]  # seconds of all processes together
    row_by_row: float = 0.0  # rows a second
    django: float | None = None  # rows a second of django-import-export, where it is installed
    small: Mapping[str, Sequence[float]] = field(default_factory=dict)
    megabytes: Mapping[str, float] = field(default_factory=dict)
    applying: Mapping[str, Sequence[float]] = field(default_factory=dict)  # seconds of each round from batch to end

    def ratio(self, name: str) -> float:
        """The median over the rounds of the ratio within each."""
        return median(one / script for one, script in zip(self.seconds[name], self.seconds[_SCRIPT], strict=True))

    def processor_ratio(self, name: str) -> float:
        return median(self.processor[name]) / median(self.processor[_SCRIPT])

    def last_to_first(self, name: str) -> float:
        """The ratio of the last round to that of the first: 1 where nothing grew slower than the script did."""
        script = self.seconds[_SCRIPT]
        return self.seconds[name][-1] / script[-1] / (self.seconds[name][0] / script[0])

    def faster_than_one(self, name: str) -> float:
        """How many times as fast as one executor its rows are applied, check and upload left aside."""
        one, *_ = _EXECUTORS
        return median(self.applying[one]) / median(self.applying[name])

    def rate(self, name: str) -> float:
        return self.rows / median(self.seconds[name])


def measure(rows: int, rounds: int, report: Path | None, batches: int | None = None) -> None:
    """Measure, and print the ratios; ``report`` gets them as JSON.

    ``batches``: how many one executor applies at a time; none: as many as it does by itself.
    """
    with tempfile.TemporaryDirectory() as directory:
        measured = asyncio.run(_in_stack(Path(directory), rows, rounds, batches))
    _print(measured, rounds)
    if report:
        report.write_text(json.dumps(_as_json(measured), indent=2) + "\n", encoding="utf-8")


async def _in_stack(place: Path, rows: int, rounds: int, batches: int | None) -> Measured:
    settings = {} if batches is None else {"IMPORT_CHUNK_WORKERS": str(batches)}
    async with EmbeddedStack(RunDirectory.create(), _PARTS, executors=1, progress=_say, settings=settings) as stack:
        return await _measure(stack, place, rows, rounds)


async def _measure(stack: EmbeddedStack, place: Path, rows: int, rounds: int) -> Measured:
    seconds: dict[str, list[float]] = defaultdict(list)
    processor: dict[str, list[float]] = defaultdict(list)
    applying: dict[str, list[float]] = defaultdict(list)
    for number in range(1, rounds + 1):
        file = place / f"paperless-{number}.csv"
        write_file(file, rows, number)
        for name in (_SCRIPT, *_EXECUTORS):
            biller = await _biller(stack, f"Bench {number} {name}", rows)
            async with _more_executors(stack, _EXECUTORS.get(name, 1)):
                spent = machine.processor_seconds()
                took = await _run(stack, name, biller, file)
                seconds[name].append(took.seconds)
                applying[name].append(took.applying)
                await asyncio.sleep(_REAPED_SECONDS)
                processor[name].append(machine.processor_seconds() - spent)
            _say(f"round {number}, {name}: {seconds[name][-1]:.1f} s, load {machine.load():.1f}")
    row_by_row, django = await _peers(stack, place / "paperless-1.csv", rows)
    waited = await small.measure(stack, place, rows)
    return Measured(rows, seconds, processor, row_by_row, django, waited, machine.peaks(stack.children), applying)


async def _peers(stack: EmbeddedStack, file: Path, rows: int) -> tuple[float, float | None]:
    """Rows a second of who works row by row, and of a library."""
    dsn = stack.postgres.dsn()
    few, more = min(rows, _MOST_ROW_BY_ROW), min(rows, _MOST_DJANGO)
    row_by_row = few / await run_row_by_row(dsn, await _biller(stack, "Bench row by row", few), file, few)
    seconds = await run_django(dsn, await _biller(stack, "Bench Django", more), file, more)
    return row_by_row, None if seconds is None else more / seconds


@dataclass(frozen=True, slots=True)
class _Took:
    seconds: float
    applying: float  # of these, those from the first batch to the end


async def _run(stack: EmbeddedStack, name: str, biller: Biller, file: Path) -> _Took:
    if name == _SCRIPT:
        seconds = await run_script(stack.postgres.dsn(), biller, file)
        return _Took(seconds, seconds)
    client = Client(stack.service_url("mapping"), stack.service_url("notifier"), await stack.token("ivy"))
    return await asyncio.to_thread(_import, client, biller, file)


@asynccontextmanager
async def _more_executors(stack: EmbeddedStack, executors: int) -> AsyncIterator[None]:
    """So many beside each other; what it costs to start them is in no figure."""
    others = [await stack.start_service(f"executor-{number}") for number in range(2, executors + 1)]
    try:
        yield
    finally:
        for other in others:
            await other.stop()


async def _biller(stack: EmbeddedStack, name: str, rows: int) -> Biller:
    """A biller of its own; each run starts with statistics and without the checkpoint of the one before."""
    connection = await asyncpg.connect(stack.postgres.dsn())
    try:
        biller = await make_biller(connection, name, rows)
        await connection.execute("VACUUM ANALYZE", timeout=600)
        await connection.execute("CHECKPOINT", timeout=600)
    finally:
        await connection.close()
    return biller


def _import(client: Client, biller: Biller, file: Path) -> _Took:
    started = time.perf_counter()
    console = Console(file=sys.stderr, quiet=True)
    status = run_import(client, console, definition(biller), file, uuid4(), _PATIENCE)
    seconds = time.perf_counter() - started
    if status["state"] != "completed":
        raise RuntimeError(f"The import ended as {status['state']}: {status['counts']}")
    began, ended = (datetime.fromisoformat(at) for at in (status["started_at"], status["finished_at"]) if at)
    return _Took(seconds, (ended - began).total_seconds())


def _print(measured: Measured, rounds: int) -> None:
    print(f"\n{measured.rows:,} paperless rows, two invoice types, from upload to finished; medians of {rounds} rounds")
    print(machine.described())
    print(f"{'':24}" + "".join(f"{title:>{width}}" for title, width in _COLUMNS.items()))
    for name, seconds in measured.seconds.items():
        ratios = f"{measured.ratio(name):>11.2f}{measured.last_to_first(name):>15.2f}"
        processor = f"{median(measured.processor[name]):>13.1f}{measured.processor_ratio(name):>11.2f}"
        applying = "" if name == _SCRIPT else _applying(measured, name)
        print(f"{name:24}{median(seconds):>10.1f}{measured.rate(name):>12,.0f}{ratios}{processor}{applying}")
    print(f"{'one row a transaction':24}{'':>10}{measured.row_by_row:>12,.0f}")
    if measured.django is not None:
        print(f"{'django-import-export':24}{'':>10}{measured.django:>12,.0f}")
    for name, waits in measured.small.items():
        print(f"{small.ROWS} rows, {name}: p50 {median(waits):.2f} s, p95 {small.p95(waits):.2f} s")
    print("most memory: " + ", ".join(f"{name} {size:.0f} MB" for name, size in measured.megabytes.items()))


def _applying(measured: Measured, name: str) -> str:
    return f"{median(measured.applying[name]):>12.1f}{measured.faster_than_one(name):>8.2f}"


def _as_json(measured: Measured) -> dict[str, object]:
    return {
        "machine": machine.described(),
        "rows": measured.rows,
        "seconds": measured.seconds,
        "ratios": {name: round(measured.ratio(name), 3) for name in measured.seconds},
        "processor_seconds": measured.processor,
        "applying_seconds": measured.applying,
        "last_to_first": {name: round(measured.last_to_first(name), 3) for name in measured.seconds},
        "rows_a_second_one_a_transaction": round(measured.row_by_row),
        "rows_a_second_django_import_export": measured.django and round(measured.django),
        "small_imports": {
            name: {"p50": round(median(waits), 3), "p95": round(small.p95(waits), 3)}
            for name, waits in measured.small.items()
        },
        "megabytes": {name: round(size) for name, size in measured.megabytes.items()},
    }


def _say(text: str) -> None:
    print(text, flush=True)
