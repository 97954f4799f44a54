"""The working tables of a check: temporary, and gone with its transaction."""

from collections.abc import Callable
from typing import Any, Final

from shared.postgres import Connection

_ROWS_AT_ONCE: Final = 5_000


async def make(connection: Connection, name: str, query: str, *values: Any) -> int:
    """Keep what a query finds in a table; how many rows it has."""
    status = await connection.execute(f"CREATE TEMP TABLE {name} ON COMMIT DROP AS {query}", *values)
    rows = int(status.rpartition(" ")[2])
    await _acquaint(connection, name, rows)
    return rows


async def make_of_lines(
    connection: Connection, name: str, query: str, *values: Any, is_wanted: Callable[[Any], bool]
) -> None:
    """Keep the lines that a query finds and that are wanted, where that cannot be told in SQL."""
    await connection.execute(f"CREATE TEMP TABLE {name} (line_no int PRIMARY KEY) ON COMMIT DROP")
    cursor = await connection.cursor(query, *values)
    kept = 0
    while rows := await cursor.fetch(_ROWS_AT_ONCE):
        lines = [row["line_no"] for row in rows if is_wanted(row)]
        await connection.execute(f"INSERT INTO {name} SELECT unnest($1::int[])", lines)
        kept += len(lines)
    await _acquaint(connection, name, kept)


async def _acquaint(connection: Connection, name: str, rows: int) -> None:
    """Let the planner know a table. One that it knows to be empty it reads again for each row of another."""
    if rows:
        await connection.execute(f"ANALYZE {name}")
