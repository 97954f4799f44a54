"""What a check and its chunks read depends on their file, not on the imports there were before.

Rows read are counted, not seconds: they are the same on every machine. Each kind is checked and applied three times,
for billers that are alike: with empty tables, with many imports before, and once more when the planner knows these.
"""

from collections import Counter

import pytest

from services.executor.repository import chunks
from services.validation.conclusion import Conclusion
from shared.postgres import Connection
from tests.integration.validation.world import World, answers
from tests.support.crm import Biller

_ROWS = 1_500
_IMPORTS = 100
_ROWS_OF_EACH = 100
_ROWS_OF_THE_LARGE_ONE = 60_000

_FEW = 2 * _ROWS  # each row looked up once or twice where before there was nothing to look in

_KINDS = {
    "paperless": ("Account,Email", "A{n},new{n}@example.com", {"columns": {"email": "Email"}}),
    "registration": ("Account,Email", "A{n},old{n}@example.com", {"columns": {"email": "Email"}}),
    "autopay": (
        "Account,Routing,Bank,Type",
        "A{n},011000015,{n:09},checking",
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

_CHECKS = """
INSERT INTO validation.import_check (import_id, biller_id, kind, file_sha256, state, row_keys, checked_at, finished_at)
SELECT gen_random_uuid(), $1, $2, 'of the past', 'cancelled',
    ARRAY(SELECT n * 1000 + k FROM generate_series(1, 1000) AS k), now(), now()
FROM generate_series(1, $3::int) AS n
RETURNING import_id
"""
_FINISHED = "UPDATE validation.import_check SET state = 'finished' WHERE import_id = $1"
_JOB = """
INSERT INTO execution.job (import_id, biller_id, kind, state, check_no, finished_at)
VALUES ($1, $2, $3, 'finished', 1, now() - make_interval(days => $4))
"""
_CHUNKS = """
INSERT INTO execution.chunk (import_id, chunk_no, state, applied_at)
SELECT $1, n, 'applied', now() FROM generate_series(0, ($2::int - 1) / 2000) AS n
"""
_PLAN = """
INSERT INTO validation.plan_row (import_id, chunk_no, line_no, leader_line, verdict, codes, account_number, login_id)
SELECT $1, n / 2000, n, n, 'apply', '{}', 'A' || n, l.id
FROM generate_series(1, $2::int) AS n
LEFT JOIN crm.login l ON l.login_name = 'old' || n || '@example.com'
    AND l.realm_id = (SELECT login_realm_id FROM crm.biller WHERE id = $3)
"""
_RESULTS = """
INSERT INTO execution.row_result (import_id, line_no, outcome, codes, account_number, login_id)
SELECT import_id, line_no, 'applied', codes, account_number, coalesce(login_id, 1000000 + line_no)
FROM validation.plan_row
WHERE import_id = $1
"""
_READ = """
SELECT relname, seq_tup_read + coalesce(idx_tup_fetch, 0) AS rows
FROM pg_stat_xact_user_tables
WHERE schemaname <> 'crm' AND seq_tup_read + coalesce(idx_tup_fetch, 0) > 0
"""


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """The rows that were read of each table, working tables included and the CRM's left out, by checks and chunks."""
    counts: Counter[str] = Counter()
    decided, mark_done = Conclusion.decided, chunks.mark_done

    async def count(connection: Connection) -> None:
        for row in await connection.fetch(_READ):
            counts[row["relname"]] += row["rows"]

    async def counted_check(conclusion: Conclusion, *given: object) -> object:
        result = await decided(conclusion, *given)  # type: ignore[arg-type]  # passed on as they come
        await count(conclusion._connection)
        return result

    async def counted_chunk(connection: Connection, *given: object) -> None:
        await mark_done(connection, *given)  # type: ignore[arg-type]  # passed on as they come
        await count(connection)

    monkeypatch.setattr(Conclusion, "decided", counted_check)
    monkeypatch.setattr(chunks, "mark_done", counted_chunk)
    return counts


async def biller_of(world: World) -> Biller:
    biller = await world.biller()
    await world.admin.execute(_CUSTOMERS, biller.id, _ROWS)
    await world.admin.execute("ANALYZE crm.customer, crm.login, crm.customer_login_link")
    return biller


async def past_of(world: World, biller: Biller, kind: str) -> None:
    """Many imports of this biller, one of them large; a third of them in the last thirty days."""
    made = [row["import_id"] for row in await world.admin.fetch(_CHECKS, biller.id, kind, _IMPORTS)]
    for number, import_id in enumerate(made):
        rows = _ROWS_OF_THE_LARGE_ONE if number == 0 else _ROWS_OF_EACH
        await world.admin.execute(_FINISHED, import_id)
        await world.admin.execute(_JOB, import_id, biller.id, kind, 10 if number % 3 == 0 else 40)
        await world.admin.execute(_CHUNKS, import_id, rows)
        await world.admin.execute(_PLAN, import_id, rows, biller.id)
        await world.admin.execute(_RESULTS, import_id)


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
    await past_of(world, after, kind)
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
