"""Rows that were not applied are corrected on the page and in a file, and tried again in the same import."""

import asyncio
import re
from pathlib import Path

from playwright.async_api import Dialog, Page, expect

from shared.contracts.codes import code_title
from stack.embedded import EmbeddedStack
from tests.browser import world
from tests.browser.conftest import Walk
from tests.browser.pages import assert_accessible


async def test_a_cell_is_corrected_and_its_row_tried_again(system: EmbeddedStack, walk: Walk, tmp_path: Path) -> None:
    biller = await world.new_biller(system)
    wizard = await walk("ivy")
    path = world.paperless_file(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("new1@example.org", "new1@").replace("new2@example.org", ""), encoding="utf-8")
    await wizard.to_order(biller.name, "paperless", path)
    await wizard.order()
    await wizard.check()
    await wizard.review()
    await wizard.start()
    await wizard.completed()
    page = wizard.page
    original = page.url.partition("?")[0]
    await page.get_by_role("link", name="Fix and retry").click()
    await expect(page.get_by_role("heading", name="Fix and retry")).to_be_visible()
    await assert_accessible(page, "fix and retry")
    await page.locator("input.bad-cell").first.fill("new1@example.org")
    await page.get_by_role("button", name="Check corrected rows").click()
    await expect(page.get_by_role("heading", name="Check results")).to_be_visible()
    await expect(page.locator("#round")).to_contain_text("Round 2")
    await assert_accessible(page, "check of a round")
    await page.get_by_role("button", name="Continue to review").click()
    await page.get_by_role("button", name=re.compile("Start import")).click()
    await page.wait_for_url(re.compile(r"/status/imports/"))
    await wizard.completed()
    assert await wizard.count("applied") == 1

    await page.goto(original)
    await expect(page.locator("section[aria-labelledby=rounds] .equation")).to_contain_text("29 applied")
    await assert_accessible(page, "an import with a round")
    await page.get_by_role("navigation", name="Sections of this import").get_by_role("link", name="History").click()
    await expect(page.locator("section[aria-labelledby=corrected] tbody tr")).to_have_count(1)
    await expect(page.get_by_text("new1@example.org")).to_be_visible()
    await assert_accessible(page, "history with a correction")

    log = tmp_path / "corrected.csv"
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download rows not imported").click()
    await (await download.value).save_as(log)
    log.write_text(log.read_text(encoding="utf-8").replace(",,", ",new2@example.org,", 1), encoding="utf-8")
    await page.goto(original)
    await page.get_by_role("link", name="Fix and retry").click()
    await page.wait_for_load_state()  # the script that uploads listens from then on
    await page.locator("#upload").set_input_files(log)
    await expect(page.locator("#round")).to_contain_text("Round 3")
    await page.get_by_role("button", name="Continue to review").click()
    await page.get_by_role("button", name=re.compile("Start import")).click()
    await page.wait_for_url(re.compile(r"/status/imports/"))
    await wizard.completed()
    await page.goto(original)
    await expect(page.locator("section[aria-labelledby=rounds] .equation")).to_contain_text("30 applied")


async def _stays(page: Page) -> None:
    """Whoever leaves with unsaved cells is asked, and can stay."""
    asked: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def stay(dialog: Dialog) -> None:
        await dialog.dismiss()
        asked.set_result(dialog.type)

    page.once("dialog", stay)
    await page.get_by_role("link", name="Back to the check results").click(no_wait_after=True)
    assert await asyncio.wait_for(asked, 30) == "beforeunload"
    await expect(page.get_by_role("heading", name="Correct rows")).to_be_visible()


async def _says_as_one_types(page: Page) -> None:
    """What the check would say of the row stands below it, and the cell is marked as long as that is about it."""
    bad = page.locator("input.bad-cell").first
    cell = page.locator(f"#{await bad.get_attribute('id')}")
    note = page.locator("fieldset", has=cell).locator("[data-note]")
    await cell.fill("new1@example")
    await expect(note).to_contain_text(f"would fail.{code_title('R142')}")
    await expect(cell).to_have_attribute("aria-invalid", "true")
    await assert_accessible(page, "a cell that is wrong as typed")
    await cell.fill("new1@example.org")
    await expect(note).to_contain_text("would be applied")
    await expect(page.locator("#announcer")).to_contain_text("would be applied")
    await expect(cell).not_to_have_attribute("aria-invalid", "true")


async def test_rows_are_corrected_before_the_import_starts(system: EmbeddedStack, walk: Walk, tmp_path: Path) -> None:
    biller = await world.new_biller(system)
    wizard = await walk("ivy")
    path = world.paperless_file(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("new1@example.org", "new1@").replace("new2@example.org", ""), encoding="utf-8")
    await wizard.to_order(biller.name, "paperless", path)
    await wizard.order()
    await wizard.check()
    page = wizard.page
    checked = page.url.partition("?")[0]
    await page.get_by_role("link", name="Correct rows").click()
    await expect(page.get_by_role("heading", name="Correct rows")).to_be_visible()
    await assert_accessible(page, "correct rows")
    await _says_as_one_types(page)
    await _stays(page)
    await page.get_by_role("button", name=code_title("R142")).click()
    await expect(page.get_by_role("button", name="All reasons")).to_be_visible()
    await expect(page.locator("input.bad-cell").first).to_have_value("new1@example.org")
    await _stays(page)
    await page.get_by_role("button", name="Check corrected rows").click()
    await expect(page.get_by_role("heading", name="Check results")).to_be_visible()
    assert page.url.partition("?")[0] == checked
    await page.get_by_role("link", name="Correct rows").click()
    rows = tmp_path / "rows.csv"
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download rows to correct").click()
    await (await download.value).save_as(rows)
    rows.write_text(rows.read_text(encoding="utf-8").replace(",,", ",new2@example.org,", 1), encoding="utf-8")
    await page.wait_for_load_state()  # the script that uploads listens from then on
    await page.locator("#upload").set_input_files(rows)
    await expect(page.get_by_role("heading", name="Check results")).to_be_visible()
    await expect(page.get_by_role("link", name="Correct rows")).to_have_count(0)
    await page.get_by_role("button", name="Continue to review").click()
    await page.get_by_role("button", name=re.compile("Start import")).click()
    await page.wait_for_url(re.compile(r"/status/imports/"))
    await wizard.completed()
    await page.get_by_role("navigation", name="Sections of this import").get_by_role("link", name="History").click()
    await expect(page.locator("section[aria-labelledby=corrected] tbody tr")).to_have_count(2)

    later = world.paperless_file(tmp_path, 31, name="later.csv")
    later.write_text(
        later.read_text(encoding="utf-8").replace("new5@example.org", "five@example.org"), encoding="utf-8"
    )
    await wizard.to_order(biller.name, "paperless", later)
    await wizard.order()
    await wizard.check()
    await expect(page.locator("#alike")).to_contain_text("of these rows were imported before, with paperless.csv")
    await page.get_by_role("link", name="View what differs").click()
    await expect(page.get_by_text("31 rows = 29 the same + 1 changed + 1 new")).to_be_visible()
    await expect(page.get_by_text("new5@example.org → five@example.org")).to_be_visible()
    await assert_accessible(page, "what differs")
    await page.get_by_role("navigation", name="Rows that differ").get_by_role("link", name="New (1)").click()
    await expect(page.get_by_text("new31@example.org")).to_be_visible()
