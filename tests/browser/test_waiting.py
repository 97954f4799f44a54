"""Imports that somebody has to let go on: an operator, or a second person."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import expect

from stack.embedded import EmbeddedStack
from tests.browser import world
from tests.browser.conftest import Visit, Walk
from tests.browser.pages import assert_accessible
from tests.browser.wizard import Wizard, heading
from tests.support.imports import database, until


@asynccontextmanager
async def broken(system: EmbeddedStack) -> AsyncIterator[None]:
    """The executors may write no results for a while."""
    async with database(system) as connection:
        await connection.execute("REVOKE INSERT ON execution.row_result FROM ci_executor")
        try:
            yield
        finally:
            await connection.execute("GRANT INSERT ON execution.row_result TO ci_executor")


async def until_it_waits(system: EmbeddedStack, import_id: str) -> None:
    """For an operator; every pause between the tries is cut short."""

    async def look() -> bool:
        await connection.execute(
            "UPDATE execution.chunk SET not_before = now() WHERE import_id = $1 AND not_before < 'infinity'", import_id
        )
        query = "SELECT waiting_since IS NOT NULL FROM execution.job WHERE import_id = $1"
        return bool(await connection.fetchval(query, import_id))

    async with database(system) as connection:
        await until(look, "a wait for an operator")


def import_on(wizard: Wizard) -> str:
    """The id in the address of the page."""
    found = re.search(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", wizard.page.url)
    assert found is not None, wizard.page.url
    return found[0]


async def test_an_import_that_waits_for_an_operator_is_resumed(
    system: EmbeddedStack, walk: Walk, tmp_path: Path
) -> None:
    biller = await world.new_biller(system)
    wizard = await walk("ivy")
    page = wizard.page
    await wizard.to_order(biller.name, "paperless", world.paperless_file(tmp_path))
    await wizard.order()
    await wizard.check()
    await wizard.review()
    async with broken(system):
        await wizard.start()
        await until_it_waits(system, import_on(wizard))
        await expect(page.get_by_text("Waiting for an operator: the executor lacks a database")).to_be_visible()
        await assert_accessible(page, "waits for an operator")
        await page.goto(f"{wizard.status_url}/status/in-progress")
        card = page.get_by_role("article").filter(has_text=biller.name)
        await card.get_by_role("link", name="Resume import").click()
        await expect(heading(page, "Resume import")).to_be_visible()
        await expect(page.get_by_text("What stopped it: the executor lacks a database")).to_be_visible()
        await assert_accessible(page, "resume")
    await page.get_by_role("button", name="Resume import").click()
    await wizard.completed()
    assert await wizard.count("applied") == 30


async def test_a_second_person_approves(system: EmbeddedStack, walk: Walk, visit: Visit, tmp_path: Path) -> None:
    biller = await world.new_biller(system, paul=True)
    async with database(system) as connection:
        await connection.execute(
            "UPDATE crm.operator_right SET may_approve = true WHERE subject = 'paul' AND biller_id = $1", biller.id
        )
    wizard = await walk("ivy")
    await wizard.to_order(biller.name, "paperless", world.paperless_file(tmp_path))
    await wizard.page.get_by_label("Fixed text").fill("-X")
    await wizard.page.get_by_role("button", name="Add text").click()
    await expect(wizard.page.get_by_text("Fewer than half match.")).to_be_visible()
    await wizard.check()
    await wizard.review()
    start = wizard.page.get_by_role("button", name="Start import")
    await expect(start).to_have_count(0)  # nothing would be applied
    await wizard.page.get_by_label("Create missing customer records").check()
    await expect(start).to_have_text("Start import: 30 rows, 30 new customers")
    await wizard.page.get_by_label("Number of customers to create").fill("30")
    await wizard.page.get_by_role("radio", name="The first rows").check()
    await wizard.page.get_by_role("textbox", name="How many rows").fill("3")
    await start.click()
    await expect(wizard.page.get_by_role("heading", name="Ivy Marsh asks for approval")).to_be_visible()
    await expect(wizard.page.get_by_text("Customers to create: 30.")).to_be_visible()
    await assert_accessible(wizard.page, "asks for a second person")
    second = await visit("paul")
    await second.goto(f"{wizard.url}/")
    await second.get_by_role("link", name=re.compile("^Approvals .*waiting for you")).click()
    await assert_accessible(second, "approvals")
    await second.get_by_role("link", name=biller.name).click()
    await expect(second.get_by_role("term").filter(has_text="Account not found")).to_be_visible()
    await assert_accessible(second, "second person")
    await expect(second.get_by_text("It starts with the first 3 rows.")).to_be_visible()
    await second.get_by_role("button", name="Approve and start with the first 3 rows").click()
    await second.wait_for_url(re.compile("/status/imports/"))
    await wizard.page.get_by_role("link", name="Back to the import").click()
    await wizard.page.get_by_role("link", name="Review first rows").click(timeout=30_000)
    await wizard.page.get_by_role("button", name="Continue import").click()
    await wizard.completed()
    assert await wizard.count("applied") == 30


async def test_what_changed_meanwhile_is_shown_instead_of_started(
    system: EmbeddedStack, walk: Walk, tmp_path: Path
) -> None:
    biller = await world.new_biller(system)
    wizard = await walk("ivy", expected=("409",))
    page = wizard.page
    await wizard.to_order(biller.name, "paperless", world.paperless_file(tmp_path))
    await wizard.order()
    await wizard.check()
    await wizard.review()
    async with database(system) as connection:
        await connection.execute(
            "UPDATE validation.import_check SET check_no = check_no + 1 WHERE import_id = $1", import_on(wizard)
        )
    await page.get_by_role("button", name="Start import").click()
    await expect(page.get_by_role("alert")).to_contain_text("This check is out of date; the newest is 2")
    await assert_accessible(page, "changed meanwhile")
