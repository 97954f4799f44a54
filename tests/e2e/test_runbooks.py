"""The commands of the runbooks, as they are there, on a running system."""

import re
import shlex
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from typer.testing import CliRunner

from cli.__main__ import app
from cli.errors import CommandError
from stack.embedded import EmbeddedStack
from tests.integration.administration.test_ops import _IMPORT
from tests.support.imports import database

_RUNBOOKS = sorted((Path(__file__).parents[2] / "docs/runbooks").glob("*.md"))
_BLOCK = re.compile(r"```bash\n(.*?)```", re.DOTALL)
_SERVICES = {"mapping": "mapping", "validation": "validation", "executor": "executor-1", "notifier": "notifier"}
# Answers of a system that has not the fault of the runbook.
_NOT_NEEDED = re.compile(r"not_waiting|not_paused|no_results|undecodable|not wait")
_LETTER = """
    INSERT INTO mapping.dead_letter (topic, partition, record_offset, body, reason, detail)
    VALUES ('customer-import.import-requested.v1', 0, $1, '{', 'undecodable', 'x') RETURNING id
"""
_WEBHOOK = (
    "INSERT INTO notification.webhook (id, url, secret, made_by) VALUES ($1, 'https://x.example.com/', '', 'ivy')"
)


@pytest.fixture(scope="module")
async def environment(system: EmbeddedStack) -> dict[str, str]:
    """Of a person who operates the system, and of its administrator."""
    async with database(system) as connection:
        await connection.execute(
            "INSERT INTO crm.operator_right (subject, permission) VALUES ('ivy', 'all') ON CONFLICT DO NOTHING"
        )
        await connection.execute("UPDATE crm.operator_right SET may_manage_webhooks = true WHERE subject = 'ivy'")
    urls = {f"CUSTOMER_IMPORT_{name.upper()}_URL": system.service_url(one) for name, one in _SERVICES.items()}
    return urls | {
        "CUSTOMER_IMPORT_TOKEN": await system.token("ivy"),
        "IMPORT_ADMIN_DSN": system.postgres.dsn(),
        "IMPORT_KAFKA_BOOTSTRAP": system.kafka.bootstrap,
    }


@pytest.fixture
async def named(system: EmbeddedStack) -> dict[str, str]:
    """What the runbooks call so: an import, and a message that its service could not handle."""
    import_id: UUID = uuid4()
    async with database(system) as connection:
        await connection.execute(_IMPORT, import_id, f"Biller {import_id}", "running", [])
        letter = await connection.fetchval(_LETTER, uuid4().int % 2**40)
        await connection.execute(_WEBHOOK, import_id)
    return {"WEBHOOK_ID": str(import_id), "IMPORT_ID": str(import_id), "SERVICE": "mapping", "LETTER_ID": str(letter)}


@pytest.mark.parametrize("runbook", _RUNBOOKS, ids=lambda path: path.stem)
def test_the_commands_of_a_runbook_work(
    runbook: Path,
    environment: dict[str, str],
    named: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    lines = [line for block in _BLOCK.findall(runbook.read_text(encoding="utf-8")) for line in block.splitlines()]
    assert lines
    for line in lines:
        program, *words = [named.get(word, word) for word in shlex.split(line)]
        assert program == "customer-import"
        done = CliRunner().invoke(app, words)
        if isinstance(done.exception, CommandError):
            assert _NOT_NEEDED.search(done.exception.message), f"{line}: {done.exception.message}"
        else:
            assert done.exit_code == 0 or words[:2] == ["admin", "doctor"], f"{line}: {done.output}{done.exception!r}"
