"""What hangs beside the wizard: the plan row by row, and mappings kept as recipes."""

import re
from pathlib import Path

from playwright.async_api import expect

from stack.embedded import EmbeddedStack
from tests.browser import world
from tests.browser.conftest import Walk
from tests.browser.pages import assert_accessible
from tests.browser.wizard import heading


async def test_a_plan_is_looked_at_and_its_mapping_kept_for_the_next_file(
    system: EmbeddedStack, walk: Walk, tmp_path: Path
) -> None:
    biller = await world.new_biller(system)
    wizard = await walk("ivy")
    page = wizard.page
    await wizard.to_order(biller.name, "paperless", world.paperless_file(tmp_path, missing=2))
    await wizard.order()
    await wizard.check()
    await page.get_by_role("link", name="View all rows").click()
    await expect(page.get_by_role("row")).to_have_count(31)
    await page.get_by_label("Result").select_option("skipped")
    await expect(page.get_by_role("row")).to_have_count(3)
    await assert_accessible(page, "plan")
    await page.go_back()
    await wizard.review()
    await page.get_by_label("Name").fill("Monthly export")
    await page.get_by_role("button", name="Save recipe").click()
    await expect(page.get_by_text("Saved as version 1")).to_be_visible()
    await assert_accessible(page, "review with a recipe")
    await page.goto(f"{wizard.url}/recipes/{biller.id}")
    await expect(heading(page, f"Recipes for {biller.name}")).to_be_visible()
    await assert_accessible(page, "recipes")
    await page.get_by_role("link", name="Monthly export").click()
    await expect(heading(page, "Monthly export, version 1")).to_be_visible()
    await assert_accessible(page, "one recipe")
    await wizard.biller(biller.name)
    await wizard.kind("paperless")
    await wizard.file(world.paperless_file(tmp_path, 20, name="next-month.csv"))
    await page.go_back()
    await expect(page.get_by_text("Columns match.")).to_be_visible()
    await assert_accessible(page, "file with recipes")
    await page.get_by_role("button", name=re.compile("Use recipe")).click()
    await expect(page.get_by_role("navigation", name="Steps")).to_be_visible()
