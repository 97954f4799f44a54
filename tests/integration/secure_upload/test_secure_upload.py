"""One suite for both stores: local disk, and S3 over HTTP against a server of its own."""

import hashlib
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from shared.postgres import is_transient
from shared.secure_upload import SecureUpload, SecureUploadUnavailable, Stored, TooLarge, object_key
from stack.ports import free_port
from tests.integration.secure_upload.conftest import BUCKET, KEYS, Place

MEGABYTE = 1 << 20
NO_LIMIT = 1 << 40


class BrokenOff(Exception):
    pass


async def pieces(content: bytes, size: int = MEGABYTE, fails_after: int | None = None) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        if fails_after is not None and start >= fails_after:
            raise BrokenOff
        yield content[start : start + size]


async def read(upload: SecureUpload, key: str) -> bytes:
    return b"".join([piece async for piece in upload.stream(key)])


@pytest.mark.parametrize("size", [0, 1, 17, 8 * MEGABYTE, 8 * MEGABYTE + 1, 20 * MEGABYTE + 3])
async def test_what_is_put_comes_back_with_its_hash_and_size(place: Place, size: int) -> None:
    content = os.urandom(size)
    key = object_key(7, uuid4())
    stored = await place.upload.put(key, pieces(content), NO_LIMIT)
    assert stored == Stored(hashlib.sha256(content).hexdigest(), size)
    assert await place.upload.size(key) == size
    assert await read(place.upload, key) == content
    assert place.remains() == [key]


@pytest.mark.parametrize("limit", [100, 12 * MEGABYTE])
async def test_nothing_remains_of_an_upload_above_the_limit(place: Place, limit: int) -> None:
    key = object_key(7, uuid4())
    with pytest.raises(TooLarge):
        await place.upload.put(key, pieces(b"x" * (limit + 1)), limit)
    assert place.remains() == []
    with pytest.raises(FileNotFoundError):
        await place.upload.size(key)


async def test_an_upload_of_exactly_the_limit_is_taken(place: Place) -> None:
    key = object_key(7, uuid4())
    assert (await place.upload.put(key, pieces(b"x" * MEGABYTE), MEGABYTE)).size == MEGABYTE


@pytest.mark.parametrize("after", [0, MEGABYTE, 12 * MEGABYTE])
async def test_nothing_remains_of_an_upload_that_breaks_off(place: Place, after: int) -> None:
    with pytest.raises(BrokenOff):
        await place.upload.put(object_key(7, uuid4()), pieces(b"x" * 20 * MEGABYTE, fails_after=after), NO_LIMIT)
    assert place.remains() == []


async def test_a_missing_object_is_told_as_such_and_not_as_trouble_that_passes(place: Place) -> None:
    key = object_key(7, uuid4())
    for asked in (place.upload.size(key), read(place.upload, key)):
        with pytest.raises(FileNotFoundError) as missing:
            await asked
        assert not is_transient(missing.value)


async def test_deleting_twice_is_fine(place: Place) -> None:
    key = object_key(7, uuid4())
    await place.upload.put(key, pieces(b"x"), NO_LIMIT)
    await place.upload.delete(key)
    await place.upload.delete(key)
    assert place.remains() == []


@pytest.mark.parametrize(
    "key",
    [
        "../7/x",
        "7/../8/5a0a6f0e-8f0e-4d59-8a53-0a8f6f6a1b02",
        "/etc/passwd",
        "7/name.csv",
        "7/5A0A6F0E-8F0E-4D59-8A53-0A8F6F6A1B02",
        "7/5a0a6f0e-8f0e-4d59-8a53-0a8f6f6a1b02\n",
        "0/5a0a6f0e-8f0e-4d59-8a53-0a8f6f6a1b02",
        "",
    ],
)
async def test_only_keys_that_the_server_makes_are_keys(place: Place, key: str) -> None:
    for asked in (
        place.upload.put(key, pieces(b"x"), NO_LIMIT),
        place.upload.size(key),
        place.upload.delete(key),
        read(place.upload, key),
    ):
        with pytest.raises(ValueError, match="Not a key"):
            await asked
    assert place.remains() == []


def test_a_key_holds_numbers_only() -> None:
    file_id = UUID("5a0a6f0e-8f0e-4d59-8a53-0a8f6f6a1b02")
    assert object_key(7, file_id) == f"7/{file_id}"
    with pytest.raises(ValueError, match="Not a key"):
        object_key(-1, file_id)


def test_the_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "with space" / "uploads"
    SecureUpload(folder.as_uri(), {})
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("url", ["http://example.com/x", "uploads", "ftp://x", "file://relative"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="Secure Upload"):
        SecureUpload(url, {})


async def test_a_store_that_does_not_answer_is_trouble_that_passes() -> None:
    endpoint = f"http://127.0.0.1:{free_port()}"
    upload = SecureUpload(f"s3://{BUCKET}", {**KEYS, "endpoint": endpoint, "allow_http": "true"})
    with pytest.raises(SecureUploadUnavailable) as unavailable:
        await upload.size(object_key(7, uuid4()))
    assert is_transient(unavailable.value)
    assert endpoint not in str(unavailable.value)


async def test_plain_http_must_be_asked_for(s3_endpoint: str) -> None:
    upload = SecureUpload(f"s3://{BUCKET}", {**KEYS, "endpoint": s3_endpoint})
    with pytest.raises(SecureUploadUnavailable):
        await upload.size(object_key(7, uuid4()))


def test_a_folder_that_was_there_is_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "uploads"
    folder.mkdir(mode=0o755)
    SecureUpload(folder.as_uri(), {})
    assert folder.stat().st_mode & 0o777 == 0o700


async def test_what_is_stored_is_for_its_owner_only_whatever_the_umask(tmp_path: Path) -> None:
    key = object_key(7, uuid4())
    before = os.umask(0o022)
    try:
        await SecureUpload(tmp_path.as_uri(), {}).put(key, pieces(b"x"), NO_LIMIT)
    finally:
        os.umask(before)
    modes = [stat.S_IMODE((tmp_path / place).stat().st_mode) for place in (key, "7")]
    assert modes == [0o600, 0o700]
