"""Places as suppliers use them: a folder, a bucket of a real S3 server, a folder of a real SFTP server."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import asyncssh
import boto3
import pytest
from moto.server import ThreadedMotoServer

from cli.intake import looking
from cli.intake.buckets import Bucket
from cli.intake.folders import Folders
from cli.intake.places import Place
from cli.intake.settings import Given
from cli.intake.sftp import SftpFolders
from tests.integration.intake.wire import Loop, Wire
from tests.support.intake import System

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

BUCKET = "drop"
PASSWORD = "of-the-supplier"


@dataclass
class Lying:
    """A place, and what its supplier sees of it. Names have the folder of the biller before them."""

    given: Given
    opened: Callable[[], AbstractContextManager[Place]]
    put: Callable[[str, bytes], None]
    names: Callable[[], set[str]]
    read: Callable[[str], bytes]
    wire: Wire | None = None

    def in_folder(self, folder: str) -> set[str]:
        """What was put away there, without the time before it and without the files beside it."""
        found = {name.removeprefix(folder) for name in self.names() if name.startswith(folder)}
        return {name.split("-", 1)[1] for name in found if not name.endswith(".json")}

    def told(self, folder: str) -> bytes:
        [name] = [name for name in self.names() if name.startswith(folder) and name.endswith(".json")]
        return self.read(name)


@pytest.fixture
def api() -> System:
    return System()


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "_POLL_SECONDS", 0.01)


@pytest.fixture(scope="session")
def loop() -> Iterator[Loop]:
    one = Loop()
    yield one
    one.close()


@pytest.fixture(params=["disk", "s3", "sftp"])
def lying(request: pytest.FixtureRequest) -> Lying:
    found: Lying = request.getfixturevalue(request.param)
    return found


@pytest.fixture(params=["s3", "sftp"])
def far(request: pytest.FixtureRequest) -> Lying:
    """One that a wire leads to."""
    found: Lying = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def disk(tmp_path: Path) -> Lying:
    root = tmp_path / "place"
    (root / "Riverbend").mkdir(parents=True)
    given = Given(at=str(root))
    return Lying(given, lambda: Folders.locked(root), *_on_disk(root))


def s3_client(port: int) -> "S3Client":
    session = boto3.Session("test", "test", region_name="us-east-1")
    return session.client("s3", endpoint_url=f"http://127.0.0.1:{port}")


@pytest.fixture(scope="session")
def s3_port() -> Iterator[int]:
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    s3_client(port).create_bucket(Bucket=BUCKET)
    yield port
    server.stop()


@pytest.fixture
def s3(s3_port: int, loop: Loop, tmp_path: Path) -> Iterator[Lying]:
    client = s3_client(s3_port)
    prefix = f"{uuid4()}/"
    wire = Wire(loop, s3_port)
    (secret := tmp_path / "secret").write_text("test\n")
    given = Given(
        at=f"s3://{BUCKET}/{prefix}",
        endpoint=f"http://127.0.0.1:{wire.port}",
        region="us-east-1",
        access_key_id="test",
        secret_file=secret,
    )

    def put(name: str, content: bytes) -> None:
        client.put_object(Bucket=BUCKET, Key=prefix + name, Body=content)

    def names() -> set[str]:
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        return {one["Key"].removeprefix(prefix) for page in pages for one in page.get("Contents", [])}

    def read(name: str) -> bytes:
        return client.get_object(Bucket=BUCKET, Key=prefix + name)["Body"].read()

    yield Lying(given, lambda: nullcontext(Bucket.of(given)), put, names, read, wire)
    wire.close()


@dataclass
class SftpServers:
    """Signs in whoever has the password or the key, and shows each user a folder of their own."""

    port: int
    host_key: asyncssh.SSHKey
    roots: dict[str, Path] = field(default_factory=dict)
    keys: dict[str, asyncssh.SSHKey] = field(default_factory=dict)
    denied: set[bytes] = field(default_factory=set)
    """Paths that nobody may list, open or make; as root, rights on disk would hinder nobody."""
    refusal: asyncssh.SFTPError = field(default_factory=lambda: asyncssh.SFTPPermissionDenied("denied"))


class _Files(asyncssh.SFTPServer):
    def __init__(self, channel: "asyncssh.SSHServerChannel[bytes]", servers: SftpServers) -> None:
        user = channel.get_connection().get_extra_info("username")
        super().__init__(channel, chroot=str(servers.roots[user]).encode())
        self._servers = servers

    def map_path(self, path: bytes) -> bytes:
        if path in self._servers.denied:
            raise self._servers.refusal
        return super().map_path(path)


class _Server(asyncssh.SSHServer):
    def __init__(self, servers: SftpServers) -> None:
        self._servers = servers

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return username in self._servers.roots and password == PASSWORD

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        known = self._servers.keys.get(username)
        return known is not None and known.public_data == key.public_data


@pytest.fixture(scope="session")
def sftp_servers(loop: Loop) -> Iterator[SftpServers]:
    servers = SftpServers(0, asyncssh.generate_private_key("ssh-ed25519"))

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[servers.host_key],
            server_factory=lambda: _Server(servers),
            sftp_factory=lambda channel: _Files(channel, servers),
        )

    acceptor = loop.run(listen())
    servers.port = acceptor.get_port()
    yield servers

    async def stop() -> None:
        acceptor.close()

    loop.run(stop())


@pytest.fixture
def sftp(sftp_servers: SftpServers, loop: Loop, tmp_path: Path) -> Iterator[Lying]:
    root, user = tmp_path / "server", f"user-{uuid4()}"
    (root / "out" / "Riverbend").mkdir(parents=True)
    sftp_servers.roots[user] = root
    wire = Wire(loop, sftp_servers.port)
    (hosts := tmp_path / "known_hosts").write_text(
        f"[127.0.0.1]:{wire.port} {sftp_servers.host_key.export_public_key().decode()}"
    )
    (password := tmp_path / "password").write_text(PASSWORD)
    given = Given(at=f"sftp://{user}@127.0.0.1:{wire.port}/out", known_hosts=hosts, password_file=password)
    yield Lying(given, lambda: SftpFolders.of(given), *_on_disk(root / "out"), wire)
    wire.close()


def _on_disk(
    root: Path,
) -> tuple[Callable[[str, bytes], None], Callable[[], set[str]], Callable[[str], bytes]]:
    def put(name: str, content: bytes) -> None:
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(content)

    def names() -> set[str]:
        found = {str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir() or path.is_symlink()}
        return found - {".intake.lock"}

    return put, names, lambda name: (root / name).read_bytes()
