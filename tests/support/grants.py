"""What a database gives the services, read from its catalog: their rights, and the columns of the CRM.

.venv/bin/python -m tests.support.grants    # writes both to cli/admin/doctor, from a new database
"""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import asyncpg

from cli.admin.doctor import crm, grants
from shared.migrations import ROLES
from shared.postgres import Connection
from shared.setup import migrate_all
from stack.postgres import EmbeddedPostgres

# A role's rights on what it owns are its own; a grant on all of a table makes those on its columns needless.
_GRANTED: Final = """
    WITH object AS (
        SELECT 'SCHEMA ' AS kind, nspname AS name, nspowner AS owner, nspacl AS acl FROM pg_namespace
        UNION ALL
        SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE ' ELSE '' END, nspname || '.' || relname, relowner, relacl
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE relname <> 'schema_migration'
        UNION ALL
        SELECT 'FUNCTION ', format('%s.%s(%s)', nspname, proname, oidvectortypes(proargtypes)), proowner, proacl
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    ), whole AS (
        SELECT kind, name, grantee, privilege_type AS what FROM object, aclexplode(acl) WHERE grantee <> owner
    ), of_columns AS (
        SELECT nspname || '.' || relname AS name, one.grantee, privilege_type AS what, attname
        FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = c.relnamespace,
            aclexplode(attacl) AS one
        WHERE grantee <> relowner AND relname <> 'schema_migration'
    ), granted AS (
        TABLE whole
        UNION ALL
        SELECT '', name, grantee, format('%s (%s)', what, string_agg(attname, ', ' ORDER BY attname))
        FROM of_columns WHERE (name, grantee, what) NOT IN (SELECT name, grantee, what FROM whole)
        GROUP BY name, grantee, what
    )
    SELECT format('GRANT %s ON %s%s TO %s;', what, kind, name, rolname)
    FROM granted JOIN pg_roles ON pg_roles.oid = grantee WHERE rolname LIKE 'ci\\_%' ORDER BY rolname, name, what
"""
_COLUMNS: Final = """
    SELECT format('%s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod))
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'crm'::regnamespace AND c.relkind = 'r' AND c.relname <> 'schema_migration'
    ORDER BY c.relname, a.attnum
"""


async def granted(connection: Connection) -> list[str]:
    """A GRANT for each right, by role and object."""
    return [row[0] for row in await connection.fetch(_GRANTED)]


async def crm_columns(connection: Connection) -> list[str]:
    """`table column type` of each column of the stand-in."""
    return [row[0] for row in await connection.fetch(_COLUMNS)]


async def _write() -> None:
    with TemporaryDirectory() as folder:
        async with EmbeddedPostgres(Path(folder)) as server:
            await migrate_all(server.dsn(), dict.fromkeys(ROLES, "unused"))
            connection = await asyncpg.connect(server.dsn())
            grants.FILE.write_text("\n".join(await granted(connection)) + "\n", encoding="ascii")
            crm.FILE.write_text("\n".join(await crm_columns(connection)) + "\n", encoding="ascii")
            await connection.close()


if __name__ == "__main__":
    asyncio.run(_write())
