"""Roles, schemas and forward-only migrations: each numbered file runs once in each schema it is for."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import asyncpg

from shared.logging import get_logger
from shared.postgres import Connection

_PROJECT: Final = Path(__file__).resolve().parent.parent
_MESSAGING: Final = _PROJECT / "shared/messaging/migrations"
_LOCK: Final = 7_226_149_403  # any number of ours: two processes never migrate one database at a time
_LIMIT_SECONDS: Final = 300.0
_LOCK_LOOK_SECONDS: Final = 0.2
_INDEX_SECONDS: Final = 4 * 3600.0
_CONCURRENTLY: Final = ".concurrently.sql"
"""Ends the name of a file with one CREATE INDEX CONCURRENTLY IF NOT EXISTS: of the index the file is named after."""

log = get_logger()


class ChangedMigrationError(Exception):
    """A file was changed after it had run."""


class LockedMigrationError(Exception):
    """Somebody held a lock all the time that a step was tried; nothing of the step is done."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How a step waits for locks: everybody who comes later queues up behind it, so it waits shortly and often.

    The first try waits for ``first_lock_seconds``, each next one half as long again, up to ``lock_seconds``.
    """

    first_lock_seconds: float = 0.5
    lock_seconds: float = 3.0
    first_pause: float = 0.5
    longest_pause: float = 15.0
    all_seconds: float = 300.0


@dataclass(frozen=True, slots=True)
class Schema:
    """One schema and the folder of its files; one with a role of its own gets the tables of messaging first."""

    name: str
    role: str | None
    folder: Path

    def files(self) -> list[Path]:
        folders = [self.folder] if self.role is None else [_MESSAGING, self.folder]
        return [file for folder in folders for file in sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))]


SERVICE_SCHEMAS: Final = (
    Schema("mapping", "ci_mapping", _PROJECT / "services/mapping/migrations"),
    Schema("validation", "ci_validation", _PROJECT / "services/validation/migrations"),
    Schema("execution", "ci_executor", _PROJECT / "services/executor/migrations"),
    Schema("notification", "ci_notifier", _PROJECT / "services/notifier/migrations"),
)
CRM_SCHEMA: Final = Schema("crm", None, _PROJECT / "crm/migrations")
"""The schema of the CRM, which belongs to none of the services; it goes before theirs."""
AUDIT_SCHEMA: Final = Schema("audit", None, _PROJECT / "shared/audit/migrations")
"""The schema of the audit trail; services append by its function and change nothing."""
SCHEMAS: Final = (CRM_SCHEMA, AUDIT_SCHEMA, *SERVICE_SCHEMAS)
ROLES: Final = tuple(schema.role for schema in SERVICE_SCHEMAS if schema.role is not None)
_MAKE_TEMPORARY_TABLES: Final = ("ci_validation", "ci_executor")
# A check reads its working tables again and again: from files each time, checksums and all, where they do not fit into
# what a session has for them. The 8 MB that PostgreSQL gives cost a tenth of the check of 300,000 rows.
_TEMPORARY_BUFFERS: Final = {"ci_validation": "96MB"}


async def migrate(
    admin_dsn: str,
    passwords: Mapping[str, str],
    steps: Sequence[Schema],
    patience: Patience | None = None,
    *,
    kept: Collection[Schema] = (),
) -> None:
    """Bring roles and schemas up to date while services run; what is up to date already is left alone.

    ``passwords`` is by role; a role without one keeps what it has. ``steps`` are the schemas in the order in which
    their files run, as in ``SCHEMAS``; those ``kept`` are somebody else's, and their files count as run. Raises
    LockedMigrationError where a lock was not to be had within all the time that ``patience`` allows; to call it again
    goes on from there.
    """
    async with _alone(admin_dsn) as connection:
        steady = _Steady(connection, patience or Patience())
        for role in ROLES:
            await _ensure_role(connection, role, passwords.get(role))
        await steady.run("roles and schemas", partial(_ensure_schemas, connection, steps))
        for schema in steps:
            if schema in kept:
                await steady.run(f"the schema {schema.name}", partial(_keep, connection, schema))
            else:
                await _run_files(steady, schema)


async def missing_files(connection: Connection, schemas: Sequence[Schema]) -> list[str]:
    """What has not run in these schemas, `schema/file.sql`; all of a schema that is not there.

    Files that only a newer release has do not count: old code runs on the new schema.
    """
    missing: list[str] = []
    for schema in schemas:
        table = f"{schema.name}.schema_migration"
        known: set[str] = set()
        if await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", table):
            async with connection.transaction():
                await _work_in(connection, schema)
                known = {row["file"] for row in await connection.fetch("SELECT file FROM schema_migration")}
        missing += [f"{schema.name}/{file.name}" for file in schema.files() if _name(file) not in known]
    return missing


class _Steady:
    """Runs a step in a transaction of its own, again and again while somebody holds a lock that it needs."""

    def __init__(self, connection: Connection, patience: Patience) -> None:
        self.connection = connection
        self._patience = patience

    async def run(self, what: str, step: Callable[[], Awaitable[None]]) -> None:
        patience = self._patience
        pause, end = patience.first_pause, time.monotonic() + patience.all_seconds
        wait = min(patience.first_lock_seconds, patience.lock_seconds)
        while not await self._try(step, wait):
            if time.monotonic() + pause > end:
                raise self._locked(what)
            log.warning("migration_waits_for_lock", step=what, pause_seconds=pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, patience.longest_pause)
            wait = min(1.5 * wait, patience.lock_seconds)

    async def run_outside(self, what: str, statement: str) -> None:
        """A statement that no transaction may hold and nobody queues up behind: one long wait will do."""
        milliseconds = str(round(self._patience.all_seconds * 1000))
        await self.connection.execute("SELECT set_config('lock_timeout', $1, false)", milliseconds)
        try:
            await self.connection.execute(statement, timeout=_INDEX_SECONDS)
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError) as error:
            raise self._locked(what) from error
        finally:
            await self.connection.execute("RESET lock_timeout")

    def _locked(self, what: str) -> LockedMigrationError:
        return LockedMigrationError(
            f"{what}: a lock was not to be had for {self._patience.all_seconds:.0f} s. Nothing of it is done; stop the"
            " executors, end other long transactions (pg_stat_activity, oldest xact_start) and run it again"
        )

    async def _try(self, step: Callable[[], Awaitable[None]], lock_seconds: float) -> bool:
        try:
            async with self.connection.transaction():
                milliseconds = str(round(lock_seconds * 1000))
                await self.connection.execute("SELECT set_config('lock_timeout', $1, true)", milliseconds)
                await step()
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            return False
        return True


@asynccontextmanager
async def _alone(admin_dsn: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(admin_dsn, timeout=10, command_timeout=_LIMIT_SECONDS)
    try:
        await _lock(connection)
        yield connection
    finally:
        await connection.close(timeout=10)  # the lock ends with the session


async def _lock(connection: Connection) -> None:
    """Asked for again and again: a statement that waits holds a snapshot, and building an index waits for that."""
    end = time.monotonic() + _LIMIT_SECONDS
    while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
        if time.monotonic() > end:
            raise LockedMigrationError("Another setup is running. Wait until it has ended and run it again")
        await asyncio.sleep(_LOCK_LOOK_SECONDS)


async def _ensure_role(connection: Connection, role: str, password: str | None) -> None:
    if not await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role):
        await _run_formatted(connection, "CREATE ROLE %I LOGIN", role)
    schema = next(schema.name for schema in SERVICE_SCHEMAS if schema.role == role)
    await _run_formatted(connection, "ALTER ROLE %I SET search_path = %I", role, schema)
    if size := _TEMPORARY_BUFFERS.get(role):
        await _run_formatted(connection, "ALTER ROLE %I SET temp_buffers = %L", role, size)
    if password is not None:
        await _run_formatted(connection, "ALTER ROLE %I LOGIN PASSWORD %L", role, password)


async def _own_database(connection: Connection) -> None:
    database = await connection.fetchval("SELECT current_database()")
    # A temporary table goes before any other of its name, so only who needs them may make them.
    await _run_formatted(connection, "REVOKE ALL ON DATABASE %I FROM PUBLIC", database)
    for role in ROLES:
        await _run_formatted(connection, "GRANT CONNECT ON DATABASE %I TO %I", database, role)
    for role in _MAKE_TEMPORARY_TABLES:
        await _run_formatted(connection, "GRANT TEMPORARY ON DATABASE %I TO %I", database, role)


async def _ensure_schemas(connection: Connection, steps: Sequence[Schema]) -> None:
    await _own_database(connection)
    for schema in steps:
        await _ensure_schema(connection, schema)


async def _ensure_schema(connection: Connection, schema: Schema) -> None:
    await _run_formatted(connection, "CREATE SCHEMA IF NOT EXISTS %I", schema.name)
    for role in ROLES:
        await _run_formatted(connection, "GRANT USAGE ON SCHEMA %I TO %I", schema.name, role)
    await _work_in(connection, schema)
    await connection.execute(
        """CREATE TABLE IF NOT EXISTS schema_migration (
               file text PRIMARY KEY,
               sha256 text NOT NULL,
               applied_at timestamptz NOT NULL DEFAULT now()
           )"""
    )


async def _run_files(steady: _Steady, schema: Schema) -> None:
    connection = steady.connection
    for path in schema.files():
        content = await asyncio.to_thread(path.read_bytes)
        if path.name.endswith(_CONCURRENTLY):
            await _build_index(steady, schema, path, content)
        else:
            await steady.run(_what(schema, path), partial(_run_file, connection, schema, path, content))
    if schema.role is not None:
        await steady.run(f"grants of {schema.name}", partial(_grant_own, connection, schema.name, schema.role))


async def _keep(connection: Connection, schema: Schema) -> None:
    await _work_in(connection, schema)
    for path in schema.files():
        content = await asyncio.to_thread(path.read_bytes)
        if await _is_new(connection, path, content):
            await _record(connection, schema, path, content)


async def _run_file(connection: Connection, schema: Schema, path: Path, content: bytes) -> None:
    await _work_in(connection, schema)
    if await _is_new(connection, path, content):
        await connection.execute(content.decode())
        await _record(connection, schema, path, content)


async def _build_index(steady: _Steady, schema: Schema, path: Path, content: bytes) -> None:
    connection, what = steady.connection, _what(schema, path)
    await _run_formatted(connection, "SET search_path = %I", schema.name)
    try:
        if await _is_new(connection, path, content):
            await _drop_broken(steady, what, path.name[len("0000_") :].removesuffix(_CONCURRENTLY))
            await steady.run_outside(what, content.decode())
            await _record(connection, schema, path, content)
    finally:
        await connection.execute("RESET search_path")


async def _drop_broken(steady: _Steady, what: str, index: str) -> None:
    """An attempt that ended midway leaves an index that nobody can use, and that IF NOT EXISTS takes for there."""
    broken = "SELECT true FROM pg_index WHERE indexrelid = to_regclass(quote_ident($1)) AND NOT indisvalid"
    if await steady.connection.fetchval(broken, index):
        await steady.run_outside(what, await _formatted(steady.connection, "DROP INDEX CONCURRENTLY %I", index))


async def _is_new(connection: Connection, path: Path, content: bytes) -> bool:
    file = _name(path)
    known = await connection.fetchval("SELECT sha256 FROM schema_migration WHERE file = $1", file)
    if known not in {None, _sha256(content)}:
        raise ChangedMigrationError(f"{file} has run and was changed since: add a new file")
    return known is None


async def _record(connection: Connection, schema: Schema, path: Path, content: bytes) -> None:
    insert = "INSERT INTO schema_migration (file, sha256) VALUES ($1, $2)"
    await connection.execute(insert, _name(path), _sha256(content))
    log.info("migration_applied", schema=schema.name, file=path.name)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _what(schema: Schema, path: Path) -> str:
    return f"{schema.name}/{path.name}"


def _name(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.name}"


async def _grant_own(connection: Connection, schema: str, role: str) -> None:
    for privilege in (
        "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES",
        "USAGE, SELECT ON ALL SEQUENCES",
    ):
        await _run_formatted(connection, f"GRANT {privilege} IN SCHEMA %I TO %I", schema, role)
    await _run_formatted(connection, "REVOKE ALL ON TABLE %I.schema_migration FROM %I", schema, role)
    await _run_formatted(connection, "GRANT SELECT ON TABLE %I.schema_migration TO %I", schema, role)  # for `doctor`


async def _work_in(connection: Connection, schema: Schema) -> None:
    await _run_formatted(connection, "SET LOCAL search_path = %I", schema.name)


async def _run_formatted(connection: Connection, statement: str, *values: str) -> None:
    await connection.execute(await _formatted(connection, statement, *values))


async def _formatted(connection: Connection, statement: str, *values: str) -> str:
    # Identifiers and passwords cannot be parameters of these statements: the server itself quotes them.
    formatted: str = await connection.fetchval("SELECT format($1::text, VARIADIC $2::text[])", statement, values)
    return formatted
