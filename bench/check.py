"""The check of a file as a ratio to its floor: parse, derive account numbers, binary COPY. And the memory both take.

The floor neither looks anything up nor keeps anything. The script between the two does: it joins the numbers with the
customers, owners and logins of the CRM and writes a plan row for each, in one statement, and knows no rule at all.
"""

import asyncio
import contextlib
import csv
import json
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Any, Final, Self
from uuid import UUID, uuid4

import asyncpg

from bench.data import Biller, definition, make_biller, write_file
from services.validation.check import Tools, run_check
from services.validation.repository import checks
from shared import setup
from shared.migrations import ROLES
from shared.postgres import Database
from shared.sealing import Fingerprint, Sealer
from shared.secure_upload import SecureUpload, object_key
from stack.postgres import EmbeddedPostgres

_ROLE: Final = "ci_validation"
_PASSWORD: Final = token_hex(8)
_SUBJECT: Final = "ivy"
_SECONDS: Final = 3600
_LOOK_SECONDS: Final = 0.05
_LARGEST_FILE: Final = 2**32
_FLOOR_TABLE: Final = "CREATE TEMP TABLE floor (line_no int, account_number text, name text, email text)"
_SCRIPT: Final = """
INSERT INTO validation.plan_row (
    import_id, chunk_no, line_no, leader_line, verdict, codes, account_number, customer_id, login_id, login_action,
    seen_login_email, seen_login_status, seen_enrollments, email
)
SELECT $1, f.line_no / 2000, f.line_no, f.line_no, 'apply', '{}', f.account_number, c.id, l.id, 'update_email',
    l.email, l.status, ARRAY[NULL, NULL]::text[], f.email
FROM floor f
JOIN crm.customer c ON c.biller_id = $2 AND c.account_number = f.account_number
JOIN crm.customer_login_link o ON o.customer_id = c.id AND o.role = 'owner'
JOIN crm.login l ON l.id = o.login_id
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One measured run in a process of its own."""

    name: str
    seconds: float
    megabytes: float  # the most the process held
    server_megabytes: float  # the most the server process of its connection held, beside what all of them share
    parts: Mapping[str, float] = field(default_factory=dict)


async def measure(rows: int, customers: int) -> None:
    """Measure, and print the ratio."""
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        file = place / "paperless.csv"
        write_file(file, rows)
        async with EmbeddedPostgres(place / "postgres") as server:
            await setup.migrate_all(server.dsn(), dict.fromkeys(ROLES, _PASSWORD))
            uploads = place / "uploads"
            uploads.mkdir()
            _say(f"Making a biller with {customers:,} customers")
            import_id, biller_id = await _prepare(server.dsn(), uploads, file, customers)
            dsn = server.dsn(_ROLE, _PASSWORD)
            runs = [
                await asyncio.to_thread(_in_process, _floor, dsn, str(file)),
                await asyncio.to_thread(_in_process, _script, dsn, str(file), str(biller_id)),
                await asyncio.to_thread(_in_process, _check, dsn, uploads.as_uri(), str(import_id)),
            ]
    _print(rows, runs)


async def _prepare(dsn: str, uploads: Path, file: Path, customers: int) -> tuple[UUID, int]:
    admin = await asyncpg.connect(dsn)
    try:
        biller = await make_biller(admin, "Bench", customers)
        import_id = await define_import(admin, SecureUpload(uploads.as_uri(), {}), biller, file)
        await admin.execute("VACUUM ANALYZE", timeout=_SECONDS)
        await admin.execute("CHECKPOINT", timeout=_SECONDS)
    finally:
        await admin.close()
    return import_id, biller.id


async def define_import(admin: asyncpg.Connection, uploads: SecureUpload, biller: Biller, file: Path) -> UUID:
    """The import as the mapping service would have left it."""
    import_id, file_id = uuid4(), uuid4()
    key = object_key(biller.id, file_id)
    stored = await uploads.put(key, _pieces(file), limit=_LARGEST_FILE)
    asked = definition(biller) | {"file": {"id": str(file_id), "sha256": stored.sha256, "size": stored.size}}
    asked["biller_id"] = asked.pop("biller")
    answers = {"C202": "skip", "C201": "continue", "C203": "continue", "C204": "continue"}
    asked["decide"] = {code: {"choice": choice} for code, choice in answers.items()}
    await admin.execute(
        """INSERT INTO mapping.secure_file (id, biller_id, name, sha256, size, object_key, kind_hint, uploaded_by)
           VALUES ($1, $2, 'bench.csv', $3, $4, $5, 'unknown', $6)""",
        *(file_id, biller.id, stored.sha256, stored.size, key, _SUBJECT),
    )
    await admin.execute(
        """INSERT INTO mapping.import (id, biller_id, kind, file_id, definition, requester, request_id, request_hash)
           VALUES ($1, $2, 'paperless', $3, $4, $5, $6, '')""",
        *(import_id, biller.id, file_id, json.dumps(asked)),
        json.dumps({"subject": _SUBJECT, "name": "Ivy", "permission": "all"}),
        uuid4(),
    )
    await admin.execute("SET search_path = validation")
    await checks.add(admin, import_id)
    return import_id


def tools_of(uploads: SecureUpload) -> Tools:
    return Tools(uploads, Sealer({"one": b"k" * 32}, "one"), Fingerprint(b"f" * 32))


async def _pieces(file: Path) -> Any:
    with file.open("rb") as stream:
        while piece := stream.read(1 << 20):
            yield piece


def _in_process(run: Callable[..., Any], *given: str) -> Run:
    """The run in a fresh process, so that its peak of memory is its own."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_measured, (run, *given))


def _measured(run: Callable[..., Any], *given: str) -> Run:
    name, seconds, server, parts = asyncio.run(run(*given))
    return Run(name, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, server, parts)


async def _floor(dsn: str, file: str) -> tuple[str, float, float, Mapping[str, float]]:
    connection = await asyncpg.connect(dsn, server_settings={"application_name": "bench"})
    try:
        async with _Watch() as watch, connection.transaction():
            await connection.execute(_FLOOR_TABLE)
            await connection.copy_records_to_table("floor", records=_records(file), timeout=_SECONDS)
        return "floor", watch.seconds, watch.megabytes, {}
    finally:
        await connection.close()


async def _script(dsn: str, file: str, biller_id: str) -> tuple[str, float, float, Mapping[str, float]]:
    connection = await asyncpg.connect(dsn, server_settings={"application_name": "bench", "jit": "off"})
    try:
        await connection.execute("SET work_mem = '128MB'")
        async with _Watch() as watch, connection.transaction():
            await connection.execute(_FLOOR_TABLE)
            await connection.copy_records_to_table("floor", records=_records(file), timeout=_SECONDS)
            await connection.execute("ANALYZE floor")
            await connection.execute(_SCRIPT, uuid4(), int(biller_id), timeout=_SECONDS)
        return "script", watch.seconds, watch.megabytes, {}
    finally:
        await connection.close()


def _records(file: str) -> Iterator[tuple[int, str, str, str]]:
    with Path(file).open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        next(rows)
        for line, (number, name, email) in enumerate(rows, start=2):
            yield line, "WTR-" + number.strip(), name, email


async def _check(dsn: str, uploads: str, import_id: str) -> tuple[str, float, float, Mapping[str, float]]:
    tools = tools_of(SecureUpload(uploads, {}))
    database = await Database.connect(dsn, application_name="bench")
    try:
        async with _Watch() as watch:
            result = await run_check(database, UUID(import_id), tools)
        if result is None or result.state == "rejected":
            raise RuntimeError(f"The check ended as {result.state if result else None}: {result and result.codes}")
        return "check", watch.seconds, watch.megabytes, result.seconds
    finally:
        await database.close()


class _Watch:
    """Seconds, and the most that a server process with the benchmark's connection held."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.megabytes = 0.0
        self._started = 0.0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._started = time.perf_counter()
        self._task = asyncio.create_task(self._look())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._started
        if self._task:
            self._task.cancel()

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            self.megabytes = max([self.megabytes, *map(_anonymous_megabytes, _server_processes())])


def _server_processes() -> list[Path]:
    """Processes of Postgres that serve the role of the benchmark: their title says so."""
    found = []
    for process in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if process.name.isdigit() and f"postgres: {_ROLE} ".encode() in (process / "cmdline").read_bytes():
                found.append(process)
    return found


def _anonymous_megabytes(process: Path) -> float:
    with contextlib.suppress(OSError):
        for line in (process / "status").read_text().splitlines():
            if line.startswith("RssAnon"):
                return int(line.split()[1]) / 1024
    return 0.0


def _print(rows: int, runs: Sequence[Run]) -> None:
    floor, script, check = runs
    print(f"\n{rows:,} paperless rows; floor: parse, derive account numbers, binary COPY")
    print("script: the floor, then the join with the CRM and a plan row each; no rules")
    print(f"{'':10}{'seconds':>10}{'to floor':>10}{'to script':>11}{'process MB':>12}{'server MB':>12}")
    for run in runs:
        ratios = f"{run.seconds / floor.seconds:>10.2f}{run.seconds / script.seconds:>11.2f}"
        print(f"{run.name:10}{run.seconds:>10.1f}{ratios}{run.megabytes:>12.0f}{run.server_megabytes:>12.0f}")
    parts = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in check.parts.items())
    print(f"check: {parts}")


def _say(text: str) -> None:
    print(text, flush=True)
