from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, StorageState, async_playwright, expect

from stack.embedded import EmbeddedStack
from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.pages import DESKTOP, Watched, keep
from tests.browser.wizard import Wizard, sign_in

_FAILED = pytest.StashKey[bool]()
_MILLISECONDS = 30_000

Visit = Callable[..., Awaitable[Page]]
Walk = Callable[..., Awaitable[Wizard]]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.when == "call":
        item.stash[_FAILED] = report.failed
    return report


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    expect.set_options(timeout=_MILLISECONDS)
    async with async_playwright() as playwright:
        program = await find_chromium(playwright)
        browser = await playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def signed_in() -> dict[str, StorageState]:
    """Cookies of those who have signed in before, by name."""
    return {}


@pytest.fixture
async def watched(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[list[Watched]]:
    """The pages of a test; at its end each has to be clean, and after a failure there are pictures of them."""
    pages: list[Watched] = []
    yield pages
    if request.node.stash.get(_FAILED, False):
        for number, one in enumerate(pages):
            await keep(one.page, tmp_path / "browser", f"page-{number}")
    for one in pages:
        await one.page.context.close()
        one.assert_clean()


@pytest.fixture
async def visit(
    system: EmbeddedStack, chromium: Browser, signed_in: dict[str, StorageState], watched: list[Watched]
) -> Visit:
    """Opens a browser of its own for a person, who has signed in; or for nobody."""

    async def open_page(person: str | None = None, *, expected: tuple[str, ...] = (), **options: Any) -> Page:
        state = signed_in.get(person) if person else None
        context = await new_context(chromium, storage_state=state, **options)
        page = await context.new_page()
        watched.append(Watched(page, expected=expected))
        if person and state is None:
            await sign_in(page, system.service_url("mapping"), person)
            signed_in[person] = await context.storage_state()
        return page

    return open_page


@pytest.fixture
async def walk(system: EmbeddedStack, visit: Visit) -> Walk:
    """The wizard for a person."""

    async def open_wizard(person: str, **options: Any) -> Wizard:
        page = await visit(person, **options)
        return Wizard(page, system.service_url("mapping"), system.service_url("notifier"))

    return open_wizard


async def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """A browser as most people have it, in a zone that is not UTC."""
    context = await browser.new_context(
        **{"viewport": DESKTOP, "locale": "en-US", "timezone_id": "America/New_York", **options}
    )
    context.set_default_timeout(_MILLISECONDS)
    return context
