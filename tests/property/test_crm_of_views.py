"""docs/how-to/join-your-crm.md: imports into a CRM with tables of other names, of which `crm` has views."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, Final

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.admin.doctor.crm import differences
from cli.admin.doctor.grants import lacking, needed, together
from shared.migrations import CRM_SCHEMA, ROLES, migrate
from shared.postgres import Connection, Database
from shared.sealing import Fingerprint, Sealer
from shared.secure_upload import SecureUpload
from shared.setup import migrate_all
from shared.today import us_today
from tests.property.test_model_agrees import agree_on_history
from tests.property.world import RealVault, World
from tests.support.databases import PASSWORD, Databases
from tests.support.generators import crm as loading
from tests.support.generators.files import histories
from tests.support.model.job import Kind
from tests.support.texts import ROOT

_DATABASE: Final = "crm_of_views"
_HOW_TO: Final = (ROOT / "docs/how-to/join-your-crm.md").read_text(encoding="utf-8")
_TODAY: Final = us_today()
_THEIR_CUSTOMERS: Final = (
    "ALTER TABLE legacy.customer RENAME TO account",
    "ALTER TABLE legacy.account RENAME account_number TO number",
    "ALTER TABLE legacy.account RENAME name TO holder",
)
_COLUMNS: Final = """
SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'crm'::regnamespace AND c.relkind = 'r' AND c.relname <> 'schema_migration'
ORDER BY c.relname, a.attnum
"""
_KEYS: Final = """
SELECT c.relname AS table, regexp_replace(pg_get_indexdef(i.indexrelid), '^.* USING btree ', '') AS key
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
WHERE c.relnamespace = 'crm'::regnamespace AND i.indisunique AND c.relname <> 'schema_migration' ORDER BY 1, x.relname
"""


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", _HOW_TO, re.MULTILINE | re.DOTALL)


async def _contract(connection: Connection) -> str:
    """The list of the document, from what the migrations of the stand-in make."""
    tables: dict[str, list[str]] = {}
    for row in await connection.fetch(_COLUMNS):
        needed = " not null" if row["required"] else ""
        tables.setdefault(row["table"], []).append(f"`{row['column']} {row['type']}{needed}`")
    keys: dict[str, list[str]] = {}
    for row in await connection.fetch(_KEYS):
        keys.setdefault(row["table"], []).append(f"`{row['key']}`")
    lines = (f"- `{name}`: {', '.join(columns)}; unique {', '.join(keys[name])}" for name, columns in tables.items())
    return "\n".join(lines)


@pytest.fixture(scope="module")
async def theirs(databases: Databases) -> AsyncIterator[str]:
    """The URL of a database with the stand-in under other names, and views of it as the document makes them."""
    async with databases.empty(_DATABASE) as dsn:
        passwords = dict.fromkeys(ROLES, PASSWORD)
        await migrate(dsn, passwords, [CRM_SCHEMA])
        connection = await asyncpg.connect(dsn)
        contract = await _contract(connection)
        assert contract in _HOW_TO, f"\n{contract}"
        views, granted = _blocks("sql")
        grants = together(one for one in needed() if one.name.startswith("crm."))
        assert granted.splitlines() == [one.statement for one in grants]
        tables = [row["table"] for row in await connection.fetch(f"SELECT DISTINCT t.table FROM ({_COLUMNS}) t")]
        await connection.execute("ALTER SCHEMA crm RENAME TO legacy; CREATE SCHEMA crm")
        for statement in _THEIR_CUSTOMERS:
            await connection.execute(statement)
        await connection.execute(views)
        for table in set(tables) - {"customer"}:
            await connection.execute(f"CREATE VIEW crm.{table} AS SELECT * FROM legacy.{table}")
        await migrate_all(dsn, passwords, keeps_crm=True)
        assert {one.name.partition(".")[0] for one in await lacking(connection, ROLES)} == {"crm"}
        await connection.execute(granted)
        assert (await lacking(connection, ROLES), await differences(connection)) == ([], [])
        await connection.close()
        yield dsn


@pytest.fixture(scope="module")
async def world(theirs: str, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    upload = SecureUpload(tmp_path_factory.mktemp("uploads").as_uri())
    vault = RealVault(Sealer({"k1": b"1" * 32}, "k1"), Fingerprint(b"2" * 32))
    roles = ("ci_validation", "ci_executor", "ci_mapping")
    async with AsyncExitStack() as stack:
        opened = []
        for dsn in (theirs, *(databases.dsn(role, _DATABASE) for role in roles)):
            opened.append(await Database.connect(dsn, application_name="crm-of-views"))
            stack.push_async_callback(opened[-1].close)
        admin, validation, executor, mapping = opened
        connection = await stack.enter_async_context(admin.connection())
        yield World(connection, validation, executor, mapping, upload, vault)


@pytest.fixture(autouse=True)
def through_the_views(monkeypatch: pytest.MonkeyPatch) -> None:
    """COPY fills no view, and ids are those of the tables behind them."""

    async def copied(connection: Connection, table: str, columns: Any, rows: Any) -> None:
        places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
        await connection.executemany(f"INSERT INTO crm.{table} ({', '.join(columns)}) VALUES ({places})", list(rows))

    async def ids(connection: Connection, table: str, count: int) -> list[int]:
        behind = "legacy.account" if table == "customer" else f"legacy.{table}"
        sequence = "SELECT nextval(pg_get_serial_sequence($1, 'id')) AS id FROM generate_series(1, $2)"
        return [row["id"] for row in await connection.fetch(sequence, behind, count)]

    monkeypatch.setattr(loading, "_copy", copied)
    monkeypatch.setattr(loading, "_ids", ids)


@pytest.mark.parametrize("kind", ["autopay", "paperless", "registration"])
@settings(max_examples=5)
@given(data=st.data())
async def test_imports_end_in_views_as_the_model_says(world: World, kind: Kind, data: st.DataObject) -> None:
    await agree_on_history(world, data.draw(histories(kind, _TODAY, is_large=False)))
