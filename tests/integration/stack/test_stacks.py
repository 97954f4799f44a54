import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from cli.running import RunningStack, find_running
from stack.embedded import EmbeddedStack, Parts, in_directory
from stack.kafka import EmbeddedKafka
from stack.postgres import EmbeddedPostgres
from stack.processes import Child, PartFailedError, spawn
from stack.releases import THIS_RELEASE, Release
from stack.run_directory import RunDirectory, remove_dead
from tests.support.imports import until

_PARENT = """
import asyncio, signal, sys
from pathlib import Path
from stack.postgres import EmbeddedPostgres
from stack.processes import spawn

signal.signal(signal.SIGINT, signal.default_int_handler)  # who runs in the background inherits that it is ignored


async def main() -> None:
    directory = Path(sys.argv[1])
    server = EmbeddedPostgres(directory)
    await server.start()
    # A child with a child of its own, and one that is frozen.
    script = "sleep 600 & echo $! > inner; wait"
    shell = spawn("shell", ["/bin/sh", "-c", script], directory / "log", directory=directory)
    frozen = spawn("frozen", ["/bin/sleep", "600"], directory / "log")
    frozen.send(signal.SIGSTOP)
    while not (directory / "inner").exists() or not (directory / "inner").read_text():
        await asyncio.sleep(0.01)
    print(server.pid, shell.pid, frozen.pid, (directory / "inner").read_text().strip(), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_two_stacks_run_side_by_side(postgres: EmbeddedPostgres, kafka: EmbeddedKafka, tmp_path: Path) -> None:
    async with in_directory(tmp_path) as second:
        assert second.postgres.port != postgres.port
        assert second.kafka.bootstrap != kafka.bootstrap
        await second.kafka.create_topic("of-the-second")
        with pytest.raises(ProcessLookupError):
            await _killed_and_looked_up(second.postgres)
    await kafka.create_topic("of-the-first")
    await postgres.create_database("of_the_first")


async def _killed_and_looked_up(server: EmbeddedPostgres) -> None:
    pid = server.pid
    await server.kill()
    os.kill(pid, 0)


async def test_helpers_start_and_the_stack_can_be_found(tmp_path: Path) -> None:
    run = RunDirectory.create(tmp_path)
    lines: list[str] = []
    async with EmbeddedStack(run, Parts.MAIL | Parts.ISSUER, progress=lines.append) as stack:
        found = find_running(tmp_path)
        assert found is not None
        assert (found.pid, found.issuer) == (os.getpid(), stack.issuer_url)
        assert found.kafka_bootstrap is None
        assert {line.partition(" …")[0] for line in lines} == {"Starting the mail catcher", "Starting the token issuer"}
        children = [child.pid for child in stack.children.values()]
    assert find_running(tmp_path) is None
    assert not any(_lives(pid) for pid in children)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
async def test_children_die_with_their_parent(tmp_path: Path, number: signal.Signals) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PARENT, str(tmp_path), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert parent.stdout is not None
    children = [int(pid) for pid in (await asyncio.wait_for(parent.stdout.readline(), 60)).split()]
    assert len(children) == 4
    assert all(_lives(pid) for pid in children)
    parent.send_signal(number)
    await asyncio.wait_for(parent.wait(), 20)
    async with asyncio.timeout(20):
        while any(_lives(pid) for pid in children):  # noqa: ASYNC110  # another process ends, no event tells
            await asyncio.sleep(0.02)


async def test_a_part_that_dies_is_named_with_the_reason(tmp_path: Path) -> None:
    child = spawn("the part", ["/bin/sh", "-c", "echo out of luck; exit 3"], tmp_path / "part.log")
    with pytest.raises(PartFailedError, match=r"the part ended with code 3(?s:.*)out of luck"):
        await child.wait_until(_never, limit=10)


class _Stack(EmbeddedStack):
    """Its services sleep."""

    async def start_service(self, instance: str, release: Release = THIS_RELEASE) -> Child:
        child = spawn(instance, ["/bin/sleep", "600"], self.run.log(instance), directory=release.directory)
        self.children[instance] = child
        return child


async def test_a_service_that_dies_is_started_again_and_that_is_said(tmp_path: Path) -> None:
    said: list[str] = []
    run = RunDirectory(tmp_path)
    stack = _Stack(run, Parts(0), progress=said.append)
    stack.children["issuer"] = spawn("token issuer", ["/bin/false"], run.log("issuer"))  # no service
    dead = stack.children["mapping"] = spawn("mapping", ["/bin/false"], run.log("mapping"))
    supervisor = asyncio.ensure_future(stack.supervise())
    try:
        await until(lambda: _is(stack.children["mapping"] is not dead), "another process")
        assert stack.children["mapping"].running
        assert [line.partition(". ")[0] for line in said] == ["The mapping ended with code 1"]
    finally:
        supervisor.cancel()
        await stack.children["mapping"].stop()


async def _is(fact: bool) -> bool:
    return fact


async def test_a_part_that_is_never_ready_is_given_up(tmp_path: Path) -> None:
    child = spawn("the part", ["/bin/sleep", "600"], tmp_path / "part.log")
    with pytest.raises(PartFailedError, match="the part was not ready within 0 s"):
        await child.wait_until(_never, limit=0.1)
    await child.kill()
    assert not child.running


async def test_a_failing_start_leaves_nothing_behind(tmp_path: Path) -> None:
    run = RunDirectory.create(tmp_path)
    stack = EmbeddedStack(run, Parts.MAIL | Parts.SCHEMA)  # the schema needs a server that is not started
    with pytest.raises(OSError, match=r"Connect|connect|No such file"):
        await stack.__aenter__()
    assert not any(child.running for child in stack.children.values())


def test_directories_of_dead_stacks_go_but_for_the_newest(tmp_path: Path) -> None:
    no_process = 2**22 + 1  # above every process id
    for number in range(5):
        (tmp_path / f"2026010{number}T000000-{no_process}").mkdir()
    alive = tmp_path / f"20250101T000000-{os.getpid()}"
    alive.mkdir()
    remove_dead(tmp_path, keep=3)
    assert [path.name[:8] for path in sorted(tmp_path.iterdir())] == ["20250101", "20260102", "20260103", "20260104"]


def test_the_newest_living_stack_is_found(tmp_path: Path) -> None:
    for stamp, pid in (
        ("20260101T000000", os.getpid()),
        ("20260102T000000", os.getppid()),
        ("20260103T000000", 2**22 + 1),
    ):
        directory = tmp_path / f"{stamp}-{pid}"
        directory.mkdir()
        RunDirectory(directory).describe(RunningStack(pid=pid, directory=str(directory), logs=str(directory)))
    found = find_running(tmp_path)
    assert found is not None
    assert found.pid == os.getppid()


async def _never() -> bool:
    return False


def _lives(pid: int) -> bool:
    """Whether a process runs; one that ended and waits to be collected does not."""
    try:
        os.kill(pid, 0)
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
