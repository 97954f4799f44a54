"""How the server runs each statement of a check and of its chunks in a database with a past.

No statement joins row by row with a set that it reads again and again, and of what grows with each import none is read
from end to end: by the plans that were really run, of a few rows and of many, before the planner knows the tables and
after it does.
"""

from collections.abc import AsyncIterator, Iterable

import pytest

import services.executor.repository
import services.validation.repository
import shared
from bench.past import Past, make_past
from services.executor.repository import notices
from stack.postgres import EmbeddedPostgres
from tests.integration.validation.world import World, answers
from tests.support.crm import Biller
from tests.support.explained import ExplainedDatabase, Node, Plan, explain_sessions_of, names_of_statements

_FEW, _MANY = 20, 1_500
_BATCHES = 4_500  # rows of several batches, few enough for one person to start
_CUSTOMERS = 20_000
_PAST = Past(imports=3_000, rows=10, largest=60_000, keys=10)
_GROWN = 2_500  # rows, from which on a table counts as one that has grown
# A row may be held against, beyond which it is row by row: a table of a page or two is read sooner than its index.
_PAIRS = 60

_NAMES = names_of_statements(services.validation.repository, services.executor.repository, shared)
_FEWEST_STATEMENTS = 90  # of which the plans are looked at, for each kind
# The share of its customers that an import makes (C201), which one number for each biller would have to be kept for.
_OF_THE_WHOLE_BILLER = {f"validation.repository.facts._CUSTOMERS reads crm.customer from end to end for {_FEW} rows"}
_FORGOTTEN = "The past was not made: no rows in"
_SPREAD = {"validation.plan_row", "validation.plan_seen", "validation.import_check", "validation.imported_key"} | {
    *("validation.outbox", "execution.row_result", "execution.job", "execution.chunk", "mapping.import"),
    *("mapping.secure_file", "crm.customer", "crm.login", "crm.customer_login_link"),
}

_KINDS = {
    "paperless": ("Account,Name,Email", "{a},CUSTOMER {n},new{m}@example.com", {"email": "Email"}),
    "registration": ("Account,Name,Email", "{a},CUSTOMER {n},new{m}@example.com", {"email": "Email"}),
    "autopay": (
        "Account,Name,Routing,Bank,Type",
        "{a},CUSTOMER {n},011000015,4{n:08},checking",
        {"routing_number": "Routing", "bank_account_number": "Bank", "bank_account_type": "Type"},
    ),
}
_MADE = """
WITH made AS (
    INSERT INTO crm.customer (biller_id, account_number, name)
    SELECT $1, 'A' || n, 'CUSTOMER ' || n FROM generate_series(1, $2::int) AS n
    RETURNING id, account_number
), login AS (
    INSERT INTO crm.login (realm_id, login_name, email, status)
    SELECT b.login_realm_id, 'old' || n || '@example.com', 'old' || n || '@example.com',
        CASE WHEN n % 2 = 0 THEN 'shell' ELSE 'active' END
    FROM crm.biller b, generate_series(1, $2::int) AS n
    WHERE b.id = $1
    RETURNING id, login_name
)
INSERT INTO crm.customer_login_link (customer_id, login_id, role)
SELECT m.id, l.id, 'owner'
FROM made m
JOIN login l ON l.login_name = 'old' || (
    -- Nearly all own one account; a few own two, and some accounts have no owner.
    CASE WHEN substr(m.account_number, 2)::int % 10 = 7 THEN substr(m.account_number, 2)::int - 1
        ELSE substr(m.account_number, 2)::int END
) || '@example.com'
WHERE substr(m.account_number, 2)::int % 10 <> 9
"""
_HELD = """
INSERT INTO execution.notice_held (import_id, login_id, template)
SELECT j.import_id, l.id, 'paperless_started'
FROM (SELECT import_id FROM execution.job WHERE biller_id = $1 LIMIT 1) AS j
CROSS JOIN (
    SELECT l.id FROM crm.login l JOIN crm.biller b ON b.login_realm_id = l.realm_id WHERE b.id = $1 LIMIT $2
) AS l
"""
_TABLES = """
SELECT n.nspname || '.' || c.relname AS name
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname IN ('crm', 'mapping', 'validation', 'execution')
"""


@pytest.fixture
async def explained(world: World, postgres: EmbeddedPostgres) -> AsyncIterator[tuple[World, list[ExplainedDatabase]]]:
    """The world, with databases that tell how the statements were run."""
    databases = []
    for role in ("ci_validation", "ci_executor"):
        await explain_sessions_of(world.admin, role, "validation_tests")
        databases.append(await ExplainedDatabase.of(postgres.dsn(role, "only-for-tests", database="validation_tests")))
    validation, executor = databases
    yield World(world.admin, validation, executor, world.uploads), databases
    for database in databases:
        await database.close()


@pytest.mark.parametrize("kind", list(_KINDS))
async def test_no_statement_is_run_row_by_row(explained: tuple[World, list[ExplainedDatabase]], kind: str) -> None:
    world, databases = explained
    biller = await _biller_with_a_past(world, kind)
    grown = await _grown(world)
    assert grown >= _SPREAD, f"{_FORGOTTEN} {_SPREAD - grown}"
    run: set[str] = set()

    async def refused(rows: int, first: int) -> set[str]:
        await _import(world, biller, kind, rows, first)
        plans = [plan for database in databases for plan in database.plans(_NAMES)]
        run.update(plan.name for plan in plans)
        return set(_refused(plans, grown, rows)) - _OF_THE_WHOLE_BILLER

    for rows, first in ((_FEW, 1), (_MANY, 1_001)):
        assert not await refused(rows, first), f"{rows} rows, no statistics"
    await world.admin.execute("ANALYZE")
    for rows, first in ((_FEW, _CUSTOMERS // 2 + 1), (_MANY, _CUSTOMERS // 2 + 1_001)):
        if await refused(rows, first):  # statistics are of a sample: what is wrong is wrong with another one, too
            await world.admin.execute("ANALYZE")
            assert not await refused(rows, first + _CUSTOMERS // 4), f"{rows} rows, statistics"
    assert len(run) > _FEWEST_STATEMENTS


@pytest.mark.parametrize("kind", list(_KINDS))
async def test_no_statement_of_a_new_biller_is_run_row_by_row(
    explained: tuple[World, list[ExplainedDatabase]], kind: str
) -> None:
    """What the planner knows is of other billers: of this one it expects a row or none in each table.

    From the second batch on those that the import itself has made are many.
    """
    world, databases = explained
    await _biller(world)
    await world.admin.execute("ANALYZE")
    biller = await world.biller(links=True)
    await world.admin.execute(_MADE, biller.id, _CUSTOMERS)
    await _import(world, biller, kind, _BATCHES, 1)
    plans = [plan for database in databases for plan in database.plans(_NAMES)]
    assert not set(_refused(plans, await _grown(world), _BATCHES))
    assert len({plan.name for plan in plans}) > _FEWEST_STATEMENTS


async def test_numbers_without_letters_are_not_sought_among_all_spellings(
    explained: tuple[World, list[ExplainedDatabase]],
) -> None:
    world, [_, executor] = explained
    biller = await _biller(world, insensitive=True)
    known = [f"A{n},CUSTOMER {n},new{n}@example.com" for n in range(2, 10 * _FEW, 10)]
    made = [f"{n},CUSTOMER {n},made{n}@example.com" for n in range(1, 5)]
    lines = ["Account,Name,Email", *known, *made]
    columns = {"email": "Email", "customer_name": "Name"}
    done = await world.check(biller, "paperless", lines, columns=columns, decide=answers(C202="create"))
    ended = await world.apply(done, biller)
    assert {outcome for outcome, _ in ended.values()} == {"applied"}
    plans = executor.plans(_NAMES)
    assert any(plan.name.endswith("._MISSING_CUSTOMERS") for plan in plans)
    assert not set(_refused(plans, {"crm.customer"}, _FEW))


@pytest.mark.parametrize("is_known", [False, True])
async def test_emails_that_were_held_are_released_by_keys(
    explained: tuple[World, list[ExplainedDatabase]], is_known: bool
) -> None:
    world, [_, executor] = explained
    biller = await _biller_with_a_past(world, "paperless")
    await world.admin.execute(_HELD, biller.id, _FEW)
    if is_known:
        await world.admin.execute("ANALYZE")
    grown = await _grown(world)
    assert grown >= _SPREAD, f"{_FORGOTTEN} {_SPREAD - grown}"
    async with executor.transaction() as connection:
        assert await notices.release(connection)
    assert not set(_refused(executor.plans(_NAMES), grown, _FEW))
    sent = "SELECT count(*) FROM crm.notice n JOIN execution.job j USING (import_id) WHERE j.biller_id = $1"
    assert await world.admin.fetchval(sent, biller.id) == _FEW


async def _biller_with_a_past(world: World, kind: str) -> Biller:
    for table in ("validation.plan_row", "validation.import_check", "execution.row_result", "execution.job"):
        await world.admin.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
        await world.admin.execute(f"TRUNCATE {table} CASCADE")
    biller = await _biller(world, links=True)
    await make_past(world.admin, biller.id, kind, _PAST)
    return biller


async def _biller(world: World, **options: bool) -> Biller:
    biller = await world.biller(**options)
    await world.admin.execute(_MADE, biller.id, _CUSTOMERS)
    await world.admin.execute("ANALYZE crm.customer, crm.login, crm.customer_login_link")
    return biller


async def _grown(world: World) -> set[str]:
    """The tables that have many rows."""
    names = [row["name"] for row in await world.admin.fetch(_TABLES)]
    counts = {name: await world.admin.fetchval(f"SELECT count(*) FROM {name}") for name in names}
    return {name for name, count in counts.items() if count >= _GROWN}


async def _import(world: World, biller: Biller, kind: str, rows: int, first: int) -> None:
    header, line, columns = _KINDS[kind]
    numbers = range(first, first + rows)
    lines = [line.format(a=f"A{n}", n=n, m=n - (n % 10 == 7)) for n in numbers]
    lines += [line.format(a=f"N{n}", n=n, m=f"made{n}") for n in numbers[:: rows // 5]]  # customers to be made
    lines += lines[:2]  # followers
    decide = answers(C202="create", C204="continue", C206="continue", C223="update_login", C231="use_file")
    done = await world.check(biller, kind, [header, *lines], columns=columns | {"customer_name": "Name"}, decide=decide)
    assert done.approved.planned.read == len(lines)
    await world.apply(done, biller)


def _refused(plans: Iterable[Plan], grown: set[str], rows: int) -> Iterable[str]:
    for plan in plans:
        for node in plan.nodes:
            if reason := _reason(node, grown, rows):
                yield f"{plan.name} {reason}"


def _reason(node: Node, grown: set[str], rows: int) -> str | None:
    if node.reads_all and node.table in grown and node.repeated:
        return f"reads {node.table} from end to end for each row it is joined with"
    if node.reads_all and node.table in grown and rows == _FEW:
        return f"reads {node.table} from end to end for {rows} rows"
    if node.rows > _PAIRS * rows + _CUSTOMERS:
        return f"looks at {node.rows:,.0f} rows or pairs for {rows} rows ({node.raw['Node Type']})"
    return None
