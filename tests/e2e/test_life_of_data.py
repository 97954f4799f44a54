"""However many imports there were: what is left when the time of their data is over, table by table."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from bench.data import Biller, make_biller, write_file
from bench.life import QUICK, age, all_settled, remove_outdated, rows_by_table
from cli.client import Client
from stack.embedded import EmbeddedStack, Parts
from stack.run_directory import RunDirectory
from tests.support.databases import quick_folder
from tests.support.imports import client_of, start, until

_FEW, _MANY = 4, 16
_BILLERS = 4
_ROWS = 3
_KEEP = timedelta(days=1)

# What stays of an import, and why. Of every other table nothing may stay: a new one needs a rule of retention.
_OF_AN_IMPORT = {
    "mapping.import": "what was asked for, by whom",
    "mapping.secure_file": "the name and hash of the file",
    "validation.import_check": "how many rows it had",
    "execution.job": "when it ended, and how",
    "notification.import_view": "its line in the lists, with its numbers",
}

_OF_IVY = {"mapping.person": 1}  # the name of whoever has ever come, however many imports


@pytest.fixture
async def stack(tmp_path: Path) -> AsyncIterator[EmbeddedStack]:
    with quick_folder(tmp_path / "stack") as data:
        run = RunDirectory(tmp_path / "stack", data=data)
        run.logs.mkdir(parents=True)
        async with EmbeddedStack(run, Parts.EVERYTHING & ~Parts.DEMO_DATA, settings=QUICK) as running:
            yield running


@pytest.fixture
async def admin(stack: EmbeddedStack) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(stack.postgres.dsn())
    yield connection
    await connection.close()


async def test_after_many_imports_as_much_is_kept_as_after_few(
    stack: EmbeddedStack, admin: asyncpg.Connection, tmp_path: Path
) -> None:
    ivy = await client_of(stack, "ivy")
    billers = [await make_biller(admin, f"Biller {number}", _ROWS) for number in range(_BILLERS)]
    empty = await rows_by_table(admin)
    for before, count in ((0, _FEW), (_FEW, _MANY)):
        await _imports(ivy, billers, range(before, count), tmp_path)
        await until(lambda: all_settled(admin), "the end of all messages")
        await remove_outdated(stack, _KEEP)
        young = await rows_by_table(admin)
        assert young["execution.row_result"] == young["validation.plan_row"] == (count - before) * _ROWS
        await age(admin, 2 * _KEEP)
        await remove_outdated(stack, _KEEP)
        kept = await rows_by_table(admin)
        more = {table: rows - empty[table] for table, rows in kept.items() if rows != empty[table]}
        assert more == {**dict.fromkeys(_OF_AN_IMPORT, count), **_OF_IVY}
        assert not any(path.is_file() for path in stack.secure_upload.rglob("*"))


async def _imports(ivy: Client, billers: list[Biller], numbers: range, folder: Path) -> None:
    async def of_biller(biller: Biller, numbers: range) -> None:
        for number in numbers:
            file = folder / f"{number}.csv"
            write_file(file, _ROWS, generation=number)
            assert (await start(ivy, biller, file))["state"] == "completed"

    await asyncio.gather(*(of_biller(biller, numbers[place :: len(billers)]) for place, biller in enumerate(billers)))
