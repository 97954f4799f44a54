"""Files sealed at rest: nobody reads them without the key or changes them unnoticed; those from before are read."""

import os
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from shared.sealed_files import MARK, FileSealer
from shared.secure_upload import SecureUpload, SecureUploadUnavailable, object_key
from tests.integration.secure_upload.test_secure_upload import NO_LIMIT, pieces, read

_ONE, _TWO = {"one": b"1" * 32}, {"two": b"2" * 32}
_PIECE = 64 * 1024
_SEALED = _PIECE + 16
_LINE = b"WTR-0001045,ana@example.com\r\n"


def _upload(folder: Path, keys: dict[str, bytes] | None = None, current: str = "") -> SecureUpload:
    return SecureUpload(folder.as_uri(), {}, FileSealer(keys, current) if keys else None)


async def _put(upload: SecureUpload, content: bytes) -> str:
    key = object_key(7, uuid4())
    await upload.put(key, pieces(content), NO_LIMIT)
    return key


@pytest.mark.parametrize("size", [0, 1, _PIECE - 1, _PIECE, _PIECE + 1, 2 * _PIECE, 3 * _PIECE + 5])
@pytest.mark.parametrize("chunk", [1 << 20, _PIECE, 1_000])
async def test_it_comes_back_whole(tmp_path: Path, size: int, chunk: int) -> None:
    upload, key, content = _upload(tmp_path, _ONE, "one"), object_key(7, uuid4()), os.urandom(size)
    stored = await upload.put(key, pieces(content, chunk), NO_LIMIT)
    assert (stored.size, await upload.size(key), await read(upload, key)) == (size, size, content)


async def test_nothing_of_it_can_be_read_where_it_is_stored(tmp_path: Path) -> None:
    key = await _put(_upload(tmp_path, _ONE, "one"), _LINE * 10_000)
    stored = (tmp_path / key).read_bytes()
    assert stored.startswith(MARK)
    assert b"@example" not in stored
    twin = await _put(_upload(tmp_path, _ONE, "one"), _LINE * 10_000)
    assert (tmp_path / twin).read_bytes()[-_SEALED:] != stored[-_SEALED:]  # nor that two are the same


async def test_files_from_before_are_read_and_new_ones_are_not_sealed_without_a_current_key(tmp_path: Path) -> None:
    old = await _put(_upload(tmp_path), _LINE)
    ready = _upload(tmp_path, _ONE)
    also_open = await _put(ready, _LINE)
    assert (tmp_path / also_open).read_bytes() == _LINE  # services of the last release read it
    for key in (old, also_open):
        assert await read(ready, key) == _LINE
        assert await ready.size(key) == len(_LINE)


async def test_keys_are_replaced(tmp_path: Path) -> None:
    before = await _put(_upload(tmp_path, _ONE, "one"), _LINE)
    rotated = _upload(tmp_path, _ONE | _TWO, "two")
    after = await _put(rotated, _LINE)
    assert [await read(rotated, key) for key in (before, after)] == [_LINE, _LINE]
    for without in (_upload(tmp_path, _ONE, "one"), _upload(tmp_path)):
        with pytest.raises(SecureUploadUnavailable, match="KeyUnknown"):  # it can be set, and then the file is read
            await read(without, after)


def _head(stored: bytes) -> int:
    return len(stored) - (3 * _SEALED + 5 + 16)


def _piece(stored: bytes, number: int) -> slice:
    return slice(_head(stored) + number * _SEALED, _head(stored) + (number + 1) * _SEALED)


def _exchanged(stored: bytes) -> bytes:
    one, two = stored[_piece(stored, 0)], stored[_piece(stored, 1)]
    return stored[: _head(stored)] + two + one + stored[_piece(stored, 1).stop :]


def _repeated(stored: bytes) -> bytes:
    return stored[: _piece(stored, 0).stop] + stored[_piece(stored, 0)] + stored[_piece(stored, 1).stop :]


def _flipped(stored: bytes) -> bytes:
    place = len(stored) // 2
    return stored[:place] + bytes((stored[place] ^ 1,)) + stored[place + 1 :]


_CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "cut off within a piece": lambda stored: stored[:-1],
    "cut off between pieces": lambda stored: stored[: _piece(stored, 1).stop],
    "without its pieces": lambda stored: stored[: _head(stored)],
    "cut off within its head": lambda stored: stored[:20],
    "longer": lambda stored: stored + b"\0",
    "longer by a piece": lambda stored: stored + stored[-21:],
    "a piece left out": lambda stored: stored[: _piece(stored, 0).stop] + stored[_piece(stored, 1).stop :],
    "pieces exchanged": _exchanged,
    "a piece repeated": _repeated,
    "a bit flipped": _flipped,
}


@pytest.mark.parametrize("change", _CHANGES)
async def test_what_was_changed_is_not_read(tmp_path: Path, change: str) -> None:
    upload = _upload(tmp_path, _ONE, "one")
    key = await _put(upload, os.urandom(3 * _PIECE + 5))
    file = tmp_path / key
    file.write_bytes(_CHANGES[change](file.read_bytes()))
    with pytest.raises(FileNotFoundError):
        await read(upload, key)


async def test_a_file_does_not_open_under_the_name_of_another(tmp_path: Path) -> None:
    upload = _upload(tmp_path, _ONE, "one")
    mine, other = await _put(upload, b"mine"), await _put(upload, b"other")
    (tmp_path / other).write_bytes((tmp_path / mine).read_bytes())
    with pytest.raises(FileNotFoundError):
        await read(upload, other)


async def test_an_upload_that_looks_sealed_comes_back_as_it_was(tmp_path: Path) -> None:
    upload = _upload(tmp_path, _ONE, "one")
    key = await _put(upload, MARK + b"not really")
    assert await read(upload, key) == MARK + b"not really"
