"""The tables or views of the CRM that the services read and write: whether they have the columns, of these types."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from shared.postgres import Connection

FILE: Final = Path(__file__).with_name("crm_columns.txt")
"""`table column type` a line, as the migrations of the stand-in make them; a test compares it with a database."""
_FOUND: Final = """
    SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'crm') AND c.relname = ANY($1::text[])
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs from the contract: a column of another type, or of none where it is not there, or a whole table."""

    table: str
    column: str | None = None
    wanted: str = ""
    found: str | None = None

    def __str__(self) -> str:
        if self.column is None:
            return f"crm.{self.table} is not there"
        if self.found is None:
            return f"crm.{self.table} has no column {self.column} ({self.wanted})"
        return f"crm.{self.table}.{self.column} is {self.found}, not {self.wanted}"


@cache
def contract() -> dict[str, dict[str, str]]:
    tables: dict[str, dict[str, str]] = {}
    for line in FILE.read_text(encoding="ascii").splitlines():
        table, column, kind = line.split(" ", 2)
        tables.setdefault(table, {})[column] = kind
    return tables


async def differences(connection: Connection) -> list[Difference]:
    found: dict[str, dict[str, str]] = {}
    for row in await connection.fetch(_FOUND, list(contract())):
        found.setdefault(row["table"], {})[row["column"]] = row["type"]
    told = [Difference(table) for table in contract() if table not in found]
    return told + [
        Difference(table, column, wanted, found[table].get(column))
        for table, columns in contract().items()
        if table in found
        for column, wanted in columns.items()
        if found[table].get(column) != wanted
    ]
