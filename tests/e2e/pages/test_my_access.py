"""What a person may do, and who else may approve."""

from tests.e2e.pages.conftest import World
from tests.support.crm import Biller


async def test_the_page_says_what_one_may_do_and_who_can_approve(world: World, biller: Biller) -> None:
    await world.crm.right("sam", biller, "all", may_approve=True)
    paul = row_of(await page_of(world, "paul"), biller)
    assert "Paperless" in paul
    assert "Autopay" not in paul
    assert "sam" in paul
    sam = row_of(await page_of(world, "sam"), biller)
    assert "Autopay, Paperless, Customer Registration" in sam
    assert "sam" not in sam
    await world.admin.execute("DELETE FROM crm.operator_right WHERE subject = 'sam' AND biller_id = $1", biller.id)
    assert biller.name not in await page_of(world, "sam")
    assert "sam" not in row_of(await page_of(world, "paul"), biller)


async def test_every_page_leads_to_it(world: World) -> None:
    assert "/my-access" in (await world.browser("paul").get("/")).text


def row_of(page: str, biller: Biller) -> str:
    [row] = [part for part in page.split("<tr>") if biller.name in part]
    return row


async def page_of(world: World, person: str) -> str:
    return (await world.browser(person).get("/my-access")).text
