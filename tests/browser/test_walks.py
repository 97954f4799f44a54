"""All three imports, from the start page to the completed import, in a real browser over the real four services."""

import re
from pathlib import Path

from playwright.async_api import expect

from stack.embedded import EmbeddedStack
from tests.browser import world
from tests.browser.conftest import Walk
from tests.browser.pages import assert_accessible
from tests.browser.wizard import heading


async def test_autopay_from_start_to_completed(system: EmbeddedStack, walk: Walk, tmp_path: Path) -> None:
    biller = await world.new_biller(system)
    wizard = await walk("ivy")
    wizard.look = assert_accessible
    await wizard.to_order(biller.name, "autopay", world.autopay_file(tmp_path))
    await wizard.order()
    await wizard.check()
    await expect(wizard.page.get_by_text("R122")).to_be_visible()
    await wizard.review()
    await wizard.start()
    await wizard.completed()
    assert [await wizard.count(outcome) for outcome in ("applied", "failed")] == [29, 1]


async def test_paperless_from_start_to_completed(system: EmbeddedStack, walk: Walk, tmp_path: Path) -> None:
    biller = await world.new_biller(system)
    wizard = await walk("ivy")
    await wizard.to_order(biller.name, "paperless", world.paperless_file(tmp_path))
    await wizard.order()
    await wizard.check()
    await wizard.review()
    await expect(wizard.page.get_by_role("textbox", name=re.compile("^Email"))).to_have_value("ivy.marsh@example.com")
    await wizard.start()
    await wizard.completed()
    assert await wizard.count("applied") == 30


async def test_registration_from_start_to_completed(system: EmbeddedStack, walk: Walk, tmp_path: Path) -> None:
    biller = await world.new_biller(system)
    wizard = await walk("ivy")
    await wizard.to_order(biller.name, "registration", world.registration_file(tmp_path))
    await wizard.order()
    await wizard.check()
    await wizard.review()
    await wizard.start()
    await wizard.completed()
    assert await wizard.count("applied") == 15


async def test_missing_accounts_can_be_created(system: EmbeddedStack, walk: Walk, tmp_path: Path) -> None:
    biller = await world.new_biller(system)
    wizard = await walk("ivy")
    await wizard.to_order(biller.name, "paperless", world.paperless_file(tmp_path, missing=5))
    await wizard.order()
    wizard.look = assert_accessible
    await wizard.check()
    await expect(wizard.page.get_by_text("You can continue")).to_be_visible()
    await wizard.review()
    start = wizard.page.get_by_role("button", name="Start import")
    await expect(start).not_to_contain_text("new customer", use_inner_text=True)
    await wizard.page.get_by_label("Create missing customer records").check()
    await expect(start).to_contain_text("new customer", use_inner_text=True)
    wizard.look = type(wizard).look
    await wizard.start()
    await wizard.completed()
    assert await wizard.count("applied") == 30
    await wizard.page.get_by_role("link", name="Rows", exact=True).click()
    await wizard.page.get_by_label("Reason").select_option("W323")
    await expect(wizard.page.get_by_role("row").filter(has_text="The customer is created")).to_have_count(5)
    await expect(wizard.page.get_by_role("row")).to_have_count(6)


async def test_a_file_with_a_card_number_is_refused_and_says_what_to_do(
    system: EmbeddedStack, walk: Walk, tmp_path: Path
) -> None:
    biller = await world.new_biller(system)
    wizard = await walk("ivy")
    await wizard.to_order(biller.name, "paperless", world.refused_file(tmp_path))
    await wizard.order()
    wizard.look = assert_accessible
    await wizard.check(outcome="File rejected")
    page = wizard.page
    await expect(page.get_by_role("heading", name="F008")).to_be_visible()
    await expect(page.get_by_text("The file was removed from Secure Upload.")).to_be_visible()
    await expect(page.get_by_text("Nothing was imported.")).to_be_visible()
    await expect(page.get_by_role("button", name="Continue to review")).to_have_count(0)
    assert "4111111111111111" not in await page.content()
    await page.get_by_role("link", name="Choose another file").click()
    await expect(heading(page, "Choose a file")).to_be_visible()


async def test_who_may_only_do_paperless_sees_why(system: EmbeddedStack, walk: Walk, tmp_path: Path) -> None:
    biller = await world.new_biller(system, paul=True)
    wizard = await walk("paul")
    await wizard.biller(biller.name)
    page = wizard.page
    await expect(page.get_by_text("You can run Paperless imports for this biller")).to_be_visible()
    for kind in ("Autopay", "Customer Registration"):
        await expect(page.get_by_role("button", name=re.compile(f"^.?{kind}"))).to_be_disabled()
    await assert_accessible(page, "paperless only")
    await wizard.kind("paperless")
    await wizard.file(world.paperless_file(tmp_path))
    await expect(heading(page, "Map columns")).to_be_visible()
