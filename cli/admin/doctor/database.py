"""Postgres as a service or the administrator finds it: the way in, roles, migrations, clock."""

import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from cli.admin.access import DSN
from cli.admin.doctor.crm import contract, differences
from cli.admin.doctor.findings import Finding, Standing, advice, good, troubled, wrong
from cli.admin.doctor.grants import lacking, needed, together
from cli.admin.setup import PASSWORDS
from cli.admin.trouble import of_postgres
from shared.migrations import CRM_SCHEMA, ROLES, SCHEMAS, SERVICE_SCHEMAS, Schema, missing_files
from shared.postgres import Connection
from shared.settings import ServiceSettings, variable

CLOCK_SECONDS: Final = 5.0  # tokens allow ten
_OLDEST: Final = 18
_LIMIT_SECONDS: Final = 10
_FEW: Final = 3
_JOIN: Final = "Change your view or table: docs/how-to/join-your-crm.md says what must be there"
_SET_UP: Final = "Run `customer-import admin setup`"
_SERVER: Final = """
    SELECT current_setting('server_version_num')::int / 10000 AS version, current_user AS role,
           extract(epoch FROM clock_timestamp())::float8 AS now,
           has_database_privilege(current_database(), 'TEMPORARY') AS may_make_tables
"""
_ROLES: Final = "SELECT rolname FROM pg_roles WHERE rolname = ANY($1::text[])"
_NEWEST_FILE: Final = (
    "SELECT object_key FROM mapping.secure_file WHERE deleted_at IS NULL ORDER BY uploaded_at DESC LIMIT 1"
)
_MAY_DO_SOMETHING: Final = "SELECT count(*) FROM crm.operator_right"
_NEED_TEMPORARY_TABLES: Final = ("ci_validation", "ci_executor")
_FAILURES: Final = (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError)


async def of_service(service: str, settings: ServiceSettings | None) -> list[Finding]:
    """As the service sees it, with its own role."""
    if settings is None:
        return []  # told with the settings
    [schema] = [one for one in SERVICE_SCHEMAS if one.role == f"ci_{service}"]
    name = variable("postgres_dsn")
    try:
        async with _connected(settings.postgres_dsn.get_secret_value()) as connection:
            [server] = await connection.fetch(_SERVER)
            return [
                *_server(server),
                _role(str(server["role"]), str(schema.role), may_make_tables=server["may_make_tables"]),
                *await _set_up(connection, [schema]),
            ]
    except _FAILURES as error:
        return [troubled("Postgres", of_postgres(error, name))]


async def newest_file(settings: ServiceSettings | None) -> str | None:
    """The key of the file in the Secure Upload that was stored last; None where there is none or nobody can tell."""
    if settings is None:
        return None
    try:
        async with _connected(settings.postgres_dsn.get_secret_value()) as connection:
            key: str | None = await connection.fetchval(_NEWEST_FILE)
            return key
    except _FAILURES:
        return None  # told with the database


async def of_administrator() -> list[Finding]:
    """As the administrator sees it: every role and schema, and the passwords that are in the environment."""
    dsn = os.environ.get(DSN)
    if not dsn:
        return [wrong("settings", f"{DSN} is not set", "Set it to a role that may create roles and schemas")]
    try:
        async with _connected(dsn) as connection:
            [server] = await connection.fetch(_SERVER)
            found = [*_server(server), await _roles(connection), *await _set_up(connection, SCHEMAS)]
            found += await _rights(connection)
    except _FAILURES as error:
        return [troubled("Postgres", of_postgres(error, DSN))]
    return found + [await _password(dsn, role) for role in ROLES]


@asynccontextmanager
async def _connected(dsn: str, user: str | None = None, password: str | None = None) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(
        dsn, user=user, password=password, timeout=_LIMIT_SECONDS, command_timeout=_LIMIT_SECONDS
    )
    try:
        yield connection
    finally:
        await connection.close(timeout=_LIMIT_SECONDS)


def _server(server: asyncpg.Record) -> list[Finding]:
    version, drift = server["version"], abs(server["now"] - time.time())
    return [
        good("Postgres", f"version {version}")
        if version >= _OLDEST
        else wrong("Postgres", f"version {version}", f"Use version {_OLDEST} or newer"),
        good("clock", "as the database's")
        if drift <= CLOCK_SECONDS
        else wrong(
            "clock",
            f"{drift:.0f} s away from the database's",
            "Synchronize the clocks of all machines (NTP): tokens, retries and dates go by them",
        ),
    ]


def _role(found: str, wanted: str, *, may_make_tables: bool) -> Finding:
    if found != wanted:
        return wrong("role", f"{found}, not {wanted}", f"Use the role {wanted} in IMPORT_POSTGRES_DSN")
    if wanted in _NEED_TEMPORARY_TABLES and not may_make_tables:
        return wrong("role", f"{found} may not make temporary tables", f"{_SET_UP}: it grants that")
    return good("role", found)


async def _roles(connection: Connection) -> Finding:
    there = {row["rolname"] for row in await connection.fetch(_ROLES, list(ROLES))}
    missing = ", ".join(role for role in ROLES if role not in there)
    return wrong("roles", f"missing: {missing}", _SET_UP) if missing else good("roles", ", ".join(ROLES))


async def _set_up(connection: Connection, schemas: Sequence[Schema]) -> list[Finding]:
    migrations = await _migrations(connection, schemas)
    if migrations.standing == Standing.WRONG:
        return [migrations]
    crm = await _crm(connection) if CRM_SCHEMA in schemas else []
    return [migrations, *crm, *await _grants(connection, [schema.role for schema in schemas if schema.role])]


async def _crm(connection: Connection) -> list[Finding]:
    found = await differences(connection)
    tables = len(contract())
    return [wrong("CRM", str(one), _JOIN) for one in found] or [good("CRM", f"{tables} tables or views, as expected")]


async def _grants(connection: Connection, roles: Sequence[str]) -> list[Finding]:
    there = [row["rolname"] for row in await connection.fetch(_ROLES, roles)]
    lacks = together(await lacking(connection, there))
    told = [wrong("grants", one.as_lack, one.statement) for one in lacks]
    return told or [good("grants", f"all {sum(one.role in there for one in needed()):,}")]


async def _migrations(connection: Connection, schemas: Sequence[Schema]) -> Finding:
    try:
        missing = await missing_files(connection, schemas)
    except asyncpg.InsufficientPrivilegeError:
        return wrong("migrations", "the role may not see them", f"{_SET_UP} of this release")
    if missing:
        more = len(missing) - _FEW
        told = ", ".join(missing[:_FEW]) + (f" and {more} more" if more > 0 else "")
        return wrong("migrations", f"missing: {told}", f"{_SET_UP} of this release")
    return good("migrations", "all have run")


async def _rights(connection: Connection) -> list[Finding]:
    try:
        count = await connection.fetchval(_MAY_DO_SOMETHING)
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        return []  # told with the migrations
    if count:
        return [good("rights", f"{count:,} granted")]
    return [advice("rights", "nobody may import", "Grant one with `customer-import admin rights grant`")]


async def _password(dsn: str, role: str) -> Finding:
    name = PASSWORDS[role]
    password = os.environ.get(name)
    if not password:
        return advice(f"password of {role}", f"{name} is not set, so it was not tried", f"Set {name} to try it")
    try:
        async with _connected(dsn, user=role, password=password):
            return good(f"password of {role}", "accepted")
    except asyncpg.InvalidPasswordError:
        return wrong(
            f"password of {role}",
            f"{name} is not its password",
            f"Correct {name}, or run `customer-import admin setup`, which sets it",
        )
    except _FAILURES as error:
        return troubled(f"password of {role}", of_postgres(error, DSN))
