"""How much a person has to do: the clicks from signing in to the completed import, and the steps on the way."""

from pathlib import Path
from typing import Final

from playwright.async_api import Page, expect

from stack.embedded import EmbeddedStack
from tests.browser import world
from tests.browser.conftest import Visit
from tests.browser.wizard import Wizard, heading

_MOST_CLICKS: Final = 15
_COUNT: Final = """
addEventListener("pointerdown", (event) => {
  if (event.isTrusted) document.cookie = "clicks=" + (1 + clicks()) + "; path=/";
}, true);
const clicks = () => Number(/clicks=(\\d+)/.exec(document.cookie)?.[1] ?? 0);
"""


async def clicks(page: Page) -> int:
    """Cookies are the same for all ports of the machine, so that both services count together."""
    return next((int(one["value"]) for one in await page.context.cookies() if one["name"] == "clicks"), 0)


async def test_a_file_of_300_rows_takes_six_steps_and_15_clicks(
    system: EmbeddedStack, visit: Visit, tmp_path: Path
) -> None:
    biller = await world.new_biller(system, 300)
    page = await visit()
    await page.add_init_script(_COUNT)
    wizard = Wizard(page, system.service_url("mapping"), system.service_url("notifier"))
    await page.goto(f"{wizard.url}/")
    await page.locator("button[name=person][value=ivy]").click()
    await page.get_by_role("main").get_by_role("link", name="Import Choose").click()
    await page.get_by_role("searchbox").fill(biller.name)
    await page.get_by_role("button", name=biller.name).click()
    await expect(heading(page, "Choose the kind of import")).to_be_visible()
    steps = page.get_by_role("navigation", name="Steps").locator(":scope > ol > li")
    await expect(steps).to_have_count(6)
    assert [name.split(" ", 1)[1] for name in await steps.locator("> .step, > a").all_inner_texts()] == [
        *("Source", "Map", "Settings", "Account number", "Check", "Review")
    ]
    await wizard.kind("paperless")
    await wizard.file(world.paperless_file(tmp_path, 300))
    await wizard.columns()
    await wizard.settings(["WATER"])
    await wizard.account_number()
    await wizard.check()
    await wizard.review()
    await wizard.start()
    await wizard.completed()
    assert await wizard.count("applied") == 300
    assert 10 < await clicks(page) <= _MOST_CLICKS
