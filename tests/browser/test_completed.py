"""Completed imports: search and filters, and everything about one of them."""

import re
from pathlib import Path

from playwright.async_api import expect

from stack.embedded import EmbeddedStack
from tests.browser import world
from tests.browser.conftest import Walk
from tests.browser.pages import assert_accessible


async def test_a_completed_import_is_found_and_shows_everything(
    system: EmbeddedStack, walk: Walk, tmp_path: Path
) -> None:
    biller = await world.new_biller(system)
    wizard = await walk("ivy")
    await wizard.to_order(biller.name, "paperless", world.paperless_file(tmp_path, missing=3))
    await wizard.order()
    await wizard.check()
    await wizard.review()
    await wizard.start()
    await wizard.completed()
    page = wizard.page
    await page.goto(f"{wizard.status_url}/status/completed")
    await page.get_by_label("Search").press_sequentially(biller.name)
    await expect(page.get_by_role("row")).to_have_count(2)
    await assert_accessible(page, "completed imports")
    await page.get_by_role("link", name=f"{biller.name}: Paperless").click()
    await page.get_by_role("link", name=f"History of {biller.name}").click()
    await expect(page.get_by_role("img", name="Rows by month and result")).to_be_visible()
    await assert_accessible(page, "history of a biller")
    await page.get_by_role("region", name="Latest imports").get_by_role("link", name="Paperless").click()
    tabs = page.get_by_role("navigation", name="Sections of this import")
    await tabs.get_by_role("link", name="Rows").click()
    await expect(page.get_by_role("row")).to_have_count(31)
    await page.get_by_label("Result").select_option("skipped")
    await expect(page.get_by_role("row")).to_have_count(4)
    await assert_accessible(page, "rows")
    await tabs.get_by_role("link", name="Emails").click()
    await expect(page.get_by_role("cell", name="Sent", exact=True)).to_be_visible()
    await assert_accessible(page, "mails")
    await tabs.get_by_role("link", name="History").click()
    await expect(page.get_by_text(re.compile("^Decided by Ivy Marsh"))).to_be_visible()
    await assert_accessible(page, "trail")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download rows not imported").click()
    log = (await (await download.value).path()).read_text(encoding="utf-8")
    assert log.count("C202") == 3
