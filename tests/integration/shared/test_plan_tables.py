"""The migrated tables of the plan are those of ``shared/contracts/plan``: names, types, words and rights."""

import re
from collections.abc import AsyncIterator
from typing import TypeAlias, get_args

import asyncpg
import pytest

from shared.contracts.lexicon import MethodKind
from shared.contracts.plan import (
    CHECK,
    PLAN_ROW,
    PLAN_SEEN,
    PLANNED_CHUNK,
    PLANNED_ROW,
    REPLACED_METHOD,
    LoginAction,
    Reader,
    SeenEnrollment,
    Table,
    Verdict,
)
from shared.contracts.roles import Role

_COLUMNS = """
SELECT attname AS name, format_type(atttypid, atttypmod) AS type
FROM pg_attribute
WHERE attrelid = ('validation.' || $1)::regclass AND attnum > 0 AND NOT attisdropped
"""
_WORDS = """
SELECT pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = $1::regclass AND contype = 'c' AND conkey = ARRAY[(
    SELECT attnum FROM pg_attribute WHERE attrelid = $1::regclass AND attname = $2
)]
"""
_MAY_READ = "SELECT has_column_privilege('ci_' || $1, 'validation.' || $2, $3, 'SELECT')"
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@pytest.fixture
async def admin(admin_dsn: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(admin_dsn)
    yield connection
    await connection.close()


async def columns(connection: Connection, table: Table) -> dict[str, str]:
    return {row["name"]: row["type"] for row in await connection.fetch(_COLUMNS, table.name)}


@pytest.mark.parametrize(
    "table", [PLAN_ROW, PLAN_SEEN, PLANNED_CHUNK, PLANNED_ROW, REPLACED_METHOD], ids=lambda table: table.name
)
async def test_a_table_has_these_columns_and_no_others(admin: Connection, table: Table) -> None:
    assert await columns(admin, table) == table.types


async def test_a_check_has_these_columns(admin: Connection) -> None:
    assert CHECK.types.items() <= (await columns(admin, CHECK)).items()


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("validation.plan_row", "verdict", set(Verdict)),
        ("validation.plan_row", "login_action", set(LoginAction)),
        ("validation.plan_row", "link_role", set(Role)),
        ("crm.customer_login_link", "role", set(Role)),
        ("crm.payment_method", "kind", set(get_args(MethodKind))),
    ],
)
async def test_a_column_takes_these_words_and_no_others(
    admin: Connection, table: str, column: str, words: set[str]
) -> None:
    assert set(re.findall(r"'(\w+)'", await admin.fetchval(_WORDS, table, column))) == words


@pytest.mark.parametrize(
    "table", [PLAN_ROW, PLAN_SEEN, PLANNED_CHUNK, PLANNED_ROW, REPLACED_METHOD, CHECK], ids=lambda table: table.name
)
@pytest.mark.parametrize("reader", Reader)
async def test_who_reads_a_column_may_read_it(admin: Connection, table: Table, reader: Reader) -> None:
    through_the_view = table is PLAN_ROW and reader is Reader.MAPPING
    for column in () if through_the_view else table.names(reader):
        if table is not PLANNED_ROW or reader is Reader.MAPPING:
            assert await admin.fetchval(_MAY_READ, reader, table.name, column), column


async def test_the_notifier_may_read_no_more_of_the_plan(admin: Connection) -> None:
    allowed = [name for name in PLAN_ROW.names() if await admin.fetchval(_MAY_READ, "notifier", "plan_row", name)]
    assert tuple(allowed) == PLAN_ROW.names(Reader.NOTIFIER)
    for name in PLAN_ROW.names():
        assert not await admin.fetchval(_MAY_READ, "mapping", "plan_row", name)


@pytest.mark.parametrize("text", ["active:17", "pending:", "expired:ann@example.com", "active:a:b@example.com"])
async def test_sql_takes_a_seen_enrollment_apart_as_the_contract_does(admin: Connection, text: str) -> None:
    seen = SeenEnrollment.parse(text)
    assert await admin.fetchval("SELECT validation.seen_status_1($1)", text) == seen.status
    assert await admin.fetchval("SELECT validation.seen_detail_1($1)", text) == seen.detail
    made = await admin.fetchval("SELECT validation.seen_enrollment_1($1, $2)", seen.status, seen.detail or None)
    assert made == text
