"""Time passes for everything the services keep, and what has been kept long enough is removed, as they do it.

The figures: how large the database is after a few imports with a retention of a day, and after ten times as many.
"""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

import asyncpg
from rich.console import Console

from bench.data import Biller, definition, make_biller, write_file
from bench.machine import described
from cli.client import Client
from cli.run import run_import
from services.executor.app import outdated_rules as of_executor
from services.mapping.removal import outdated_rules as of_mapping
from services.notifier.app import outdated_rules as of_notifier
from services.validation.app import outdated_rules as of_validation
from shared.messaging import remove_settled
from shared.postgres import Database
from shared.retention import Retention, Rule
from shared.secure_upload import SecureUpload
from stack.embedded import EmbeddedStack, Parts
from stack.run_directory import RunDirectory
from stack.services import SERVICES, Service, role

# Nobody can change when something stands in the audit trail, and records of the CRM are the CRM's.
_TABLES: Final = """
SELECT n.nspname || '.' || c.relname AS name,
    array_agg(format('%1$I = %1$I - $1::interval', a.attname))
        FILTER (WHERE a.atttypid = 'timestamptz'::regtype) AS times
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'schema_migration'
    AND n.nspname NOT IN ('audit', 'crm', 'pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
GROUP BY 1 ORDER BY 1
"""

_UNSETTLED: Final = """
SELECT count(*) FROM (
    SELECT settled_at FROM mapping.outbox UNION ALL SELECT settled_at FROM validation.outbox
    UNION ALL SELECT settled_at FROM execution.outbox
) AS said WHERE settled_at IS NULL
"""
_SIZES: Final = """
SELECT n.nspname AS name, sum(pg_total_relation_size(c.oid))::bigint AS bytes
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm') AND n.nspname IN ('mapping', 'validation', 'execution', 'notification', 'audit', 'crm')
GROUP BY 1 ORDER BY 1
"""
_DAY: Final = timedelta(days=1)
_PATIENCE: Final = 600.0
_TIMES: Final = 10
_LOOK_SECONDS: Final = 0.05

# So that messages are known to be recorded within a moment, and not within a minute.
QUICK: Final = {"IMPORT_SWEEP_SECONDS": "0.2", "IMPORT_RESEND_AFTER_SECONDS": "0.5"}


async def measure(rows: int, imports: int) -> None:
    """Measure after a tenth of the imports and after all of them, and print the sizes."""
    run = RunDirectory.create()
    async with EmbeddedStack(run, Parts.EVERYTHING & ~Parts.DEMO_DATA, progress=print, settings=QUICK) as stack:
        connection = await asyncpg.connect(stack.postgres.dsn(), command_timeout=_PATIENCE)
        try:
            biller = await make_biller(connection, "Bench", rows)
            few = await _sizes_after(stack, connection, biller, range(imports // _TIMES), rows)
            many = await _sizes_after(stack, connection, biller, range(imports // _TIMES, imports), rows)
        finally:
            await connection.close()
    print(f"\n{imports:,} imports of {rows:,} rows, each kept for a day ({described()})")
    print(f"{'MB':16}{f'after {imports // _TIMES:,}':>14}{f'after {imports:,}':>14}")
    for name in (*many, "together"):
        sizes = [sum(one.values()) if name == "together" else one[name] for one in (few, many)]
        print(f"{name:16}{sizes[0] / 1e6:>14.1f}{sizes[1] / 1e6:>14.1f}")


async def _sizes_after(
    stack: EmbeddedStack, connection: asyncpg.Connection, biller: Biller, numbers: range, rows: int
) -> dict[str, int]:
    """Each import has ended and its day is over before the next one begins."""
    client = Client(stack.service_url("mapping"), stack.service_url("notifier"), await stack.token("ivy"))
    with tempfile.TemporaryDirectory() as directory:
        for number in numbers:
            file = Path(directory) / "paperless.csv"
            write_file(file, rows, number)
            console = Console(quiet=True)
            await asyncio.to_thread(run_import, client, console, definition(biller), file, uuid4(), _PATIENCE)
            while not await all_settled(connection):  # noqa: ASYNC110 - only the database knows
                await asyncio.sleep(_LOOK_SECONDS)
            await age(connection, 2 * _DAY)
            await remove_outdated(stack, _DAY)
            await connection.execute("VACUUM")  # the server's own, which comes within a minute
    return {row["name"]: row["bytes"] for row in await connection.fetch(_SIZES)}


async def all_settled(connection: asyncpg.Connection) -> bool:
    """Whether every message is known to be recorded by all."""
    return not await connection.fetchval(_UNSETTLED)


async def age(connection: asyncpg.Connection, by: timedelta) -> None:
    """Every moment that a service has written down was so much longer ago."""
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        for table in await connection.fetch(_TABLES):
            if table["times"]:
                await connection.execute(f"UPDATE {table['name']} SET {', '.join(table['times'])}", by)  # noqa: S608 - names from the catalogue


async def rows_by_table(connection: asyncpg.Connection) -> dict[str, int]:
    """The rows of every table of every service."""
    tables = [table["name"] for table in await connection.fetch(_TABLES)]
    return {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in tables}  # noqa: S608 - names from the catalogue


async def remove_outdated(stack: EmbeddedStack, keep: timedelta) -> None:
    """What the services do in the background, until nothing is left for any of them."""
    async with contextlib.AsyncExitStack() as exits:
        services = [await exits.enter_async_context(_retention(stack, service, keep)) for service in SERVICES]
        while any([await service.step() for service in services]):
            pass


@contextlib.asynccontextmanager
async def _retention(stack: EmbeddedStack, service: Service, keep: timedelta) -> AsyncIterator[Retention]:
    dsn = stack.postgres.dsn(role(service), stack.secrets.passwords[service])
    database = await Database.connect(dsn, application_name=f"{service}-retention")
    try:
        yield Retention(database, [Rule("messages", keep, remove_settled), *_rules(stack, service, keep)])
    finally:
        await database.close()


def _rules(stack: EmbeddedStack, service: Service, keep: timedelta) -> Sequence[Rule]:
    match service:
        case "mapping":
            return of_mapping(SecureUpload(stack.secure_upload.as_uri(), {}), keep, keep)
        case "validation":
            return of_validation(keep, keep)
        case "executor":
            return of_executor(keep, keep)
        case "notifier":
            return of_notifier(keep, keep)
