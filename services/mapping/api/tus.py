"""What tus 1.0.0 (https://tus.io/protocols/resumable-upload) says of every request and response, and of its headers."""

import base64
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.mapping.usecases.parts import Checksum
from shared.http import Problem

VERSION: Final = "1.0.0"
PART_TYPE: Final = "application/offset+octet-stream"
ALGORITHMS: Final = ("sha256", "sha1")  # tus demands sha1
_ADDRESS: Final = re.compile(r"/api/v1/billers/[^/]+/uploads(/[^/]+)?/?")
_OVERRIDE: Final = "x-http-method-override"
_OVERRIDING: Final = frozenset(("PATCH", "DELETE"))
_SHA256_DIGEST: Final = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):")


class Tus:
    """Adds the version to every response, and lets a POST stand for what a proxy does not let through."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _ADDRESS.fullmatch(scope["path"]) is None:
            await self._app(scope, receive, send)
            return

        async def send_with_version(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update({"tus-resumable": VERSION, "tus-version": VERSION})
            await send(message)

        headers = Headers(scope=scope)
        if scope["method"] == "POST" and headers.get(_OVERRIDE) in _OVERRIDING:
            scope["method"] = headers[_OVERRIDE]
        await self._app(scope, receive, send_with_version)


def require_version(request: Request) -> None:
    """Of a request that names one; our own clients may do without."""
    if request.method != "OPTIONS" and request.headers.get("tus-resumable", VERSION) != VERSION:
        title, remedy = f"Only tus {VERSION} is spoken here", f"Send Tus-Resumable: {VERSION}"
        raise Problem(412, "precondition_failed", title, "header Tus-Resumable", remedy)


def metadata_of(header: str) -> Mapping[str, str]:
    """Name → value of `Upload-Metadata`; raises a problem where it cannot be read."""
    pairs = [pair.strip().partition(" ") for pair in header.split(",") if pair.strip()]
    try:
        return {name: base64.b64decode(value, validate=True).decode() for name, _, value in pairs}
    except ValueError:  # no base64, no ASCII or no UTF-8
        raise _unreadable("Upload-Metadata", "Write it as `name base64,name base64`") from None


def checksum_of(header: str) -> Checksum:
    algorithm, _, digest = header.partition(" ")
    try:
        if algorithm in ALGORITHMS:
            return Checksum(algorithm, base64.b64decode(digest, validate=True))
    except ValueError:  # no base64, or no ASCII
        pass
    raise _unreadable("Upload-Checksum", "Write it as `sha256 base64`")


def sha256_of(header: str) -> str:
    found = _SHA256_DIGEST.search(header)
    if found is None:
        raise _unreadable("Repr-Digest", "Write it as `sha-256=:base64:`")
    return base64.b64decode(found[1]).hex()


def http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def _unreadable(header: str, remedy: str) -> Problem:
    return Problem(400, "invalid", f"{header} can't be read", f"header {header}", remedy)
