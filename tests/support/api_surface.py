"""What programs rely on of an OpenAPI document, as lines: what is there must stay, what must be sent must not grow.

`python -m tests.support.api_surface` adds what is new to the lines that are held. It takes none away: what is withdrawn
is withdrawn by hand, with a line in CHANGELOG.md.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

_ROOT: Final = Path(__file__).parents[2]
DOCUMENT: Final = _ROOT / "docs" / "openapi.json"
HELD: Final = _ROOT / "tests" / "contracts" / "golden" / "api-surface.txt"
_MUST: Final = "must "
_Document = Mapping[str, Any]


def surface(document: _Document) -> set[str]:
    lines: set[str] = set()
    sent, answered = set[str](), set[str]()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            place = f"{method.upper()} {path}"
            lines |= {place, f"{place} is {operation['operationId']}", *_parameters(place, operation)}
            for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                lines.add(f"{place} takes {kind} {_shape(content['schema'])}")
                sent |= _names(content["schema"])
            for status, response in operation["responses"].items():
                for kind, content in response.get("content", {}).items():
                    lines.add(f"{place} answers {status} {kind} {_shape(content.get('schema', {}))}")
                    answered |= _names(content.get("schema", {}))
    schemas = document["components"]["schemas"]
    for name in _reached(schemas, sent):
        lines |= set(_properties(f"sent {name}", schemas[name], is_sent=True))
    for name in _reached(schemas, answered):
        lines |= set(_properties(f"answered {name}", schemas[name], is_sent=False))
    return lines


def breaks(held: set[str], now: set[str]) -> set[str]:
    """Lines that are lost, and what must be sent now by those who did not have to."""
    lost = {f"lost: {line}" for line in held - now if _MUST not in line}
    known = {line.split(f" {_MUST}")[0] for line in held}
    demanded = {line for line in now - held if _MUST in line and line.split(f" {_MUST}")[0] in known}
    return lost | {f"demanded: {line}" for line in demanded}


def _parameters(place: str, operation: _Document) -> Iterator[str]:
    for one in operation.get("parameters", ()):
        name = f"{one['in']} {one['name']}"
        yield f"{place} may {name} {_shape(one['schema'])}"
        if one.get("required"):
            yield f"{place} {_MUST}{name}"


def _properties(place: str, schema: _Document, *, is_sent: bool) -> Iterator[str]:
    yield place
    for value in schema.get("enum", ()):
        yield f"{place} = {value}"
    for name, one in schema.get("properties", {}).items():
        yield f"{place}.{name} {_shape(one)}"
        if name in schema.get("required", ()):
            yield f"{place} {_MUST}{name}" if is_sent else f"{place}.{name} always"


def _shape(schema: _Document) -> str:
    """The type of a value, without its bounds."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return "|".join(sorted({_shape(one) for one in schema["anyOf"]}))
    if "enum" in schema or "const" in schema:
        return ",".join(sorted(map(str, schema.get("enum", [schema.get("const")]))))
    if "prefixItems" in schema or "items" in schema:
        return f"[{_shape(schema.get('items') or {})}]"
    return " ".join(filter(None, (schema.get("type", "anything"), schema.get("format", ""))))


def _names(node: object) -> set[str]:
    if isinstance(node, dict):
        own = {str(node["$ref"]).rpartition("/")[2]} if "$ref" in node else set()
        return own.union(*map(_names, node.values()))
    return set[str]().union(*map(_names, node)) if isinstance(node, list) else set()


def _reached(schemas: _Document, names: set[str]) -> set[str]:
    reached: set[str] = set()
    while waiting := names - reached:
        reached |= waiting
        names = names.union(*(_names(schemas[name]) for name in waiting))
    return reached


def held_lines() -> set[str]:
    return set(HELD.read_text(encoding="utf-8").splitlines()) if HELD.exists() else set()


if __name__ == "__main__":
    HELD.write_text(
        "\n".join(sorted(held_lines() | surface(json.loads(DOCUMENT.read_text())))) + "\n", encoding="utf-8"
    )
