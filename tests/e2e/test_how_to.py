"""docs/how-to/run-elsewhere.md as it is: from the wheel and servers of one's own to an import and three executors."""

import csv
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from stack.embedded import EmbeddedStack, Parts, in_directory
from stack.ports import LOOPBACK, free_port
from stack.processes import spawn
from stack.release import build_wheel
from tests.support.installed import install
from tests.support.oidc import CLIENT, CLIENT_SECRET, Provider, running_provider
from tests.support.texts import ROOT

_TEXT = (ROOT / "docs/how-to/run-elsewhere.md").read_text(encoding="utf-8")
_BLOCKS = re.findall(r"^```bash\n(.*?)^```", _TEXT, re.MULTILINE | re.DOTALL)
_LIMIT_SECONDS = 600
_FIRST = """set -euo pipefail
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT  # what was started ends with the script, however that ends
"""
_LAST = """
# The end of the test: what was started still runs, and is asked to end.
for port in 8001 8002 8003 8004 8005 8006; do ready $port; done
kill $(jobs -p)
wait
"""


@pytest.fixture
async def ones_own(tmp_path: Path) -> AsyncIterator[EmbeddedStack]:
    """Servers with nothing in them."""
    async with in_directory(tmp_path / "servers", Parts.SERVERS | Parts.MAIL) as stack:
        yield stack


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with running_provider() as running:
        yield running


def _script(stack: EmbeddedStack, provider: Provider, token: str, folder: Path) -> str:
    """The blocks in one, with the addresses of this test; the wheel is installed without what it depends on."""
    replaced = {
        "environment/bin/pip install": "true",  # done by the fixture: pip would fetch what is here already
        "python3 -m venv environment": "true",
        "db.example.com:5432/customer_import": f"{LOOPBACK}:{stack.postgres.port}/customer_import",
        "postgresql://postgres:secret@$DATABASE": stack.postgres.dsn(),
        "kafka.example.com:9092": stack.kafka.bootstrap,
        "https://id.example.com": provider.url,
        "file:///var/lib/customer-import": (folder / "upload").as_uri(),
        "mail.example.com": LOOPBACK,
        "IMPORT_SMTP_PORT=587": f"IMPORT_SMTP_PORT={stack.smtp_port}",
        "STARTTLS=required": "STARTTLS=none",
        "customer-import-pages": CLIENT,
        "the-secret-of-this-client": CLIENT_SECRET,
        "a-token-of-your-provider": token,
    }
    text = _FIRST + "\n".join(_BLOCKS) + _LAST
    for sample, value in replaced.items():
        assert sample in text, sample
        text = text.replace(sample, value)
    for port in range(8001, 8007):
        text = re.sub(rf"\b{port}\b", str(free_port()), text)
    return text


async def test_the_how_to_leads_to_a_first_import_and_to_three_executors(
    ones_own: EmbeddedStack, provider: Provider, tmp_path: Path
) -> None:
    programs = install(build_wheel(tmp_path), tmp_path / "environment")
    token = provider.token("ivy")
    script = tmp_path / "how-to.sh"
    script.write_text(_script(ones_own, provider, token, tmp_path))
    log = tmp_path / "how-to.log"
    # Only what the how-to itself says is in the environment, beside the programs that are installed.
    surroundings = {"PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": ""}
    child = spawn("the how-to", ["bash", script], log, environment=surroundings, directory=tmp_path)
    code = await child.ended(limit=_LIMIT_SECONDS)
    said = log.read_text()
    assert code == 0, said
    for result in ("result.csv", "more-result.csv"):
        with (tmp_path / result).open(newline="") as stream:
            assert [row["outcome"] for row in csv.DictReader(stream)] == ["applied"] * 3, said
    connection = await asyncpg.connect(ones_own.postgres.dsn())
    try:
        emails = await connection.fetch("SELECT email FROM crm.login ORDER BY email")
    finally:
        await connection.close()
    assert [row["email"] for row in emails] == [
        f"{name}@example.net" for name in ("ana", "jo", "lee", "mia", "sam", "tom")
    ]
    assert "Mill Valley Water" in said
