"""The plans by which the statements of a service were really run, as the server tells them."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import Any, Self

import asyncpg

from shared.postgres import Connection, Database

# With the rows of each node, and without the statements that functions and foreign keys run on their own.
_SETTINGS = {
    "session_preload_libraries": "auto_explain",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_timing": "off",
    "auto_explain.log_verbose": "on",  # tells the schemas of tables
    "auto_explain.log_format": "json",
    "auto_explain.log_level": "notice",  # to the client
}
_SCANS = {"Seq Scan", "Materialize", "CTE Scan"}
_SHORTEST_TEXT = 30


@dataclass(frozen=True)
class Node:
    """One step of a plan."""

    raw: Mapping[str, Any]
    repeated: bool  # on the inner side of a join row by row

    @property
    def table(self) -> str:
        return f"{self.raw.get('Schema')}.{self.raw.get('Relation Name')}"

    @property
    def reads_all(self) -> bool:
        """Whether it reads a table from end to end."""
        return bool(self.raw["Node Type"] == "Seq Scan")

    @property
    def rows(self) -> float:
        """The rows that were looked at one by one: of a set scanned again and again, or of pairs that did not match."""
        loops = self.raw["Actual Loops"]
        passed = self.raw["Actual Rows"] if self.raw["Node Type"] in _SCANS and self.repeated else 0
        refused = self.raw.get("Rows Removed by Filter", 0) + self.raw.get("Rows Removed by Join Filter", 0)
        return float(loops * (passed + refused))


@dataclass(frozen=True)
class Plan:
    """A statement, by the name it has in the code, and how it was run."""

    name: str
    nodes: tuple[Node, ...]


class ExplainedDatabase(Database):
    """A database of which every statement is explained, by sessions of roles prepared with `explain_sessions_of`."""

    _told: list[str]

    @classmethod
    async def of(cls, dsn: str) -> Self:
        made = await cls.connect(dsn, application_name="explained", max_size=2)
        made._told = []
        return made

    def plans(self, names: Mapping[str, str]) -> list[Plan]:
        """The plans of the statements so far, which are forgotten with that."""
        told, self._told = self._told, []
        return [_plan(text, names) for text in told]

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        async with super().connection() as connection:
            connection.add_log_listener(self._heard)
            try:
                yield connection
            finally:
                connection.remove_log_listener(self._heard)

    @asynccontextmanager
    async def _patient_connection(self, seconds: float) -> AsyncIterator[Connection]:
        async with super()._patient_connection(seconds) as connection:
            connection.add_log_listener(self._heard)
            try:
                yield connection
            finally:
                connection.remove_log_listener(self._heard)

    def _heard(self, _: object, message: asyncpg.PostgresLogMessage) -> None:
        if "plan:\n{" in str(message.message):
            self._told.append(str(message.message).partition("plan:\n")[2])


async def explain_sessions_of(admin: "asyncpg.Connection[asyncpg.Record]", role: str, database: str) -> None:
    """Have the server explain what sessions of this role, begun from now on, do in this database."""
    await admin.execute("LOAD 'auto_explain'")
    for name, value in _SETTINGS.items():
        await admin.execute(f"ALTER ROLE {role} IN DATABASE {database} SET {name} = '{value}'")


def names_of_statements(*packages: ModuleType) -> dict[str, str]:
    """The text of each statement in the modules of these packages, and its name."""
    names: dict[str, str] = {}
    for package in packages:
        for found in walk_packages(package.__path__, f"{package.__name__}."):
            for name, value in vars(import_module(found.name)).items():
                if name.isupper() and isinstance(value, str) and len(value.strip()) >= _SHORTEST_TEXT:
                    names[value.strip()] = f"{found.name.removeprefix('services.')}.{name}"
    return names


def _plan(text: str, names: Mapping[str, str]) -> Plan:
    told = json.loads(text)
    statement = told["Query Text"]
    known = [part for part in names if part in statement]
    name = names[max(known, key=len)] if known else " ".join(statement.split())[:80]
    return Plan(name, tuple(_nodes(told["Plan"], repeated=False)))


def _nodes(raw: Mapping[str, Any], *, repeated: bool) -> Iterator[Node]:
    yield Node(raw, repeated)
    for child in raw.get("Plans", ()):
        is_inner = raw["Node Type"] == "Nested Loop" and child.get("Parent Relationship") == "Inner"
        yield from _nodes(child, repeated=repeated or is_inner)
