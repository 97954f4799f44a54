"""A server that nobody here runs fills no memory and holds nobody up, whatever it sends and however slowly."""

from collections.abc import Callable, Iterator
from contextlib import closing
from contextvars import ContextVar

import asyncssh
import pytest

from cli.intake import buckets, looking, pace, responses
from cli.intake.buckets import Bucket
from cli.intake.places import Entry, PlaceError, Trouble
from tests.integration.intake.conftest import Lying
from tests.integration.intake.wire import Loop, Sending
from tests.support.intake import CONTENT, System, look, watch_of

_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n"
_LIMIT = 1 << 20
_ON_THE_WAY = 16 << 20  # what the buffers of both ends hold
_ATTEMPTS = 3

Store = Callable[..., tuple[Bucket, Sending]]


@pytest.fixture
def store(s3: Lying, loop: Loop) -> Iterator[Store]:
    """A bucket of a store that sends so."""
    opened: list[Sending] = []

    def made(beginning: bytes, piece: bytes, pause: float = 0) -> tuple[Bucket, Sending]:
        sending = Sending(loop, beginning, piece, pause)
        opened.append(sending)
        given = s3.given.model_copy(update={"endpoint": f"http://127.0.0.1:{sending.port}"})
        return Bucket.of(given), sending

    yield made
    for one in opened:
        one.close()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes a tenth of a second without a million bytes is too slow."""
    monkeypatch.setattr(pace, "_FREE_SECONDS", 0.1)
    monkeypatch.setattr(pace, "_BYTES_A_SECOND", 10_000_000)


def test_a_list_without_end_is_read_no_further_than_its_limit(
    store: Store, api: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(responses, "_most", ContextVar("most", default=_LIMIT))
    bucket, sending = store(_OK + b"\r\n<L>", b"<Contents>" * 10_000)
    watch = watch_of(bucket)
    assert look(watch, api, times=1) == []
    assert [error.trouble for error in watch.troubles.values()] == [Trouble.REFUSED]
    assert sending.sent < _ATTEMPTS * (_LIMIT + _ON_THE_WAY)


def test_a_reason_without_end_is_read_no_further_than_its_limit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(responses, "_BYTES", _LIMIT)
    bucket, sending = store(b"HTTP/1.1 500 No\r\n\r\n", b"<Code>" * 10_000)
    with pytest.raises(PlaceError) as refused:
        bucket.get("customers.csv")
    assert refused.value.trouble is Trouble.REFUSED
    assert sending.sent < _ATTEMPTS * (_LIMIT + _ON_THE_WAY)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 OK\r\n", _OK + b"\r\n"], ids=["status", "header", "body"])
def test_a_response_that_comes_byte_by_byte_is_left(store: Store, api: System, beginning: bytes) -> None:
    bucket, sending = store(beginning, b"x", pause=0.001)
    watch = watch_of(bucket)
    assert look(watch, api, times=1) == []
    assert [error.trouble for error in watch.troubles.values()] == [Trouble.UNREACHABLE]
    assert sending.sent < 10_000


@pytest.mark.usefixtures("hurried")
def test_a_file_that_comes_byte_by_byte_from_a_store_waits(store: Store) -> None:
    bucket, _ = store(_OK + b"Content-Length: 1000000\r\n\r\n", b"x", pause=0.001)
    answer = bucket.get("customers.csv")
    with closing(answer["Body"]), pytest.raises(PlaceError, match="does not respond"):
        list(buckets._StoredContents(buckets.StoredFile(bucket, "", "a", "a", "e", "i"), answer).pieces())


def test_a_file_that_comes_byte_by_byte_from_a_server_waits(
    sftp: Lying, api: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(_server: object, _file: object, _offset: int, _size: int) -> bytes:
        return b"x"

    sftp.put("Riverbend/customers.csv", CONTENT * 30)
    with sftp.opened() as place:
        one = watch_of(place)
        with monkeypatch.context() as patch:
            patch.setattr(pace, "_FREE_SECONDS", 0.1)
            patch.setattr(pace, "_BYTES_A_SECOND", 10_000_000)
            patch.setattr(asyncssh.SFTPServer, "read", read)
            assert look(one, api) == []
        assert [error.trouble for error in one.troubles.values()] == [Trouble.UNREACHABLE]
        assert look(one, api, times=1)[0].is_taken
    assert list(api.files.values()) == [CONTENT * 30]


def test_a_list_whose_pages_take_too_long_is_left(s3: Lying, api: System, monkeypatch: pytest.MonkeyPatch) -> None:
    s3.put("Riverbend/customers.csv", CONTENT)
    with s3.opened() as place:
        watch = watch_of(place)
        with monkeypatch.context() as patch:
            patch.setattr(buckets, "_LIST_SECONDS", -1)
            assert look(watch, api) == []
            assert [error.trouble for error in watch.troubles.values()] == [Trouble.UNREACHABLE]
        assert len(look(watch, api)) == 1


def test_folders_that_take_too_long_to_list_hold_up_no_file_of_others(
    lying: Lying, api: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("7", "Riverbend"):
        lying.put(f"{folder}/customers.csv", CONTENT)
    with lying.opened() as place:
        watch = watch_of(place)
        look(watch, api, times=1)
        whole = place.whole

        def slowly(biller: str, now: float, settled: float) -> list[Entry]:
            monkeypatch.setattr(looking, "_LIST_SECONDS", -1)
            return whole(biller, now, settled)

        monkeypatch.setattr(place, "whole", slowly)
        assert [one.folder for one in look(watch, api, times=1)] == ["7"]
    assert [error.trouble for error in watch.troubles.values()] == [Trouble.LEFT_OUT]
