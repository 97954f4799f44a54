"""Those who operate the system see what waits, pause and resume it, and discard messages that nobody needs."""

from pathlib import Path
from uuid import uuid4

from playwright.async_api import expect

from stack.embedded import EmbeddedStack
from tests.browser import world
from tests.browser.conftest import Visit, Walk
from tests.browser.pages import assert_accessible
from tests.browser.wizard import heading
from tests.support.imports import database

_LETTER = """
    INSERT INTO execution.dead_letter (topic, partition, record_offset, body, reason, detail)
    VALUES ($1, 0, 1, '', 'undecodable', 'The body is no ImportApproved: json_invalid')
"""


async def test_a_biller_is_paused_and_resumed(system: EmbeddedStack, walk: Walk, tmp_path: Path) -> None:
    biller = await world.new_biller(system)
    wizard = await walk("ivy")
    page = wizard.page
    await wizard.to_order(biller.name, "paperless", world.paperless_file(tmp_path))
    await wizard.order()
    await wizard.check()
    await wizard.review()
    held = page.url
    await page.goto(f"{wizard.status_url}/status/in-progress")
    await page.get_by_role("link", name="Operations").click()
    await expect(heading(page, "Operations")).to_be_visible()
    await expect(page.get_by_role("row").filter(has_text=biller.name)).to_contain_text("Needs a decision")
    await assert_accessible(page, "operations")
    await page.get_by_label("What to pause").select_option(label=biller.name)
    await page.get_by_label("Reason").fill("The bank is down")
    await page.get_by_role("button", name="Pause").click()
    await expect(page.locator("form").filter(has_text="The bank is down")).to_contain_text(biller.name)
    await assert_accessible(page, "operations, paused")
    await page.goto(held)
    await wizard.start()
    await expect(page.get_by_text("Paused by operations since")).to_be_visible()
    await assert_accessible(page, "a paused import")
    paused = page.url
    await page.goto(f"{wizard.status_url}/status/operations")
    await page.locator("form").filter(has_text=biller.name).get_by_role("button", name="Resume").first.click()
    await expect(page.locator("form").filter(has_text="The bank is down")).to_have_count(0)
    await page.goto(paused)
    await wizard.completed()
    assert await wizard.count("applied") == 30


async def test_a_dead_letter_is_discarded(system: EmbeddedStack, visit: Visit) -> None:
    topic = f"topic-{uuid4()}"
    async with database(system) as connection:
        await connection.execute(_LETTER, topic)
    page = await visit("ivy")
    await page.goto(f"{system.service_url('notifier')}/status/operations")
    queues = page.get_by_role("row").filter(has_text="dead letters").filter(has_text="executor")
    await queues.get_by_role("link", name="dead letters").click()
    row = page.get_by_role("row").filter(has_text=topic)
    await expect(row).to_contain_text("json_invalid")
    await assert_accessible(page, "dead letters")
    await row.get_by_label("Why nobody needs it").fill("Sent by a test")
    await row.get_by_role("button", name="Discard").click()
    await expect(page.get_by_text("was discarded")).to_be_visible()
    await expect(page.get_by_role("row").filter(has_text=topic)).to_have_count(0)
    await page.get_by_label("Status").select_option(label="Handled or discarded")
    await page.get_by_role("button", name="Show").click()
    await expect(page.get_by_role("row").filter(has_text=topic)).to_contain_text("Sent by a test")
    await assert_accessible(page, "dead letters that are settled")
