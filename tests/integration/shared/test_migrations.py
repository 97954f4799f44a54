import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from shared.messaging.sweeper import _RECORDED_BY
from shared.migrations import (
    ROLES,
    SCHEMAS,
    SERVICE_SCHEMAS,
    ChangedMigrationError,
    LockedMigrationError,
    Patience,
    Schema,
    migrate,
)
from shared.postgres import Database
from stack.postgres import EmbeddedPostgres
from tests.integration.shared.world import PASSWORD, eventually


@pytest.fixture
async def empty(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    yield await postgres.create_database("migrations_tests")
    await postgres.drop_database("migrations_tests")


def _dsn(admin_dsn: str, postgres: EmbeddedPostgres, role: str) -> str:
    return postgres.dsn(role, PASSWORD, database=admin_dsn.rpartition("/")[2])


async def _state(dsn: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(dsn)
    try:
        return list(
            await connection.fetch(
                """SELECT c.oid, n.nspname, c.relname, c.relacl::text
                   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                   WHERE n.nspname IN ('crm', 'mapping', 'validation', 'execution', 'notification') ORDER BY 2, 3"""
            )
        )
    finally:
        await connection.close()


async def test_to_migrate_again_changes_nothing(empty: str, steps: Sequence[Schema]) -> None:
    await migrate(empty, dict.fromkeys(ROLES, PASSWORD), steps)
    before = await _state(empty)
    await migrate(empty, {}, steps)
    assert len(before) > 50
    assert await _state(empty) == before


async def test_a_file_that_changed_after_it_ran_is_an_error(empty: str, tmp_path: Path) -> None:
    folder = tmp_path / "services" / "migrations"
    folder.mkdir(parents=True)
    file = folder / "0001_first.sql"
    file.write_text("CREATE TABLE first (id int)")
    await migrate(empty, {}, [Schema("crm", None, folder)])
    (folder / "0002_second.sql").write_text("CREATE TABLE second (id int)")
    await migrate(empty, {}, [Schema("crm", None, folder)])
    file.write_text("CREATE TABLE first (id bigint)")
    with pytest.raises(ChangedMigrationError, match="0001_first"):
        await migrate(empty, {}, [Schema("crm", None, folder)])


async def test_a_file_that_fails_leaves_nothing(empty: str, tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_first.sql").write_text("CREATE TABLE first (id int); SELECT 1 / 0")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty, {}, [Schema("crm", None, folder)])
    assert "first" not in {row["relname"] for row in await _state(empty)}


@pytest.fixture
async def busy(empty: str, tmp_path: Path) -> Schema:
    """A schema with a table that everybody uses, and a new file that changes it."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_first.sql").write_text("CREATE TABLE first (id int)")
    schema = Schema("crm", None, folder)
    await migrate(empty, {}, [schema])
    (folder / "0002_second.sql").write_text("ALTER TABLE first ADD COLUMN name text")
    return schema


@asynccontextmanager
async def _long_transaction(dsn: str) -> AsyncIterator[None]:
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.fetch("SELECT id FROM crm.first")
            yield
    finally:
        await connection.close()


async def _tries(dsn: str, number: int) -> None:
    """Wait until the migration has been seen waiting for its lock so often, and not waiting in between."""
    looker = await asyncpg.connect(dsn)

    async def waits(expected: int) -> bool:
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'crm.first'::regclass"
        return bool(await looker.fetchval(waiting) == expected)

    try:
        for expected in (1, 0) * number:
            await eventually(partial(waits, expected))
    finally:
        await looker.close()


async def test_a_migration_that_waits_for_a_lock_lets_others_pass_and_comes_again(empty: str, busy: Schema) -> None:
    async with _long_transaction(empty):
        patience = Patience(lock_seconds=0.2, first_pause=0.3, longest_pause=0.3, all_seconds=60)
        migrating = asyncio.create_task(migrate(empty, {}, [busy], patience))
        await _tries(empty, 2)
        reader = await asyncpg.connect(empty)
        await reader.fetch("SELECT id FROM crm.first", timeout=10)  # while the long transaction still holds its lock
        assert not migrating.done()
    await migrating
    assert await reader.fetch("SELECT id, name FROM crm.first") == []
    await reader.close()


async def test_a_migration_gives_up_and_says_what_to_do_and_can_be_repeated(empty: str, busy: Schema) -> None:
    async with _long_transaction(empty):
        patience = Patience(lock_seconds=0.05, first_pause=0.05, longest_pause=0.05, all_seconds=0.3)
        with pytest.raises(LockedMigrationError, match=r"crm/0002_second\.sql.*Nothing of it is done"):
            await migrate(empty, {}, [busy], patience)
    looker = await asyncpg.connect(empty)
    assert await looker.fetchval("SELECT count(*) FROM crm.schema_migration") == 1
    await migrate(empty, {}, [busy])
    assert await looker.fetch("SELECT id, name FROM crm.first") == []
    await looker.close()


async def test_an_index_is_built_beside_writers_and_a_broken_attempt_is_made_good(empty: str, busy: Schema) -> None:
    index = busy.folder / "0003_first_id.concurrently.sql"
    index.write_text("CREATE INDEX CONCURRENTLY IF NOT EXISTS first_id ON first (id)")
    (busy.folder / "0002_second.sql").unlink()
    writer = await asyncpg.connect(empty)
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('crm.first_id')"
    try:
        async with writer.transaction():
            await writer.execute("INSERT INTO crm.first VALUES (1)")
            with pytest.raises(LockedMigrationError, match=r"crm/0003_first_id.*Nothing of it is done"):
                await migrate(empty, {}, [busy], Patience(all_seconds=0.3))
            assert await writer.fetchval(valid) is False
        await migrate(empty, {}, [busy])
        assert await writer.fetchval(valid) is True
        index.write_text("CREATE INDEX CONCURRENTLY IF NOT EXISTS first_id ON first (id) WHERE id > 0")
        with pytest.raises(ChangedMigrationError, match="0003_first_id"):
            await migrate(empty, {}, [busy])
    finally:
        await writer.close()


async def test_two_setups_at_once_wait_for_each_other(empty: str, busy: Schema) -> None:
    index = busy.folder / "0003_first_id.concurrently.sql"
    index.write_text("CREATE INDEX CONCURRENTLY IF NOT EXISTS first_id ON first (id)")
    patience = Patience(first_pause=0.05, longest_pause=0.05, all_seconds=20)
    async with _long_transaction(empty):
        setups = [asyncio.create_task(migrate(empty, {}, [busy], patience)) for _ in range(3)]
        await _tries(empty, 1)
    await asyncio.gather(*setups)
    looker = await asyncpg.connect(empty)
    assert await looker.fetchval("SELECT indisvalid FROM pg_index WHERE indexrelid = 'crm.first_id'::regclass")
    await looker.close()


def test_an_index_that_is_built_beside_writers_is_named_like_its_file() -> None:
    files = [file for schema in SCHEMAS for file in schema.files() if file.name.endswith(".concurrently.sql")]
    assert files
    for file in files:
        index = file.name.removesuffix(".concurrently.sql").partition("_")[2]
        assert re.search(rf"CREATE (UNIQUE )?INDEX CONCURRENTLY IF NOT EXISTS {index}\s+ON ", file.read_text())


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("ci_notifier", "SELECT fingerprint FROM crm.payment_method"),
        ("ci_notifier", "SELECT line_no FROM validation.plan_row"),
        ("ci_notifier", "SELECT email FROM crm.login"),
        ("ci_notifier", "SELECT changes FROM execution.row_result"),
        ("ci_mapping", "SELECT changes FROM execution.row_result"),
        ("ci_mapping", "SELECT name FROM crm.customer"),
        ("ci_mapping", "UPDATE crm.login SET email = ''"),
        ("ci_mapping", "SELECT line_no FROM validation.plan_row"),
        ("ci_mapping", "UPDATE execution.job SET state = 'cancelled'"),
        ("ci_mapping", "CREATE TEMPORARY TABLE job (id int)"),
        ("ci_mapping", "CREATE TABLE mine (id int)"),
        ("ci_mapping", "UPDATE schema_migration SET sha256 = ''"),
        ("ci_mapping", "SELECT body FROM notification.dead_letter"),
        ("ci_mapping", "SELECT body FROM notification.outbox"),
        ("ci_validation", "INSERT INTO crm.login_realm (name) VALUES ('x')"),
        ("ci_validation", "SELECT account_enc FROM crm.payment_method"),
        ("ci_validation", "DELETE FROM mapping.inbox"),
        ("ci_executor", "DELETE FROM crm.biller"),
        ("ci_executor", "UPDATE crm.authorization_record SET attestation = ''"),
        ("ci_executor", "UPDATE validation.plan_row SET verdict = 'apply'"),
        ("ci_executor", "UPDATE crm.operator_right SET permission = 'all'"),
    ],
)
async def test_a_role_cannot_do_what_is_not_its_own(
    postgres: EmbeddedPostgres, admin_dsn: str, role: str, statement: str
) -> None:
    connection = await asyncpg.connect(_dsn(admin_dsn, postgres, role))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.close()


@pytest.mark.parametrize("schema", SERVICE_SCHEMAS, ids=lambda schema: schema.name)
async def test_a_role_works_in_its_own_schema_and_sees_the_inboxes(
    postgres: EmbeddedPostgres, admin_dsn: str, schema: Schema
) -> None:
    assert schema.role is not None
    database = await Database.connect(_dsn(admin_dsn, postgres, schema.role), application_name="test")
    try:
        async with database.transaction() as connection:
            assert await connection.fetchval("SELECT current_schema()") == schema.name
            await connection.execute("INSERT INTO inbox (event_id, topic) VALUES (gen_random_uuid(), 'test')")
            for statement in _RECORDED_BY.values():
                await connection.fetch(statement, [])
    finally:
        await database.close()


async def test_what_runs_with_the_rights_of_its_owner_looks_in_temporary_tables_last(admin_dsn: str) -> None:
    connection = await asyncpg.connect(admin_dsn)
    try:
        functions = await connection.fetch(
            """SELECT p.oid::regprocedure::text AS name, setting
               FROM pg_proc p LEFT JOIN LATERAL unnest(p.proconfig) setting ON setting LIKE 'search_path=%'
               WHERE p.prosecdef AND p.pronamespace <> 'pg_catalog'::regnamespace"""
        )
    finally:
        await connection.close()
    assert len(functions) > 5
    assert [one["name"] for one in functions if not (one["setting"] or "").endswith(", pg_temp")] == []


@pytest.mark.parametrize("schema", [one for one in SERVICE_SCHEMAS if one.role in {"ci_validation", "ci_executor"}])
async def test_a_temporary_table_is_not_taken_for_the_one_of_the_owner(
    postgres: EmbeddedPostgres, admin_dsn: str, schema: Schema
) -> None:
    connection = await asyncpg.connect(_dsn(admin_dsn, postgres, str(schema.role)))
    try:
        await connection.execute(
            """CREATE TEMPORARY TABLE dead_letter (
                   id bigint, resent_at timestamptz, discarded_at timestamptz, discarded_by text, discard_reason text
               );
               INSERT INTO dead_letter (id) VALUES (-1)"""
        )
        assert not await connection.fetchval(f"SELECT {schema.name}.discard_dead_letter(-1, 'me', 'why')")
    finally:
        await connection.close()
