"""The way of the administrator to Postgres: settings of the environment, and errors in words."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from cli.admin.trouble import of_postgres
from cli.errors import CommandError, UnreachableError
from shared.postgres import Connection

DSN = "IMPORT_ADMIN_DSN"
_CONNECT_SECONDS = 10
_STATEMENT_SECONDS = 60


def environment(name: str) -> str:
    """The value of a variable; CommandError where it has none."""
    value = os.environ.get(name)
    if not value:
        raise CommandError(f"{name} is not set", remedy="Set it; docs/how-to/run-elsewhere.md shows how")
    return value


@asynccontextmanager
async def connected() -> AsyncIterator[Connection]:
    """A connection as the administrator, in a transaction; what goes wrong on the way there is said in words."""
    dsn = environment(DSN)
    try:
        connection = await asyncpg.connect(dsn, timeout=_CONNECT_SECONDS, command_timeout=_STATEMENT_SECONDS)
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        trouble = of_postgres(error, DSN)
        kind = UnreachableError if isinstance(error, (OSError, TimeoutError)) else CommandError
        raise kind(trouble.problem, remedy=trouble.remedy) from None
    try:
        async with connection.transaction():
            yield connection
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        raise CommandError("The database is not set up", remedy="Run `customer-import admin setup`") from None
    except asyncpg.InsufficientPrivilegeError:
        raise CommandError(
            f"The role of {DSN} may not do this", remedy="Use the role that ran `customer-import admin setup`"
        ) from None
    finally:
        await connection.close(timeout=_CONNECT_SECONDS)
