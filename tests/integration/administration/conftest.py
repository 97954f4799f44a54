"""A database that nobody has set up, and the environment of an administrator for it."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.__main__ import app
from cli.admin.setup import PASSWORDS
from cli.errors import CommandError
from stack.kafka import EmbeddedKafka
from stack.postgres import EmbeddedPostgres

PASSWORD = "only-for-tests"
_DATABASE = "administration_tests"


@dataclass(frozen=True)
class Answer:
    """What a command printed, and how it ended."""

    output: str
    error: CommandError | None
    code: int

    @property
    def json(self) -> Any:
        return json.loads(self.output)


Command = Callable[..., Answer]


@pytest.fixture(scope="package")
async def admin_dsn(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    await postgres.drop_database(_DATABASE)
    yield await postgres.create_database(_DATABASE)
    await postgres.drop_database(_DATABASE)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, admin_dsn: str, kafka: EmbeddedKafka) -> pytest.MonkeyPatch:
    monkeypatch.setenv("IMPORT_ADMIN_DSN", admin_dsn)
    monkeypatch.setenv("IMPORT_KAFKA_BOOTSTRAP", kafka.bootstrap)
    for variable in PASSWORDS.values():
        monkeypatch.setenv(variable, PASSWORD)
    return monkeypatch


def command(*words: str) -> Answer:
    """Run `customer-import admin …` in this process."""
    done = CliRunner().invoke(app, ["admin", *words], prog_name="customer-import")
    error = done.exception if isinstance(done.exception, CommandError) else None
    if error is None and done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Answer(done.stdout, error, error.exit_code if error else done.exit_code)


@pytest.fixture(scope="package")
def is_set_up() -> dict[str, bool]:
    return {}


@pytest.fixture
def set_up(is_set_up: dict[str, bool]) -> None:
    """The database is set up, once."""
    if not is_set_up:
        assert command("setup").error is None
        is_set_up["done"] = True
