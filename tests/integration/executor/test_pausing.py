"""What operations paused is not begun, whichever executor looks, until it is resumed. Rule apply-18."""

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from services.executor.worker import Executor
from tests.integration.executor.world import Result, World
from tests.support.crm import Biller

APPLIED: Result = ("applied", [])
_PAUSE = "SELECT execution.pause_work($1, $2, 'ann', 'The bank is down')"
_RESUME = "SELECT execution.resume_work($1, $2, 'ann')"


@pytest.fixture(autouse=True)
async def nothing_is_paused(world: World) -> AsyncIterator[None]:
    yield
    await world.admin.execute("DELETE FROM execution.pause")


async def _approved(world: World) -> tuple[UUID, Biller]:
    """An import of two chunks, of which one is applied."""
    biller = await world.biller()
    import_id = await world.plan(biller, "paperless", [[world.moved(n, await world.owned(biller))] for n in (2, 3)])
    await world.approve(import_id, biller)
    assert await Executor(world.database, name="one").step(import_id)
    return import_id, biller


@pytest.mark.parametrize("scope", ["import", "biller", "everything"])
async def test_what_is_paused_is_not_begun_until_it_is_resumed(world: World, scope: str) -> None:
    import_id, biller = await _approved(world)
    paused = {"import": (import_id, None), "biller": (None, biller.id), "everything": (None, None)}[scope]
    assert await world.admin.fetchval(_PAUSE, *paused)
    assert not await world.admin.fetchval(_PAUSE, *paused)
    for name in ("one", "started-again"):
        assert not await Executor(world.database, name=name).step(import_id)
    assert await world.results(import_id) == {2: APPLIED}
    assert await world.admin.fetchval(_RESUME, *paused)
    assert not await world.admin.fetchval(_RESUME, *paused)
    await world.finish(import_id)
    assert await world.results(import_id) == {2: APPLIED, 3: APPLIED}


@pytest.mark.parametrize("named", ["first", "round", "undo of the round"])
async def test_a_pause_holds_back_the_whole_family(world: World, named: str) -> None:
    first, _ = await _approved(world)
    again, _ = await _approved(world)
    undo, _ = await _approved(world)
    other, _ = await _approved(world)
    await world.admin.execute("UPDATE mapping.import SET retries = $2, round = 2 WHERE id = $1", again, first)
    await world.admin.execute("UPDATE mapping.import SET undoes = $2 WHERE id = $1", undo, again)
    paused = {"first": first, "round": again, "undo of the round": undo}[named]
    assert await world.admin.fetchval(_PAUSE, paused, None)
    executor = Executor(world.database, name="one")
    assert [await executor.step(one) for one in (first, again, undo)] == [False, False, False]
    assert await executor.step(other)
    assert not await world.admin.fetchval(_PAUSE, again, None)
    assert await world.admin.fetchval(_RESUME, undo, None)
    await world.finish(again)
    assert await world.results(again) == {2: APPLIED, 3: APPLIED}


async def test_other_imports_go_on(world: World) -> None:
    paused, biller = await _approved(world)
    other, _ = await _approved(world)
    await world.admin.fetchval(_PAUSE, None, biller.id)
    await world.finish(other)
    assert await world.results(paused) == {2: APPLIED}


async def test_what_is_paused_twice_goes_on_when_both_are_resumed(world: World) -> None:
    import_id, _ = await _approved(world)
    await world.admin.fetchval(_PAUSE, import_id, None)
    await world.admin.fetchval(_PAUSE, None, None)
    await world.admin.fetchval(_RESUME, None, None)
    assert not await Executor(world.database, name="one").step(import_id)
    await world.admin.fetchval(_RESUME, import_id, None)
    assert await Executor(world.database, name="one").step(import_id)


async def test_rows_of_a_paused_import_that_is_cancelled_get_their_outcome(world: World) -> None:
    import_id, biller = await _approved(world)
    await world.admin.fetchval(_PAUSE, None, None)
    await world.cancel(import_id, biller)
    await world.finish(import_id)
    assert await world.results(import_id) == {2: APPLIED, 3: ("skipped", ["S405"])}


async def test_an_executor_may_neither_pause_nor_resume(world: World) -> None:
    import_id, _ = await _approved(world)
    async with world.database.connection() as connection:
        for statement in (_PAUSE, _RESUME):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetchval(statement, import_id, None)


async def test_who_paused_and_who_resumed_is_kept(world: World) -> None:
    import_id, _ = await _approved(world)
    await world.admin.fetchval(_PAUSE, import_id, None)
    await world.admin.fetchval("SELECT execution.resume_work($1, NULL, 'bob')", import_id)
    await world.admin.fetchval(_PAUSE, import_id, None)
    kept = await world.admin.fetch(
        "SELECT paused_by, reason, resumed_by FROM execution.pause WHERE import_id = $1 ORDER BY id", import_id
    )
    assert [tuple(row) for row in kept] == [
        ("ann", "The bank is down", "bob"),
        ("ann", "The bank is down", None),
    ]
