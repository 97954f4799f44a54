"""An import is undone in the browser: looked at first, then started, then seen on both imports' pages."""

import re
from pathlib import Path

from playwright.async_api import expect

from stack.embedded import EmbeddedStack
from tests.browser import world
from tests.browser.conftest import Walk
from tests.browser.pages import assert_accessible


async def test_an_import_is_undone(system: EmbeddedStack, walk: Walk, tmp_path: Path) -> None:
    biller = await world.new_biller(system)
    wizard = await walk("ivy")
    await wizard.to_order(biller.name, "paperless", world.paperless_file(tmp_path))
    await wizard.order()
    await wizard.check()
    await wizard.review()
    await wizard.start()
    await wizard.completed()
    page = wizard.page
    original = page.url.partition("?")[0]
    await page.get_by_role("link", name="Undo import").click()
    await expect(page.get_by_role("heading", name="Undo this import?")).to_be_visible()
    await assert_accessible(page, "undo")
    await page.get_by_role("button", name="Check the undo").click()
    await expect(page.get_by_role("heading", name="Check results")).to_be_visible()
    await assert_accessible(page, "check of an undo")
    await expect(page.get_by_text("Every row can be undone.")).to_be_visible()
    await page.get_by_role("button", name="Continue to review").click()
    await page.get_by_role("link", name="View all rows").click()
    await expect(page.get_by_text("new1@example.org").first).to_be_visible()
    await assert_accessible(page, "rows of an undo")
    await page.get_by_role("link", name="Back").click()
    await expect(page.get_by_role("heading", name="Review and undo")).to_be_visible()
    await expect(page.get_by_text("Logins returned to what they were")).to_be_visible()
    await assert_accessible(page, "review of an undo")
    await page.get_by_role("button", name="Start undo").click()
    await page.wait_for_url(re.compile(r"/status/imports/"))
    await wizard.completed()
    assert await wizard.count("applied") == 30
    await page.get_by_role("link", name=original.rsplit("/", 1)[1]).click()
    await expect(page.get_by_text("30 of 30 applied rows were undone.")).to_be_visible()
    await expect(page.get_by_role("link", name="Undo import")).to_have_count(0)
    tabs = page.get_by_role("navigation", name="Sections of this import")
    await tabs.get_by_role("link", name="Rows").click()
    await expect(page.get_by_text("Undone", exact=True)).to_have_count(30)
    await assert_accessible(page, "rows that are undone")


async def test_chosen_rows_are_undone_and_later_the_rest(system: EmbeddedStack, walk: Walk, tmp_path: Path) -> None:
    biller = await world.new_biller(system)
    wizard = await walk("ivy", expected=("422",))
    await wizard.to_order(biller.name, "paperless", world.paperless_file(tmp_path))
    await wizard.order()
    await wizard.check()
    await wizard.review()
    await wizard.start()
    await wizard.completed()
    page = wizard.page
    original = page.url.partition("?")[0]
    tabs = page.get_by_role("navigation", name="Sections of this import")
    await tabs.get_by_role("link", name="Rows").click()
    await assert_accessible(page, "rows to choose")
    for line in (2, 4):
        await page.get_by_role("checkbox", name=f"Choose line {line}", exact=True).check()
    await page.get_by_role("button", name="Undo selected rows").click()
    await expect(page.get_by_role("textbox", name="Lines in the file")).to_have_value("2, 4")
    await expect(page.get_by_role("radio", name="Only some rows")).to_be_checked()
    await assert_accessible(page, "undo of chosen rows")
    await page.get_by_role("textbox", name="Lines in the file").fill("2, x")
    await page.get_by_role("button", name="Check the undo").click()
    await expect(page.get_by_role("alert")).to_contain_text("is not a line number")
    await page.get_by_role("textbox", name="Lines in the file").fill("2, 4")
    await page.get_by_role("button", name="Check the undo").click()
    await page.get_by_role("button", name="Continue to review").click()
    await page.get_by_role("button", name="Start undo: 2 rows").click()
    await page.wait_for_url(re.compile(r"/status/imports/"))
    await wizard.completed()
    assert await wizard.count("applied") == 2
    await expect(page.get_by_text("lines 2, 4")).to_be_visible()
    await page.goto(original)
    await expect(page.get_by_text("2 of 30 applied rows were undone.")).to_be_visible()
    await tabs.get_by_role("link", name="Rows").click()
    await expect(page.get_by_text("Undone", exact=True)).to_have_count(2)
    await expect(page.get_by_role("checkbox")).to_have_count(28)
    await page.goto(original)
    await page.get_by_role("link", name="Undo import").click()
    await page.get_by_role("button", name="Check the undo").click()
    await page.get_by_role("button", name="Continue to review").click()
    await page.get_by_role("button", name="Start undo: 28 rows").click()
    await page.wait_for_url(re.compile(r"/status/imports/"))
    await wizard.completed()
    await page.goto(original)
    await expect(page.get_by_text("30 of 30 applied rows were undone.")).to_be_visible()
