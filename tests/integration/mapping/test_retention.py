"""Files and drafts are removed after their retention period; what is open, or used since, stays."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.mapping.removal import outdated_rules
from services.mapping.repository import outdated
from shared.retention import Retention
from shared.secure_upload import object_key
from tests.integration.mapping.world import World
from tests.support.crm import Biller

_KEEP = timedelta(days=30)
_OLD = timedelta(days=31)


async def _all_removed(world: World) -> None:
    retention = Retention(world.database, outdated_rules(world.uploads, _KEEP, _KEEP))
    while await retention.step():
        pass


async def _aged(world: World, file_id: UUID) -> None:
    await world.admin.execute(
        "UPDATE mapping.secure_file SET uploaded_at = uploaded_at - $2::interval WHERE id = $1", file_id, _OLD
    )
    await world.admin.execute(
        "UPDATE mapping.import SET updated_at = updated_at - $2::interval WHERE file_id = $1", file_id, _OLD
    )


async def _is_there(world: World, biller: Biller, file_id: UUID) -> bool:
    try:
        await world.uploads.size(object_key(biller.id, file_id))
    except FileNotFoundError:
        return False
    return True


async def _imported(world: World, biller: Biller, state: str) -> tuple[dict[str, Any], UUID]:
    definition = await world.definition(biller)
    import_id = UUID((await world.ask(definition)).json()["import_id"])
    await world.admin.execute("UPDATE mapping.import SET state = $2 WHERE id = $1", import_id, state)
    return definition, UUID(definition["file"]["id"])


@pytest.mark.parametrize("state", ["completed", "completed_with_errors", "rejected", "cancelled", "failed"])
async def test_a_file_goes_after_its_last_import(world: World, biller: Biller, state: str) -> None:
    definition, file_id = await _imported(world, biller, state)
    await _all_removed(world)
    assert await _is_there(world, biller, file_id)
    await _aged(world, file_id)
    await _all_removed(world)
    assert not await _is_there(world, biller, file_id)
    again = await world.ask(definition)
    assert again.status_code == 422
    assert again.json()["code"] == "F018"
    assert "after its retention period" in again.json()["title"]


@pytest.mark.parametrize("state", ["checking", "held", "confirmed", "approved"])
async def test_a_file_stays_while_an_import_of_it_is_open(world: World, biller: Biller, state: str) -> None:
    _, file_id = await _imported(world, biller, state)
    await _aged(world, file_id)
    await _all_removed(world)
    assert await _is_there(world, biller, file_id)


async def test_a_file_nobody_imported_goes_unless_a_draft_goes_on_with_it(world: World, biller: Biller) -> None:
    unused, drafted = [UUID((await world.upload(biller))["id"]) for _ in range(2)]
    await world.admin.execute(
        "INSERT INTO mapping.draft (id, subject, biller_id, content) VALUES ($1, 'ivy', $2, $3)",
        uuid4(),
        biller.id,
        f'{{"file": {{"id": "{drafted}"}}}}',
    )
    for file_id in (unused, drafted):
        await _aged(world, file_id)
    await _all_removed(world)
    assert not await _is_there(world, biller, unused)
    assert await _is_there(world, biller, drafted)


async def test_drafts_go_when_nobody_goes_on_with_them(world: World, biller: Biller) -> None:
    young, old, held = uuid4(), uuid4(), uuid4()
    import_id = await world.imported(biller)
    await world.admin.execute("UPDATE mapping.import SET state = 'held' WHERE id = $1", import_id)
    for draft_id, age, of in ((young, timedelta(0), None), (old, _OLD, None), (held, _OLD, import_id)):
        await world.admin.execute(
            """INSERT INTO mapping.draft (id, subject, biller_id, import_id, updated_at)
               VALUES ($1, 'ivy', $2, $3, now() - $4::interval)""",
            draft_id,
            biller.id,
            of,
            age,
        )
    async with world.database.transaction() as connection:
        assert await outdated.remove_drafts(connection, _KEEP) == 1
    left = await world.admin.fetch("SELECT id FROM mapping.draft WHERE id = ANY ($1::uuid[])", [young, old, held])
    assert {row["id"] for row in left} == {young, held}
