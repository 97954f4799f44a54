import os
import shutil
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.browser import chromium
from tests.browser.chromium import NoChromiumError, find_chromium

PLAYWRIGHT: Any = SimpleNamespace(chromium=SimpleNamespace(executable_path="/playwright/chrome"))

Run = Callable[[Callable[..., None]], list[tuple[str, ...]]]


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the machine has; nothing at first."""
    found: dict[str, str] = {}
    monkeypatch.setattr(shutil, "which", found.get)
    return found


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Puts a function in the place of running commands; gives what was run."""

    def install(act: Callable[..., None]) -> list[tuple[str, ...]]:
        ran: list[tuple[str, ...]] = []

        async def run(*command: str) -> None:
            ran.append(command)
            act(*command)

        monkeypatch.setattr(chromium, "_run", run)
        return ran

    return install


def fail(*command: str) -> None:
    raise NoChromiumError(f"{command[0]} failed")


async def test_one_on_the_machine_is_taken(programs: dict[str, str], commands: Run) -> None:
    programs["google-chrome"] = "/opt/google/chrome"
    ran = commands(fail)
    assert await find_chromium(PLAYWRIGHT) == "/opt/google/chrome"
    assert ran == []


async def test_debian_installs_one_for_root(
    monkeypatch: pytest.MonkeyPatch, programs: dict[str, str], commands: Run
) -> None:
    programs["apt-get"] = "/usr/bin/apt-get"
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    def install(*command: str) -> None:
        if "install" in command:
            programs["chromium"] = "/usr/bin/chromium"

    ran = commands(install)
    assert await find_chromium(PLAYWRIGHT) == "/usr/bin/chromium"
    assert [command[1] for command in ran] == ["update", "install"]


async def test_playwright_installs_its_own_where_debian_may_not(
    monkeypatch: pytest.MonkeyPatch, programs: dict[str, str], commands: Run
) -> None:
    programs["apt-get"] = "/usr/bin/apt-get"
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    ran = commands(lambda *_: programs.update({"/playwright/chrome": "/playwright/chrome"}))
    assert await find_chromium(PLAYWRIGHT) == "/playwright/chrome"
    assert [command[1:] for command in ran] == [("-m", "playwright", "install", "chromium")]


@pytest.mark.usefixtures("programs")
async def test_without_any_the_error_says_what_was_tried(monkeypatch: pytest.MonkeyPatch, commands: Run) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    commands(fail)
    with pytest.raises(NoChromiumError, match=r"chromium-browser.*needs root and apt-get.*failed"):
        await find_chromium(PLAYWRIGHT)
