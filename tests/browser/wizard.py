"""The pages as a person uses them: by what is written on them."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.async_api import Locator, Page, expect

KINDS: Final = {"autopay": "Autopay", "paperless": "Paperless", "registration": "Customer Registration"}
_DROP: Final = """([place, name, text]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], name, { type: "text/csv" }));
  for (const step of ["dragenter", "dragover", "drop"]) {
    const event = new DragEvent(step, { dataTransfer: carried, bubbles: true, cancelable: true });
    document.querySelector(place).dispatchEvent(event);
  }
}"""

Look = Callable[[Page, str], Awaitable[None]]


async def _only_walk(_page: Page, _state: str) -> None:
    pass


async def sign_in(page: Page, wizard_url: str, person: str) -> None:
    """Choose the person on the development page."""
    await page.goto(f"{wizard_url}/")
    await page.locator(f"button[name=person][value={person}]").click()
    await expect(heading(page, "Biller Customer Imports")).to_be_visible()


def heading(page: Page, text: str | re.Pattern[str]) -> Locator:
    """The page's main heading."""
    return page.get_by_role("heading", level=1, name=text)


def _text_of(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@dataclass
class Wizard:
    """Walks the wizard; `look` sees every page on the way."""

    page: Page
    url: str
    status_url: str
    look: Look = _only_walk

    async def biller(self, name: str) -> None:
        """From the start page to a new draft."""
        await self.page.goto(f"{self.url}/")
        await self._seen("Biller Customer Imports")
        await self.page.get_by_role("main").get_by_role("link", name=re.compile("^.?Import Choose")).click()
        await self._seen("Choose a biller")
        await self.page.get_by_label("Search billers").press_sequentially(name)
        await expect(self.page.get_by_role("status").filter(has_text=re.compile("^1 biller"))).to_be_visible()
        await self.page.get_by_role("button", name=name).click()

    async def kind(self, kind: str) -> None:
        """Choose it, and go on."""
        await self._seen("Choose the kind of import")
        before = self.page.url
        await self.page.get_by_role("button", name=KINDS[kind]).click()
        await self.page.wait_for_url(lambda url: url != before)  # with its scripts

    async def upload(self, file: Path) -> None:
        """By the picker; waits until the first rows are shown."""
        await self._seen("Choose a file", "file, nothing chosen")
        async with self.page.expect_file_chooser() as chooser:
            await self.page.get_by_text("Upload a file").click()
        await (await chooser.value).set_files(file)
        await self.uploaded(file)

    async def drop(self, file: Path) -> None:
        """By drag and drop."""
        await expect(heading(self.page, "Choose a file")).to_be_visible()
        await self.page.evaluate(_DROP, ["[data-upload]", file.name, _text_of(file)])
        await self.uploaded(file)

    async def uploaded(self, file: Path) -> None:
        """The first rows of the file are there."""
        await expect(self.page.get_by_role("heading", name=f"Preview of {file.name}")).to_be_visible()

    async def file(self, file: Path) -> None:
        """Upload it, and go on."""
        await self.upload(file)
        await self._seen("Choose a file", "file, chosen")
        await self.go_on()

    async def columns(self, changes: Mapping[str, str] | None = None) -> None:
        """Take what is suggested, but for these."""
        await self._seen("Map columns")
        for field, column in (changes or {}).items():
            await self.page.get_by_label(field, exact=True).select_option(column)
        await self.go_on()

    async def settings(self, types: Sequence[str] = ("WATER", "SEWER")) -> None:
        """Choose invoice types, confirm the biller's statement, and go on."""
        await self._seen(re.compile("Autopay settings|Paperless settings"), "settings")
        for name in types:
            await self.page.get_by_role("checkbox", name=name).check()
        await self.page.get_by_role("checkbox", name=re.compile("has confirmed")).check()
        await self.go_on()

    async def account_number(self) -> None:
        """Take the suggestion."""
        await self._seen("Build the account number", "account number, nothing chosen")
        await self.page.get_by_role("button", name="Apply suggestion").first.click()
        await expect(self.page.get_by_role("table").first).to_contain_text("Account number")

    async def order(self) -> None:
        """As it is."""
        await self._seen("Build the account number", "account number, put together")

    async def to_order(self, biller: str, kind: str, file: Path, types: Sequence[str] = ("WATER", "SEWER")) -> None:
        """Everything up to the account number, put together."""
        await self.biller(biller)
        await self.kind(kind)
        await self.file(file)
        await self.columns()
        if kind != "registration":
            await self.settings(types)
        await self.account_number()

    async def check(self, *, outcome: str = "Check results") -> None:
        """Let the file be checked, and wait for what comes of it."""
        await self.page.get_by_role("button", name="Check the file").click()
        await self._seen(outcome)

    async def review(self) -> None:
        """From what was found to the last page; rows in question are left out where that is an answer."""
        for question in await self.page.locator("fieldset").filter(has_text="Your decision").all():
            leave_out = question.get_by_role("radio", name=re.compile("^(Skip|Leave)"))
            await leave_out.or_(question.get_by_role("radio").first).last.check()
        await self.page.get_by_role("button", name="Continue to review").click()
        await self._seen("Review and start")

    async def start(self) -> None:
        """Off it goes."""
        await self.page.get_by_role("button", name="Start import").click()
        await self.page.wait_for_url(re.compile(r"/status/imports/"))

    async def completed(self) -> None:
        """The page of the import shows its end, by itself."""
        await expect(self.page.get_by_role("heading", name="Results", exact=True)).to_be_visible(timeout=60_000)
        await self._seen(re.compile(":"), "completed import")

    async def count(self, outcome: str) -> int:
        """Rows of an outcome, on the page of an import."""
        tile = self.page.locator(f".tile.o-{outcome} b").first
        return int((await tile.inner_text()).replace(",", ""))

    async def go_on(self) -> None:
        """To the next step."""
        before = self.page.url
        await self.page.get_by_role("button", name="Continue", exact=True).click()
        await self.page.wait_for_url(lambda url: url != before)

    async def _seen(self, title: str | re.Pattern[str], state: str = "") -> None:
        await expect(heading(self.page, title)).to_be_visible()
        await self.look(self.page, state or str(getattr(title, "pattern", title)))
