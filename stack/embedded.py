"""The whole system on one machine: servers, development helpers, data and the four services, in one context manager."""

import asyncio
import contextlib
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from enum import Flag, auto
from pathlib import Path
from typing import Self

import httpx

from cli.running import RunningStack
from stack.kafka import EmbeddedKafka
from stack.kafka_jars import KAFKA_VERSION, is_cached
from stack.ports import LOOPBACK, free_port
from stack.postgres import EmbeddedPostgres
from stack.processes import Child, PartFailedError, answers, listens, spawn, stop_all
from stack.releases import THIS_RELEASE, Release
from stack.run_directory import RunDirectory
from stack.services import SERVICES, Secrets, Service, Surroundings, environment, role
from stack.wiring import Wiring

_READY_SECONDS = 60.0
_LOOK_SECONDS = 1.0


class Parts(Flag):
    POSTGRES = auto()
    KAFKA = auto()
    MAIL = auto()
    ISSUER = auto()
    SCHEMA = auto()  # roles, migrations, topics; needs both servers
    DEMO_DATA = auto()
    SERVICES = auto()

    SERVERS = POSTGRES | KAFKA
    EVERYTHING = SERVERS | MAIL | ISSUER | SCHEMA | DEMO_DATA | SERVICES


class EmbeddedStack:
    """Starts the parts asked for, each on free loopback ports, and stops them in the opposite order."""

    def __init__(
        self,
        run: RunDirectory,
        parts: Parts = Parts.EVERYTHING,
        *,
        executors: int = 1,
        keep_data: bool = False,
        wiring: Wiring | None = None,
        settings: Mapping[str, str] | None = None,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.run = run
        self.secrets = Secrets.generate()
        self.postgres = EmbeddedPostgres(run.data / "postgres", log=run.log("postgres"))
        self.kafka = EmbeddedKafka(run.data / "kafka", log=run.log("kafka"))
        self.mail_directory = run.path / "mail"
        self.secure_upload = run.path / "secure-upload"
        self.smtp_port = free_port()
        self.issuer_port = free_port()
        self.children: dict[str, Child] = {}  # by name: mail, issuer, mapping, validation, executor-1, notifier
        self._service_ports: dict[str, int] = {}
        self._parts = parts
        self._executors = executors
        self._keep_data = keep_data
        self._wiring = wiring or Wiring()
        self._settings = settings or {}  # of every service, beside those it gets anyway
        self._progress = progress
        self._exits = contextlib.AsyncExitStack()

    @property
    def issuer_url(self) -> str:
        return f"http://{LOOPBACK}:{self.issuer_port}"

    def service_url(self, instance: str) -> str:
        return f"http://{LOOPBACK}:{self._service_ports[instance]}"

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._exits.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._exits.aclose()

    async def _start(self) -> None:
        self._exits.callback(self._clear)
        await _all_or_first_error(self._start_postgres(), self._start_kafka(), self._start_mail(), self._start_issuer())
        await self._prepare()
        if Parts.SERVICES in self._parts:
            self._exits.push_async_callback(self._stop_services)
            await _all_or_first_error(*(self.start_service(instance) for instance in self._instances()))
        self.run.describe(self._description())

    async def _start_postgres(self) -> None:
        if Parts.POSTGRES in self._parts:
            async with self._reported("PostgreSQL 18"):
                self._exits.push_async_callback(self.postgres.stop)
                await self.postgres.start()

    async def _start_kafka(self) -> None:
        if Parts.KAFKA in self._parts:
            if not is_cached():
                self._progress(f"Fetching Apache Kafka {KAFKA_VERSION}, 42 MiB, the first time only …")
            async with self._reported(f"Apache Kafka {KAFKA_VERSION}"):
                self._exits.push_async_callback(self.kafka.stop)
                await self.kafka.start()

    async def _start_mail(self) -> None:
        if Parts.MAIL in self._parts:
            arguments = ["--port", str(self.smtp_port), "--directory", str(self.mail_directory)]
            await self._start_helper("mail catcher", "mail", arguments, lambda: listens(LOOPBACK, self.smtp_port))

    async def _start_issuer(self) -> None:
        if Parts.ISSUER in self._parts:
            arguments = ["--port", str(self.issuer_port), "--key-file", str(self.run.path / "issuer.pem")]
            ready = f"{self.issuer_url}/readyz"
            await self._start_helper("token issuer", "issuer", arguments, lambda: answers(ready))

    async def _start_helper(
        self, title: str, name: str, arguments: list[str], ready: Callable[[], Awaitable[bool]]
    ) -> None:
        async with self._reported(f"the {title}"):
            child = spawn(title, [sys.executable, "-m", f"stack.{name}", *arguments], self.run.log(name))
            self.children[name] = child
            self._exits.push_async_callback(child.stop)
            await child.wait_until(ready, limit=_READY_SECONDS)

    async def _prepare(self) -> None:
        self.secure_upload.mkdir(exist_ok=True)
        if Parts.SCHEMA in self._parts:
            async with self._reported("schemas and topics", "Making"):
                for service in SERVICES:
                    await self.postgres.set_password(role(service), self.secrets.passwords[service])
                await self._wiring.migrate(self.postgres)
                await self._wiring.create_topics(self.kafka)
        if Parts.DEMO_DATA in self._parts:
            async with self._reported("demo data", "Loading"):
                await self._wiring.load_demo_data(self.postgres, self.secure_upload)

    def _instances(self) -> list[str]:
        executors = [f"executor-{number}" for number in range(1, self._executors + 1)]
        return ["mapping", "validation", *executors, "notifier"]

    async def start_service(self, instance: str, release: Release = THIS_RELEASE) -> Child:
        """Start one process of a service, on the port it had if it ran before, and wait until it is ready."""
        service = _service(instance)
        port = self._service_ports.setdefault(instance, free_port())
        settings = {**environment(service, port, self._surroundings(), self.secrets), **self._settings}
        async with self._reported(f"the {instance}"):
            command = [str(release.python), "-m", f"services.{service}"]
            log = self.run.log(instance)
            child = spawn(instance, command, log, environment=settings, directory=release.directory)
            self.children[instance] = child
            await child.wait_until(lambda: answers(f"{self.service_url(instance)}/readyz"), limit=_READY_SECONDS)
        return child

    async def supervise(self) -> None:
        """Start each service again that has died, and say so, until somebody cancels this."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            for child in list(self.children.values()):
                if child.name.partition("-")[0] in SERVICES:
                    await self._revive(child)

    async def _revive(self, child: Child) -> None:
        if child.running:
            return
        self._progress(
            f"The {child.name} ended with code {child.process.returncode}. Starting it again; log: {child.log}"
        )
        await child.stop()  # what it leaves behind is nobody's any more
        try:
            await self.start_service(child.name)
        except PartFailedError:
            self._progress(f"The {child.name} does not start. Trying again.")

    def _surroundings(self) -> Surroundings:
        return Surroundings(
            dsns={service: self.postgres.dsn(role(service), self.secrets.passwords[service]) for service in SERVICES},
            kafka_bootstrap=self.kafka.bootstrap,
            issuer_url=self.issuer_url,
            secure_upload=self.secure_upload,
            smtp_port=self.smtp_port,
            wizard_url=self._url_to_be("mapping"),
            status_url=self._url_to_be("notifier"),
            validation_url=self._url_to_be("validation"),
        )

    def _url_to_be(self, instance: str) -> str:
        # The pages of two services link to each other, so each has its port before either starts.
        self._service_ports.setdefault(instance, free_port())
        return self.service_url(instance)

    async def token(self, person: str) -> str:
        async with httpx.AsyncClient(trust_env=False, timeout=10.0) as http:
            answer = await http.post(f"{self.issuer_url}/token", json={"person": person})
        return str(answer.raise_for_status().json()["access_token"])

    async def _stop_services(self) -> None:
        await stop_all([self.children[instance] for instance in self._service_ports if instance in self.children])

    def _clear(self) -> None:
        self.run.withdraw()
        if not self._keep_data:
            for directory in ("postgres", "kafka"):
                shutil.rmtree(self.run.data / directory, ignore_errors=True)

    def _description(self) -> RunningStack:
        has = self._parts.__contains__
        urls: dict[str, list[str]] = {}
        for instance in sorted(self._service_ports):
            urls.setdefault(_service(instance), []).append(self.service_url(instance))
        return RunningStack(
            pid=os.getpid(),
            directory=str(self.run.path),
            logs=str(self.run.logs),
            services=urls,
            issuer=self.issuer_url if has(Parts.ISSUER) else None,
            kafka_bootstrap=self.kafka.bootstrap if has(Parts.KAFKA) else None,
            postgres_port=self.postgres.port if has(Parts.POSTGRES) else None,
            mail_directory=str(self.mail_directory) if has(Parts.MAIL) else None,
            smtp_port=self.smtp_port if has(Parts.MAIL) else None,
            secure_upload=str(self.secure_upload),
        )

    @contextlib.asynccontextmanager
    async def _reported(self, what: str, verb: str = "Starting") -> AsyncIterator[None]:
        started = time.monotonic()
        yield
        self._progress(f"{verb} {what} … {time.monotonic() - started:.1f} s")


def in_directory(path: Path, parts: Parts = Parts.SERVERS) -> EmbeddedStack:
    run = RunDirectory(path)
    run.logs.mkdir(parents=True, exist_ok=True)
    return EmbeddedStack(run, parts)


def _service(instance: str) -> Service:
    name = instance.partition("-")[0]
    return next(service for service in SERVICES if service == name)


async def _all_or_first_error(*steps: Awaitable[object]) -> None:
    # Waits for all even when one fails, so that whatever was started is known to those who stop it.
    outcomes = await asyncio.gather(*steps, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
