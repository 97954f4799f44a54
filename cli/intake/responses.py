"""Responses of a store that nobody here runs: none comes too slowly, and only a file may be long.

The SDK reads most of them as a whole before it looks at any of it, and its time limits begin anew with each byte.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http import HTTPStatus
from io import BufferedReader, RawIOBase
from typing import TYPE_CHECKING, Any, Final

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPResponse,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)

from cli.intake.pace import FILE_BYTES, Pace

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BYTES: Final = 8 << 20  # a page of a list has a thousand names of a thousand bytes, some of them escaped
_most: ContextVar[int] = ContextVar("most", default=_BYTES)


@contextmanager
def of_a_file() -> Iterator[None]:
    """What is asked for inside may be as long as a file."""
    token = _most.set(FILE_BYTES)
    try:
        yield
    finally:
        _most.reset(token)


def install() -> None:
    """For all connections that the SDK makes from now on: it has no setting for what they are made of."""
    AWSHTTPConnectionPool.ConnectionCls = _Connection
    AWSHTTPSConnectionPool.ConnectionCls = _SecureConnection


class _Paced(RawIOBase):
    def __init__(self, raw: RawIOBase, pace: Pace) -> None:
        self._raw = raw
        self.pace = pace

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int | None:
        begin = time.monotonic()
        count = self._raw.readinto(buffer)
        self.pace.add(time.monotonic() - begin, count or 0)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(AWSHTTPResponse):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"status_tuple": None} | kwargs))
        self._pace = Pace(_most.get())
        self.fp = BufferedReader(_Paced(self.fp.detach(), self._pace))

    def begin(self) -> None:
        super().begin()
        if self.status >= HTTPStatus.MULTIPLE_CHOICES:
            self._pace.most = _BYTES  # why there is no file is read as a whole, too


class _Connection(AWSHTTPConnection):
    response_class = _Response


class _SecureConnection(AWSHTTPSConnection):
    response_class = _Response
