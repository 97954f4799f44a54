"""The client's uploads: small files in one request, large ones in parts that go on where the connection was lost."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from customer_import_client import (
    FileChanged,
    FileDamaged,
    Operations,
    Outgoing,
    Progress,
    Refused,
    Transport,
    Unreachable,
    upload,
    uploading,
)

_CONTENT = bytes(range(256)) * 100
_PART = 10_000
_KEY = "3f2b8d1c-6a47-4e0b-9c55-0d8f2e7a1b94"
_Fault = Callable[["Service", bytes], httpx.Response | None]


class Service:
    """What the service does with parts, and faults of the way to it, one for each request of a part."""

    def __init__(self, *faults: _Fault) -> None:
        self.parts: list[bytes] = []
        self.file: dict[str, Any] | None = None
        self.sent: list[int] = []
        self.faults = list(faults)
        self.cancelled = False

    @property
    def content(self) -> bytes:
        return b"".join(self.parts)

    def answer(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        if request.method == "PATCH":
            assert request.headers["content-type"] == "application/offset+octet-stream"
            fault = self.faults.pop(0) if self.faults else None
            answered = fault and fault(self, body)
            return answered or self.take(request, body)
        if request.method == "DELETE":
            self.cancelled = True
            return httpx.Response(204)
        return httpx.Response(200, json=self.shown())

    def take(self, request: httpx.Request, body: bytes) -> httpx.Response:
        if int(request.headers["upload-offset"]) != len(self.content):
            return httpx.Response(409, json={"code": "upload_elsewhere"})
        self.sent.append(len(body))
        self.add(body)
        if self.file:
            digest = base64.b64encode(hashlib.sha256(self.content).digest()).decode()
            assert request.headers["repr-digest"] == f"sha-256=:{digest}:"
        return httpx.Response(204)

    def add(self, body: bytes) -> None:
        self.parts.append(body)
        if len(self.content) == len(_CONTENT):
            self.file = {"id": "the-file", "sha256": hashlib.sha256(self.content).hexdigest(), "size": len(_CONTENT)}

    def shown(self) -> dict[str, Any]:
        parts = [{"size": len(part), "sha256": hashlib.sha256(part).hexdigest()} for part in self.parts]
        return {"id": "7", "offset": len(self.content), "parts": [] if self.file else parts, "file": self.file}


def lost(_service: Service, _body: bytes) -> httpx.Response:
    raise httpx.ReadError("")


def half_lost(service: Service, body: bytes) -> httpx.Response:
    service.add(body[: len(body) // 2])
    raise httpx.ReadError("")


def answer_lost(service: Service, body: bytes) -> httpx.Response:
    service.add(body)
    raise httpx.ReadError("")


def busy(_service: Service, _body: bytes) -> httpx.Response:
    return httpx.Response(503, json={"code": "unavailable"})


def overtaken(service: Service, body: bytes) -> None:
    service.add(body)  # the same file in another window


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploading, "PART_BYTES", _PART)
    monkeypatch.setattr("time.sleep", lambda _: None)


def _pieces(content: bytes = _CONTENT) -> Iterator[bytes]:
    for start in range(0, len(content), 3_000):
        yield content[start : start + 3_000]


def _uploaded(service: Service, content: bytes = _CONTENT, size: int = len(_CONTENT), **more: Any) -> Any:
    api = Operations(Transport("http://test", "a-token", transport=httpx.MockTransport(service.answer)))
    return upload(api, 7, Outgoing("a.csv", size, _KEY), _pieces(content), **more)


@pytest.mark.parametrize(
    "faults", [(), (lost, busy, half_lost), (lost, lost, answer_lost, answer_lost, answer_lost), (overtaken, overtaken)]
)
def test_it_goes_on_from_where_the_service_is(faults: tuple[_Fault, ...]) -> None:
    service = Service(*faults)
    heard: list[Progress] = []
    assert _uploaded(service, heard=heard.append)["id"] == "the-file"
    assert service.content == _CONTENT
    told = [one.offset for one in heard if one.is_lost]
    assert len(told) == len(faults)
    assert told == sorted(told)


def test_what_was_uploaded_by_an_earlier_process_is_compared_and_not_sent_again() -> None:
    service = Service()
    service.add(_CONTENT[:12_345])
    _uploaded(service)
    assert sum(service.sent) == len(_CONTENT) - 12_345
    other = Service()
    other.add(b"x" * 12_345)
    with pytest.raises(FileChanged):
        _uploaded(other)
    assert (other.cancelled, other.sent) == (True, [])


@pytest.mark.parametrize("content", [_CONTENT + b"more", _CONTENT[:-5]])
def test_a_file_that_grows_or_shrinks_meanwhile_is_not_finished(content: bytes) -> None:
    service = Service()
    with pytest.raises(FileChanged):
        _uploaded(service, content)
    assert service.cancelled
    assert service.file is None


def test_it_does_not_try_for_ever_nor_against_a_refusal() -> None:
    with pytest.raises(Unreachable):
        _uploaded(Service(*(lost for _ in range(50))), patience=20.0)
    with pytest.raises(Refused):
        _uploaded(Service(lambda *_: httpx.Response(422, json={"code": "F009"})))


def test_a_small_file_is_one_request_and_compared() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert (request.url.path, request.headers["idempotency-key"]) == ("/api/v1/billers/7/files", _KEY)
        body = request.read()
        return httpx.Response(201, json={"id": "1", "sha256": hashlib.sha256(body).hexdigest(), "size": len(body)})

    def torn(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(201, json={"id": "1", "sha256": "0", "size": 3})

    def old(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/uploads"):
            return httpx.Response(404, json={"code": "not_found"})
        return answer(request)

    api = Operations(Transport("http://test", "a-token", transport=httpx.MockTransport(old)))
    large = upload(api, 7, Outgoing("a.csv", len(_CONTENT), _KEY), _pieces())  # a release that knows no parts
    assert large["size"] == len(_CONTENT)
    for handler in (answer, torn):
        api = Operations(Transport("http://test", "a-token", transport=httpx.MockTransport(handler)))
        if handler is answer:
            assert upload(api, 7, Outgoing("a.csv", 3, _KEY), [b"a,b"])["size"] == 3
        else:
            with pytest.raises(FileDamaged):
                upload(api, 7, Outgoing("a.csv", 3, _KEY), [b"a,b"])
