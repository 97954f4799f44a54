"""Files come by picker (the walks) and by drag and drop, with progress."""

from pathlib import Path

from playwright.async_api import Route, expect

from stack.embedded import EmbeddedStack
from tests.browser import world
from tests.browser.conftest import Walk
from tests.browser.pages import assert_accessible

_PART = 8 * 1024 * 1024
_SLOW = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 500_000}  # bytes a second


async def test_a_file_is_dropped_on_the_page(system: EmbeddedStack, walk: Walk, tmp_path: Path) -> None:
    biller = await world.new_biller(system)
    wizard = await walk("ivy")
    await wizard.biller(biller.name)
    await wizard.kind("paperless")
    await wizard.drop(world.paperless_file(tmp_path))
    await expect(wizard.page.get_by_text("30 rows", exact=True)).to_be_visible()


async def test_the_progress_of_an_upload_is_shown(system: EmbeddedStack, walk: Walk, tmp_path: Path) -> None:
    biller = await world.new_biller(system)
    file = world.paperless_file(tmp_path, 30_000)
    wizard = await walk("ivy")
    await wizard.biller(biller.name)
    await wizard.kind("paperless")
    page = wizard.page
    network = await page.context.new_cdp_session(page)
    await network.send("Network.enable")
    await network.send("Network.emulateNetworkConditions", _SLOW)
    await page.locator("input[type=file]").set_input_files(file)
    await expect(page.get_by_text("Uploading paperless.csv")).to_be_visible()
    await expect(page.get_by_role("progressbar", name="Upload")).to_be_visible()
    await wizard.uploaded(file)


async def test_an_upload_that_breaks_off_says_so_and_can_be_repeated(
    system: EmbeddedStack, walk: Walk, tmp_path: Path
) -> None:
    biller = await world.new_biller(system)
    file = world.paperless_file(tmp_path)
    wizard = await walk("ivy", expected=("ERR_CONNECTION_RESET", "401"))
    await wizard.biller(biller.name)
    await wizard.kind("paperless")
    page = wizard.page
    await page.route("**/files?*", lambda route: route.abort("connectionreset"), times=1)
    await page.locator("input[type=file]").set_input_files(file)
    await expect(page.get_by_role("alert")).to_contain_text("Upload the file again")
    await assert_accessible(page, "upload broken off")
    await page.route("**/files?*", lambda route: route.fulfill(status=401, json={}), times=1)
    await page.locator("input[type=file]").set_input_files(file)
    await expect(page.get_by_role("link", name="Sign in to continue where you were")).to_be_focused()
    await expect(page.get_by_text("The file was not uploaded.")).to_be_visible()
    await page.locator("input[type=file]").set_input_files(file)
    await wizard.uploaded(file)
    await expect(page.get_by_role("radio", name="paperless.csv")).to_be_focused()


async def test_an_empty_file_is_refused_at_its_step(system: EmbeddedStack, walk: Walk, tmp_path: Path) -> None:
    biller = await world.new_biller(system)
    file = tmp_path / "customers.csv"
    file.write_bytes(b"")
    wizard = await walk("ivy", expected=("422",))
    await wizard.biller(biller.name)
    await wizard.kind("paperless")
    page = wizard.page
    await page.locator("input[type=file]").set_input_files(file)
    await expect(page.get_by_role("heading", name="F002")).to_be_visible()
    await expect(page.get_by_text("Export it again.")).to_be_visible()
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("alert")).to_contain_text("This file can't be used")
    await assert_accessible(page, "empty file")


async def test_a_large_upload_continues_where_the_connection_was_lost(
    system: EmbeddedStack, walk: Walk, tmp_path: Path
) -> None:
    biller = await world.new_biller(system)
    file = world.paperless_file(tmp_path, 250_000)
    wizard = await walk("ivy", expected=("ERR_CONNECTION_RESET",))
    await wizard.biller(biller.name)
    await wizard.kind("paperless")
    page = wizard.page
    offsets: list[int] = []

    async def lost(route: Route) -> None:
        """All parts but the first, until there is no more of this; the part is noted."""
        if route.request.method == "PATCH":
            offsets.append(int(route.request.headers["upload-offset"]))
        if route.request.method == "PATCH" and offsets[-1]:
            await route.abort("connectionreset")
        else:
            await route.continue_()

    async def heard(route: Route) -> None:
        if route.request.method == "PATCH":
            offsets.append(int(route.request.headers["upload-offset"]))
        await route.continue_()

    await page.route("**/uploads/*", lost)
    await page.locator("input[type=file]").set_input_files(file)
    told = page.get_by_role("status").filter(has_text="Connection lost. Continuing at 8 of")
    await expect(told).to_be_visible()
    await assert_accessible(page, "upload, connection lost")
    await page.reload()
    await expect(page.get_by_role("heading", name="Unfinished upload")).to_be_visible()
    await assert_accessible(page, "unfinished upload")
    begun = len(offsets)
    await page.locator("input[type=file]").set_input_files(file)
    await expect(told).to_be_visible()
    await page.unroute("**/uploads/*", lost)
    await page.route("**/uploads/*", heard)
    await wizard.uploaded(file)
    assert set(offsets[begun:]) == {_PART}  # what had arrived was not sent again
    await expect(page.get_by_role("heading", name="Unfinished upload")).to_have_count(0)
