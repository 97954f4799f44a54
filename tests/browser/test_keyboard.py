"""A whole import without a mouse: Tab, Enter, Space, arrows and letters only; and what is said aloud on the way."""

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import FileChooser, Locator, Page, expect

from stack.embedded import EmbeddedStack
from tests.browser import world
from tests.browser.conftest import Visit
from tests.browser.keyboard import Keyboard
from tests.browser.wizard import heading


@dataclass
class Walk:
    page: Page
    keys: Keyboard

    @property
    def said(self) -> Locator:
        """What a screen reader was told last."""
        return self.page.locator("#announcer")

    async def at(self, title: str | re.Pattern[str]) -> None:
        await expect(heading(self.page, title)).to_be_visible()

    async def go_on(self, button: str = "Continue") -> None:
        await self.keys.press(self.page.get_by_role("button", name=button, exact=button != "Start import"))

    async def biller(self, name: str) -> None:
        await self.page.keyboard.press("Tab")
        await expect(self.page.get_by_role("link", name="Skip to content")).to_be_focused()
        await self.page.keyboard.press("Enter")
        await self.keys.press(self.page.get_by_role("main").get_by_role("link", name=re.compile("^.?Import Choose")))
        await self.at("Choose a biller")
        await self.keys.type(self.page.get_by_label("Search billers"), name)
        await expect(self.said).to_have_text(re.compile("^1 biller"))
        await self.keys.press(self.page.get_by_role("button", name=name))

    async def kind_and_file(self, file: Path) -> None:
        async def choose(chooser: FileChooser) -> None:
            await chooser.set_files(file)  # the system's dialog is not the page's

        self.page.on("filechooser", choose)
        await self.at("Choose the kind of import")
        await self.keys.press(self.page.get_by_role("button", name="Paperless"))
        await self.at("Choose a file")
        await self.keys.press(self.page.locator("input[type=file]"))
        await expect(self.page.get_by_role("heading", name=f"Preview of {file.name}")).to_be_visible()
        await self.go_on()

    async def mapping(self) -> None:
        await self.at("Map columns")
        email = self.page.get_by_label("Email", exact=True)
        await self.keys.reach(email)
        await self.page.keyboard.press("ArrowDown")
        await expect(email).to_have_value("Ward")
        await self.page.keyboard.press("ArrowUp")
        await expect(email).to_have_value("Email")
        await self.go_on()
        await self.at("Paperless settings")
        await self.keys.press(self.page.get_by_role("checkbox", name="WATER"), "Space")
        await self.keys.press(self.page.get_by_role("checkbox", name=re.compile("has confirmed")), "Space")
        await self.go_on()

    async def account_number(self) -> None:
        await self.at("Build the account number")
        await self.go_on("Add column")
        await expect(self.said).to_have_text(re.compile("match a customer"))
        await self.keys.press(self.page.locator("summary", has_text="Format"))
        await self.keys.reach(self.page.get_by_label("Format", exact=True))
        await self.page.keyboard.type("pad")
        await self.keys.type(self.page.get_by_label("Value", exact=True), "9")
        await self.go_on("Add format")
        await expect(self.page.get_by_role("button", name=re.compile("pad to 9 digits"))).to_be_visible()
        await self.keys.type(self.page.get_by_label("Fixed text", exact=True), "WTR-")
        await self.go_on("Add text")
        await expect(self.page.get_by_role("button", name="Remove part 2")).to_be_visible()
        await expect(self.page.locator("#rate")).to_contain_text("0% of the first 30 rows")
        await self.keys.press(self.page.get_by_role("button", name="Move part 2 up"))
        await expect(self.said).to_contain_text("100% of the first 30 rows match")
        parts = self.page.get_by_role("list", name="Parts in order").get_by_role("listitem")
        await expect(parts.first).to_contain_text("WTR-")
        await expect(self.page.get_by_role("button", name="Move part 1 down")).to_be_focused()

    async def check_and_start(self) -> None:
        await self.go_on("Check the file")
        await self.at("Check results")
        await expect(self.said).to_have_text("Check results")
        await self.go_on("Continue to review")
        await self.at("Review and start")
        await self.keys.type(self.page.get_by_role("textbox", name=re.compile("^Email")), "team@example.com")
        await self.go_on("Start import")


async def test_an_import_by_keyboard_alone(system: EmbeddedStack, visit: Visit, tmp_path: Path) -> None:
    biller = await world.new_biller(system)
    page = await visit("ivy")
    await page.goto(f"{system.service_url('mapping')}/")
    walk = Walk(page, Keyboard(page))
    await walk.biller(biller.name)
    await walk.kind_and_file(world.paperless_file(tmp_path))
    await walk.mapping()
    await walk.account_number()
    await walk.check_and_start()
    await expect(page.get_by_role("heading", name="Results", exact=True)).to_be_visible()
    await expect(page.locator(".tile.o-applied b")).to_have_text("30")
