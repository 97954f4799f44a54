"""Servers that the whole test session shares: one PostgreSQL, one Kafka, started when the first test asks for them."""

from collections.abc import AsyncIterator

import pytest

import tests.support.profiles  # noqa: F401 - registers the profiles before the option that names one is read
from stack.kafka import EmbeddedKafka
from stack.postgres import EmbeddedPostgres


@pytest.fixture(scope="session")
async def postgres(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedPostgres]:
    async with EmbeddedPostgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(scope="session")
async def kafka(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedKafka]:
    async with EmbeddedKafka(tmp_path_factory.mktemp("kafka")) as server:
        yield server
