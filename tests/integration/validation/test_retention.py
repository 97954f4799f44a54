"""Plans and results are removed after their retention period; what is still open, or younger, stays."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from services.executor.repository import outdated as results
from services.validation.repository import outdated as plans
from shared.postgres import Database
from shared.retention import Retention, Rule
from tests.integration.validation.world import Import, World
from tests.support.plans import write_words

_KEEP = timedelta(days=30)
_LINES = ["Account,Email", *(f"A{n},ann{n}@example.com" for n in range(1, 6))]


def _plans(world: World) -> Retention:
    return Retention(world.database, [Rule("plans", _KEEP, plans.remove_piece)])


def _results(database: Database) -> Retention:
    return Retention(database, [Rule("results", _KEEP, results.remove_piece)])


async def _all_removed(world: World) -> None:
    for retention in (_plans(world), _results(world.executor)):
        while await retention.step():
            pass


async def _rows(world: World, import_id: UUID) -> dict[str, int]:
    counted = await world.admin.fetchrow(
        """SELECT (SELECT count(*) FROM validation.plan_row WHERE import_id = $1) AS planned,
                  (SELECT count(*) FROM validation.plan_seen WHERE import_id = $1) AS seen,
                  (SELECT count(*) FROM validation.plan_word WHERE import_id = $1) AS words,
                  (SELECT count(*) FROM validation.imported_key WHERE import_id = $1) AS keys,
                  (SELECT count(*) FROM execution.row_result WHERE import_id = $1) AS results""",
        import_id,
    )
    return dict(counted or {})


async def _imported(world: World) -> Import:
    biller = await world.biller()
    for number in range(1, 6):
        customer = await world.crm.customer(biller, f"A{number}")
        await world.crm.link(customer, await world.crm.login(biller.realm_id, f"old{number}@example.com"))
    done = await world.check(biller, "paperless", _LINES)
    await world.apply(done, biller)
    await write_words(world.admin, done.id)
    return done


async def _ended_before(world: World, import_id: UUID, age: timedelta) -> None:
    for statement in (
        "UPDATE validation.import_check SET finished_at = now() - $2::interval WHERE import_id = $1",
        "UPDATE execution.job SET finished_at = now() - $2::interval WHERE import_id = $1",
    ):
        await world.admin.execute(statement, import_id, age)


async def test_rows_go_after_their_time_and_the_numbers_stay(world: World) -> None:
    old, young = await _imported(world), await _imported(world)
    sums = "SELECT counts FROM execution.chunk WHERE import_id = $1"
    counts, findings = await world.admin.fetch(sums, old.id), await world.findings(old.id)
    await _ended_before(world, old.id, _KEEP + timedelta(hours=1))
    await _ended_before(world, young.id, _KEEP - timedelta(hours=1))
    assert (await _rows(world, old.id))["results"] == len(_LINES) - 1
    await _all_removed(world)
    assert set((await _rows(world, old.id)).values()) == {0}
    assert 0 not in (await _rows(world, young.id)).values()
    assert await world.admin.fetch(sums, old.id) == counts
    assert await world.findings(old.id) == findings
    noted = "SELECT rows_removed_at FROM {} WHERE import_id = $1"
    for table in ("validation.import_check", "execution.job"):
        assert await world.admin.fetchval(noted.format(table), old.id) is not None
        assert await world.admin.fetchval(noted.format(table), young.id) is None


async def test_what_is_still_open_stays_however_old_it_is(world: World) -> None:
    biller = await world.biller()
    await world.crm.customer(biller, "A1")
    held = await world.check(biller, "paperless", ["Account,Email", "A1,a@example.com"], decide="ask")
    await world.admin.execute(
        """UPDATE validation.import_check
           SET checked_at = now() - interval '2 years', requested_at = now() - interval '2 years'
           WHERE import_id = $1""",
        held.id,
    )
    await _all_removed(world)
    assert (await _rows(world, held.id))["planned"] == 1


async def test_it_goes_piece_by_piece(world: World) -> None:
    done = await _imported(world)
    await _ended_before(world, done.id, timedelta(days=365))
    await world.admin.execute(
        "UPDATE execution.row_result SET line_no = line_no + 20_000 WHERE import_id = $1 AND line_no > 3", done.id
    )
    retention = _results(world.executor)
    left = []
    while await retention.step():
        left.append((await _rows(world, done.id))["results"])
    assert left == [3, 0, 0]


async def test_what_is_being_removed_keeps_no_import_waiting(world: World) -> None:
    biller = await world.biller()
    await world.crm.link(
        await world.crm.customer(biller, "A1"), await world.crm.login(biller.realm_id, "old@example.com")
    )
    await _all_removed(world)  # what other tests left
    first = await world.check(biller, "paperless", ["Account,Email", "A1,ann@example.com"])
    await world.apply(first, biller)
    await _ended_before(world, first.id, _KEEP + timedelta(hours=1))
    async with world.database.transaction() as plan, world.executor.transaction() as result, asyncio.timeout(30):
        assert await plans.remove_piece(plan, _KEEP) == 1
        assert await results.remove_piece(result, _KEEP) == 1
        second = await world.check(biller, "paperless", ["Account,Email", "A1,bea@example.com"])
        assert await world.apply(second, biller) == {2: ("applied", set())}
    await _all_removed(world)
    assert (await _rows(world, first.id))["results"] == 0
    assert (await _rows(world, second.id))["results"] == 1


_BELONG = {
    "undo": "UPDATE mapping.import SET undoes = $2 WHERE id = $1",
    "round": "UPDATE mapping.import SET retries = $2, round = 2 WHERE id = $1",
}


@pytest.mark.parametrize("belongs", _BELONG)
async def test_rows_stay_while_an_undo_or_a_round_goes_on_from_them(world: World, belongs: str) -> None:
    done, other = await _imported(world), uuid4()
    await _ended_before(world, done.id, timedelta(days=365))
    await world.admin.execute(
        """INSERT INTO mapping.import (id, biller_id, kind, file_id, definition, requester, request_id, request_hash)
           SELECT $1, biller_id, kind, file_id, definition, requester, $1, '' FROM mapping.import WHERE id = $2""",
        *(other, done.id),
    )
    await world.admin.execute(_BELONG[belongs], other, done.id)
    before = await _rows(world, done.id)
    for state in ("checking", "held", "confirmed", "approved"):
        await world.admin.execute("UPDATE mapping.import SET state = $2 WHERE id = $1", other, state)
        await _all_removed(world)
        assert await _rows(world, done.id) == before
    await world.admin.execute("UPDATE mapping.import SET state = 'completed' WHERE id = $1", other)
    await _all_removed(world)
    assert set((await _rows(world, done.id)).values()) == {0}
