import asyncio
from collections import Counter

from services.executor.worker import Executor
from tests.integration.executor.world import World, row

CHUNKS, ROWS = 12, 5


async def run_to_the_end(executor: Executor) -> None:
    while await executor.step():
        pass


async def test_two_executors_share_the_chunks_and_no_row_is_applied_twice(world: World) -> None:
    biller = await world.biller()
    customers = [[await world.owned(biller) for _ in range(ROWS)] for _ in range(CHUNKS)]
    chunks = [
        [world.moved(2 + chunk_no * ROWS + place, customer) for place, customer in enumerate(owners)]
        for chunk_no, owners in enumerate(customers)
    ]
    import_id = await world.plan(biller, "paperless", chunks, options={"notify_customers": True})
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


async def test_the_oldest_import_goes_first(world: World) -> None:
    imports = []
    for _ in range(2):
        biller = await world.biller()
        import_id = await world.plan(biller, "paperless", [[row(2, "skipped")], [row(3, "skipped")]])
        await world.approve(import_id, biller)
        imports.append(import_id)
    executor = Executor(world.database, name="one")
    await executor.step()
    await executor.step()
    done = await world.admin.fetch(
        "SELECT import_id FROM execution.chunk WHERE import_id = ANY ($1) AND state = 'applied'", imports
    )
    assert [found["import_id"] for found in done] == [imports[0], imports[0]]
    await run_to_the_end(executor)
