"""What people know of the tool that came before (docs/scenarios.md), where no other test holds it."""

import re

from tests.e2e.pages.conftest import World
from tests.e2e.pages.walking import at_columns, draft_of, go, upload
from tests.support.crm import Biller


async def test_the_breadcrumb_says_where_in_the_crm_one_is(world: World) -> None:
    page = (await world.browser("paul").get("/import/new")).text
    crumbs = re.search(r'aria-label="Breadcrumb">(.*?)</nav>', page, re.DOTALL)
    assert crumbs is not None
    assert re.findall(r"<li[^>]*>(?:<a [^>]*>)?([^<]+)", crumbs[1])[:3] == [
        *("Tools", "Biller Tools", "Biller Customer Imports")
    ]
    assert re.findall(r'href="([^"]+)"', crumbs[1]) == [
        *("https://crm.example.com/tools", "https://crm.example.com/tools/biller", "/")
    ]


async def test_the_start_page_has_three_ways(world: World) -> None:
    page = (await world.browser("paul").get("/")).text
    assert re.findall(r'class="choice" href=.*?<strong>([^<]+)', page) == [
        *("Import", "View In-Progress Imports", "View Completed Imports")
    ]


async def test_billers_are_searched_and_say_what_their_secure_upload_has(world: World, biller: Biller) -> None:
    browser = world.browser("paul")
    await upload(browser, biller)
    page = (await browser.get(f"/import/new?q={biller.name}")).text
    assert biller.name in page
    assert "Secure Upload: 1 Paperless file" in page
    assert "No biller matches" in (await browser.get("/import/new?q=no-such-biller")).text


async def test_kinds_depend_on_rights_and_secure_upload(world: World, biller: Biller) -> None:
    draft = await draft_of(world.browser("paul"), biller)
    page = (await world.browser("paul").get(f"{draft}/kind")).text
    assert page.count(" disabled>") == 2  # the two that he may not run
    assert "No file yet" in page  # one can still be uploaded in the next step
    await upload(world.browser("paul"), biller)
    assert "No file yet" not in (await world.browser("paul").get(f"{draft}/kind")).text


async def test_a_biller_with_linked_accounts_warns_before_the_file_is_chosen(world: World, biller: Biller) -> None:
    draft = await draft_of(world.browser("paul"), biller)
    assert "(MCL)" not in (await world.browser("paul").get(f"{draft}/kind")).text
    await world.admin.execute("UPDATE crm.biller SET mcl_enabled = true WHERE id = $1", biller.id)
    assert "(MCL)" in (await world.browser("paul").get(f"{draft}/kind")).text


async def test_settings_say_that_everybody_is_enrolled_and_autopay_is_warned_of(world: World, biller: Biller) -> None:
    browser = world.browser("ivy")
    draft = await at_columns(browser, biller)
    page = (await browser.get(f"{draft}/settings")).text
    assert "even without a bill of that type" in page
    assert "whose account is debited" not in page
    await go(browser, f"{draft}/kind", kind="autopay")
    page = (await browser.get(f"{draft}/settings")).text
    assert "These settings decide whose account is debited, and when." in page
    assert "Earliest collection date" in page
    assert not re.search(r'name="agreed"[^>]* checked', page), "a person confirms the biller's statement"


async def test_every_page_leads_to_a_guide(world: World) -> None:
    browser = world.browser("paul")
    assert re.search(r'href="[^"]*/guide"', (await browser.get("/import/new")).text)
    page = (await browser.get("/guide")).text
    for step in ("Source", "Map", "Settings", "Account number", "Check", "Review"):
        assert f"<strong>{step}.</strong>" in page
