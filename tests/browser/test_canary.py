"""An import starts with a few rows in the browser; the rest waits until a person has looked at them."""

import re
from pathlib import Path

from playwright.async_api import expect

from stack.embedded import EmbeddedStack
from tests.browser import world
from tests.browser.conftest import Walk
from tests.browser.pages import assert_accessible
from tests.browser.wizard import Wizard


async def _reviewed(system: EmbeddedStack, walk: Walk, tmp_path: Path, *, expected: tuple[str, ...] = ()) -> Wizard:
    biller = await world.new_biller(system)
    wizard = await walk("ivy", expected=expected)
    await wizard.to_order(biller.name, "paperless", world.paperless_file(tmp_path))
    await wizard.order()
    await wizard.check()
    await wizard.review()
    return wizard


async def _paused(system: EmbeddedStack, walk: Walk, tmp_path: Path, rows: str, given: str) -> Wizard:
    wizard = await _reviewed(system, walk, tmp_path)
    page = wizard.page
    await page.get_by_role("radio", name=rows).check()
    await page.get_by_role("textbox", name="How many rows" if rows != "Chosen lines" else "Lines in the file").fill(
        given
    )
    await assert_accessible(page, "review with a canary")
    await page.get_by_role("button", name="Start import").click()
    await page.wait_for_url(re.compile(r"/status/imports/"))
    await page.get_by_role("link", name="Review first rows").click(timeout=30_000)
    await expect(page.get_by_role("heading", name="Review the first rows")).to_be_visible()
    return wizard


async def test_an_import_starts_with_a_few_rows_and_continues(
    system: EmbeddedStack, walk: Walk, tmp_path: Path
) -> None:
    wizard = await _paused(system, walk, tmp_path, "The first rows", "3")
    page = wizard.page
    await expect(page.get_by_role("row")).to_have_count(4)
    await expect(page.get_by_text("As planned")).to_have_count(3)
    await assert_accessible(page, "first rows")
    await page.get_by_role("button", name="Continue import").click()
    await page.wait_for_url(re.compile(r"/status/imports/"))
    await wizard.completed()
    assert await wizard.count("applied") == 30
    tabs = page.get_by_role("navigation", name="Sections of this import")
    await tabs.get_by_role("link", name="History").click()
    await expect(page.get_by_text("Paused for review")).to_be_visible()
    await expect(page.get_by_text("Continued by Ivy Marsh")).to_be_visible()


async def test_the_first_rows_are_stopped_and_undone(system: EmbeddedStack, walk: Walk, tmp_path: Path) -> None:
    wizard = await _paused(system, walk, tmp_path, "Chosen lines", "4, 6-7")
    page = wizard.page
    await expect(page.get_by_role("rowheader")).to_have_text(["4", "6", "7"])
    await page.get_by_role("button", name="Stop and undo").click()
    await expect(page.get_by_role("heading", name="Check results")).to_be_visible(timeout=30_000)
    await page.get_by_role("button", name="Continue to review").click()
    await page.get_by_role("button", name="Start undo: 3 rows").click()
    await page.wait_for_url(re.compile(r"/status/imports/"))
    await wizard.completed()
    assert await wizard.count("applied") == 3


async def test_start_says_what_starts_and_a_refused_one_can_be_come_back_to(
    system: EmbeddedStack, walk: Walk, tmp_path: Path
) -> None:
    wizard = await _reviewed(system, walk, tmp_path, expected=("422",))
    page = wizard.page
    start = page.get_by_role("button", name="Start import")
    review = page.url
    await expect(start).to_have_text("Start import: 30 rows")
    await page.get_by_role("radio", name="The first rows").check()
    await expect(start).to_have_text("Start import: first 10 of 30 rows")
    await page.get_by_role("textbox", name="How many rows").fill("3")
    await expect(start).to_have_text("Start import: first 3 of 30 rows")
    await page.get_by_role("radio", name="Chosen lines").check()
    await page.get_by_role("textbox", name="Lines in the file").fill("many")
    await page.get_by_role("textbox", name="Email addresses").fill("dana@example.com")
    await start.click()
    await expect(page.get_by_role("alert")).to_contain_text("These are not line numbers")
    await expect(start).to_have_text("Start import: rows on lines many first")
    await page.get_by_role("link", name="View all rows").click()
    await expect(page.get_by_role("heading", name="All rows")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("alert")).to_contain_text("Your entries are back")
    assert page.url == review
    await expect(page.get_by_role("textbox", name="Email addresses")).to_have_value("dana@example.com")
    await page.get_by_role("radio", name="Apply all rows").check()
    await page.get_by_role("button", name="Start import: 30 rows").click()
    await page.wait_for_url(re.compile(r"/status/imports/"))
