"""An operator lets an import go on that waits for one."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from shared.contracts.events import ImportResumed
from tests.e2e.pages.conftest import World
from tests.e2e.pages.walking import checked, under_check
from tests.support.crm import Biller


@pytest.fixture
async def waiting(world: World, biller: Biller) -> AsyncIterator[UUID]:
    """One that waits; ivy works everywhere."""
    import_id = await under_check(world.browser("ivy"), biller)
    await checked(world, import_id, state="approved")
    await world.admin.execute(
        """INSERT INTO execution.job (import_id, biller_id, kind, state, waiting_since, waiting_reason)
           VALUES ($1, $2, 'paperless', 'running', now(), '53100')""",
        *(import_id, biller.id),
    )
    await world.admin.execute(
        "INSERT INTO crm.operator_right (subject, biller_id, permission) VALUES ('ivy', NULL, 'all')"
    )
    yield import_id
    await world.admin.execute("DELETE FROM crm.operator_right WHERE subject = 'ivy' AND biller_id IS NULL")


async def still_waits(world: World, import_id: UUID) -> bool:
    query = "SELECT waiting_since IS NOT NULL FROM execution.job WHERE import_id = $1"
    return bool(await world.admin.fetchval(query, import_id))


async def said(world: World, import_id: UUID) -> int:
    """How often it was told that the import goes on."""
    query = "SELECT count(*) FROM mapping.outbox WHERE topic = $1 AND convert_from(body, 'UTF8') LIKE $2"
    return int(await world.admin.fetchval(query, ImportResumed.topic.name, f"%{import_id}%"))


async def test_the_page_says_what_stopped_it_and_resumes(world: World, waiting: UUID) -> None:
    ivy, address, status = world.browser("ivy"), f"/checks/{waiting}/resume", f"/status/imports/{waiting}"
    text = (await ivy.get(address)).text
    assert "What stopped it: the database disk is full" in text
    assert "continues where it stopped" in text
    resumed = await ivy.post(address)
    assert (resumed.status_code, resumed.headers["location"]) == (303, status)
    assert not await still_waits(world, waiting)
    assert await said(world, waiting) == 1
    for answer in (await ivy.post(address), await ivy.get(address)):  # once more, or somebody else meanwhile
        assert (answer.status_code, answer.headers["location"]) == (303, status)
    assert await said(world, waiting) == 1


async def test_only_those_who_work_everywhere_may(world: World, waiting: UUID) -> None:
    address = f"/checks/{waiting}/resume"
    forged = await world.browser("ivy").client.post(address, data={"csrf": "another"})
    assert forged.status_code == 403
    for person, status in (("paul", 403), ("sam", 404)):
        assert (await world.browser(person).get(address)).status_code == status
        assert (await world.browser(person).post(address)).status_code == status
    assert await still_waits(world, waiting)
