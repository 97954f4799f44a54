"""A page of the browser under watch, and what is looked at on every page."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.async_api import ConsoleMessage, Error, Page, Request, ViewportSize

DESKTOP: Final = ViewportSize(width=1280, height=900)
PHONE: Final = ViewportSize(width=390, height=844)
ZOOMED: Final = ViewportSize(width=640, height=450)  # the desk's at 200%
_RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_Scheme = Literal["light", "dark"]
_SCHEMES: Final[tuple[tuple[_Scheme, list[str]], ...]] = (("light", _RULES), ("dark", ["color-contrast"]))
_LOOKS: Final = tuple(
    (size, scheme, rules)
    for size in (DESKTOP, PHONE)
    for scheme, rules in _SCHEMES  # what else there is does not hang on colour
)
_SCRIPT: Final = AXE_FILE_PATH.read_text(encoding="utf-8")
_LEFT: Final = ("Execution context was destroyed", "axe is not defined")
_LEAVES: Final = 3  # pages left one after the other, at most: a click, its answer, and a live page that ends
_RUN: Final = "rules => axe.run({ runOnly: rules, resultTypes: ['violations'] })"


@dataclass
class Watched:
    """Keeps what a page must never do: complain in its console, or ask another machine for something."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()  # parts of complaints that the test brings about

    def __post_init__(self) -> None:
        self.page.on("console", self._said)
        self.page.on("pageerror", self._failed)
        self.page.on("request", self._asked)

    def assert_clean(self) -> None:
        """No complaint but those expected, and no word to anybody outside."""
        unexpected = [one for one in self.complaints if not any(part in one for part in self.expected)]
        assert unexpected == []
        assert self.foreign == []

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _failed(self, error: Error) -> None:
        self.complaints.append(f"exception: {error.message}")

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).scheme not in {"data", "blob"} and urlsplit(request.url).hostname != "127.0.0.1":
            self.foreign.append(request.url)


async def assert_accessible(page: Page, state: str) -> None:
    """axe finds nothing, and nothing sticks out: light and dark, on a desk and on a phone; nor at a zoom of 200%."""
    for left in range(_LEAVES + 1):
        try:
            found = await _looked(page)
            break
        except Error as error:  # the page was left while it was looked at: the next one is looked at
            if left == _LEAVES or not any(sign in error.message for sign in _LEFT):
                raise
    await page.set_viewport_size(DESKTOP)
    await page.emulate_media(color_scheme="light")
    assert not found, f"{state}: " + "\n".join(found)


async def _looked(page: Page) -> list[str]:
    found = []
    await page.wait_for_load_state()  # an answer may be read before its style is there
    await page.evaluate(_SCRIPT)  # what a test evaluates is not held back by the page's policy
    for size, scheme, rules in _LOOKS:
        await page.set_viewport_size(size)
        await page.emulate_media(color_scheme=scheme)
        result = await page.evaluate(_RUN, rules)
        found += [f"{scheme}, {size['width']} px: {_short(one)}" for one in result["violations"]]
        found += await _sticking_out(page, size)
    await page.set_viewport_size(ZOOMED)
    return found + await _sticking_out(page, ZOOMED)


async def _sticking_out(page: Page, size: ViewportSize) -> list[str]:
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{size['width']} px: {wide} px stick out"] if wide > 0 else []


def _short(violation: dict[str, Any]) -> str:
    nodes = [node["html"][:160] + " " + node.get("failureSummary", "")[:300] for node in violation["nodes"][:3]]
    return json.dumps({"rule": violation["id"], "help": violation["help"], "nodes": nodes}, indent=1)


async def keep(page: Page, folder: Path, name: str) -> None:
    """A picture of the page and its text, to see why a test failed."""
    try:
        await page.screenshot(path=folder / f"{name}.png", full_page=True)
        text = await page.inner_text("body")
    except Error as error:
        text = error.message
    _write(folder / f"{name}.txt", f"{page.url}\n\n{text}\n")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
