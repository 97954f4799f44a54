"""An undo through the whole system: command line, status, log."""

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest

from bench.data import Biller, write_file
from cli.client import Client
from cli.errors import ExitCode
from stack.embedded import EmbeddedStack
from tests.support.command import command
from tests.support.imports import database, end_of, new_biller, start

_ROWS = 500


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("undo") / "paperless.csv"
    write_file(path, _ROWS)
    return path


async def test_an_import_is_undone_but_for_what_was_changed_since(
    system: EmbeddedStack, ivy: Client, file: Path, tmp_path: Path
) -> None:
    biller = await new_biller(system, _ROWS)
    before, _ = await end_of(system, biller)
    import_id = str((await start(ivy, biller, file))["import_id"])
    await _change_one_email(system, biller)
    code, output = await command(system, "undo", import_id)
    assert code == ExitCode.HELD, output
    assert f"{_ROWS - 1} of {_ROWS} rows will be undone, 1 is left alone" in output
    undo_id = await asyncio.to_thread(_only_undo, ivy, import_id)
    await asyncio.to_thread(ivy.cancel, undo_id)

    code, output = await command(system, "undo", import_id, "--yes")
    assert code == ExitCode.ROWS_FAILED, output
    assert "R161" in output
    after, _ = await end_of(system, biller)
    changed = [row for row in after if row not in before]
    assert {row["email"] for row in changed} == {"own@example.com"}
    assert len({row["account_number"] for row in changed}) == 1

    status = await asyncio.to_thread(ivy.status, import_id)
    assert status is not None
    assert (status["counts"]["applied"], status.get("undone")) == (_ROWS, _ROWS - 1)
    log = tmp_path / "log.csv"
    await asyncio.to_thread(ivy.save_log, import_id, "all", log)
    text = log.read_text(encoding="utf-8")
    assert text.count(",undone,") == _ROWS - 1
    assert text.count(",applied,") == 1
    assert text.count("Undone 20") == _ROWS - 1

    code, output = await command(system, "undo", import_id, "--yes", "--request-id", str(uuid4()))
    assert code == ExitCode.ROWS_FAILED, output
    assert (await end_of(system, biller))[0] == after


async def test_chosen_rows_are_undone(system: EmbeddedStack, ivy: Client, file: Path, tmp_path: Path) -> None:
    biller = await new_biller(system, _ROWS)
    before, _ = await end_of(system, biller)
    import_id = str((await start(ivy, biller, file))["import_id"])
    number = (await asyncio.to_thread(ivy.rows, import_id, after=99, limit=1))["items"][0]["account_number"]
    accounts = tmp_path / "accounts.txt"
    accounts.write_text(f"{number}\n", encoding="utf-8")
    code, output = await command(system, "undo", import_id, "--rows", "5,7-12", "--accounts", str(accounts), "--yes")
    assert code == ExitCode.DONE, output
    assert "lines 5, 7-12; 1 account number" in output
    assert "8 of 8 rows will be undone" in output
    status = await asyncio.to_thread(ivy.status, import_id)
    assert status is not None
    assert status.get("undone") == 8
    code, output = await command(system, "undo", import_id, "--rows", "x")
    assert code == ExitCode.REFUSED, output
    assert "is not a line number" in output
    code, output = await command(system, "undo", import_id, "--yes")
    assert code == ExitCode.DONE, output
    assert f"{_ROWS - 8} of {_ROWS} rows will be undone" in output
    assert (await end_of(system, biller))[0] == before


def _only_undo(client: Client, import_id: str) -> str:
    status = client.status(import_id)
    assert status is not None
    [undo_id] = status.get("undone_by", [])
    return str(undo_id)


async def _change_one_email(system: EmbeddedStack, biller: Biller) -> None:
    async with database(system) as connection:
        await connection.execute(
            """UPDATE crm.login SET email = 'own@example.com' WHERE id = (
                   SELECT min(k.login_id) FROM crm.customer_login_link k
                   JOIN crm.customer c ON c.id = k.customer_id WHERE c.biller_id = $1
               )""",
            biller.id,
        )
