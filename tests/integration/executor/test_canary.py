"""An import that starts with a few rows: canary-1 to canary-6."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.executor.worker import Executor
from tests.integration.executor.test_autopay import bank
from tests.integration.executor.undoing import Undoing
from tests.integration.executor.world import EFFECTIVE, World
from tests.support.crm import Biller

NOTIFY = {"notify_customers": True}
_FIRST: dict[str, Any] = {"first": 1, "random": None, "lines": []}
Customer = tuple[int, int, str]


async def _planned(
    world: World, biller: Biller, *, kept: bool = True, options: dict[str, Any] | None = None
) -> tuple[UUID, list[Customer]]:
    """Three rows in three batches, of which the last one is the canary, as validation leaves them."""
    customers = [await world.owned(biller) for _ in range(3)]
    chunks = [[world.moved(line, customer)] for line, customer in enumerate(customers, start=2)]
    import_id = await world.plan(biller, "paperless", chunks, options=options)
    await _choose(world, import_id)
    if kept:
        await world.admin.execute("INSERT INTO validation.canary VALUES ($1, 1, 2, 1)", import_id)
    return import_id, customers


async def _choose(world: World, import_id: UUID) -> None:
    await world.admin.execute(
        "INSERT INTO mapping.canary (import_id, rows, chosen_by) VALUES ($1, $2, 'ida')", import_id, json.dumps(_FIRST)
    )


async def _work(world: World) -> None:
    """Everything that there is to do now, by an executor that has just started."""
    executor = Executor(world.database, name="test", retry_base=timedelta(milliseconds=1), today=lambda: EFFECTIVE)
    while await executor.step():
        pass


async def _paused(world: World, biller: Biller, **given: Any) -> tuple[UUID, list[Customer]]:
    import_id, customers = await _planned(world, biller, **given)
    await world.approve(import_id, biller)
    await _work(world)
    assert (await world.job(import_id))["paused_at"] is not None
    return import_id, customers


async def _go_on(world: World, import_id: UUID) -> bool:
    return bool(await world.admin.fetchval("SELECT execution.continue_import($1)", import_id))


async def _said(world: World, import_id: UUID) -> list[str]:
    topics = await world.admin.fetch(
        "SELECT topic FROM execution.outbox WHERE convert_from(body, 'utf8')::jsonb ->> 'import_id' = $1",
        str(import_id),
    )
    return [row["topic"].split(".")[1] for row in topics]


async def test_the_rest_waits_until_somebody_continues(world: World) -> None:
    biller = await world.biller()
    import_id, customers = await _paused(world, biller)
    assert await world.results(import_id) == {4: ("applied", [])}
    assert [chunk["state"] for chunk in await world.chunks(import_id)] == ["pending", "pending", "applied"]
    assert (await _said(world, import_id)).count("first-rows-applied") == 1
    await _work(world)
    assert await world.results(import_id) == {4: ("applied", [])}
    assert await _go_on(world, import_id)
    await _work(world)
    assert await world.results(import_id) == {line: ("applied", []) for line in (2, 3, 4)}
    assert (await world.job(import_id))["state"] == "finished"
    assert len(customers) == 3


async def test_it_is_continued_once_and_only_when_it_is_paused(world: World) -> None:
    biller = await world.biller()
    import_id, _ = await _planned(world, biller)
    await world.approve(import_id, biller)
    assert not await _go_on(world, import_id)
    await _work(world)
    assert await _go_on(world, import_id)
    assert not await _go_on(world, import_id)
    await _work(world)
    assert not await _go_on(world, import_id)


async def test_a_plan_of_the_last_release_waits_as_a_whole(world: World) -> None:
    """Its check knows of no canary: nothing is applied that nobody has looked at."""
    biller = await world.biller()
    import_id, _ = await _paused(world, biller, kept=False)
    assert await world.results(import_id) == {}
    assert await _go_on(world, import_id)
    await _work(world)
    assert len(await world.results(import_id)) == 3


async def test_executors_of_the_last_release_leave_the_rest_alone(world: World) -> None:
    """They claim what is pending and due, and end what has nothing pending."""
    biller = await world.biller()
    import_id, _ = await _paused(world, biller)
    due = await world.admin.fetchval(
        """SELECT count(*) FROM execution.chunk WHERE import_id = $1 AND state = 'pending' AND not_before <= now()""",
        import_id,
    )
    assert due == 0
    assert (await world.job(import_id))["finished_at"] is None


async def test_an_operator_resumes_only_the_canary(world: World) -> None:
    biller = await world.biller()
    import_id, _ = await _planned(world, biller)
    await world.approve(import_id, biller)
    await world.admin.execute(
        "UPDATE execution.job SET waiting_since = now(), waiting_reason = '42501' WHERE import_id = $1", import_id
    )
    assert await world.resume(import_id)
    await _work(world)
    assert await world.results(import_id) == {4: ("applied", [])}
    assert (await world.job(import_id))["paused_at"] is not None


async def test_what_waits_for_an_operator_too_rests_until_both_have_acted(world: World) -> None:
    biller = await world.biller()
    import_id, _ = await _paused(world, biller)
    await world.admin.execute(
        "UPDATE execution.job SET waiting_since = now(), waiting_reason = '42501' WHERE import_id = $1", import_id
    )
    assert await _go_on(world, import_id)
    await _work(world)
    assert len(await world.results(import_id)) == 1
    assert await world.resume(import_id)
    await _work(world)
    assert len(await world.results(import_id)) == 3


async def test_it_can_be_canceled_while_it_waits(world: World) -> None:
    biller = await world.biller()
    import_id, customers = await _paused(world, biller)
    assert await world.cancel(import_id, biller) == "cancelled"
    await _work(world)
    assert await world.results(import_id) == {2: ("skipped", ["S405"]), 3: ("skipped", ["S405"]), 4: ("applied", [])}
    assert not await _go_on(world, import_id)
    assert (await world.one("login", customers[0][1]))["email"] == customers[0][2]


async def test_where_all_rows_are_in_the_canary_nothing_waits(world: World) -> None:
    biller = await world.biller()
    import_id, _ = await _planned(world, biller)
    await world.admin.execute("UPDATE validation.canary SET first_chunk = 0 WHERE import_id = $1", import_id)
    await world.approve(import_id, biller)
    await _work(world)
    assert len(await world.results(import_id)) == 3
    assert "first-rows-applied" not in await _said(world, import_id)


async def test_emails_to_customers_wait_until_it_continues(world: World) -> None:
    biller = await world.biller()
    import_id, customers = await _paused(world, biller, options=NOTIFY)
    assert await world.notices(import_id) == []
    await _go_on(world, import_id)
    await _work(world)
    assert {login for login, _ in await world.notices(import_id)} == {login for _, login, _ in customers}
    assert await world.admin.fetchval("SELECT count(*) FROM execution.notice_held WHERE import_id = $1", import_id) == 0


async def test_emails_of_rows_that_stay_are_sent_when_it_is_canceled(world: World) -> None:
    biller = await world.biller()
    import_id, customers = await _paused(world, biller, options=NOTIFY)
    await world.cancel(import_id, biller)
    await _work(world)
    assert {login for login, _ in await world.notices(import_id)} == {customers[2][1]}


async def test_emails_of_rows_that_are_undone_are_sent_only_once_that_is_undone(world: World, undoing: Undoing) -> None:
    biller = await world.biller()
    import_id, customers = await _paused(world, biller, options=NOTIFY)
    undo = await undoing.ask(import_id, biller)
    await world.cancel(import_id, biller)
    await _work(world)
    assert await world.notices(import_id) == []
    await undoing.check(undo)
    await undoing.confirm(undo, biller)
    await undoing.start(undo, biller)
    await _work(world)
    assert await world.results(undo) == {4: ("applied", [])}
    assert await world.notices(import_id) == []
    assert (await world.one("login", customers[2][1]))["email"] == customers[2][2]
    await undoing.run(undo, biller)
    login_id = customers[2][1]
    assert await world.notices(import_id) == [(login_id, "email_changed"), (login_id, "paperless_started")]
    assert await world.admin.fetchval("SELECT count(*) FROM crm.notice WHERE sent_at IS NOT NULL") == 0


async def test_emails_are_sent_where_the_undo_is_discarded(world: World, undoing: Undoing) -> None:
    biller = await world.biller()
    import_id, _ = await _paused(world, biller, options=NOTIFY)
    undo = await undoing.ask(import_id, biller)
    await world.cancel(import_id, biller)
    await _work(world)
    assert await world.notices(import_id) == []
    await world.admin.execute("UPDATE mapping.import SET state = 'cancelled' WHERE id = $1", undo)
    await _work(world)
    assert len(await world.notices(import_id)) > 0


@pytest.mark.parametrize(("days", "outcome"), [(0, "applied"), (1, "held")])
async def test_a_collection_date_may_not_pass_while_it_waits(world: World, days: int, outcome: str) -> None:
    """apply-9: an import goes on past midnight, but it begins again after a pause."""
    biller = await world.biller()
    customers = [await world.owned(biller) for _ in range(2)]
    chunks = [[bank(line, customer)] for line, customer in enumerate(customers, start=2)]
    import_id = await world.plan(biller, "autopay", chunks)
    await _choose(world, import_id)
    await world.admin.execute("INSERT INTO validation.canary VALUES ($1, 1, 1, 1)", import_id)
    await world.approve(import_id, biller)
    await _work(world)
    await _go_on(world, import_id)
    later = Executor(world.database, name="later", today=lambda: EFFECTIVE + timedelta(days=days))
    while await later.step(import_id):
        pass
    assert {line: result[0] for line, result in (await world.results(import_id)).items()} == {2: outcome, 3: "applied"}
