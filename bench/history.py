"""The check and the run of one file in a database with many imports before it, as a ratio to an empty one.

Each round measures copies of the same databases, in another order: nothing there, a past of which the planner knows
nothing yet, and the same past with statistics. The CRM is the same in all of them.
"""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Final
from uuid import UUID

import asyncpg

from bench.check import define_import, tools_of
from bench.data import make_biller, write_file
from bench.past import Past, make_past
from services.executor import handlers
from services.executor.worker import apply_pending
from services.validation.check import run_check
from services.validation.conclusion import CheckResult
from shared import setup
from shared.contracts.events import Counts, ImportApproved
from shared.migrations import ROLES
from shared.postgres import Database
from shared.secure_upload import SecureUpload
from stack.postgres import EmbeddedPostgres

_PASSWORD: Final = token_hex(8)
_SECONDS: Final = 600.0
_LOOK_SECONDS: Final = 0.05
_ROWS_OF_EACH: Final = 1_000
_DATABASES: Final = {"alone": "empty", "unknown": "with a past", "known": "the same, analyzed"}
_CRM: Final = "VACUUM ANALYZE crm.customer, crm.login, crm.customer_login_link, crm.biller, crm.invoice_type"
# A copy of the files: one through the log would leave a checkpoint to be written while the clock runs.
_COPY: Final = {
    "alone": "CREATE DATABASE measured TEMPLATE alone STRATEGY file_copy",
    "unknown": "CREATE DATABASE measured TEMPLATE unknown STRATEGY file_copy",
    "known": "CREATE DATABASE measured TEMPLATE known STRATEGY file_copy",
}
_MEASURED: Final = "measured"


@dataclass(frozen=True, slots=True)
class Timing:
    """One import: seconds, and processor seconds of the server and of this process."""

    check: float
    check_cpu: float
    run: float
    run_cpu: float
    parts: Mapping[str, float]


async def measure(rows: int, imports: int, largest: int, rounds: int) -> None:
    """Measure, and print the ratios."""
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        uploads = place / "uploads"
        uploads.mkdir()
        async with EmbeddedPostgres(place / "postgres") as server:
            bench = _Bench(server, SecureUpload(uploads.as_uri(), {}))
            await bench.prepare(place / "paperless.csv", rows, imports, largest)
            timings = [await bench.round(number) for number in range(rounds)]
    _print(rows, imports, largest, timings)


class _Bench:
    def __init__(self, server: EmbeddedPostgres, uploads: SecureUpload) -> None:
        self._server = server
        self._uploads = uploads
        self._biller_id = 0
        self._import_id = UUID(int=0)
        self._resident = 0  # processes that the server has always

    async def prepare(self, file: Path, rows: int, imports: int, largest: int) -> None:
        write_file(file, rows)
        _say(f"Making a biller with {rows:,} customers")
        await self._server.create_database("alone")
        await setup.migrate_all(self._server.dsn(database="alone"), dict.fromkeys(ROLES, _PASSWORD))
        await self._do("alone", "ALTER SYSTEM SET autovacuum = off")
        await self._do("alone", "SELECT pg_reload_conf()")
        admin = await asyncpg.connect(self._server.dsn(database="alone"))
        try:
            biller = await make_biller(admin, "Bench", rows)
            self._biller_id, self._import_id = biller.id, await define_import(admin, self._uploads, biller, file)
            await admin.execute(_CRM, timeout=_SECONDS)
        finally:
            await admin.close()
        _say(f"Making {imports:,} imports before it, one of {largest:,} rows")
        await self._server.create_database("unknown", template="alone")
        admin = await asyncpg.connect(self._server.dsn(database="unknown"))
        try:
            await make_past(admin, biller.id, "paperless", Past(imports, _ROWS_OF_EACH, largest))
        finally:
            await admin.close()
        await self._server.create_database("known", template="unknown")
        await self._do("known", "VACUUM ANALYZE")
        await asyncio.sleep(1)
        self._resident = len(_children(self._server.pid))

    async def round(self, number: int) -> dict[str, Timing]:
        """Each database once, in an order of its own."""
        names = list(_DATABASES)
        shift = number % len(names)
        timings = {name: await self._measured(name) for name in names[shift:] + names[:shift]}
        _say(f"Round {number + 1}\n  " + "\n  ".join(_told(name, timings[name]) for name in names))
        return timings

    async def _measured(self, name: str) -> Timing:
        await self._server.drop_database(_MEASURED)
        await self._do("postgres", _COPY[name])
        cpu, started = await self._cpu(), time.perf_counter()
        result = await self._check()
        checked, check_cpu = time.perf_counter(), await self._cpu()
        await self._run(result)
        ended, run_cpu = time.perf_counter(), await self._cpu()
        return Timing(checked - started, check_cpu - cpu, ended - checked, run_cpu - check_cpu, result.seconds)

    async def _check(self) -> CheckResult:
        async with self._connected("ci_validation") as database:
            result = await run_check(database, self._import_id, tools_of(self._uploads))
        if result is None or result.state != "approved":
            raise RuntimeError(f"The check ended as {result.state if result else None}: {result and result.codes}")
        return result

    async def _run(self, result: CheckResult) -> None:
        approved = ImportApproved(
            import_id=self._import_id,
            biller_id=self._biller_id,
            check_no=1,
            codes={},
            planned=Counts(),
            chunks=result.chunks,
        )
        async with self._connected("ci_executor") as database:
            async with database.transaction() as connection:
                await handlers.on_import_approved(connection, approved)
            await apply_pending(database, self._import_id)

    @asynccontextmanager
    async def _connected(self, role: str) -> AsyncIterator[Database]:
        dsn = self._server.dsn(role, _PASSWORD, database=_MEASURED)
        database = await Database.connect(dsn, application_name="bench", max_size=2)
        try:
            yield database
        finally:
            await database.close()

    async def _cpu(self) -> float:
        """Of the server's processes those that have ended, which are all that were connected, and of this one."""
        while len(_children(self._server.pid)) > self._resident:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(_LOOK_SECONDS)
        return _seconds_of_ended(self._server.pid) + time.process_time()

    async def _do(self, database: str, statement: str) -> None:
        admin = await asyncpg.connect(self._server.dsn(database=database))
        try:
            await admin.execute(statement, timeout=_SECONDS)
        finally:
            await admin.close()


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def _seconds_of_ended(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    user, system = fields[13:15]  # proc(5): cutime and cstime, counted from the state on
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _told(name: str, timing: Timing) -> str:
    parts = ", ".join(f"{part} {seconds:.2f}" for part, seconds in timing.parts.items())
    return (
        f"{_DATABASES[name]}: check {timing.check:.2f} s ({timing.check_cpu:.2f} of processor; {parts}), "
        f"run {timing.run:.2f} s ({timing.run_cpu:.2f})"
    )


def _print(rows: int, imports: int, largest: int, timings: Sequence[dict[str, Timing]]) -> None:
    print(f"\n{rows:,} paperless rows; the past: {imports:,} imports, one of {largest:,} rows")
    print("medians: seconds, processor seconds, and the ratios of both within each round")
    print(f"{'':22}{'check':>8}{'ratio':>8}{'cpu':>8}{'ratio':>8}{'run':>10}{'ratio':>8}{'cpu':>8}{'ratio':>8}")
    for name, label in _DATABASES.items():
        columns = [_columns(timings, name, what) for what in ("check", "check_cpu", "run", "run_cpu")]
        print(
            f"{label:22}{'{:>8.2f}{:>8.2f}{:>8.2f}{:>8.2f}{:>10.2f}{:>8.2f}{:>8.2f}{:>8.2f}'.format(*sum(columns, ()))}"
        )


def _columns(timings: Sequence[dict[str, Timing]], name: str, what: str) -> tuple[float, float]:
    seconds: list[float] = [getattr(one[name], what) for one in timings]
    to_alone: list[float] = [getattr(one[name], what) / getattr(one["alone"], what) for one in timings]
    return statistics.median(seconds), statistics.median(to_alone)


def _say(text: str) -> None:
    print(text, flush=True)
