"""The working tables of a check: temporary, and gone with its transaction."""

from collections.abc import Callable
from typing import Any, Final

from shared.postgres import Connection

_ROWS_AT_ONCE: Final = 5_000


async def make(connection: Connection, name: str, query: str, *values: Any, known_if_empty: bool = True) -> None:
    """Keep what a query finds in a table that the planner knows; without ``known_if_empty`` only if it has rows.

    A planner that knows a table to be empty joins others with it row by row, as if that cost nothing.
    """
    status = await connection.execute(f"CREATE TEMP TABLE {name} ON COMMIT DROP AS {query}", *values)
    if known_if_empty or status != "SELECT 0":
        await connection.execute(f"ANALYZE {name}")


async def make_of_lines(
    connection: Connection, name: str, query: str, *values: Any, is_wanted: Callable[[Any], bool]
) -> None:
    """Keep the lines that a query finds and that are wanted, where that cannot be told in SQL."""
    await connection.execute(f"CREATE TEMP TABLE {name} (line_no int PRIMARY KEY) ON COMMIT DROP")
    cursor = await connection.cursor(query, *values)
    while rows := await cursor.fetch(_ROWS_AT_ONCE):
        lines = [row["line_no"] for row in rows if is_wanted(row)]
        await connection.execute(f"INSERT INTO {name} SELECT unnest($1::int[])", lines)
    await connection.execute(f"ANALYZE {name}")
