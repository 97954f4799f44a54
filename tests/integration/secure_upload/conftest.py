import asyncio
import contextlib
import re
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from shared.sealed_files import FileSealer
from shared.secure_upload import SecureUpload
from stack.ports import free_port

BUCKET = "secure-upload"
KEYS = {"access_key_id": "test", "secret_access_key": "test", "region": "us-east-1"}


@dataclass(frozen=True)
class Place:
    """A Secure Upload with a look behind it: everything that is there, unfinished uploads too."""

    upload: SecureUpload
    remains: Callable[[], list[str]]


@pytest.fixture(scope="session")
async def s3_endpoint(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    log = tmp_path_factory.mktemp("s3") / "server.log"
    with log.open("wb") as output:
        server = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port), stdout=output, stderr=output
        )
    try:
        await _make_bucket(endpoint)
        yield endpoint
    finally:
        server.terminate()
        await asyncio.wait_for(server.wait(), 10)


@pytest.fixture(params=["disk", "disk, sealed", "s3", "s3, sealed"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    sealer = FileSealer({"one": b"1" * 32}, "one") if request.param.endswith("sealed") else None
    if request.param.startswith("disk"):
        folder = tmp_path / "uploads"
        return Place(SecureUpload(folder.as_uri(), {}, sealer), lambda: _files(folder))
    endpoint = request.getfixturevalue("s3_endpoint")
    prefix = f"of/{uuid4()}"
    options = {**KEYS, "endpoint": endpoint, "allow_http": "true"}
    return Place(SecureUpload(f"s3://{BUCKET}/{prefix}", options, sealer), lambda: _objects(endpoint, prefix))


async def _make_bucket(endpoint: str) -> None:
    deadline = time.monotonic() + 30
    async with httpx.AsyncClient() as client:
        while True:
            with contextlib.suppress(httpx.TransportError):
                (await client.put(f"{endpoint}/{BUCKET}")).raise_for_status()
                return
            assert time.monotonic() < deadline, "the S3 server did not start"
            await asyncio.sleep(0.05)


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def _objects(endpoint: str, prefix: str) -> list[str]:
    whole = httpx.get(f"{endpoint}/{BUCKET}?list-type=2&prefix={prefix}")
    unfinished = httpx.get(f"{endpoint}/{BUCKET}?uploads&prefix={prefix}")
    for listed in (whole, unfinished):
        listed.raise_for_status()
    keys = re.findall("<Key>(.*?)</Key>", whole.text + unfinished.text)
    return sorted(key.removeprefix(f"{prefix}/") for key in keys)
