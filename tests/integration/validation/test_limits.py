"""What fails is counted and ends, and others go on meanwhile; a process that stands still holds nothing for long.

Rule file-10.
"""

import gc
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from services.validation import check as check_module
from services.validation.reading import UploadedBytes
from services.validation.repository import checks, staged
from services.validation.repository.tables import WorkingTables
from services.validation.worker import CheckWorker
from shared.postgres import Connection
from tests.integration.shared.world import eventually
from tests.integration.validation.world import World

LINES = "Account,Email\nA1,a@example.com\n"
_ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
async def nothing_waits(world: World) -> None:
    await world.admin.execute("UPDATE validation.import_check SET state = 'cancelled' WHERE state = 'pending'")


async def paperless(world: World, text: str = LINES) -> UUID:
    return await world.define(await world.biller(), "paperless", text)


async def run_to_its_end(world: World, worker: CheckWorker, import_id: UUID, most: int = 30) -> int:
    """Try, with no pause between, until the check has ended; how many tries that took."""
    for tries in range(1, most):
        await world.rested(import_id)
        await worker.step()
        if (await world.state(import_id))["state"] != "pending":
            return tries
    raise AssertionError("It never ends")


async def test_a_check_that_takes_too_long_ends_and_others_go_on(world: World) -> None:
    long = await paperless(world, "Account,Email\n" + "".join(f"A{n},a{n}@example.com\n" for n in range(200_000)))
    worker = CheckWorker(world.database, replace(world.tools, seconds=0.5))
    assert await worker.step()
    state = await world.state(long)
    assert (state["state"], state["attempts"]) == ("pending", 1)
    assert state["not_before"] > state["requested_at"]
    short = await paperless(world)
    assert await CheckWorker(world.database, world.tools).step()
    assert (await world.state(short))["state"] != "pending"
    assert await run_to_its_end(world, worker, long) == 1
    assert (await world.state(long))["state"] == "rejected"
    assert await world.findings(long) == {"F098": 1}


@pytest.mark.parametrize(
    ("error", "tries", "code"),
    [
        (asyncpg.QueryCanceledError(), 2, "F098"),
        (TimeoutError(), 2, "F098"),
        (asyncpg.DiskFullError(), 8, "F099"),
        (asyncpg.OutOfMemoryError(), 8, "F099"),
        (MemoryError(), 8, "F099"),
        (asyncpg.InsufficientPrivilegeError(), 3, "F099"),
        (asyncpg.UndefinedColumnError(), 3, "F099"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
async def test_what_repeats_is_counted_and_ends(
    world: World, monkeypatch: pytest.MonkeyPatch, error: Exception, tries: int, code: str
) -> None:
    import_id = await paperless(world)
    monkeypatch.setattr(check_module, "stage", _raising(error))
    assert await run_to_its_end(world, CheckWorker(world.database, world.tools), import_id) == tries
    assert await world.findings(import_id) == {code: 1}


async def test_what_passes_is_waited_for_longer_each_time_and_after_a_day_it_ends(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = await paperless(world)
    worker = CheckWorker(world.database, world.tools)
    monkeypatch.setattr(check_module, "stage", _raising(ConnectionResetError()))
    pauses = []
    for _ in range(50):
        await world.rested(import_id)
        assert await worker.step()
        pauses.append(
            await world.admin.fetchval(
                "SELECT extract(epoch FROM not_before - now()) FROM validation.import_check WHERE import_id = $1",
                import_id,
            )
        )
    state = await world.state(import_id)
    assert (state["state"], state["attempts"], state["waits"]) == ("pending", 0, 50)
    assert pauses[:5] == sorted(set(pauses[:5]))
    assert 16 < max(pauses) <= 60
    await world.admin.execute(
        "UPDATE validation.import_check SET requested_at = now() - interval '25 hours' WHERE import_id = $1", import_id
    )
    assert await run_to_its_end(world, worker, import_id) == 1
    assert await world.findings(import_id) == {"F099": 1}


async def test_a_check_that_kills_its_process_each_time_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    import_id = await paperless(world)
    worker = CheckWorker(world.database, world.tools)
    monkeypatch.setattr(check_module, "stage", _raising(_Killed()))
    for begun in range(1, 11):
        await world.rested(import_id)
        with pytest.raises(_Killed):
            await worker.step()
        assert (await world.state(import_id))["begun"] == begun
    assert await run_to_its_end(world, worker, import_id) == 1
    assert await world.findings(import_id) == {"F099": 1}


async def test_billers_take_turns(world: World) -> None:
    busy, other = await world.biller(), await world.biller()
    many = [await world.define(busy, "paperless", f"{LINES}A2,{n}@example.com\n", decide="ask") for n in range(30)]
    one = await world.define(other, "paperless", LINES, decide="ask")
    worker = CheckWorker(world.database, world.tools)
    assert await worker.step()
    assert (await world.state(many[0]))["state"] == "held"
    assert await worker.step()
    assert (await world.state(one))["state"] == "held"
    assert (await world.state(many[1]))["state"] == "pending"
    assert await worker.step()
    assert (await world.state(many[1]))["state"] == "held"
    for import_id in many:
        async with world.database.transaction() as connection:
            await checks.cancel(connection, import_id)


async def test_checks_that_cannot_be_claimed_hide_no_others(world: World) -> None:
    billers = [await world.biller() for _ in range(25)]
    blocked = [await world.define(biller, "paperless", LINES) for biller in billers]
    free = await paperless(world)
    async with world.admin.transaction():
        await world.admin.execute(
            """SELECT pg_advisory_xact_lock(hashtextextended('import_check', biller_id))
               FROM validation.import_check WHERE import_id = ANY ($1::uuid[])""",
            blocked,
        )
        assert await CheckWorker(world.database, world.tools).step()
        assert (await world.state(free))["state"] != "pending"
    for import_id in blocked:
        async with world.database.transaction() as connection:
            await checks.cancel(connection, import_id)


async def test_a_piece_of_the_file_is_let_go_once_it_is_copied(world: World) -> None:
    """Otherwise the process grows with the file, until the collector of garbage happens to run."""
    lines = b"".join(b"%d\t%d\n" % (number, number) for number in range(1_000))
    before = sys.getrefcount(lines)
    gc.disable()
    try:
        async with world.database.transaction() as connection:
            await staged.prepare(WorkingTables(connection), 4)
            await staged.copy(connection, ["ordinal", "line_no"], lines)
        assert sys.getrefcount(lines) == before
    finally:
        gc.enable()


_CHECK = """
    import asyncio, sys
    from uuid import UUID
    from pathlib import Path
    from services.validation.check import Tools, run_check
    from shared.postgres import Database
    from shared.sealing import Fingerprint, Sealer
    from shared.secure_upload import SecureUpload
    from services.validation.repository import staged

    copied = staged.copy

    async def slow(*given):
        await copied(*given)
        print("copied", flush=True)
        {then}

    staged.copy = slow

    async def main():
        database = await Database.connect(sys.argv[1], application_name="frozen")
        tools = Tools(
            SecureUpload(sys.argv[2], {{}}), Sealer({{"one": b"k" * 32}}, "one"), Fingerprint(b"f" * 32),
            silence_seconds=1,
        )
        await run_check(database, UUID(sys.argv[3]), tools)

    asyncio.run(main())
"""
# Between two pieces, and while the server waits for the rest of a piece.
_BETWEEN = "await asyncio.sleep(60)"
_WITHIN = """
        async def piece():
            yield b"1\\t"
            print("within", flush=True)
            await asyncio.sleep(60)
        await given[0].copy_to_table("staged", source=piece(), columns=["ordinal", "line_no"])
"""


@pytest.mark.parametrize(("then", "word"), [(_BETWEEN, "copied"), (_WITHIN, "within")], ids=["between", "within"])
async def test_a_frozen_process_loses_its_check_and_the_biller_is_free(world: World, then: str, word: str) -> None:
    biller = await world.biller()
    held, following = [await world.define(biller, "paperless", LINES, decide="ask") for _ in range(2)]
    worker = CheckWorker(world.database, replace(world.tools, silence_seconds=1))
    with _frozen(world, held, then, word):
        await world.admin.execute(
            "UPDATE validation.import_check SET not_before = 'infinity' WHERE import_id = $1", following
        )

        async def taken_over() -> bool:
            await worker.step()
            return bool((await world.state(held))["state"] == "held")

        assert await eventually(taken_over)
        await world.rested(following)
        assert await worker.step()
        assert (await world.state(following))["state"] == "held"


async def test_cancelling_frees_what_a_frozen_process_held(world: World) -> None:
    import_id = await paperless(world)
    worker = CheckWorker(world.database, world.tools)
    with _frozen(world, import_id, _BETWEEN, "copied"):
        async with world.database.transaction() as connection:
            await checks.cancel(connection, import_id)

        async def cancelled() -> bool:
            await worker.step()
            return bool((await world.state(import_id))["state"] == "cancelled")

        assert await eventually(cancelled)


async def test_a_slow_reader_is_no_frozen_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    import_id = await paperless(world)
    drain, keep_alive, enough, signs = UploadedBytes.drain, checks.keep_alive, threading.Event(), []

    def slowly(source: UploadedBytes) -> str:
        enough.wait(60)
        return drain(source)

    async def counted(connection: Connection) -> None:
        await keep_alive(connection)
        signs.append(connection)
        if len(signs) > 8:  # four of them are as long as the server waits
            enough.set()

    monkeypatch.setattr(UploadedBytes, "drain", slowly)
    monkeypatch.setattr(checks, "keep_alive", counted)
    assert await CheckWorker(world.database, replace(world.tools, silence_seconds=1)).step()
    assert (await world.state(import_id))["state"] == "approved"


@contextmanager
def _frozen(world: World, import_id: UUID, then: str, word: str) -> Iterator[None]:
    """A process stopped in the middle of a check."""
    script = textwrap.dedent(_CHECK).format(then=textwrap.dedent(then).strip().replace("\n", "\n    "))
    process = subprocess.Popen(
        [sys.executable, "-c", script, world.dsn, world.uploads_url, str(import_id)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=_ROOT,
    )
    try:
        assert process.stdout is not None
        while word not in (line := process.stdout.readline()):
            assert line, "The check ended by itself"
        os.kill(process.pid, signal.SIGSTOP)
        yield
    finally:
        process.kill()
        process.wait()


def _raising(error: BaseException) -> object:
    async def fails(*_: object, **__: object) -> None:
        raise error

    return fails


class _Killed(BaseException):
    """Nothing catches it, as nothing catches SIGKILL."""
