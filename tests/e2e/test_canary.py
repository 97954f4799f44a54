"""An import that starts with a few rows, through the whole system by the command line."""

import asyncio
import json
import re
from pathlib import Path

import pytest

from bench.data import Biller, definition, write_file
from cli.client import Client
from cli.errors import ExitCode
from stack.embedded import EmbeddedStack
from tests.support.command import command
from tests.support.imports import database, end_of, new_biller

_ROWS = 300
_PAUSED = "The import is paused for review of its first rows"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("canary") / "paperless.csv"
    write_file(path, _ROWS)
    return path


async def _started(system: EmbeddedStack, biller: Biller, file: Path, tmp_path: Path, *options: str) -> str:
    """Run an import with a canary until it is paused; its id."""
    content = tmp_path / "definition.json"
    content.write_text(json.dumps(definition(biller)), encoding="utf-8")  # JSON is YAML
    code, output = await command(system, "run", str(file), str(content), *options)
    assert code == ExitCode.HELD, output
    assert _PAUSED in output
    found = re.search(r"Import ([0-9a-f-]{36}) of", output)
    assert found is not None, output
    return found[1]


async def test_ten_rows_first_and_then_the_rest(system: EmbeddedStack, ivy: Client, file: Path, tmp_path: Path) -> None:
    biller = await new_biller(system, _ROWS)
    import_id = await _started(system, biller, file, tmp_path, "--canary", "10")
    status = await asyncio.to_thread(ivy.status, import_id)
    assert status is not None
    assert (status["state"], status["counts"]["applied"]) == ("in_review", 10)
    code, output = await command(system, "watch", import_id)
    assert code == ExitCode.HELD, output
    assert _PAUSED in output
    code, output = await command(system, "continue", import_id)
    assert code == ExitCode.DONE, output
    status = await asyncio.to_thread(ivy.status, import_id)
    assert status is not None
    assert (status["state"], status["counts"]["applied"]) == ("completed", _ROWS)
    code, output = await command(system, "continue", import_id)
    assert (code, "not paused" in output) == (ExitCode.REFUSED, True), output


async def test_a_paused_import_survives_restarts_and_is_stopped_and_undone(
    system: EmbeddedStack, ivy: Client, file: Path, tmp_path: Path
) -> None:
    biller = await new_biller(system, _ROWS)
    before, _ = await end_of(system, biller)
    import_id = await _started(system, biller, file, tmp_path, "--canary-lines", "5,7-12")
    async with database(system) as connection:
        lines = await connection.fetch("SELECT line_no FROM execution.row_result WHERE import_id = $1", import_id)
    assert {row["line_no"] for row in lines} == {5, *range(7, 13)}
    for instance in ("executor-1", "notifier"):
        await system.children[instance].kill()
        await system.start_service(instance)
    status = await asyncio.to_thread(ivy.status, import_id)
    assert status is not None
    assert (status["state"], status["counts"]["applied"]) == ("in_review", 7)
    code, output = await command(system, "cancel", import_id, "--undo", "--yes")
    assert code == ExitCode.DONE, output
    assert "7 of 7 rows will be undone" in output
    assert (await end_of(system, biller))[0] == before
    status = await asyncio.to_thread(ivy.status, import_id)
    assert status is not None
    assert (status["state"], status["counts"]["skipped"], status.get("undone")) == ("cancelled", _ROWS - 7, 7)
