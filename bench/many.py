"""Many imports: one that went through the services, copied in every table that knows it."""

from typing import Final
from uuid import UUID

import asyncpg

_TABLES: Final = """
SELECT c.table_schema, c.table_name,
       array_agg(c.column_name::text) FILTER (WHERE c.is_identity = 'NO' AND c.is_generated = 'NEVER') AS columns
FROM information_schema.columns c
JOIN information_schema.tables t USING (table_schema, table_name)
WHERE t.table_type = 'BASE TABLE' AND c.table_schema IN ('mapping', 'validation', 'execution', 'notification')
GROUP BY c.table_schema, c.table_name
HAVING bool_or(c.column_name = 'import_id') OR c.table_schema = 'mapping' AND c.table_name = 'import'
"""
_COPIES: Final = """
CREATE TEMP TABLE copies ON COMMIT DROP AS SELECT n, gen_random_uuid() AS id FROM generate_series(1, $1::int) AS n
"""
# What must differ from copy to copy, beside the import's id.
_ANEW: Final = {
    "request_id": "gen_random_uuid()",
    "event_id": "gen_random_uuid()",
    "message_id": "gen_random_uuid()::text",
    "revision": "nextval('notification.import_view_revision')",
}
_AGO: Final = {"defined_at", "created_at"}  # each copy a little older than the one before


async def copy_import(connection: asyncpg.Connection, import_id: UUID, times: int) -> None:
    """Copy an import, with everything the services know of it."""
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")  # references come in any order
        await connection.execute(_COPIES, times)
        for table in await connection.fetch(_TABLES):
            await _copy(connection, table, import_id)


async def _copy(connection: asyncpg.Connection, table: asyncpg.Record, import_id: UUID) -> None:
    key = "id" if table["table_name"] == "import" else "import_id"
    values = ", ".join(_value(column, key) for column in table["columns"])
    name = f"{table['table_schema']}.{table['table_name']}"
    columns = ", ".join(table["columns"])
    await connection.execute(
        f"INSERT INTO {name} ({columns}) SELECT {values} FROM {name} o CROSS JOIN copies c WHERE o.{key} = $1",  # noqa: S608 - names from the catalogue
        import_id,
        timeout=600,
    )


def _value(column: str, key: str) -> str:
    if column == key:
        return "c.id"
    if column in _AGO:
        return f"o.{column} - make_interval(mins => c.n)"
    return _ANEW.get(column, f"o.{column}")
