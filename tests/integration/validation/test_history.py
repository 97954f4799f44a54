"""What a check and its chunks read depends on their file, not on the imports there were before.

Rows read are counted, not seconds: they are the same on every machine. Each kind is checked and applied three times,
for billers that are alike: with empty tables, with many imports before, and once more when the planner knows these.
"""

from collections import Counter
from typing import Any

import pytest

from bench.past import Past, make_past
from services.executor.repository import chunks, records
from services.validation.conclusion import Conclusion
from services.validation.repository import canary
from shared.postgres import Connection
from tests.integration.validation.world import World, answers
from tests.support.crm import Biller

_ROWS = 1_500
_PAST = Past(imports=100, rows=100, largest=60_000)

_FEW = 2 * _ROWS  # each row looked up once or twice where before there was nothing to look in

_KINDS = {
    "paperless": ("Account,Email", "A{n},new{n}@example.com", {"columns": {"email": "Email"}}),
    "registration": ("Account,Email", "A{n},old{n}@example.com", {"columns": {"email": "Email"}}),
    "autopay": (
        "Account,Routing,Bank,Type",
        "A{n},011000015,4{n:08},checking",
        {
            "columns": {
                "routing_number": "Routing",
                "bank_account_number": "Bank",
                "bank_account_type": "Type",
            }
        },
    ),
}

_CUSTOMERS = """
WITH made AS (
    INSERT INTO crm.customer (biller_id, account_number, name)
    SELECT $1, 'A' || n, 'CUSTOMER ' || n FROM generate_series(1, $2::int) AS n
    RETURNING id, account_number
), login AS (
    INSERT INTO crm.login (realm_id, login_name, email, status)
    SELECT b.login_realm_id, 'old' || n || '@example.com', 'old' || n || '@example.com', 'active'
    FROM crm.biller b, generate_series(1, $2::int) AS n
    WHERE b.id = $1
    RETURNING id, login_name
)
INSERT INTO crm.customer_login_link (customer_id, login_id, role)
SELECT m.id, l.id, 'owner'
FROM made m
JOIN login l ON l.login_name = 'old' || substr(m.account_number, 2) || '@example.com'
"""

_READ = """
SELECT relname, seq_tup_read + coalesce(idx_tup_fetch, 0) AS rows
FROM pg_stat_xact_user_tables
WHERE schemaname <> 'crm' AND seq_tup_read + coalesce(idx_tup_fetch, 0) > 0
"""
# Otherwise what a connection read stays with it for a second, and counts for what it reads next as well.
_FLUSH = "SELECT pg_stat_force_next_flush()"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """The rows that were read of each table, working tables included and the CRM's left out, by checks and chunks."""
    counts: Counter[str] = Counter()
    decided, mark_done = Conclusion.decided, chunks.mark_done

    async def count(connection: Connection) -> None:
        for row in await connection.fetch(_READ):
            counts[row["relname"]] += row["rows"]
        await connection.execute(_FLUSH)

    async def counted_check(conclusion: Conclusion, *given: Any) -> object:
        result = await decided(conclusion, *given)
        await count(conclusion._connection)
        return result

    async def counted_chunk(connection: Connection, *given: Any) -> None:
        await mark_done(connection, *given)
        await count(connection)

    monkeypatch.setattr(Conclusion, "decided", counted_check)
    monkeypatch.setattr(chunks, "mark_done", counted_chunk)
    return counts


async def biller_of(world: World) -> Biller:
    biller = await world.biller()
    await world.admin.execute(_CUSTOMERS, biller.id, _ROWS)
    await world.admin.execute("ANALYZE crm.customer, crm.login, crm.customer_login_link")
    return biller


async def imported(world: World, read: Counter[str], biller: Biller, kind: str) -> Counter[str]:
    """What one import reads, from its check to its end."""
    header, line, changes = _KINDS[kind]
    lines = [header, *(line.format(n=n) for n in range(1, _ROWS + 1))]
    read.clear()
    done = await world.check(biller, kind, lines, decide=answers(C204="continue"), **changes)
    assert done.approved.planned.read == _ROWS
    await world.apply(done, biller)
    return Counter(read)


@pytest.mark.parametrize("kind", list(_KINDS))
async def test_an_import_reads_no_more_for_the_imports_before_it(world: World, read: Counter[str], kind: str) -> None:
    for table in ("validation.plan_row", "validation.import_check", "execution.row_result", "execution.job"):
        await world.admin.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
        await world.admin.execute(f"TRUNCATE {table} CASCADE")
    await world.admin.execute("TRUNCATE validation.imported_key")
    alone = await imported(world, read, await biller_of(world), kind)
    assert alone["staged"] > _ROWS
    after = await biller_of(world)
    await make_past(world.admin, after.id, kind, _PAST)
    unknown = await imported(world, read, after, kind)
    known_biller = await biller_of(world)
    await world.admin.execute("UPDATE validation.import_check SET biller_id = $1", known_biller.id)
    await world.admin.execute("UPDATE validation.imported_key SET biller_id = $1", known_biller.id)
    await world.admin.execute("UPDATE execution.job SET biller_id = $1", known_biller.id)
    await world.admin.execute("ANALYZE")
    known = await imported(world, read, known_biller, kind)
    for seen in (unknown, known):
        more = {table: (rows, alone[table]) for table, rows in seen.items() if rows > 1.3 * alone[table] + _FEW}
        assert not more
        assert seen.total() < 1.3 * alone.total() + _FEW


@pytest.mark.parametrize(
    "statement",
    [records._HAS_ROWS_TO_APPLY, canary._KEEP],
    ids=["records", "canary"],
)
async def test_the_first_row_to_apply_is_not_looked_for_among_those_of_other_imports(
    world: World, statement: str
) -> None:
    """Where an import is a large part of the plans, the planner hopes to meet one of its rows soon, in any order."""
    biller = await biller_of(world)
    await world.admin.execute("TRUNCATE validation.plan_row")
    await make_past(world.admin, biller.id, "paperless", _PAST)
    header, line, changes = _KINDS["paperless"]
    lines = [header, *(line.format(n=n) for n in range(1, _ROWS + 1))]
    done = await world.check(biller, "paperless", lines, decide=answers(C204="continue"), **changes)
    await world.admin.execute("ANALYZE validation.plan_row")
    given = (1, 1, 0) if statement == canary._KEEP else ()
    await world.admin.execute(_FLUSH)
    async with world.admin.transaction():
        await world.admin.execute("SET LOCAL search_path = validation")
        await world.admin.execute(statement, done.id, *given)
        read = {row["relname"]: row["rows"] for row in await world.admin.fetch(_READ)}
    assert read["plan_row"] <= _ROWS
