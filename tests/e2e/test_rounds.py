"""Fix and retry through the whole system: command line, status, log."""

import asyncio
from pathlib import Path

import pytest

from bench.data import write_file
from cli.client import Client
from cli.errors import ExitCode, HeldError
from stack.embedded import EmbeddedStack
from tests.support.command import command
from tests.support.imports import database, new_biller, start

_ROWS = 50


async def test_rows_are_corrected_and_tried_again(system: EmbeddedStack, ivy: Client, tmp_path: Path) -> None:
    biller = await new_biller(system, _ROWS)
    file = tmp_path / "paperless.csv"
    write_file(file, _ROWS)
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    emails = {
        number: next(cell for cell in lines[number - 1].split(",") if "@" in cell).strip() for number in (3, 5, 7)
    }
    for number, email in emails.items():
        lines[number - 1] = lines[number - 1].replace(email, "broken@")
    file.write_text("".join(lines), encoding="utf-8")
    import_id = str((await start(ivy, biller, file))["import_id"])

    code, output = await command(system, "retry", import_id, "--lines", "2")
    assert (code, "succeeded" in output) == (ExitCode.REFUSED, True), output
    code, output = await command(system, "retry", import_id, "--set", f"3:email={emails[3]}")
    assert code == ExitCode.HELD, output
    assert "1 of 1 rows will be applied" in output
    status = await asyncio.to_thread(ivy.status, import_id)
    assert status is not None
    [held] = status.get("rounds", [])
    await asyncio.to_thread(ivy.cancel, held["import_id"])

    code, output = await command(
        system, "retry", import_id, "--set", f"3:email={emails[3]}", "--leave-out", "7", "--yes"
    )
    assert code == ExitCode.DONE, output
    log = tmp_path / "log.csv"
    await asyncio.to_thread(ivy.save_log, import_id, "failed", log)
    text = log.read_text(encoding="utf-8")
    assert text.count("broken@") == 1
    log.write_text(text.replace("broken@", emails[5]), encoding="utf-8")
    code, output = await command(system, "retry", import_id, "--corrected", str(log), "--yes")
    assert code == ExitCode.DONE, output
    await asyncio.to_thread(ivy.save_log, import_id, "all", log)
    text = log.read_text(encoding="utf-8")
    assert (text.count(",applied,"), text.count(",skipped,"), text.count("broken@ → ")) == (_ROWS - 1, 1, 2)


async def test_rows_are_corrected_before_the_start(system: EmbeddedStack, ivy: Client, tmp_path: Path) -> None:
    biller = await new_biller(system, 10)
    file = tmp_path / "paperless.csv"
    write_file(file, 10)
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    emails = {number: next(cell for cell in lines[number - 1].split(",") if "@" in cell).strip() for number in (3, 5)}
    for number, email in emails.items():
        lines[number - 1] = lines[number - 1].replace(email, "broken@")
    file.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(HeldError):
        await start(ivy, biller, file, decide="ask")
    async with database(system) as connection:
        import_id = str(await connection.fetchval("SELECT id FROM mapping.import WHERE biller_id = $1", biller.id))

    rows = tmp_path / "rows.csv"
    code, output = await command(system, "correct", import_id, "--download", str(rows))
    assert code == ExitCode.DONE, output
    text = rows.read_text(encoding="utf-8")
    assert text.count("broken@") == 2
    code, output = await command(system, "correct", import_id, "--set", f"3:email={emails[3]}", "--leave-out", "7")
    assert (code, "8 of 10 rows will be applied" in output) == (ExitCode.DONE, True), output
    rows.write_text(text.replace("broken@", emails[3], 1).replace("broken@", emails[5]), encoding="utf-8")
    code, output = await command(system, "correct", import_id, "--corrected", str(rows), "--bring-in", "7")
    assert (code, "10 of 10 rows will be applied" in output) == (ExitCode.DONE, True), output
    code, output = await command(system, "show", import_id)
    shown = output.partition("BEFORE")[2]
    assert (code, [shown.count(word) for word in ("broken@", *emails.values())]) == (ExitCode.DONE, [2, 1, 1]), output
    code, output = await command(system, "correct", import_id)
    assert (code, "Nothing is corrected" in output) == (ExitCode.REFUSED, True), output
    status = await asyncio.to_thread(ivy.status, import_id)
    assert status is not None
    assert status["state"] == "held"
