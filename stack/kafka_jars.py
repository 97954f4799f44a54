"""The jars of Apache Kafka: named by `kafka-jars.lock`, cached outside the checkout, checked at every start.

`python -m stack.kafka_jars fetch` fills the cache, `lock` resolves the tree anew and rewrites the lock file.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import requests
import typer
from jgo.maven import Artifact, MavenContext

KAFKA_VERSION = "4.4.0"
LOCK_FILE = Path(__file__).with_name("kafka-jars.lock")

_ROOT = f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}"
_LOG4J = "org.apache.logging.log4j"
_THREADS = 8
_TRIES = 4
_HEADER = """\
# The jars of the embedded Apache Kafka: coordinates and sha256. Written by `python -m stack.kafka_jars lock`.
"""


class KafkaJarsError(RuntimeError):
    """The jars cannot be had as the lock file names them."""


@dataclass(frozen=True)
class Jar:
    """One line of the lock file."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def coordinates(self) -> str:
        """`group:artifact:version`."""
        return f"{self.group}:{self.artifact}:{self.version}"

    @property
    def filename(self) -> str:
        return f"{self.artifact}-{self.version}.jar"


def read_lock(path: Path = LOCK_FILE) -> tuple[Jar, ...]:
    lines = path.read_text().splitlines()
    return tuple(_read_line(line) for line in lines if line and not line.startswith("#"))


def _read_line(line: str) -> Jar:
    coordinates, digest = line.split()
    group, artifact, version = coordinates.split(":")
    return Jar(group, artifact, version, digest)


def cache_directory() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "customer-import" / f"kafka-{KAFKA_VERSION}"


def is_cached() -> bool:
    return all((cache_directory() / "jars" / jar.filename).exists() for jar in read_lock())


def ensure_jars(jars: Sequence[Jar] | None = None, cache: Path | None = None) -> list[Path]:
    """Paths of all jars, in the order of the lock; what is missing or damaged is fetched anew."""
    wanted = read_lock() if jars is None else jars
    directory = (cache or cache_directory()) / "jars"
    directory.mkdir(parents=True, exist_ok=True)
    with exclusive(directory / ".lock"), ThreadPoolExecutor(_THREADS) as threads:
        is_good = threads.map(lambda jar: _matches(directory / jar.filename, jar), wanted)
        missing = [jar for jar, good in zip(wanted, is_good, strict=True) if not good]
        if missing:
            _fetch(missing, directory, threads)
    return [directory / jar.filename for jar in wanted]


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _fetch(missing: Sequence[Jar], directory: Path, threads: ThreadPoolExecutor) -> None:
    # A download is whole and checked before it gets its name in the cache, so a broken one is never taken for a jar.
    with tempfile.TemporaryDirectory(dir=directory, prefix=".fetch-") as staging:
        context = MavenContext(repo_cache=Path(staging), timeout=60)
        list(threads.map(lambda jar: _fetch_one(context, jar, directory), missing))


def _fetch_one(context: MavenContext, jar: Jar, directory: Path) -> None:
    fetched = _download(context.create_dependency(jar.coordinates).artifact)
    if not _matches(fetched, jar):
        raise KafkaJarsError(
            f"{jar.coordinates} has the sha256 {_digest(fetched)}, but {LOCK_FILE.name} says {jar.sha256}. "
            "It was not used. Fetch again; if it stays so, the source of the jars is not to be trusted."
        )
    fetched.replace(directory / jar.filename)


def _download(artifact: Artifact) -> Path:
    failure: Exception | None = None
    for _ in range(_TRIES):
        try:
            return artifact.resolve()
        except (requests.RequestException, RuntimeError, OSError) as error:
            failure = error
            if artifact.cached_path is not None:
                artifact.cached_path.unlink(missing_ok=True)  # of a download that broke off
    raise KafkaJarsError(
        f"Cannot fetch {artifact} ({type(failure).__name__}). The first start needs the network to fetch the jars of "
        "Apache Kafka; later starts do not."
    ) from failure


def _matches(path: Path, jar: Jar) -> bool:
    return path.is_file() and _digest(path) == jar.sha256


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _resolve(context: MavenContext) -> list[Artifact]:
    inputs, transitive = context.resolver.resolve([context.create_dependency(_ROOT)])
    artifacts = [dependency.artifact for dependency in (*inputs, *transitive) if dependency.scope != "test"]
    log4j = next(artifact.version for artifact in artifacts if artifact.artifactId == "log4j-core")
    # Kafka logs through slf4j and leaves the binding out. Resolved with the tree, its own dependency management would
    # pull kafka-clients down to an older release; so it is added by itself, at the version of the log4j that is there.
    return [*artifacts, context.create_dependency(f"{_LOG4J}:log4j-slf4j-impl:{log4j}").artifact]


def _lock_line(artifact: Artifact) -> str:
    if artifact.groupId == "org.apache.kafka" and artifact.version != KAFKA_VERSION:
        raise KafkaJarsError(f"The tree mixes releases of Kafka: {artifact}")
    return f"{artifact.groupId}:{artifact.artifactId}:{artifact.version} {_digest(_download(artifact))}\n"


app = typer.Typer(help="The jars of the embedded Apache Kafka.", no_args_is_help=True, pretty_exceptions_enable=False)


@app.command()
def lock() -> None:
    """Resolve the tree anew and rewrite the lock file."""
    with tempfile.TemporaryDirectory() as staging, ThreadPoolExecutor(_THREADS) as threads:
        artifacts = _resolve(MavenContext(repo_cache=Path(staging), timeout=60))
        lines = sorted(threads.map(_lock_line, artifacts))
    LOCK_FILE.write_text(_HEADER + "".join(lines))
    print(f"{LOCK_FILE.name}: {len(lines)} jars")


@app.command()
def fetch() -> None:
    print(f"{len(ensure_jars())} jars in {cache_directory()}")


@app.command()
def clean() -> None:
    shutil.rmtree(cache_directory(), ignore_errors=True)


if __name__ == "__main__":
    app()
