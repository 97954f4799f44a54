"""What the whole test session shares: one PostgreSQL, one Kafka, one running system, started when first asked for."""

from collections.abc import AsyncIterator

import pytest
from xdist.remote import Producer

from cli.client import Client
from stack.embedded import EmbeddedStack, Parts
from stack.kafka import EmbeddedKafka
from stack.postgres import EmbeddedPostgres
from stack.run_directory import RunDirectory
from tests.support.databases import WITHOUT_THE_DISK, Databases, quick_folder
from tests.support.imports import client_of
from tests.support.profiles import register_profiles, take_examples
from tests.support.workers import Scheduler, arrange, refuse_strangers

_PARTS = Parts.EVERYTHING & ~Parts.DEMO_DATA

register_profiles()  # before the option that chooses one is read


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--chaos-rounds", type=int, default=1, help="imports disturbed at random")
    parser.addoption("--chaos-seed", type=int, default=None, help="repeat the faults of an earlier run")
    parser.addoption("--examples", type=int, default=None, help="new examples in each property test")


def pytest_configure(config: pytest.Config) -> None:
    if examples := config.getoption("--examples"):
        take_examples(examples)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduler:
    return Scheduler(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    refuse_strangers(items)
    if hasattr(config, "workerinput"):
        arrange(items)


@pytest.fixture(scope="session")
async def postgres(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedPostgres]:
    with quick_folder(tmp_path_factory.mktemp("postgres")) as folder:
        async with EmbeddedPostgres(folder, settings=WITHOUT_THE_DISK) as server:
            yield server


@pytest.fixture(scope="session")
def databases(postgres: EmbeddedPostgres) -> Databases:
    return Databases(postgres)


@pytest.fixture(scope="session")
async def kafka(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedKafka]:
    async with EmbeddedKafka(tmp_path_factory.mktemp("kafka")) as server:
        yield server


@pytest.fixture(scope="session")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedStack]:
    """Separate processes: two executors, one of every other service; no demo data."""
    path = tmp_path_factory.mktemp("system")
    with quick_folder(path) as data:
        run = RunDirectory(path, data=data)
        run.logs.mkdir()
        async with EmbeddedStack(run, _PARTS, executors=2) as stack:
            yield stack


@pytest.fixture(scope="session")
async def ivy(system: EmbeddedStack) -> Client:
    return await client_of(system, "ivy")


@pytest.fixture(scope="session")
async def paul(system: EmbeddedStack) -> Client:
    return await client_of(system, "paul")
