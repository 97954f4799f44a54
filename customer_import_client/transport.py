"""How requests reach the API, and what is raised where one is not answered as asked."""

import json as json_format
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from types import TracebackType
from typing import Any, Final, Self, TypedDict, Unpack

import httpx

_CONNECT_SECONDS: Final = 30.0
_READ_SECONDS: Final = 120.0
_WORK_SECONDS: Final = 600.0  # of what is sent: a file takes its time
_QUICK: Final = ("GET", "PATCH")
_PIECE: Final = 1 << 20

Content = bytes | Iterable[bytes]
_Value = str | int | bool | Sequence[str] | None
_Values = Mapping[str, _Value]


class Request(TypedDict, total=False):
    """What a request is made of beside its address; a value that is None is left out."""

    params: _Values
    headers: _Values
    json: object
    content: Content


class Refused(Exception):
    """The API answered that it does not do so. ``problem`` is its body, as `models.RefusalBody` where it is one."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code', '')}".strip())
        self.status = status
        self.problem = problem


class Unreachable(Exception):
    """Nothing answered. Whether the request had its effect is not known: the same idempotency key asks again safely."""


class Transport:
    """Speaks to one address, with a bearer token."""

    def __init__(self, address: str, token: str, *, transport: httpx.BaseTransport | None = None) -> None:
        self._http = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    @property
    def address(self) -> str:
        return str(self._http.base_url).rstrip("/")

    @property
    def headers(self) -> httpx.Headers:
        """Sent with every request."""
        return self._http.headers

    def call(self, method: str, path: str, **request: Unpack[Request]) -> Any:
        """The body that is answered; None where there is none. Raises Refused and Unreachable."""
        try:
            response = self._http.send(self._request(method, path, request))
        except httpx.TransportError as error:
            raise Unreachable(type(error).__name__) from error
        _raise_if_refused(response)
        return response.json() if response.content else None

    @contextmanager
    def stream(self, method: str, path: str, **request: Unpack[Request]) -> Iterator[Iterator[bytes]]:
        """The pieces of a body, however large. Raises Refused and Unreachable."""
        try:
            response = self._http.send(self._request(method, path, request), stream=True)
            with closing(response):
                if response.is_error:
                    response.read()
                _raise_if_refused(response)
                yield response.iter_bytes(_PIECE)
        except httpx.TransportError as error:
            raise Unreachable(type(error).__name__) from error

    def _request(self, method: str, path: str, request: Request) -> httpx.Request:
        return self._http.build_request(
            method,
            path,
            params=_given(request.get("params")),
            headers=_given(request.get("headers")),
            json=request.get("json"),
            content=request.get("content"),
            timeout=httpx.Timeout(_CONNECT_SECONDS, read=_READ_SECONDS if method in _QUICK else _WORK_SECONDS),
        )


def _given(values: _Values | None) -> tuple[tuple[str, str], ...]:
    """What was given, as HTTP writes it; a name is repeated for each of several values."""
    return tuple((name, text) for name, value in (values or {}).items() for text in _written(value))


def _written(value: _Value) -> Sequence[str]:
    if value is None:
        return ()
    if isinstance(value, bool):
        return (str(value).lower(),)
    return (str(value),) if isinstance(value, str | int) else value


def _raise_if_refused(response: httpx.Response) -> None:
    if response.is_success:
        return
    try:
        body = response.json()
    except json_format.JSONDecodeError:
        body = None
    raise Refused(response.status_code, body if isinstance(body, dict) else {})
