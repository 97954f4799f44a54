"""The command line, as somebody runs it for a system."""

import asyncio
import os
import sys

from stack.embedded import EmbeddedStack

_LIMIT_SECONDS = 120.0


async def command(system: EmbeddedStack, *arguments: str) -> tuple[int, str]:
    """Exit code and output, of someone who may do everything and has no terminal."""
    urls = {
        "CUSTOMER_IMPORT_MAPPING_URL": system.service_url("mapping"),
        "CUSTOMER_IMPORT_STATUS_URL": system.service_url("notifier"),
        "CUSTOMER_IMPORT_TOKEN": await system.token("ivy"),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", *arguments),
        env={**os.environ, **urls, "COLUMNS": "160"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(_LIMIT_SECONDS):
        output, _ = await process.communicate()
    return process.returncode or 0, output.decode()
