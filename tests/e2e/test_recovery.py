"""Any part may be killed in the middle of an import; the end is the same as without."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from bench.data import Biller, write_file
from cli.bodies import Status
from cli.client import Client
from stack.embedded import EmbeddedStack
from tests.support.imports import End, database, end_of, ended, new_biller, start, until

_ROWS = 6_000  # three chunks of the plan
_BLOCKED_LINE = 3_000  # stands in the second of them

_LOGIN_OF_LINE = """
SELECT k.login_id FROM crm.customer AS c JOIN crm.customer_login_link AS k ON k.customer_id = c.id
WHERE c.biller_id = $1 AND c.account_number = 'WTR-' || lpad(($2::int - 1)::text, 9, '0')
"""
_EVENTS_TWICE = """
SELECT count(*) - count(DISTINCT detail->>'chunk_no') FROM notification.trail
WHERE event = 'ChunkApplied' AND import_id IN (SELECT id FROM mapping.import WHERE biller_id = $1)
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recovery") / "paperless.csv"
    write_file(path, _ROWS)
    with path.open("a", encoding="utf-8") as rows:
        rows.write("987000123,NORA BODE,nora@example.org\r\n000000001,CUSTOMER 1,new1@example.org\r\n")
    return path


@pytest.fixture(scope="module")
async def undisturbed(system: EmbeddedStack, ivy: Client, file: Path) -> End:
    biller = await new_biller(system, _ROWS)
    status = await _import(ivy, biller, file)
    assert status["state"] == "completed"
    assert status["counts"] | {"read": 0} == {
        "read": 0, "applied": _ROWS, "no_change": 1, "skipped": 1, "held": 0, "failed": 0
    }  # fmt: skip
    return await end_of(system, biller)


async def _import(client: Client, biller: Biller, file: Path) -> Status:
    return await start(client, biller, file, decide={"C202": {"choice": "skip"}})


@asynccontextmanager
async def stopped_in_a_chunk(system: EmbeddedStack, biller: Biller) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Executors wait for a login that somebody else holds; the value waits until one of them does."""
    async with database(system) as holder, database(system) as looker, holder.transaction():
        login_id = await looker.fetchval(_LOGIN_OF_LINE, biller.id, _BLOCKED_LINE)
        await holder.execute("SELECT 1 FROM crm.login WHERE id = $1 FOR UPDATE", login_id)
        yield lambda: _somebody_waits(looker, "ci_executor")


@asynccontextmanager
async def stopped_in_the_check(system: EmbeddedStack) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """The check waits for a table that somebody else holds."""
    async with database(system) as holder, database(system) as looker, holder.transaction():
        await holder.execute("LOCK TABLE crm.customer_login_link IN ACCESS EXCLUSIVE MODE")
        yield lambda: _somebody_waits(looker, "ci_validation")


async def _somebody_waits(connection: asyncpg.Connection, role: str) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE usename = $1 AND wait_event_type = 'Lock'"
    await until(lambda: connection.fetchval(waiting, role), f"a wait of {role} for the lock")


async def _killed_and_back(system: EmbeddedStack, instance: str) -> None:
    await system.children[instance].kill()
    await system.start_service(instance)


@pytest.mark.parametrize("instance", ["mapping", "notifier", "validation", "executor-1", "executor-2"])
async def test_service_killed_while_a_chunk_is_applied(
    system: EmbeddedStack, ivy: Client, file: Path, undisturbed: End, instance: str
) -> None:
    biller = await new_biller(system, _ROWS)
    async with stopped_in_a_chunk(system, biller) as stopped:
        running = asyncio.create_task(_import(ivy, biller, file))
        await stopped()
        await _killed_and_back(system, instance)
    assert (await ended(system, ivy, biller, running))["state"] == "completed"
    assert await end_of(system, biller) == undisturbed
    await _assert_no_chunk_was_told_twice(system, biller)


async def test_validation_killed_in_the_middle_of_a_check(
    system: EmbeddedStack, ivy: Client, file: Path, undisturbed: End
) -> None:
    biller = await new_biller(system, _ROWS)
    async with stopped_in_the_check(system) as stopped:
        running = asyncio.create_task(_import(ivy, biller, file))
        await stopped()
        await _killed_and_back(system, "validation")
    assert (await ended(system, ivy, biller, running))["state"] == "completed"
    assert await end_of(system, biller) == undisturbed


@pytest.mark.parametrize("how", ["restart", "kill"])
async def test_broker_away_in_the_middle(
    system: EmbeddedStack, ivy: Client, file: Path, undisturbed: End, how: str
) -> None:
    biller = await new_biller(system, _ROWS)
    async with stopped_in_a_chunk(system, biller) as stopped:
        running = asyncio.create_task(_import(ivy, biller, file))
        await stopped()
        if how == "kill":
            await system.kafka.kill()
        await system.kafka.restart()
    assert (await ended(system, ivy, biller, running))["state"] == "completed"
    assert await end_of(system, biller) == undisturbed


async def test_database_restarted_in_the_middle(
    system: EmbeddedStack, ivy: Client, file: Path, undisturbed: End
) -> None:
    biller = await new_biller(system, _ROWS)
    request = uuid4()
    running = asyncio.create_task(start(ivy, biller, file, request, decide={"C202": {"choice": "skip"}}))
    async with database(system) as looker:
        has_begun = "SELECT count(*) FROM mapping.import WHERE biller_id = $1"
        await until(lambda: looker.fetchval(has_begun, biller.id), "the start of the import")
    await system.postgres.kill()
    await system.postgres.restart()
    assert (await ended(system, ivy, biller, running))["state"] == "completed"
    assert await end_of(system, biller) == undisturbed


async def _assert_no_chunk_was_told_twice(system: EmbeddedStack, biller: Biller) -> None:
    async with database(system) as looker:
        assert await looker.fetchval(_EVENTS_TWICE, biller.id) == 0
