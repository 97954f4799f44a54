"""What a person does beside the straight way: reloading, going back, leaving and coming again, getting lost."""

import re
from pathlib import Path

from playwright.async_api import expect

from stack.embedded import EmbeddedStack
from tests.browser import world
from tests.browser.conftest import Visit, Walk
from tests.browser.pages import assert_accessible
from tests.browser.wizard import heading


async def test_a_reload_loses_nothing_and_the_draft_is_found_again(
    system: EmbeddedStack, walk: Walk, tmp_path: Path
) -> None:
    biller = await world.new_biller(system)
    wizard = await walk("ivy")
    await wizard.to_order(biller.name, "paperless", world.paperless_file(tmp_path))
    page = wizard.page
    parts = page.get_by_role("list", name="Parts in order").get_by_role("listitem")
    await page.get_by_role("button", name="Move part 1 down").click()
    await expect(parts).to_contain_text(["Cust No", "WTR-"])
    await page.reload()
    await expect(parts).to_contain_text(["Cust No", "WTR-"])
    await page.goto(f"{wizard.url}/")
    draft = page.get_by_role("row").filter(has_text=biller.name)
    await expect(draft).to_contain_text("paperless.csv")
    await assert_accessible(page, "start with drafts")
    await draft.get_by_role("link", name="Continue").click()
    await expect(heading(page, "Build the account number")).to_be_visible()
    await expect(parts).to_contain_text(["Cust No", "WTR-"])
    await page.goto(f"{wizard.url}/")
    await draft.get_by_role("button", name="Discard").click()
    await expect(page.get_by_role("row").filter(has_text=biller.name)).to_have_count(0)


async def test_back_and_forward_keep_what_was_chosen(system: EmbeddedStack, walk: Walk, tmp_path: Path) -> None:
    biller = await world.new_biller(system)
    wizard = await walk("ivy")
    await wizard.biller(biller.name)
    await wizard.kind("paperless")
    await wizard.file(world.paperless_file(tmp_path))
    await wizard.columns()
    await wizard.settings(["WATER"])
    page = wizard.page
    await expect(heading(page, "Build the account number")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("checkbox", name="WATER")).to_be_checked()
    await expect(page.get_by_role("checkbox", name="SEWER")).not_to_be_checked()
    await page.go_forward()
    await expect(heading(page, "Build the account number")).to_be_visible()
    await page.get_by_role("link", name="1 Source (done)").click()
    await page.get_by_role("link", name="Choose the kind of import (done)").click()
    await expect(page.get_by_role("button", name="Paperless")).to_contain_text("Selected")


async def test_values_are_explained_below_their_column(system: EmbeddedStack, walk: Walk, tmp_path: Path) -> None:
    biller = await world.new_biller(system)
    rows = [f"{n},new{n}@example.org,{'Kiosk' if n < 3 else 'Letter'}\r\n" for n in range(1, 7)]
    file = tmp_path / "kiosk.csv"
    file.write_text("".join(["Cust No,Email,How\r\n", *rows]), encoding="utf-8")
    wizard = await walk("ivy")
    await wizard.biller(biller.name)
    await wizard.kind("paperless")
    await wizard.file(file)
    page = wizard.page
    flag = page.get_by_label("Paperless status", exact=True)
    await flag.focus()
    await flag.select_option("How")
    values = page.get_by_role("list", name="Values of How")
    await expect(values.get_by_role("listitem").filter(has_text="Kiosk")).to_contain_text("2 rows")
    await expect(page.locator("#announcer")).to_contain_text("not recognized")
    await expect(flag).to_be_focused()
    await assert_accessible(page, "values of a column")
    await page.get_by_label("Meaning of Kiosk").select_option("Paper")
    await wizard.go_on()
    await page.go_back()
    await page.reload()
    await expect(page.get_by_label("Meaning of Kiosk")).to_have_value("paper")


async def test_a_column_is_changed_with_one_choice(system: EmbeddedStack, walk: Walk, tmp_path: Path) -> None:
    biller = await world.new_biller(system)
    wizard = await walk("ivy", expected=("422",))
    await wizard.biller(biller.name)
    await wizard.kind("paperless")
    await wizard.file(world.paperless_file(tmp_path))
    page = wizard.page
    email = page.get_by_role("row").filter(has=page.get_by_label("Email", exact=True))
    await expect(email.get_by_text("High match")).to_be_visible()
    await page.get_by_label("Email", exact=True).select_option("Ward")
    await expect(email.get_by_text("Set by you")).to_be_visible()
    await expect(email.get_by_text("Ward 1")).to_be_visible()
    unused = page.get_by_role("group", name="Columns that are not used")
    await expect(unused.get_by_role("rowheader", name="Email", exact=True)).to_be_visible()
    await expect(unused.get_by_role("rowheader", name="Ward", exact=True)).to_be_hidden()
    await unused.get_by_label("Use Email as").select_option("Email")
    await expect(unused.get_by_role("alert")).to_contain_text("Email already uses Ward.")
    await assert_accessible(page, "a column for a field that has one")
    await unused.get_by_role("button", name="Keep Ward").click()
    await expect(unused.get_by_role("alert")).to_be_hidden()
    await expect(page.get_by_label("Email", exact=True)).to_have_value("Ward")
    await unused.get_by_label("Use Email as").select_option("Email")
    await unused.get_by_role("button", name="Use Email instead").click()
    await expect(page.get_by_label("Email", exact=True)).to_have_value("Email")
    await expect(unused.get_by_role("rowheader", name="Ward", exact=True)).to_be_visible()
    await page.get_by_label("Email", exact=True).select_option("")
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("alert")).to_contain_text("F007")
    await assert_accessible(page, "columns with a problem")


async def test_a_column_of_bank_accounts_makes_no_account_number(
    system: EmbeddedStack, walk: Walk, tmp_path: Path
) -> None:
    biller = await world.new_biller(system)
    wizard = await walk("ivy", expected=("422",))
    await wizard.to_order(biller.name, "paperless", world.autopay_file(tmp_path))
    page = wizard.page
    column = page.get_by_label("Column", exact=True)
    await column.select_option(label=await column.locator("option", has_text="Bank Acct").inner_text())
    await page.get_by_role("button", name="Add column").click()
    await expect(page.get_by_text("Bank Acct", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Check the file").click()
    await expect(page.get_by_role("alert")).to_contain_text("F021")
    await assert_accessible(page, "account number of bank accounts")


async def test_the_documentation_of_the_api_is_accessible(system: EmbeddedStack, visit: Visit) -> None:
    page = await visit("ivy")
    for service in ("mapping", "notifier"):
        await page.goto(f"{system.service_url(service)}/docs")
        await expect(heading(page, f"Customer Import: {service}")).to_be_visible()
        await assert_accessible(page, f"documentation of {service}")


async def test_pages_that_are_not_there_say_so(system: EmbeddedStack, visit: Visit) -> None:
    page = await visit("ivy", expected=("404 (Not Found)",))
    nobody = "00000000-0000-0000-0000-000000000000"
    for address in (
        f"{system.service_url('mapping')}/nothing",
        f"{system.service_url('mapping')}/import/{nobody}/columns",
        f"{system.service_url('mapping')}/checks/{nobody}",
        f"{system.service_url('notifier')}/status/imports/{nobody}",
    ):
        answer = await page.goto(address)
        assert answer is not None
        assert answer.status == 404
        await expect(page.get_by_role("link", name="Go to the start page")).to_be_visible()
    await assert_accessible(page, "not found")


async def test_an_old_form_is_refused_with_a_word(system: EmbeddedStack, visit: Visit) -> None:
    page = await visit("ivy", expected=("403 (Forbidden)",))
    await page.goto(f"{system.service_url('mapping')}/")
    await page.locator("form.who input[name=csrf]").evaluate("field => { field.value = 'old'; }")
    await page.get_by_role("button", name="Sign out").click()
    await expect(heading(page, "This page was open too long")).to_be_visible()
    await assert_accessible(page, "forbidden")


async def test_everybody_finds_what_he_may_do(system: EmbeddedStack, visit: Visit) -> None:
    page = await visit("ivy")
    await page.goto(f"{system.service_url('mapping')}/")
    await page.get_by_role("link", name="My access").click()
    await expect(page.get_by_role("row").filter(has_text="Every biller")).to_be_visible()
    await assert_accessible(page, "my access")


async def test_nothing_found_and_nothing_there(system: EmbeddedStack, visit: Visit) -> None:
    page = await visit("ivy")
    await page.goto(f"{system.service_url('mapping')}/import/new")
    await page.get_by_label("Search billers").press_sequentially("no such biller")
    await expect(page.get_by_role("heading", name="No biller found")).to_be_visible()
    await assert_accessible(page, "no biller found")
    await page.goto(f"{system.service_url('notifier')}/status/completed")
    await page.get_by_label("Search").press_sequentially("no such import")
    await expect(page.get_by_text("No imports match.")).to_be_visible()
    await assert_accessible(page, "no import found")


async def test_somebody_without_rights_sees_empty_pages(system: EmbeddedStack, visit: Visit) -> None:
    page = await visit("sam")
    await page.goto(f"{system.service_url('mapping')}/import/new")
    await expect(page.get_by_role("heading", name="No billers")).to_be_visible()
    await page.goto(f"{system.service_url('notifier')}/status/in-progress")
    await expect(page.get_by_role("heading", name="No imports in progress")).to_be_visible()
    await assert_accessible(page, "nothing in progress")
    await page.goto(f"{system.service_url('notifier')}/status/completed")
    await expect(page.get_by_text("No completed imports")).to_be_visible()
    await assert_accessible(page, "nothing completed")


async def test_signing_in_leads_back_and_signing_out_ends_it(system: EmbeddedStack, visit: Visit) -> None:
    page = await visit()
    wanted = f"{system.service_url('notifier')}/status/completed?kind=paperless"
    await page.goto(wanted)
    await expect(heading(page, "Sign in")).to_be_visible()
    await assert_accessible(page, "sign-in")
    await page.get_by_role("button", name=re.compile("Ivy Marsh")).click()
    await page.wait_for_url(wanted)
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url(re.compile("/sign-in"))
    await page.goto(wanted)
    await expect(heading(page, "Sign in")).to_be_visible()
