"""Answers that somebody considers: the next check shows what would come of them, and starts nothing."""

from tests.integration.validation.world import Import, World, answers

FLAGGED = ["Account,Email,Paperless", *(f"A{n},a{n}@example.com,{'' if n % 2 else 'Y'}" for n in range(20))]
COLUMNS = {"email": "Email", "paperless_flag": "Paperless"}


async def held(world: World, **changes: object) -> Import:
    """Half of the customers have no consent on record."""
    biller = await world.biller()
    await world.admin.execute(
        "INSERT INTO crm.customer (biller_id, account_number) SELECT $1, 'A' || n FROM generate_series(0, 19) AS n",
        biller.id,
    )
    return await world.check(biller, "paperless", FLAGGED, columns=COLUMNS, **changes)


def applied(done: Import) -> int:
    assert done.result is not None
    assert done.result.state == "held"
    return done.result.planned.applied


async def test_the_numbers_follow_what_is_considered_and_nothing_starts(world: World) -> None:
    done = await held(world, decide="ask")
    before = applied(done)
    await world.consider(done.id, 1, {"C241": ("attest", 10)})
    tried = await world.run(done.id)
    assert applied(tried) == before + 10
    assert tried.result is not None
    assert "C241" in tried.result.codes, "it still says how many rows it is about"
    assert "C241" not in tried.result.undecided
    assert [topic for topic, _ in await world.said(done.id)][-1] == "import-held"
    await world.consider(done.id, 2, {"C241": ("skip", 10)})
    assert applied(await world.run(done.id)) == before


async def test_what_was_decided_in_advance_does_not_start_it_either(world: World) -> None:
    done = await held(world, decide=answers())
    await world.consider(done.id, 1, {"C241": ("attest", 10)})
    assert applied(await world.run(done.id)) > applied(done)


async def test_what_is_confirmed_is_applied_and_what_others_consider_is_not(world: World) -> None:
    done = await held(world, decide="ask")
    await world.consider(done.id, 1, {"C241": ("attest", 10)})
    tried = await world.run(done.id)
    await world.decide(done.id, 2, {"C241": {"choice": "skip", "count_seen": 10}})
    confirmed = await world.run(done.id)
    assert confirmed.approved.planned.applied == applied(done) < applied(tried)
