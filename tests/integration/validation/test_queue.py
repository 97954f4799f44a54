"""The place that people are told of a check is that at which the worker takes it."""

from datetime import timedelta
from uuid import UUID

from services.validation.repository import checks
from tests.integration.validation.world import World

LINES = ["Account,Email", "A1,ann@example.com"]
_ENDED = """
    UPDATE validation.import_check SET state = 'finished', checked_at = now() - $2::interval WHERE import_id = $1
"""


async def test_the_queue_is_the_order_in_which_checks_are_taken(world: World) -> None:
    await world.admin.execute("UPDATE validation.import_check SET state = 'cancelled' WHERE state = 'pending'")
    made: list[UUID] = []
    for checked_ago in (5, 50, None, 20):  # minutes since the last check of its biller
        biller = await world.biller()
        if checked_ago is not None:
            earlier = await world.define(biller, "paperless", "\n".join(LINES))
            await world.admin.execute(_ENDED, earlier, timedelta(minutes=checked_ago))
        made += [await world.define(biller, "paperless", "\n".join([*LINES, f"A{n},b@example.com"])) for n in range(2)]
    waiting = "UPDATE validation.import_check SET not_before = now() - interval '1 hour' WHERE import_id = ANY ($1)"
    await world.admin.execute(waiting, made)
    order = "SELECT import_id FROM notification.check_queue ORDER BY before"
    told = [row["import_id"] for row in await world.admin.fetch(order)]
    assert set(told) == set(made)
    async with world.database.connection() as connection:
        taken = await checks.candidates(connection)
    assert told[: len(taken)] == taken
    assert {told.index(one) for one in made[1::2]} == {4, 5, 6, 7}, (
        "the second of each biller comes after all first ones"
    )
