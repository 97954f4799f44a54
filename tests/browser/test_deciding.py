"""The numbers beside the decisions are never those of other answers without saying so."""

import re
from pathlib import Path

from playwright.async_api import Route, expect

from stack.embedded import EmbeddedStack
from tests.browser import world
from tests.browser.conftest import Walk
from tests.browser.pages import assert_accessible
from tests.browser.wizard import heading


async def test_the_tiles_follow_each_answer(system: EmbeddedStack, walk: Walk, tmp_path: Path) -> None:
    biller = await world.new_biller(system)
    rows = [f"{n},new{n}@example.org,{'Closed' if n < 3 else 'Open'}\r\n" for n in range(1, 11)]
    file = tmp_path / "closed.csv"
    file.write_text("".join(["Cust No,Email,Standing\r\n", *rows]), encoding="utf-8")
    wizard = await walk("ivy")
    page = wizard.page
    await wizard.biller(biller.name)
    await wizard.kind("paperless")
    await wizard.file(file)
    await wizard.columns()
    await page.get_by_label("Biller's statement").fill("They agreed.")
    await wizard.settings(["WATER"])
    await wizard.account_number()
    await wizard.check()
    results = page.get_by_role("region", name="Results for 10 rows")
    counting = results.get_by_text("Being counted again with your decisions.")
    go_on = page.get_by_role("button", name="Continue to review")
    waits = page.get_by_role("button", name="Counting again")
    await expect(counting).to_be_hidden()
    asked: list[str] = []

    async def look(route: Route) -> None:
        asked.append(str(await counting.is_visible() and await waits.is_disabled()))
        await route.continue_()

    await page.route(re.compile("/answers$"), look)
    skip = page.get_by_role("radio", name="Skip these rows")
    await skip.check()
    await expect(page.locator("#announcer")).to_have_text(re.compile("^8 .*, 2 "))
    assert await wizard.count("applied") == 8
    assert await wizard.count("skipped") == 2
    await expect(skip).to_be_checked()
    await expect(skip).to_be_focused()
    await expect(page.get_by_text("The decision is made")).to_be_visible()
    await assert_accessible(page, "check results that follow an answer")
    await page.get_by_role("radio", name=re.compile("^Continue: the column")).check()
    await expect(page.locator("#announcer")).to_have_text(re.compile("^10 "))
    assert [await wizard.count(outcome) for outcome in ("applied", "skipped")] == [10, 0]
    assert asked == ["True", "True"], "what is not counted yet is said, and nobody goes on meanwhile"
    await go_on.click()
    await expect(heading(page, "Review and start")).to_be_visible()
    await expect(page.get_by_role("button", name="Start import: 10 rows")).to_be_visible()
