"""The sample imports of `make demo`, each run with the command line as an operator would."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import httpx

from cli.errors import ExitCode
from shared.today import us_today
from stack.demo import Sample, make_samples
from stack.demo.billers import make_records
from stack.embedded import EmbeddedStack
from stack.mail import caught
from stack.processes import PartFailedError, ticks

_PERSON = "ivy"
_OUTCOMES = ("applied", "no_change", "skipped", "held", "failed")
_MAIL_SECONDS = 30.0


async def run(stack: EmbeddedStack) -> None:
    """Run the three samples with progress, print their outcomes and where logs and mails are.

    Raises PartFailedError when an import does not complete.
    """
    directory = stack.run.path / "samples"
    samples = write_samples(directory)
    environment = await _environment(stack)
    known = {str(item["import_id"]) for item in await _imports(stack)}
    for sample in samples:
        await _run_sample(directory, sample, environment)
    ended = [item for item in await _imports(stack) if str(item["import_id"]) not in known]
    mails = await _mails(stack, len(samples))
    print(_table(sorted(ended, key=lambda item: str(item["defined_at"]))))
    print(f"\nResult logs  {directory}\nMails        {stack.mail_directory} ({mails})\nService logs {stack.run.logs}")


def write_samples(directory: Path) -> tuple[Sample, ...]:
    directory.mkdir(exist_ok=True)
    today = us_today()
    samples = make_samples(make_records(today), today)
    for sample in samples:
        (directory / sample.file_name).write_bytes(sample.content())
        (directory / f"{sample.kind}.yaml").write_text(sample.definition_file(), encoding="utf-8")
    return samples


async def _run_sample(directory: Path, sample: Sample, environment: dict[str, str]) -> None:
    print(f"\n{sample.kind.capitalize()} for {sample.biller}: {sample.file_name}", flush=True)
    log = directory / f"{sample.kind}-result.csv"
    arguments = ["run", str(directory / sample.file_name), str(directory / f"{sample.kind}.yaml")]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", *arguments, "--log", str(log)), env={**os.environ, **environment}
    )
    if await process.wait() not in {ExitCode.DONE, ExitCode.ROWS_FAILED}:
        raise PartFailedError(f"The {sample.kind} sample did not complete; see above")


async def _environment(stack: EmbeddedStack) -> dict[str, str]:
    """This stack for the command line, which else takes the newest that runs."""
    urls = {f"CUSTOMER_IMPORT_{name.upper()}_URL": stack.service_url(name) for name in ("mapping", "notifier")}
    return urls | {"CUSTOMER_IMPORT_TOKEN": await stack.token(_PERSON)}


async def _imports(stack: EmbeddedStack) -> list[dict[str, Any]]:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        headers = {"Authorization": f"Bearer {await stack.token(_PERSON)}"}
        answer = await http.get(f"{stack.service_url('notifier')}/api/v1/imports", headers=headers)
        items: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
        return items


async def _mails(stack: EmbeddedStack, expected: int) -> str:
    """Wait a little for the mails, which follow the imports without holding them up."""
    async for _ in ticks(_MAIL_SECONDS):
        if len(list(caught(stack.mail_directory))) >= expected:
            break
    return f"{len(list(caught(stack.mail_directory)))} of {expected} caught"


def _table(ended: list[dict[str, Any]]) -> str:
    heads = ["import", "state", "read", *_OUTCOMES]
    rows = [
        [item["kind"], item["state"], *(f"{item['counts'][name]:,}" for name in ("read", *_OUTCOMES))] for item in ended
    ]
    widths = [max(len(str(row[place])) for row in [heads, *rows]) for place in range(len(heads))]
    lines = [
        "  ".join(str(cell).rjust(width) for cell, width in zip(row, widths, strict=True)) for row in [heads, *rows]
    ]
    return "\n".join(["", *lines])
