"""Keys that lead to the pages, and the list of them."""

from playwright.async_api import expect

from stack.embedded import EmbeddedStack
from tests.browser.conftest import Visit
from tests.browser.pages import assert_accessible
from tests.browser.wizard import heading


async def test_shortcuts_are_listed_lead_somewhere_and_can_be_turned_off(system: EmbeddedStack, visit: Visit) -> None:
    page = await visit("ivy")
    await page.goto(f"{system.service_url('mapping')}/")
    await page.keyboard.press("?")
    shortcuts = page.get_by_role("dialog", name="Keyboard shortcuts")
    await expect(shortcuts).to_be_visible()
    await assert_accessible(page, "shortcuts")
    await page.keyboard.press("Escape")
    await expect(shortcuts).to_have_count(0)
    await page.keyboard.type("gc")
    await expect(heading(page, "Completed imports")).to_be_visible()
    await page.wait_for_load_state()  # with its scripts
    await page.keyboard.press("/")
    await expect(page.get_by_label("Search")).to_be_focused()
    await page.keyboard.type("gi")  # letters of a search
    await expect(page.get_by_label("Search")).to_have_value("gi")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Escape")
    await page.goto(f"{system.service_url('notifier')}/status/in-progress")
    await page.keyboard.press("?")
    await shortcuts.get_by_role("checkbox").check()
    await page.keyboard.press("Escape")
    await page.keyboard.type("gc")
    await expect(heading(page, "Imports in progress")).to_be_visible()
