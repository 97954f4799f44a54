"""A form is kept when the session has ended or the server is away."""

from pathlib import Path

from playwright.async_api import Page, expect

from stack.embedded import EmbeddedStack
from tests.browser import world
from tests.browser.conftest import Visit
from tests.browser.pages import assert_accessible
from tests.browser.wizard import Wizard, heading, sign_in

STATEMENT = "The board of the utility has confirmed it in writing."


async def at_statement(system: EmbeddedStack, page: Page, folder: Path) -> Wizard:
    """Somebody has signed in for this test alone and is about to type the biller's statement."""
    biller = await world.new_biller(system)
    wizard = Wizard(page, system.service_url("mapping"), system.service_url("notifier"))
    await sign_in(page, wizard.url, "ivy")
    await wizard.biller(biller.name)
    await wizard.kind("paperless")
    await wizard.file(world.paperless_file(folder))
    await wizard.columns()
    await page.get_by_role("checkbox", name="WATER").check()
    await page.get_by_label("Biller's statement").fill(STATEMENT)
    await page.get_by_role("checkbox", name="has confirmed").check()
    return wizard


async def assert_kept(page: Page) -> None:
    await expect(page.get_by_label("Biller's statement")).to_have_value(STATEMENT)
    await expect(page.get_by_role("checkbox", name="has confirmed")).to_be_checked()


async def test_who_signs_in_again_is_where_he_was_with_what_he_typed(
    system: EmbeddedStack, visit: Visit, tmp_path: Path
) -> None:
    page = await visit(expected=("401",))
    wizard = await at_statement(system, page, tmp_path)
    other = await page.context.new_page()
    await other.goto(f"{wizard.url}/")
    await other.get_by_role("button", name="Sign out").click()
    await expect(heading(other, "Sign in")).to_be_visible()
    await page.get_by_role("button", name="Continue", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("Your session ended.")
    await assert_kept(page)
    await assert_accessible(page, "session ended")
    await page.get_by_role("link", name="Sign in to continue where you were").click()
    await expect(page.get_by_text("Your session ended.")).to_be_visible()
    await page.locator("button[name=person][value=ivy]").click()
    await expect(page.get_by_role("alert")).to_contain_text("Your entries are back. They are not saved yet.")
    await assert_kept(page)
    await wizard.go_on()
    await expect(heading(page, "Build the account number")).to_be_visible()


async def test_who_signed_in_again_elsewhere_sees_the_page_anew_with_what_he_typed(
    system: EmbeddedStack, visit: Visit, tmp_path: Path
) -> None:
    page = await visit()
    wizard = await at_statement(system, page, tmp_path)
    other = await page.context.new_page()
    await other.goto(f"{wizard.url}/")
    await other.get_by_role("button", name="Sign out").click()
    await sign_in(other, wizard.url, "ivy")
    await page.get_by_role("button", name="Continue", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("Your entries are back.")
    await assert_kept(page)
    await wizard.go_on()


async def test_a_form_waits_for_a_server_that_is_away(system: EmbeddedStack, visit: Visit, tmp_path: Path) -> None:
    page = await visit(expected=("ERR_CONNECTION_REFUSED",))
    wizard = await at_statement(system, page, tmp_path)
    await page.route("**/session", lambda route: route.abort("connectionrefused"))
    before = page.url
    await page.get_by_role("button", name="Continue", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("Not saved. Trying again")
    assert page.url == before
    await assert_kept(page)
    await page.unroute("**/session")
    await expect(heading(page, "Build the account number")).to_be_visible()
    await page.goto(f"{wizard.url}/import/{before.split('/')[-2]}/settings")
    await expect(page.get_by_label("Biller's statement")).to_have_value(STATEMENT)


async def test_who_types_for_long_is_warned_before_the_session_ends_and_stays_signed_in(
    system: EmbeddedStack, visit: Visit, tmp_path: Path
) -> None:
    page = await visit(expected=("401",))
    left = {"seconds": 3_000, "is_left_alone": True}
    await page.route("**/session/left", lambda route: route.fulfill(json=left))
    await page.clock.install()
    await at_statement(system, page, tmp_path)
    warning = page.locator("#session-ends")
    await page.clock.fast_forward("25:01")
    await expect(warning).to_contain_text("Your session ends in about five minutes")
    await assert_accessible(page, "session ends soon")
    left["is_left_alone"] = False
    await page.get_by_role("button", name="Stay signed in").click()
    await expect(warning).to_have_count(0)
    left |= {"seconds": 240}
    await page.clock.fast_forward("02:01")
    await expect(warning).to_contain_text("Nothing that you typed is lost")
    await assert_accessible(page, "session ends by the clock")
    await page.get_by_role("link", name="Sign in again now").click()
    await page.locator("button[name=person][value=ivy]").click()
    await expect(page.get_by_role("alert").last).to_contain_text("Your entries are back.")
    await assert_kept(page)
    await page.route("**/session/left", lambda route: route.fulfill(status=401))
    await page.clock.fast_forward("25:01")
    await expect(page.get_by_role("alert").last).to_contain_text("Your session ended. Nothing that you typed is lost.")
