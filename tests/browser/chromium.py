"""A Chromium for the tests: one on the machine, else Debian's, else Playwright's own."""

import asyncio
import os
import shutil
import sys
from asyncio.subprocess import PIPE, STDOUT
from functools import partial
from typing import Final

from playwright.async_api import Playwright

ARGUMENTS: Final = (
    "--no-sandbox",  # the pages are our own, and containers often lack what a sandbox needs
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
_SECONDS: Final = 600
_TOLD: Final = 300  # characters of what a command complained about


class NoChromiumError(RuntimeError):
    """None of the ways gave a Chromium; says what each of them came to."""


async def find_chromium(playwright: Playwright) -> str:
    """The program, installed first where there is none."""
    tried = []
    for find in (_on_the_machine, _of_debian, partial(_of_playwright, playwright.chromium.executable_path)):
        try:
            return await find()
        except NoChromiumError as error:
            tried.append(str(error))
    raise NoChromiumError("The browser tests need a Chromium and found no way to one: " + "; ".join(tried))


async def _on_the_machine() -> str:
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        raise NoChromiumError(f"none of {', '.join(_NAMES)} is installed")
    return found


async def _of_debian() -> str:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise NoChromiumError("Debian's package needs root and apt-get")
    await _run("apt-get", "update", "-q")
    await _run("apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium")
    return await _on_the_machine()


async def _of_playwright(program: str) -> str:
    if shutil.which(program) is None:
        await _run(sys.executable, "-m", "playwright", "install", "chromium")
    if shutil.which(program) is None:
        raise NoChromiumError("playwright install left no program")
    return program


async def _run(*command: str) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=PIPE, stderr=STDOUT)
    try:
        output, _ = await asyncio.wait_for(process.communicate(), _SECONDS)
    except TimeoutError:
        process.kill()
        raise NoChromiumError(f"{' '.join(command)} took longer than {_SECONDS} s") from None
    if process.returncode != 0:
        raise NoChromiumError(f"{' '.join(command)} failed: {output.decode(errors='replace').strip()[-_TOLD:]}")
