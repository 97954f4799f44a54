"""`/docs` and `/openapi.json` for people who are signed in, made by the service: nothing is loaded from elsewhere."""

import base64
import hashlib
import html
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final

import orjson
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from shared.auth import Person

_STYLE: Final = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}"
    "code{overflow-wrap:anywhere}summary{padding:.25rem 0}pre{overflow:auto;max-height:30rem}"
)
# The page's own style and nothing else: a style of somebody else's has another hash.
_POLICY: Final = (
    "default-src 'none'; frame-ancestors 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    + "'"
)
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>{style}</style></head>
<body><main><h1>{title}</h1><p>The same for programs: <a href="/openapi.json">openapi.json</a></p>
<h2>Operations</h2>{operations}<h2>Bodies</h2>{schemas}</main></body></html>
"""


def documentation_router(signed_in: Callable[..., Awaitable[Person]]) -> APIRouter:
    """The routes; ``signed_in`` is a dependency that raises for whoever is not."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(signed_in)])

    @router.get("/openapi.json")
    async def openapi(request: Request) -> Response:
        return Response(orjson.dumps(request.app.openapi()), media_type="application/json")

    @router.get("/docs")
    async def docs(request: Request) -> HTMLResponse:
        return HTMLResponse(page_of(request.app.openapi()), headers={"content-security-policy": _POLICY})

    return router


def page_of(document: dict[str, Any]) -> str:
    schemas = document.get("components", {}).get("schemas", {})
    return _PAGE.format(
        title=html.escape(document["info"]["title"]),
        style=_STYLE,
        operations="".join(_operations(document)),
        schemas="".join(_details(name, schema) for name, schema in sorted(schemas.items())),
    )


def _operations(document: dict[str, Any]) -> Iterator[str]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            text = html.escape(operation.get("description") or operation.get("summary") or "")
            shown = {name: operation[name] for name in ("parameters", "requestBody", "responses") if name in operation}
            yield f"<h3><code>{method.upper()} {html.escape(path)}</code></h3><p>{text}</p>{_details('Details', shown)}"


def _details(name: str, content: Any) -> str:
    shown = html.escape(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode())
    return f"<details><summary>{html.escape(name)}</summary><pre>{shown}</pre></details>"
