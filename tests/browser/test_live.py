"""Imports that go on: the page shows it by itself, through a cancellation and a restart."""

import re
from pathlib import Path

from playwright.async_api import expect

from stack.embedded import EmbeddedStack
from tests.browser import world
from tests.browser.conftest import Visit, Walk
from tests.browser.pages import assert_accessible
from tests.browser.wizard import Wizard, heading
from tests.support.imports import database, until

_ROWS = 8_000  # four chunks of the plan
_BLOCKED = (3_000, 5_000)  # rows of the second and the third, so that both executors wait
_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE usename = $1 AND wait_event_type = 'Lock'"


async def somebody_waits(system: EmbeddedStack, role: str, count: int = 1) -> None:
    """For a lock."""

    async def look() -> bool:
        return int(await looker.fetchval(_WAITING, role)) >= count

    async with database(system) as looker:
        await until(look, f"a wait of {role} for a lock")


async def started(wizard: Wizard, system: EmbeddedStack, biller: world.Biller, folder: Path) -> None:
    """An import that stands in its second chunk."""
    await wizard.to_order(biller.name, "paperless", world.paperless_file(folder, _ROWS))
    await wizard.order()
    await wizard.check()
    await wizard.review()
    await wizard.start()
    await somebody_waits(system, "ci_executor", 2)
    await expect(wizard.page.get_by_text("Running", exact=True)).to_be_visible()
    await expect(wizard.page.locator("[data-count=applied]")).not_to_have_text("0")


async def test_a_running_import_is_cancelled(system: EmbeddedStack, walk: Walk, tmp_path: Path) -> None:
    biller = await world.new_biller(system, _ROWS)
    wizard = await walk("ivy")
    page = wizard.page
    async with world.held_up(system, biller, _BLOCKED):
        await started(wizard, system, biller, tmp_path)
        await expect(
            page.get_by_text("waits: another user of the CRM has locked the same records").first
        ).to_be_visible()
        await assert_accessible(page, "running import, parts wait")
        await page.goto(f"{wizard.status_url}/status/in-progress")
        card = page.get_by_role("article").filter(has_text=biller.name)
        await expect(card.get_by_role("progressbar")).to_be_visible()
        await assert_accessible(page, "in progress")
        await card.get_by_role("link", name="Cancel").click()
        await expect(page.get_by_text("No new batch starts")).to_be_visible()
        await assert_accessible(page, "cancel")
        await page.get_by_role("button", name="Cancel import").click()
        await page.wait_for_url(re.compile("/status/imports/"))
        await assert_accessible(page, "cancelling, or cancelled already")
    await expect(page.get_by_text("Canceled", exact=True).first).to_be_visible()
    await expect(page.get_by_role("heading", name="Results", exact=True)).to_be_visible()
    assert await wizard.count("applied") + await wizard.count("skipped") == _ROWS
    assert await wizard.count("skipped") >= _ROWS / 4
    await expect(page.get_by_role("link", name="S405", exact=True)).to_be_visible()


async def test_the_page_outlives_a_restart_of_its_service(system: EmbeddedStack, walk: Walk, tmp_path: Path) -> None:
    biller = await world.new_biller(system, _ROWS)
    lost = ("ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE")
    wizard = await walk("ivy", expected=lost)
    page = wizard.page
    async with world.held_up(system, biller, _BLOCKED):
        await started(wizard, system, biller, tmp_path)
        await system.children["notifier"].kill()
        await expect(page.get_by_text("Connection lost")).to_be_visible()
        await assert_accessible(page, "connection lost")
    await system.start_service("notifier")
    await expect(page.get_by_role("heading", name="Results", exact=True)).to_be_visible(timeout=60_000)
    assert await wizard.count("applied") == _ROWS
    await expect(heading(page, f"{biller.name}: Paperless")).to_be_visible()


async def test_a_service_that_stands_still_does_not_look_alive(system: EmbeddedStack, visit: Visit) -> None:
    page = await visit("ivy", expected=("ERR_TIMED_OUT",))
    await page.clock.install()
    await page.goto(f"{system.service_url('notifier')}/status/in-progress")
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    await page.route("**/static/icon.svg", lambda route: route.abort("timedout"))
    await page.clock.fast_forward(15_000)
    await page.clock.resume()
    await expect(page.get_by_text("No response for")).to_be_visible()
    await page.unroute("**/static/icon.svg")
    await page.clock.fast_forward(5_000)
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()


async def test_the_list_of_imports_in_progress_changes_by_itself(
    system: EmbeddedStack, walk: Walk, tmp_path: Path
) -> None:
    biller = await world.new_biller(system)
    watcher, wizard = await walk("ivy"), await walk("ivy")
    await watcher.page.goto(f"{watcher.status_url}/status/in-progress")
    await expect(watcher.page.get_by_text("Live", exact=True)).to_be_visible()
    await wizard.to_order(biller.name, "paperless", world.paperless_file(tmp_path))
    await wizard.order()
    await wizard.check()
    card = watcher.page.get_by_role("article").filter(has_text=biller.name)
    await expect(card.get_by_text("Needs a decision")).to_be_visible()
    await assert_accessible(watcher.page, "in progress, one waits")
    await card.get_by_role("link", name="Review and decide").click()
    await expect(heading(watcher.page, "Check results")).to_be_visible()
    await wizard.page.get_by_role("link", name="Discard import").click()
    await wizard.page.get_by_role("button", name="Discard import").click()
    await expect(wizard.page.get_by_text("Canceled", exact=True).first).to_be_visible()
