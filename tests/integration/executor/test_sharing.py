import asyncio
import contextlib
from collections import Counter
from datetime import timedelta

import asyncpg
import pytest

from services.executor.repository import chunks
from services.executor.worker import Executor
from tests.integration.executor.test_autopay import bank
from tests.integration.executor.world import EFFECTIVE, WAIT_SECONDS, Result, World, row

CHUNKS, ROWS = 12, 5
APPLIED: Result = ("applied", [])
_WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE application_name = 'executor-tests' AND wait_event_type = 'Lock' AND datname = current_database()
"""


async def run_to_the_end(executor: Executor) -> None:
    while await executor.step():
        pass


async def until_waiting(world: World, count: int) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            if await world.admin.fetchval(_WAITING) == count:
                return
            await asyncio.sleep(0.01)


async def test_two_executors_share_the_chunks_and_no_row_is_applied_twice(world: World) -> None:
    biller = await world.biller()
    customers = [[await world.owned(biller) for _ in range(ROWS)] for _ in range(CHUNKS)]
    planned = [
        [world.moved(2 + chunk_no * ROWS + place, customer) for place, customer in enumerate(owners)]
        for chunk_no, owners in enumerate(customers)
    ]
    import_id = await world.plan(biller, "paperless", planned, options={"notify_customers": True})
    await world.approve(import_id, biller)
    await asyncio.gather(*(run_to_the_end(Executor(world.database, name=name)) for name in ("one", "two")))
    await world.finish(import_id)

    assert (await world.finished(import_id))["counts"]["applied"] == CHUNKS * ROWS
    assert len(await world.results(import_id)) == CHUNKS * ROWS
    assert len(await world.notices(import_id)) == 2 * CHUNKS * ROWS
    enrolments = await world.admin.fetchval(
        "SELECT count(*) FROM crm.paperless_enrollment WHERE import_id = $1", import_id
    )
    assert enrolments == 2 * CHUNKS * ROWS
    workers = await world.admin.fetch("SELECT applied_by FROM execution.chunk WHERE import_id = $1", import_id)
    assert Counter(found["applied_by"] for found in workers).keys() == {"one", "two"}
    assert len(await world.said(import_id, "chunk-applied")) == CHUNKS


async def test_executors_that_come_and_go_change_nothing_but_who_applied_a_chunk(world: World) -> None:
    biller = await world.biller()
    planned = [[world.moved(2 + number, await world.owned(biller))] for number in range(CHUNKS)]
    import_id = await world.plan(biller, "paperless", planned)
    await world.approve(import_id, biller)
    names = ("one", "two", "three", "four")
    executors = [Executor(world.database, name=name) for name in names]
    for at_work in (executors[:1], executors, executors, executors[:1]):  # 1, then 4, then 1 again
        assert all(await asyncio.gather(*(executor.step() for executor in at_work)))
    await run_to_the_end(executors[0])
    await world.finish(import_id)

    assert await world.results(import_id) == dict.fromkeys(range(2, 2 + CHUNKS), APPLIED)
    chunks_by = Counter(chunk["applied_by"] for chunk in await world.chunks(import_id))
    assert chunks_by.keys() == set(names)
    assert chunks_by["one"] == CHUNKS - 2 * 3
    assert len(await world.said(import_id, "chunk-applied")) == CHUNKS
    assert (await world.finished(import_id))["counts"]["applied"] == CHUNKS


async def test_imports_have_their_turns(world: World) -> None:
    imports = []
    for _ in range(2):
        biller = await world.biller()
        import_id = await world.plan(biller, "paperless", [[row(2, "skipped")], [row(3, "skipped")]])
        await world.approve(import_id, biller)
        imports.append(import_id)
    executor = Executor(world.database, name="one")
    for done in (1, 2):
        await executor.step()
        await executor.step()
        ended = [chunk["import_id"] for one in imports for chunk in await world.chunks(one) if chunk["applied_at"]]
        assert Counter(ended) == dict.fromkeys(imports, done)
    await run_to_the_end(executor)


async def test_a_small_import_ends_while_a_large_one_goes_on(world: World) -> None:
    imports = []
    for chunks_of in (4, 1):
        biller = await world.biller()
        planned = [[row(2 + number, "skipped")] for number in range(chunks_of)]
        imports.append(await world.plan(biller, "paperless", planned))
        await world.approve(imports[-1], biller)
    large, small = imports
    one = Executor(world.database, name="one")
    for _ in range(2):
        await one.step()
    assert (await world.job(small))["finished_at"] is not None
    assert [chunk["state"] for chunk in await world.chunks(large)].count("pending") == 3
    await run_to_the_end(one)


@pytest.mark.usefixtures("patient")
async def test_workers_of_one_executor_take_chunks_of_different_imports(world: World) -> None:
    imports = []
    async with contextlib.AsyncExitStack() as locks:
        for _ in range(2):
            biller = await world.biller()
            customers = [await world.owned(biller) for _ in range(2)]
            import_id = await world.plan(biller, "paperless", [[world.moved(2, customers[0])], [row(3, "skipped")]])
            await world.approve(import_id, biller)
            await locks.enter_async_context(
                world.beside("SELECT FROM crm.login WHERE id = $1 FOR UPDATE", customers[0][1])
            )
            imports.append(import_id)
        one = Executor(world.database, name="one")
        steps = []
        for at_work in (1, 2):
            steps.append(asyncio.create_task(one.step()))
            await until_waiting(world, at_work)
    await asyncio.gather(*steps)
    for import_id in imports:
        assert [chunk["state"] for chunk in await world.chunks(import_id)] == ["applied", "pending"]
    await run_to_the_end(one)


async def test_of_a_biller_no_more_chunks_are_in_hand_than_may_be(world: World) -> None:
    billers = [await world.biller() for _ in range(2)]
    customers = [await world.owned(billers[0]) for _ in range(4)]
    large = await world.plan(
        billers[0], "paperless", [[world.moved(line, customer)] for line, customer in enumerate(customers, 2)]
    )
    small = await world.plan(billers[1], "paperless", [[world.moved(2, await world.owned(billers[1]))]])
    await world.approve(large, billers[0])
    other = Executor(world.database, name="other", most_of_biller=2)
    async with world.database.transaction() as one, world.database.transaction() as two:
        for connection in (one, two):
            assert await chunks.claim(connection, large, most_of_biller=2) is not None
        assert not await other.step(), "both places of the biller are taken"
        await world.approve(small, billers[1])
        await run_to_the_end(other)
        assert (await world.finished(small))["state"] == "completed"
        assert [chunk["state"] for chunk in await world.chunks(large)] == ["pending"] * 4
    await run_to_the_end(other)
    assert {chunk["state"] for chunk in await world.chunks(large)} == {"applied"}
    assert await world.results(large) == dict.fromkeys((2, 3, 4, 5), APPLIED)


async def test_a_biller_gets_its_places_back_from_executors_that_failed(world: World) -> None:
    biller = await world.biller()
    customers = [await world.owned(biller) for _ in range(2)]
    import_id = await world.plan(
        biller, "paperless", [[world.moved(line, customer)] for line, customer in enumerate(customers, 2)]
    )
    await world.approve(import_id, biller)
    one, two = (
        Executor(world.database, name=name, retry_base=timedelta(minutes=1), most_of_biller=1)
        for name in ("one", "two")
    )
    async with world.beside("SELECT FROM crm.login WHERE id = $1 FOR UPDATE", customers[0][1]):
        assert await one.step()  # its first chunk waited for its lock in vain
        assert await two.step()
    assert [chunk["state"] for chunk in await world.chunks(import_id)] == ["pending", "applied"]
    await world.admin.execute("UPDATE execution.chunk SET not_before = now() WHERE import_id = $1", import_id)
    await run_to_the_end(two)
    assert await world.results(import_id) == dict.fromkeys((2, 3), APPLIED)


async def test_a_locked_login_holds_up_nobody_else(world: World) -> None:
    blocked, free = [await world.biller() for _ in range(2)]
    customers = [await world.owned(blocked) for _ in range(4)]
    first = await world.plan(
        blocked, "paperless", [[world.moved(line, customer)] for line, customer in enumerate(customers, 2)]
    )
    await world.approve(first, blocked)
    second = await world.plan(free, "paperless", [[world.moved(2, await world.owned(free))]])
    await world.approve(second, free)
    executor = Executor(world.database, name="the only one", retry_base=timedelta(minutes=1))
    async with world.beside("SELECT FROM crm.login WHERE id = $1 FOR UPDATE", customers[0][1]):
        await run_to_the_end(executor)
        assert (await world.finished(second))["state"] == "completed"
        assert await world.results(first) == {3: APPLIED, 4: APPLIED, 5: APPLIED}
        waits, *others = await world.chunks(first)
        assert (waits["state"], waits["last_problem"], waits["attempts"]) == ("pending", "55P03", 0)
        assert waits["postponed"] == 1
        assert {chunk["state"] for chunk in others} == {"applied"}
    await world.admin.execute("UPDATE execution.chunk SET not_before = now() WHERE import_id = $1", first)
    await world.finish(first)
    assert await world.results(first) == dict.fromkeys((2, 3, 4, 5), APPLIED)


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(
    ("kind", "added"),
    [
        (
            "paperless",
            """INSERT INTO crm.paperless_enrollment (customer_id, invoice_type_id, status, origin)
               SELECT c.id, t.id, 'active', 'csr' FROM crm.customer c JOIN crm.invoice_type t USING (biller_id)
               WHERE c.id = $1 ORDER BY t.id LIMIT 1""",
        ),
        (
            "autopay",
            """INSERT INTO crm.payment_method (login_id, biller_id, kind, account_last4, fingerprint, status, origin)
               SELECT k.login_id, c.biller_id, 'ach', '5667', 'fingerprint-of-a-bank-account', 'active', 'csr'
               FROM crm.customer c JOIN crm.customer_login_link k ON k.customer_id = c.id WHERE c.id = $1""",
        ),
    ],
)
async def test_a_chunk_gives_way_to_who_waits_for_it_and_holds_what_it_needs(
    world: World, kind: str, added: str
) -> None:
    biller = await world.biller()
    customer = await world.owned(biller)
    planned = world.moved(2, customer) if kind == "paperless" else bank(2, customer)
    import_id = await world.plan(biller, kind, [[planned]])
    await world.approve(import_id, biller)
    portal = await asyncpg.connect(world.dsn, server_settings={"application_name": "portal"})
    try:
        # The chunk has locked login and customer when somebody adds what it is about to add, too.
        async with world.beside(
            "SELECT FROM crm.customer_login_link WHERE customer_id = $1 FOR UPDATE", customer[0]
        ) as transaction:
            step = asyncio.create_task(
                Executor(world.database, name="one", retry_base=timedelta(), today=lambda: EFFECTIVE).step(import_id)
            )
            await world.waiting("executor-tests")
            adding = asyncio.create_task(portal.execute(added, customer[0]))
            await world.waiting("portal")
            await transaction.rollback()
            assert await step
        assert await adding == "INSERT 0 1"
    finally:
        await portal.close()
    [chunk] = await world.chunks(import_id)
    assert (chunk["state"], chunk["last_problem"], chunk["attempts"]) == ("pending", "55P03", 0)
    await world.finish(import_id)
    assert await world.results(import_id) == {2: ("held", ["R198"])}


async def test_imports_whose_chunks_are_locked_come_after_the_others(world: World) -> None:
    blocked, free = [await world.biller() for _ in range(2)]
    customers = [await world.owned(blocked) for _ in range(5)]
    first = await world.plan(
        blocked, "paperless", [[world.moved(line, customer)] for line, customer in enumerate(customers, 2)]
    )
    await world.approve(first, blocked)
    second = await world.plan(free, "paperless", [[world.moved(line, await world.owned(free))] for line in range(2, 8)])
    await world.approve(second, free)
    executor = Executor(world.database, name="the only one", retry_base=timedelta(minutes=1))
    async with world.beside(
        "SELECT FROM crm.login WHERE id = ANY ($1) FOR UPDATE", [login_id for _, login_id, _ in customers]
    ):
        for _ in range(8):  # one of the first import waited in vain, then everything of the second
            await executor.step()
        assert [chunk["state"] for chunk in await world.chunks(second)] == ["applied"] * 6
        assert sum(chunk["postponed"] for chunk in await world.chunks(first)) <= 2
    await world.cancel(first, blocked)
    await run_to_the_end(executor)


async def test_executors_neither_wait_for_nor_repeat_a_chunk_in_hand(world: World) -> None:
    biller = await world.biller()
    import_id = await world.plan(biller, "paperless", [[row(2, "skipped")], [row(3, "skipped")]])
    await world.approve(import_id, biller)
    async with world.database.transaction() as one, world.database.transaction() as two:
        await two.execute("SET LOCAL lock_timeout = '100ms'")
        claimed = [await chunks.claim(connection, import_id) for connection in (one, two)]
        assert [chunk.chunk_no for chunk in claimed if chunk is not None] == [0, 1]
    await world.finish(import_id)


@pytest.mark.usefixtures("patient")
async def test_executors_do_not_wait_for_each_other_at_the_start(world: World) -> None:
    biller = await world.biller()
    customers = [await world.owned(biller) for _ in range(2)]
    import_id = await world.plan(
        biller, "paperless", [[world.moved(line, customer)] for line, customer in enumerate(customers, 2)]
    )
    await world.approve(import_id, biller)
    # The first chunk has written all but its results when the second begins.
    async with world.beside(
        "INSERT INTO execution.row_result (import_id, line_no, outcome, codes) VALUES ($1, 2, 'held', '{}')", import_id
    ) as transaction:
        first = asyncio.create_task(Executor(world.database, name="one").step(import_id))
        await world.waiting("executor-tests")
        assert await Executor(world.database, name="two").step(import_id)
        assert await world.results(import_id) == {3: APPLIED}
        await transaction.rollback()
        assert await first
    await world.finish(import_id)
    assert await world.results(import_id) == {2: APPLIED, 3: APPLIED}
    records = await world.admin.fetchval(
        "SELECT count(*) FROM crm.authorization_record WHERE import_id = $1", import_id
    )
    assert records == 1


async def test_an_import_whose_end_fails_keeps_no_other_from_ending(world: World) -> None:
    imports = []
    for _ in range(2):
        biller = await world.biller()
        planned = [[row(line, "skipped", codes=["C202"])] for line in (2, 3)]
        imports.append(await world.plan(biller, "paperless", planned))
        await world.approve(imports[-1], biller)
    executor = Executor(world.database, name="one")
    for _ in range(2):
        await executor.step()
    await world.admin.execute(
        "UPDATE execution.chunk SET counts = '{}', codes = NULL WHERE import_id = $1 AND chunk_no = 0", imports[0]
    )
    with pytest.raises(AttributeError):
        await executor.step()
    assert await executor.step()
    assert (await world.finished(imports[1]))["state"] == "completed"
    await world.admin.execute("UPDATE execution.chunk SET codes = '{}' WHERE import_id = $1", imports[0])
    await world.finish(imports[0])
