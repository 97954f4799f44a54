"""Fix and retry through the whole system: command line, status, log."""

import asyncio
from pathlib import Path

from bench.data import write_file
from cli.client import Client
from cli.errors import ExitCode
from stack.embedded import EmbeddedStack
from tests.support.command import command
from tests.support.imports import new_biller, start

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
