"""The working tables of a check: temporary, and gone with its transaction."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from shared.postgres import Connection

_ROWS_AT_ONCE: Final = 5_000

_COMMENT: Final = re.compile(r"--[^\n]*")
_INNERMOST: Final = re.compile(r"\([^()]*\)")
_PART: Final = re.compile(r"\bUNION\b(?:\s+ALL\b)?")
_OUTER_JOIN: Final = re.compile(r"\bLEFT\s+JOIN\s+\w+")
# On one line, with all of its condition.
_OUTER_JOIN_LINE: Final = re.compile(r"\bLEFT JOIN (\w+) (\w+) ON (.+)$(?!\n\s*(?:AND|OR)\b)", re.MULTILINE)
_SOURCE: Final = re.compile(r"(?<!\bDISTINCT )\b(?:FROM|JOIN)\s+(\w+)")


class WorkingTables:
    """The tables that one check makes on its connection, and how many rows each of them has.

    Most files leave most of them empty: nobody follows, no login owns several accounts. A statement that has to find
    its rows in such a table finds none, whatever else it joins, and is not run at all. In any other, what may or may
    not be in such a table is nothing, without looking for it at each row.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._rows: dict[str, int] = {}

    async def make(self, name: str, query: str, *values: object, may_find: bool = True) -> int:
        """Keep what a query finds in a table that the planner knows; how many rows."""
        table = f"CREATE TEMP TABLE {name} ON COMMIT DROP AS {self._without_empty(query)}"
        if not may_find or self.is_idle(query):
            await self.connection.execute(f"{table} WITH NO DATA", *values)
            rows = 0
        else:
            rows = _count(await self.connection.execute(table, *values))
        await self._know(name, rows)
        return rows

    async def make_of_lines(self, name: str, query: str, *values: object, is_wanted: Callable[[Any], bool]) -> None:
        """Keep the lines that a query finds and that are wanted, where that cannot be told in SQL."""
        await self.connection.execute(f"CREATE TEMP TABLE {name} (line_no int PRIMARY KEY) ON COMMIT DROP")
        kept = 0
        if not self.is_idle(query):
            cursor = await self.connection.cursor(query, *values)
            while rows := await cursor.fetch(_ROWS_AT_ONCE):
                lines = [row["line_no"] for row in rows if is_wanted(row)]
                await self.connection.execute(f"INSERT INTO {name} SELECT unnest($1::int[])", lines)
                kept += len(lines)
        await self._know(name, kept)

    async def add(self, name: str, query: str, *values: object) -> None:
        if not self.is_idle(query):
            added = await self.insert(f"INSERT INTO {name} {query}", *values)
            await self._know(name, self._rows.get(name, 0) + added)

    async def insert(self, statement: str, *values: object) -> int:
        """Run a statement that inserts what it finds; how many rows the last of its parts inserted."""
        return _count(await self.connection.execute(self._without_empty(statement), *values))

    def rows_of(self, name: str) -> int:
        return self._rows[name]

    async def change(self, name: str, statement: str, *values: object) -> None:
        if not self.is_idle(statement) and _count(await self.connection.execute(statement, *values)):
            await self.connection.execute(f"ANALYZE {name}")

    def is_idle(self, statement: str) -> bool:
        return is_idle(statement, self._rows)

    def _without_empty(self, statement: str) -> str:
        return without_empty(statement, self._rows)

    async def _know(self, name: str, rows: int) -> None:
        self._rows[name] = rows
        await self.connection.execute(f"ANALYZE {name}")


def is_idle(query: str, rows: Mapping[str, int]) -> bool:
    """Whether a query can find nothing, because in each part of it a table it starts from or joins is empty.

    What stands in parentheses is not looked at, so that the answer is no where it is not sure. It is meant for
    queries that find rows in tables: one that only counts finds a row in an empty one, too.
    """
    return all(any(rows.get(name) == 0 for name in part) for part in _driving(query))


def without_empty(statement: str, rows: Mapping[str, int]) -> str:
    """The statement with a row of nulls in the place of each empty table that it joins from the left.

    The planner drops such a row, and all that is asked of it.
    """
    return _OUTER_JOIN_LINE.sub(lambda join: _as_nulls(join) if rows.get(join[1]) == 0 else join[0], statement)


def _as_nulls(join: re.Match[str]) -> str:
    table, alias, condition = join.groups()
    is_whole = condition.count("(") == condition.count(")")
    return f"CROSS JOIN (SELECT (NULL::{table}).*) AS {alias}" if is_whole else join[0]


def _driving(query: str) -> list[list[str]]:
    text = _COMMENT.sub("", query)
    while (shorter := _INNERMOST.sub("", text)) != text:
        text = shorter
    return [_SOURCE.findall(_OUTER_JOIN.sub("", part)) for part in _PART.split(text)]


def _count(status: str) -> int:
    return int(status.rpartition(" ")[2])
