"""The API of all services as one OpenAPI document: they may stand behind one address."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from fastapi import FastAPI

from cli.admin.api_examples import add_examples
from services.mapping import api as mapping
from services.notifier.api import routes as notifier
from shared.health import Health
from shared.http import create_api
from shared.maintenance import add_maintenance_routes
from shared.version import VERSION

_SERVICES: Final[Mapping[str, Callable[[FastAPI], None]]] = {
    "mapping": mapping.add_routes,
    "validation": lambda _: None,
    "executor": lambda _: None,
    "notifier": notifier.add_routes,
}
# Services may name their own bodies alike; in one document each name is of one body.
_CALLED: Final[Mapping[str, Mapping[str, str]]] = {"mapping": {"State": "StateAtMapping"}}
_DESCRIPTION: Final = (
    "Import customers, and follow the imports. A POST that makes something takes an `Idempotency-Key`, or gives what "
    "is there already; long lists have pages. What is refused is a problem (RFC 9457) whose `type` explains its code."
)
_SERVER: Final = {
    "url": "https://{host}",
    "description": "one address for the pages and the API, as deploy/Caddyfile has it",
    "variables": {"host": {"default": "imports.example.com"}},
}


def api_document() -> dict[str, Any]:
    """What is deprecated is left out: an address of it may be another service's by now."""
    paths: dict[str, dict[str, Any]] = {}
    components: dict[str, dict[str, Any]] = {}
    version = ""
    for _, one in documents():
        version = one["openapi"]
        for path, operations in one["paths"].items():
            current = {method: told for method, told in operations.items() if not told.get("deprecated")}
            _add(paths.setdefault(path, {}), current, path)
        for kind, named in one["components"].items():
            _add(components.setdefault(kind, {}), named, kind, may_be_equal=True)
    document = {
        "openapi": version,
        "info": {"title": "Customer Import", "version": VERSION, "description": _DESCRIPTION},
        "servers": [_SERVER],
        "paths": {path: paths[path] for path in sorted(paths) if paths[path]},
        "components": {kind: dict(sorted(named.items())) for kind, named in sorted(components.items())},
    }
    add_examples(document)
    return document


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    """Of each service what it answers, with what is deprecated."""
    for service, add_routes in _SERVICES.items():
        app = create_api(service=service, health=Health())
        add_maintenance_routes(app, service)
        add_routes(app)
        yield service, _renamed(app.openapi(), _CALLED.get(service, {}))


def _renamed(document: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    text = json.dumps(document)
    for former, now in names.items():
        text = text.replace(f'"#/components/schemas/{former}"', f'"#/components/schemas/{now}"')
    renamed: dict[str, Any] = json.loads(text)
    schemas = renamed["components"]["schemas"]
    renamed["components"]["schemas"] = {names.get(name, name): schema for name, schema in schemas.items()}
    return renamed


def _add(there: dict[str, Any], new: Mapping[str, Any], place: str, *, may_be_equal: bool = False) -> None:
    for name, told in new.items():
        if name in there and not (may_be_equal and there[name] == told):
            raise ValueError(f"Two services have different things of one name: {place} {name}")
        there[name] = told
