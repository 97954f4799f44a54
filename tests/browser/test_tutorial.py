"""docs/tutorial.md as it is written: commands run, their output is compared, what is bold is clicked or looked for."""

import asyncio
import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import uuid4

from playwright.async_api import Page, expect

from stack.__main__ import addresses
from stack.demo.billers import make_records
from stack.embedded import EmbeddedStack
from tests.browser.conftest import Visit
from tests.browser.wizard import heading
from tests.support.crm import Crm
from tests.support.imports import database
from tests.support.texts import ROOT

_TEXT = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")
_BILLER = "Harbor Mutual"
_PROGRAM = ".venv/bin/customer-import"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_STEP = re.compile(r"^\d+\. (.+)$", re.MULTILINE)
_DEED = re.compile(
    r"[Cc]lick \*\*(?P<click>.+?)\*\*(?: and choose `(?P<file>.+?)`)?"
    r"|[Cc]heck \*\*(?P<check>.+?)\*\*"
    r"|Type `(?P<type>.+?)` into \*\*(?P<into>.+?)\*\*"
    r"|page \*\*(?P<opens>.+?)\*\* opens"
    r"|heading \*\*(?P<appears>.+?)\*\* appears"
    r"|\b(?:says|and) \*\*(?P<says>.+?)\*\*"
)
_BOXES = re.compile(r"[\s│┃]+")  # tables in a terminal have lines, piped ones tabs
_LIMIT_SECONDS = 120


async def test_the_tutorial_does_what_it_says(system: EmbeddedStack, visit: Visit, tmp_path: Path) -> None:
    biller = f"{_BILLER} {uuid4().hex[:8]}"
    await _as_in_the_sample_system(system, biller)
    shell = Shell(system, await system.token("ivy"), biller, tmp_path)
    before, clicks, after = re.split(r"^(?=## [34]\.)", _TEXT, flags=re.MULTILINE)
    await shell.run(before)
    page = await visit()
    await page.goto(f"{system.service_url('mapping')}/")
    for step in _STEP.findall(clicks):
        await play(page, step.replace(_BILLER, biller), tmp_path)
    await shell.run(after)


async def play(page: Page, step: str, folder: Path) -> None:
    """Do what a step says, in its order; whatever is bold means something."""
    deeds = list(_DEED.finditer(step))
    assert len(re.findall(r"\*\*.+?\*\*", step)) == len(deeds), step
    for deed in deeds:
        match deed.lastgroup:
            case "file":
                async with page.expect_file_chooser() as chooser:
                    await page.get_by_text(deed["click"], exact=True).click()
                await (await chooser.value).set_files(folder / deed["file"])
            case "click":
                await _click(page, deed["click"])
            case "check":
                await page.get_by_role("checkbox", name=deed["check"]).check()
            case "into":
                await page.get_by_label(deed["into"]).press_sequentially(deed["type"])
                await expect(page.get_by_role("status").filter(has_text=re.compile("^1 biller"))).to_be_visible()
            case "opens":
                await expect(heading(page, deed["opens"])).to_be_visible()
            case "appears":
                found = page.get_by_role("heading", name=deed["appears"], exact=True)
                await expect(found).to_be_visible(timeout=60_000)
            case _:
                said = page.get_by_role("main").get_by_text(deed["says"]).filter(visible=True)
                await expect(said.first).to_be_visible(timeout=60_000)


async def _click(page: Page, name: str) -> None:
    """A button or link whose name begins so, in the page before its frame."""
    called = re.compile(rf"^\W*(\w )?{re.escape(name)}\b")
    found = page.get_by_role("button", name=called).or_(page.get_by_role("link", name=called))
    in_main = page.get_by_role("main").get_by_role("button", name=called)
    await in_main.or_(page.get_by_role("main").get_by_role("link", name=called)).or_(found).first.click()


@dataclass(frozen=True)
class Shell:
    """Runs the commands of a text, as the tutorial's second terminal does."""

    system: EmbeddedStack
    token: str
    biller: str
    folder: Path

    async def run(self, text: str) -> None:
        """Each block of commands, with what it prints compared to the block below it, if there is one."""
        printed = ""
        for kind, block in _BLOCK.findall(text):
            if kind == "console":
                assert block == "make up\n"  # the running system is in its place
                printed = addresses(self.system)
            elif kind == "bash":
                printed = await self._printed(block)
            else:
                _compare(block.replace(_BILLER, self.biller), printed)

    async def _printed(self, commands: str) -> str:
        script = commands.replace(_BILLER, self.biller).replace(_PROGRAM, str(ROOT / _PROGRAM))
        urls = {
            f"CUSTOMER_IMPORT_{name.upper()}_URL": self.system.service_url(name) for name in ("mapping", "notifier")
        }
        process = await asyncio.create_subprocess_exec(
            *("bash", "-euo", "pipefail", "-c", script),
            env={**os.environ, **urls, "CUSTOMER_IMPORT_TOKEN": self.token},
            cwd=self.folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(_LIMIT_SECONDS):
            output, _ = await process.communicate()
        assert process.returncode == 0, output.decode()
        return output.decode()


def _compare(expected: str, printed: str) -> None:
    """Line after line; a line that is only … stands for any lines, elsewhere it stands for any text."""
    lines = [_BOXES.sub(" ", line).strip() for line in printed.splitlines()]
    place = 0
    for wanted in (_BOXES.sub(" ", line).strip() for line in expected.splitlines()):
        if wanted in {"", "…"}:
            continue
        pattern = re.compile(".*".join(map(re.escape, wanted.split("…"))))
        found = next((number for number in range(place, len(lines)) if pattern.fullmatch(lines[number])), None)
        assert found is not None, f"{wanted!r} is not in:\n{printed}"
        place = found + 1


async def _as_in_the_sample_system(system: EmbeddedStack, name: str) -> None:
    """The biller, with those of its sample customers whom the tutorial's files name, and their logins."""
    records = make_records(date(2026, 3, 2))
    insurer = next(biller for biller in records.billers if biller.name == _BILLER)
    named = {f"HM-{number}" for number in re.findall(r"^(\d{8}),", _TEXT, re.MULTILINE)}
    customers = [customer for customer in records.of_biller(insurer) if customer.account_number in named]
    owners = {link.customer_id: records.logins[link.login_id - 1] for link in records.links if link.role == "owner"}
    async with database(system) as connection:
        crm = Crm(connection)
        biller = await crm.biller(types=insurer.invoice_types)
        await connection.execute("UPDATE crm.biller SET name = $2 WHERE id = $1", biller.id, name)
        await crm.right("ivy", biller, "all")
        for customer in customers:
            owner = owners.get(customer.id)
            login_id = None if owner is None else await crm.login(biller.realm_id, owner.email, status=owner.status)
            await crm.customer(biller, customer.account_number, name=customer.name, owner=login_id)
