"""The audit trail itself: a chain without gaps under concurrency, which no service and no quiet hand can change."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.audit import Act, Detail, Entry, Refusals, Verification, coming_from, hash_of, oldest, record
from shared.contracts.events import ImportDefined
from shared.messaging import DeadLetters, Delivery, keep_dead_letter
from shared.migrations import ROLES
from shared.postgres import Connection, Database
from shared.retention import Retention, Rule
from stack.postgres import EmbeddedPostgres
from tests.integration.shared.world import PASSWORD, defined
from tests.support.audited import Scenario, Told

_DATABASE: Final = "shared_tests"
_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
_DETAILS = st.dictionaries(_TEXT, st.none() | st.booleans() | st.integers(-(2**60), 2**60) | _TEXT, max_size=5)


@pytest.fixture(scope="module")
async def notifier(postgres: EmbeddedPostgres, admin_dsn: str) -> AsyncIterator[Database]:  # noqa: ARG001 - set up
    dsn = postgres.dsn("ci_notifier", PASSWORD, database=_DATABASE)
    database = await Database.connect(dsn, application_name="audit-tests")
    yield database
    await database.close()


@pytest.fixture(scope="module")
async def admin(admin_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(admin_dsn)
    yield connection
    await connection.close()


async def _say(database: Database, actor: str = "ann", detail: Detail | None = None) -> None:
    async with database.transaction() as connection:
        await record(connection, Act.SIGNED_IN, actor, detail=detail)


async def _entries(connection: Connection) -> list[Entry]:
    return await oldest(connection, after=0, limit=100_000)


async def _faults(connection: Connection) -> list[int]:
    """The numbers at which a verification finds something."""
    verification = Verification()
    found = [fault.number for fault in verification.faults(await _entries(connection))]
    last: int = await connection.fetchval("SELECT number FROM audit.chain_head")
    return [*found, *(fault.number for fault in verification.faults_at_end(last))]


async def test_many_at_once_make_one_chain_without_a_gap(notifier: Database, admin: asyncpg.Connection) -> None:
    before = await admin.fetchval("SELECT number FROM audit.chain_head")

    async def several(writer: int) -> None:
        for turn in range(5):
            async with notifier.transaction() as connection:
                await record(connection, Act.SIGNED_IN, f"person-{writer}", detail={"turn": turn})
                await record(connection, Act.SIGNED_OUT, f"person-{writer}", detail={"turn": turn})

    await asyncio.gather(*(several(writer) for writer in range(8)))
    new = (await _entries(admin))[before:]
    assert [entry.number for entry in new] == list(range(before + 1, before + 81))
    assert [entry.at for entry in new] == sorted(entry.at for entry in new)
    assert not await _faults(admin)
    of_one = [(entry.act, entry.detail["turn"]) for entry in new if entry.actor == "person-3"]
    assert of_one == [(act, turn) for turn in range(5) for act in ("signed_in", "signed_out")]


async def test_what_is_rolled_back_leaves_neither_entry_nor_gap(notifier: Database, admin: asyncpg.Connection) -> None:
    before = await admin.fetchval("SELECT number FROM audit.chain_head")
    async with notifier.connection() as connection:
        undone = connection.transaction()
        await undone.start()
        await record(connection, Act.SIGNED_IN, "nobody")
        await undone.rollback()
    await _say(notifier)
    assert await admin.fetchval("SELECT number FROM audit.chain_head") == before + 1
    assert not await _faults(admin)


async def test_a_chain_that_others_wait_for_is_held_at_commit_only(notifier: Database) -> None:
    """Else two transactions that lock each other's rows after their entries would wait for each other."""
    async with notifier.transaction() as open_one:
        await record(open_one, Act.SIGNED_IN, "slow")
        async with asyncio.timeout(5):
            await _say(notifier, "quick")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(actor=_TEXT, source=_TEXT, detail=_DETAILS)
async def test_whatever_is_told_both_compute_the_same_hash(
    notifier: Database, actor: str, source: str, detail: dict[str, str | int | bool | None]
) -> None:
    async with notifier.connection() as connection:
        await record(connection, Act.STARTED, actor)
        with coming_from(source):
            await record(connection, Act.DECIDED, actor, import_id=uuid4(), biller_id=7, detail=detail)
        [before, last] = (await _entries(connection))[-2:]
        assert (last.actor, last.source) == (actor, source)
        assert last.hash == hash_of(last, before.hash)


@pytest.mark.parametrize("role", ROLES)
async def test_no_service_changes_it(postgres: EmbeddedPostgres, notifier: Database, role: str) -> None:
    await _say(notifier)
    connection = await asyncpg.connect(postgres.dsn(role, PASSWORD, database=_DATABASE))
    try:
        await record(connection, Act.SIGNED_IN, "ann")
        for statement in (
            "UPDATE audit.entry SET actor = 'bob'",
            "DELETE FROM audit.entry",
            "TRUNCATE audit.entry",
            "INSERT INTO audit.entry (act, actor, source) VALUES ('signed_in', 'bob', '')",
            "UPDATE audit.chain_head SET number = 0",
            "DELETE FROM audit.chain_head",
            "ALTER TABLE audit.entry DISABLE TRIGGER ALL",
            "DROP TABLE audit.entry",
            "CREATE TABLE audit.other (id int)",
            "SET session_replication_role = replica",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
        told = await connection.fetchval("SELECT has_table_privilege('audit.entry', 'SELECT')")
        assert told is (role == "ci_notifier")
    finally:
        await connection.close()


async def test_whoever_recorded_it_cannot_say_to_be_another(
    postgres: EmbeddedPostgres, admin: asyncpg.Connection
) -> None:
    connection = await asyncpg.connect(postgres.dsn("ci_executor", PASSWORD, database=_DATABASE))
    try:
        await record(connection, Act.SIGNED_IN, "ann")
    finally:
        await connection.close()
    assert (await _entries(admin))[-1].recorded_by == "ci_executor"


@pytest.mark.parametrize("statement", ["UPDATE audit.entry SET actor = ''", "DELETE FROM audit.entry"])
@pytest.mark.usefixtures("notifier")
async def test_an_administrator_is_stopped_too(admin: asyncpg.Connection, notifier: Database, statement: str) -> None:
    await _say(notifier)
    for setting in ("origin", "replica"):
        await admin.execute("SELECT set_config('session_replication_role', $1, false)", setting)
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
            await admin.execute(statement)
    await admin.execute("RESET session_replication_role")


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        ("UPDATE audit.entry SET actor = 'bob' WHERE number = $1", [0]),
        ('UPDATE audit.entry SET detail = \'{"code": "C202"}\' WHERE number = $1', [0]),
        ("UPDATE audit.entry SET at = at + interval '1 microsecond' WHERE number = $1", [0]),
        ("UPDATE audit.entry SET hash = sha256('x') WHERE number = $1", [0, 1]),
        ("DELETE FROM audit.entry WHERE number = $1", [0]),
        ("DELETE FROM audit.entry WHERE number IN ($1::bigint, $1::bigint + 1)", [0]),
        ("DELETE FROM audit.entry WHERE number >= $1", [0]),
        (
            """UPDATE audit.entry e SET actor = o.actor, detail = o.detail FROM audit.entry o
               WHERE e.number IN ($1::bigint, $1::bigint + 1) AND o.number = 2 * $1::bigint + 1 - e.number""",
            [0, 1],
        ),
    ],
    ids=["who", "what", "when", "hash", "removed", "two removed", "cut off", "swapped"],
)
async def test_who_gets_around_the_locks_is_found_and_the_entry_named(
    admin: asyncpg.Connection, notifier: Database, tampering: str, found: list[int]
) -> None:
    for actor in ("ann", "cy", "dee", "eve"):
        await _say(notifier, actor)
    number = await admin.fetchval("SELECT number - 2 FROM audit.chain_head")
    undone = admin.transaction()
    await undone.start()
    try:
        await admin.execute("ALTER TABLE audit.entry DISABLE TRIGGER ALL")
        await admin.execute(tampering, number)
        assert await _faults(admin) == [number + place for place in found]
    finally:
        await undone.rollback()
    assert not await _faults(admin)


async def test_refusals_beyond_the_limit_are_counted(notifier: Database, admin: asyncpg.Connection) -> None:
    told, refusals = await Told.from_now(admin), Refusals(notifier, most=2)
    for _ in range(5):
        await refusals.record(Act.REFUSED, "", "unauthenticated", "GET /imports")
    assert len(await told.of(Act.REFUSED)) == 2
    refusals._since -= 61
    await refusals.record(Act.REFUSED, "", "unauthenticated", "GET /imports")
    assert (await told.of(Act.REFUSED))[-1]["detail"]["not_recorded"] == 3


async def _removes(notifier: Database, admin: asyncpg.Connection) -> None:
    async def two(_connection: Connection, _keep: timedelta) -> int:
        return 2

    told = await Told.from_now(admin)
    await Retention(notifier, [Rule("rows", timedelta(days=9), two)]).step()
    entry = await told.one(Act.REMOVED)
    assert (entry["actor"], entry["detail"]) == ("", {"what": "rows", "count": 2, "kept_days": 9})


async def _handles_letters(notifier: Database, admin: asyncpg.Connection) -> None:
    event = defined()
    async with notifier.transaction() as connection:
        for offset in (1, 2):
            delivery = Delivery(ImportDefined.topic.name, 0, offset, event.key, event.to_bytes(), {})
            await keep_dead_letter(connection, delivery, "refused", "for this test")
    first, second = [
        row["id"] for row in await admin.fetch("SELECT id FROM notification.dead_letter ORDER BY id DESC LIMIT 2")
    ]
    await admin.execute("UPDATE notification.dead_letter SET reason = 'unsendable' WHERE id = $1", second)
    told, letters = await Told.from_now(admin), DeadLetters(notifier, [])
    await letters.discard(first, "vera", "nobody needs it")
    await letters.send_again(second, "vera")
    discarded, sent = await told.one(Act.LETTER_DISCARDED), await told.one(Act.LETTER_SENT)
    assert (discarded["actor"], discarded["detail"]) == ("vera", {"letter_id": first})  # the reason may name somebody
    assert (sent["actor"], sent["detail"]["letter_id"]) == ("vera", second)


SCENARIOS: dict[Act, Scenario] = {
    Act.REMOVED: _removes,
    Act.LETTER_SENT: _handles_letters,
    Act.LETTER_DISCARDED: _handles_letters,
}


@pytest.mark.parametrize("scenario", dict.fromkeys(SCENARIOS.values()), ids=lambda one: one.__name__.strip("_"))
async def test_it_leaves_its_entry(notifier: Database, admin: asyncpg.Connection, scenario: Scenario) -> None:
    await scenario(notifier, admin)
