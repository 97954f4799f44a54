"""What a person may do, and who else may approve."""

import re

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


async def test_the_page_says_who_operates_and_audits_and_names_people(world: World, biller: Biller) -> None:
    await world.crm.right("sam", biller, "all", may_approve=True)
    await world.admin.execute(
        """INSERT INTO mapping.person (subject, name, email) VALUES ('sam', 'Sam Okafor', 'sam@example.com')
           ON CONFLICT (subject) DO UPDATE SET name = excluded.name"""
    )
    paul = row_of(await page_of(world, "paul"), biller)
    assert "Sam Okafor" in paul
    assert has(paul, "Operate") == has(paul, "Audit") == "No"
    await world.crm.right("paul", None, "paperless")
    await world.admin.execute(
        """UPDATE crm.operator_right SET may_operate = true, may_audit = true
           WHERE subject = 'paul' AND biller_id IS NULL"""
    )
    paul = row_of(await page_of(world, "paul"), biller)
    await world.admin.execute("DELETE FROM crm.operator_right WHERE subject = 'paul' AND biller_id IS NULL")
    assert has(paul, "Operate") == has(paul, "Audit") == "Yes"


def has(row: str, right: str) -> str:
    [found] = re.findall(rf'data-label="{right}"><span[^>]*>(Yes|No)<', row)
    return str(found)


async def test_every_page_leads_to_it(world: World) -> None:
    assert "/my-access" in (await world.browser("paul").get("/")).text


def row_of(page: str, biller: Biller) -> str:
    [row] = [part for part in page.split("<tr>") if biller.name in part]
    return row.split("</tr>")[0]


async def page_of(world: World, person: str) -> str:
    return (await world.browser(person).get("/my-access")).text
