"""`make screenshots`: the pictures of the README, from the embedded stack with its demo data."""

import asyncio
import re
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from playwright.async_api import Page, ViewportSize, async_playwright, expect

from stack.demo.billers import WATER
from stack.embedded import EmbeddedStack
from stack.run_directory import RunDirectory
from tests.browser import world
from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.wizard import Wizard, sign_in

_FOLDER: Final = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
_FILE: Final = "riverbend-autopay.csv"
_DESK: Final = ViewportSize(width=1180, height=860)
_PHONE: Final = ViewportSize(width=390, height=844)
_ROWS: Final = 8_000  # four chunks
_BLOCKED: Final = 5_000  # a row of the third
_TAKING_BACK: Final = "taking-back"


async def main(only: str = "") -> None:
    """Walk imports and take a picture at each place worth one; ``only``: those of taking back alone."""
    with tempfile.TemporaryDirectory() as directory:
        run = RunDirectory(Path(directory))
        run.logs.mkdir()
        async with EmbeddedStack(run, progress=print) as stack, _page() as page:
            wizard = Wizard(page, stack.service_url("mapping"), stack.service_url("notifier"))
            await sign_in(page, wizard.url, "ivy")
            if only != _TAKING_BACK:
                await _autopay(wizard)
                await _running(stack, wizard, Path(directory))
            await _taking_back(stack, wizard, Path(directory))


@asynccontextmanager
async def _page() -> AsyncIterator[Page]:
    expect.set_options(timeout=60_000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=await find_chromium(playwright), args=list(ARGUMENTS)
        )
        context = await browser.new_context(
            viewport=_DESK, locale="en-US", timezone_id="America/New_York", reduced_motion="reduce"
        )
        yield await context.new_page()
        await browser.close()


async def _autopay(wizard: Wizard) -> None:
    page = wizard.page
    await wizard.biller(WATER.name)
    await wizard.kind("autopay")
    await page.get_by_role("radio", name=_FILE).check()
    await wizard.uploaded(Path(_FILE))
    await wizard.go_on()
    await expect(page.get_by_role("heading", name=re.compile("Payment methods|Required fields"))).to_be_visible()
    await _take(page, "columns")
    await _take(page, "values", at="Optional")
    await wizard.columns()
    await _take(page, "settings")
    # Some rows of this file are revoked, so no statement is proposed.
    await page.get_by_label("Biller's statement").fill(
        "Each customer agreed to these debits; revoked rows are skipped."
    )
    await wizard.settings()
    await wizard.account_number()
    await _take(page, "account-number")
    await _take(page, "account-number-on-a-phone", _PHONE)
    await wizard.order()
    await wizard.check()
    await _take(page, "check")
    await wizard.review()
    await _take(page, "review")
    await wizard.start()
    await wizard.completed()
    await _take(page, "completed")
    await _take_dark(page)


async def _running(stack: EmbeddedStack, wizard: Wizard, folder: Path) -> None:
    """It stands still for its picture: somebody else holds a login that its third batch wants, the others go on."""
    biller = await world.new_biller(stack, _ROWS, name="Maple Valley Power")
    await wizard.to_order(biller.name, "paperless", world.paperless_file(folder, _ROWS, name="maple-valley.csv"))
    await wizard.order()
    await wizard.check()
    await wizard.review()
    async with world.held_up(stack, biller, [_BLOCKED]):
        await wizard.start()
        await expect(wizard.page.get_by_text("Running", exact=True)).to_be_visible()
        await wizard.page.goto(f"{wizard.status_url}/status/in-progress")
        await expect(wizard.page.locator("[data-count=applied]")).to_have_text(re.compile("6,?000"))
        await _take(wizard.page, "in-progress")
    await wizard.page.get_by_role("link", name=re.compile(f"^{biller.name}")).click()
    await wizard.completed()


async def _taking_back(stack: EmbeddedStack, wizard: Wizard, folder: Path) -> None:
    """Corrected before the start, begun with a few rows, fixed afterward, and undone."""
    page = wizard.page
    biller = await world.new_biller(stack, name="Cedar Falls Water")
    path = world.paperless_file(folder, name="cedar-falls.csv")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("new1@example.org", "new1@").replace("new2@example.org", ""), encoding="utf-8")
    await wizard.to_order(biller.name, "paperless", path)
    await wizard.order()
    await wizard.check()
    await page.get_by_role("link", name="Correct rows").click()
    await page.locator("input.bad-cell").first.fill("new1@example.org")
    await _take(page, "correct-rows")
    await page.get_by_role("button", name="Check corrected rows").click()
    await expect(page.get_by_role("heading", name="1 corrected cell")).to_be_visible()
    await wizard.review()
    await page.get_by_role("radio", name="The first rows").check()
    await page.get_by_role("textbox", name="How many rows").fill("5")
    await page.get_by_role("button", name="Start import").click()
    await page.get_by_role("link", name="Review first rows").click()
    await expect(page.get_by_role("heading", name="Review the first rows")).to_be_visible()
    await _take(page, "first-rows")
    await page.get_by_role("button", name="Continue import").click()
    await wizard.completed()
    await page.get_by_role("link", name="Fix and retry").click()
    await expect(page.get_by_role("heading", name="Fix and retry")).to_be_visible()
    await _take(page, "fix-and-retry")
    await page.get_by_role("link", name="Back to the import").click()
    await page.get_by_role("link", name="Undo import").click()
    await expect(page.get_by_role("heading", name="Undo this import?")).to_be_visible()
    await page.get_by_role("radio", name="Only some rows").check()
    await _take(page, "undo")
    await page.get_by_role("radio", name="All rows that were applied").check()
    await page.get_by_role("button", name="Check the undo").click()
    await expect(page.get_by_text("Every row can be undone.")).to_be_visible()
    await page.get_by_role("button", name="Continue to review").click()
    await expect(page.get_by_role("heading", name="Review and undo")).to_be_visible()
    await _take(page, "undo-review")


async def _take(page: Page, name: str, size: ViewportSize = _DESK, *, at: str = "") -> None:
    """``at``: the heading that is at the top of the picture; none: that of the page."""
    await page.set_viewport_size(size)
    await page.evaluate("window.scrollTo(0, 0)")
    if at:
        await page.get_by_role("heading", name=at, exact=True).evaluate("heading => heading.scrollIntoView()")
    await page.screenshot(path=_FOLDER / f"{name}.png", animations="disabled", caret="hide")
    await page.set_viewport_size(_DESK)


async def _take_dark(page: Page) -> None:
    await page.emulate_media(color_scheme="dark")
    await _take(page, "completed-dark")
    await page.emulate_media(color_scheme="light")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:2]))
