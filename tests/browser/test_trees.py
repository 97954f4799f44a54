"""The accessibility tree of each page of an import, as a reviewed file: what a screen reader is told of it.

`UPDATE_TREES=1` writes the files; the difference is for a person to review.
"""

import os
import re
from pathlib import Path
from typing import Final

from playwright.async_api import Page, expect

from stack.embedded import EmbeddedStack
from tests.browser import world
from tests.browser.conftest import Walk

_FOLDER: Final = Path(__file__).with_name("trees")
_CHANGING: Final = (
    (re.compile(r"Maple Valley [0-9a-f]{8}"), "BILLER"),
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "ID"),
    (re.compile(r"[A-Z][a-z]{2} \d{1,2}, \d{4}, \d{1,2}:\d\d [AP]M"), "TIME"),
    (re.compile(r"\d{4}-\d{2}-\d{2}"), "DAY"),
    (re.compile(r"[A-Z][a-z]{2} \d{4}"), "MONTH"),
    (re.compile(r"just now|\d+ (minute|hour)s? ago"), "AGO"),
    (re.compile(r"(?<=billers/)\d+|(?<=biller=)\d+"), "N"),
    (re.compile(r"http://127\.0\.0\.1:\d+"), ""),
)


async def assert_as_reviewed(page: Page, state: str) -> None:
    """The tree of the main part is that of the file, but for names, ids and times."""
    await page.wait_for_load_state()
    await expect(page.get_by_text("Counting customers")).to_have_count(0)
    tree = await page.get_by_role("main").aria_snapshot()
    for pattern, name in _CHANGING:
        tree = pattern.sub(name, tree)
    file = _FOLDER / f"{re.sub('[^a-z]+', '-', state.lower()).strip('-')}.yml"
    if os.environ.get("UPDATE_TREES"):
        _write(file, tree)
    assert _read(file) == tree, f"{state}: the accessibility tree differs from {file.name}"


def _write(file: Path, tree: str) -> None:
    file.write_text(f"{tree}\n", encoding="utf-8")


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8").removesuffix("\n")


async def test_each_page_of_an_import_says_what_was_reviewed(system: EmbeddedStack, walk: Walk, tmp_path: Path) -> None:
    biller = await world.new_biller(system)
    wizard = await walk("ivy")
    await wizard.biller(biller.name)
    wizard.look = assert_as_reviewed
    await wizard.kind("autopay")
    await wizard.file(world.autopay_file(tmp_path))
    await wizard.columns()
    await wizard.settings(["WATER"])
    await wizard.account_number()
    await wizard.order()
    await wizard.check()
    await expect(wizard.page.get_by_text("R122")).to_be_visible()
    wizard.look = type(wizard).look
    await wizard.review()
    await wizard.start()
    await wizard.completed()
    await wizard.page.goto(f"{wizard.url}/approvals")
    await assert_as_reviewed(wizard.page, "Approvals")


async def test_what_follows_the_check_says_what_was_reviewed(system: EmbeddedStack, walk: Walk, tmp_path: Path) -> None:
    biller = await world.new_biller(system)
    wizard = await walk("ivy")
    page = wizard.page
    file = world.paperless_file(tmp_path, 6)
    file.write_text(file.read_text(encoding="utf-8").replace("new5@example.org", "new5@"), encoding="utf-8")
    await wizard.to_order(biller.name, "paperless", file, ["WATER"])
    await wizard.check()
    await wizard.review()
    await assert_as_reviewed(page, "Review and start")
    await page.get_by_role("radio", name="The first rows").check()
    await page.get_by_role("textbox", name="How many rows").fill("2")
    await wizard.start()
    await page.get_by_role("link", name="Review first rows").click()
    await expect(page.get_by_role("heading", name="Review the first rows")).to_be_visible()
    await assert_as_reviewed(page, "Review the first rows")
    await page.get_by_role("button", name="Continue import").click()
    await page.wait_for_url(re.compile(r"/status/imports/"))
    await wizard.completed()
    await page.goto(page.url.partition("?")[0])
    await assert_as_reviewed(page, "Import")
    original = page.url
    for link, heading, state in (
        ("Fix and retry", "Fix and retry", "Fix and retry"),
        ("Undo import", "Undo this import?", "Undo"),
        (f"History of {biller.name}", f"History of {biller.name}", "History of a biller"),
    ):
        await page.goto(original)
        await page.get_by_role("link", name=link).click()
        await expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        await assert_as_reviewed(page, state)
