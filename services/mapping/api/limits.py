"""Bodies are read before anyone is asked who sends them, so all but the streamed uploads must be small."""

import re
from typing import Final

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY: Final = 1024 * 1024
_UPLOAD: Final = re.compile(r"/api/v1/billers/[^/]+/files/?")


class SmallBodies:
    """Stops reading a body above the limit and answers 413."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _UPLOAD.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        read = 0

        async def receive_little() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > LARGEST_BODY:
                raise HTTPException(413)
            return message

        await self._app(scope, receive_little, send)
