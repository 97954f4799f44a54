"""Imports under faults at random: parts killed, frozen and restarted. `make chaos` runs more rounds."""

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bench.data import write_file
from cli.bodies import Status
from cli.client import Client
from stack.embedded import EmbeddedStack
from tests.support.imports import End, database, end_of, ended, new_biller, start, until

_ROWS = 20_000
_SERVICES = ("mapping", "validation", "executor-1", "executor-2", "notifier")
_FAULTS_A_ROUND = 3
_MOST_PAUSE_SECONDS = 3.0  # between faults and while frozen; drawn anew each time

Fault = Callable[[EmbeddedStack, random.Random], Awaitable[str]]


async def _kill_service(system: EmbeddedStack, chance: random.Random) -> str:
    name = chance.choice(_SERVICES)
    await system.children[name].kill()
    await system.start_service(name)
    return f"kill {name}"


async def _freeze_service(system: EmbeddedStack, chance: random.Random) -> str:
    name = chance.choice(_SERVICES)
    system.children[name].send(signal.SIGSTOP)
    await _while_passes(chance)
    system.children[name].send(signal.SIGCONT)
    return f"freeze {name}"


async def _restart_broker(system: EmbeddedStack, chance: random.Random) -> str:
    if chance.random() < 0.5:
        await system.kafka.kill()
    await system.kafka.restart()
    return "restart Kafka"


async def _cut_sessions(system: EmbeddedStack, chance: random.Random) -> str:
    role = f"ci_{chance.choice(('mapping', 'validation', 'executor', 'notifier'))}"
    async with database(system) as connection:
        await connection.fetch("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", role)
    return f"cut sessions of {role}"


_FAULTS: tuple[Fault, ...] = (_kill_service, _freeze_service, _restart_broker, _cut_sessions)


async def _while_passes(chance: random.Random) -> None:
    """The moment of a fault is part of the draw, not a wait for something."""
    await asyncio.sleep(chance.uniform(0, _MOST_PAUSE_SECONDS))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("chaos") / "paperless.csv"
    write_file(path, _ROWS)
    return path


@pytest.fixture(scope="module")
async def undisturbed(system: EmbeddedStack, ivy: Client, file: Path) -> End:
    biller = await new_biller(system, _ROWS)
    await start(ivy, biller, file)
    return await end_of(system, biller)


async def test_imports_end_as_if_nothing_had_happened(
    system: EmbeddedStack, ivy: Client, file: Path, undisturbed: End, pytestconfig: pytest.Config
) -> None:
    seed = pytestconfig.getoption("--chaos-seed") or random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)
    for number in range(pytestconfig.getoption("--chaos-rounds")):
        print(f"seed {seed}, round {number}")
        status, end = await _round(system, ivy, file, chance)
        assert status["counts"]["read"] == status["counts"]["applied"] == _ROWS
        assert end == undisturbed


async def _round(system: EmbeddedStack, ivy: Client, file: Path, chance: random.Random) -> tuple[Status, End]:
    biller = await new_biller(system, _ROWS)
    running = asyncio.create_task(start(ivy, biller, file))
    await until(lambda: _has_begun(system, biller.id), "the start of the import")
    for _ in range(_FAULTS_A_ROUND):
        await _while_passes(chance)
        print(await chance.choice(_FAULTS)(system, chance))
    status = await ended(system, ivy, biller, running)
    return status, await end_of(system, biller)


async def _has_begun(system: EmbeddedStack, biller_id: int) -> bool:
    async with database(system) as connection:
        return bool(await connection.fetchval("SELECT count(*) FROM mapping.import WHERE biller_id = $1", biller_id))
