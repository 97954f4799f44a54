"""A database dumped in the middle of an import ends it elsewhere, with the commands of docs/how-to/back-up.md."""

import asyncio
import os
import re
from pathlib import Path

import asyncpg

from services.executor.worker import Executor
from shared.migrations import ROLES
from shared.postgres import Database
from shared.setup import migrate_all
from stack.postgres import EmbeddedPostgres, program
from tests.integration.executor.world import Result, World
from tests.support.databases import PASSWORD

_HOW_TO = Path(__file__).parents[3] / "docs/how-to/back-up.md"
_NAME = "executor_tests_restored"
APPLIED: Result = ("applied", [])


async def _run(command: str, folder: Path, **environment: str) -> None:
    path = f"{Path(program('pg_dump')).parent}:{os.environ['PATH']}"
    process = await asyncio.create_subprocess_exec(
        *("bash", "-euc", command), cwd=folder, env={**os.environ, "PATH": path, **environment}
    )
    async with asyncio.timeout(120):
        assert await process.wait() == 0, command


async def test_an_import_goes_on_where_it_stood_when_the_dump_was_made(
    world: World, postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    dump, restore = re.findall(r"```bash\n(.*?)```", _HOW_TO.read_text(encoding="utf-8"), re.DOTALL)
    biller = await world.biller()
    chunks = [[world.moved(line, await world.owned(biller))] for line in (2, 3, 4)]
    import_id = await world.plan(biller, "paperless", chunks)
    await world.approve(import_id, biller)
    assert await Executor(world.database, name="one").step(import_id)
    await _run(dump, tmp_path, IMPORT_ADMIN_DSN=world.dsn)
    await world.finish(import_id)  # what happens after the dump is not in it
    await postgres.drop_database(_NAME)
    restored = await postgres.create_database(_NAME)
    await _run(restore, tmp_path, RESTORED_DSN=restored)
    await migrate_all(restored, dict.fromkeys(ROLES, PASSWORD))
    admin = await asyncpg.connect(restored)
    dsn = postgres.dsn("ci_executor", PASSWORD, database=_NAME)
    database = await Database.connect(dsn, application_name="restored", max_size=4)
    there = World(admin, restored, database, dsn)
    try:
        assert await there.results(import_id) == {2: APPLIED}
        await there.finish(import_id)
        assert await there.results(import_id) == {2: APPLIED, 3: APPLIED, 4: APPLIED}
        assert (await there.finished(import_id))["state"] == "completed"
        kept = "SELECT count(*) FROM crm.paperless_enrollment WHERE import_id = $1"
        assert await admin.fetchval(kept, import_id) == await world.admin.fetchval(kept, import_id)
    finally:
        await database.close()
        await admin.close()
        await postgres.drop_database(_NAME)
