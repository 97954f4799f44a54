"""The Python client, generated from the OpenAPI document: its models, and a method for each operation.

`python -m tests.support.client_code` writes it.
"""

import json
import keyword
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tests.support.api_surface import DOCUMENT

CLIENT: Final = Path(__file__).parents[2] / "customer_import_client"
_WIDTH: Final = 120
_MODELS: Final = '''"""Bodies that are sent and answered, generated from docs/openapi.json.

A newer service may answer more keys.
"""

from typing import Literal, NotRequired, TypedDict

'''
_OPERATIONS: Final = '''"""A method for each operation, generated from docs/openapi.json and named as there."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Literal

from customer_import_client import models
from customer_import_client.transport import Content, Transport


class Operations:
    """What the API offers. Every method raises what `transport` says."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
'''
_PLAIN: Final = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_JSON: Final = "application/json"

_Schema = Mapping[str, Any]


def client_code(document: Mapping[str, Any]) -> dict[str, str]:
    """The text of each generated module, by the name of its file."""
    texts = {"models.py": _models(document["components"]["schemas"]), "operations.py": _operations(document["paths"])}
    return {name: _formatted(text) for name, text in texts.items()}


def _models(schemas: Mapping[str, _Schema]) -> str:
    written: dict[str, str] = {}
    for name in schemas:
        _write(name, schemas, written)
    return _MODELS + "\n\n\n".join(written.values()) + "\n"


def _write(name: str, schemas: Mapping[str, _Schema], written: dict[str, str]) -> None:
    """Those that it names first, for a body is made when its module is loaded."""
    if name in written:
        return
    schema = schemas[name]
    for named in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(schema)):
        _write(named, schemas, written)
    written[name] = _body(name, schema) if "properties" in schema else f"{name} = {_type(schema)}"


def _body(name: str, schema: _Schema) -> str:
    lines = [f"class {name}(TypedDict):", *_docstring(schema.get("description") or name, 4), ""]
    for key, one in schema["properties"].items():
        if not key.isidentifier() or keyword.iskeyword(key):
            raise ValueError(f"{name}.{key} is no name in Python")
        kind = _type(one)
        lines += [f"    # {line}" for line in textwrap.wrap(one.get("description", ""), _WIDTH - 6)]
        lines.append(f"    {key}: {kind}" if key in schema.get("required", ()) else f"    {key}: NotRequired[{kind}]")
    return "\n".join(lines)


def _type(schema: _Schema, prefix: str = "") -> str:
    match schema:
        case {"$ref": str(place)}:
            written = prefix + place.rpartition("/")[2]
        case {"anyOf": choices} | {"oneOf": choices}:
            written = " | ".join(dict.fromkeys(_type(one, prefix) for one in choices))
        case {"enum": values}:
            written = f"Literal[{', '.join(map(_quoted, values))}]"
        case {"const": value}:
            written = f"Literal[{_quoted(value)}]"
        case {"type": "array"}:
            written = f"list[{_type(schema.get('items', {}), prefix)}]"
        case {"type": "object"}:
            written = f"dict[str, {_type(_values(schema), prefix)}]"
        case _:
            written = _PLAIN[schema["type"]] if "type" in schema else "object"
    return written


def _values(schema: _Schema) -> _Schema:
    """Of the values of an object without names of its own; any, where nothing is said of them."""
    patterns = list(schema.get("patternProperties", {}).values())
    values = patterns[0] if patterns else schema.get("additionalProperties")
    return values if isinstance(values, dict) else {}


def _operations(paths: Mapping[str, Mapping[str, Any]]) -> str:
    methods = [
        _method(path, verb.upper(), operation)
        for path, operations in paths.items()
        for verb, operation in operations.items()
        if not _is_stream(operation)
    ]
    return _OPERATIONS + "".join(f"\n{method}\n" for method in methods)


def _is_stream(operation: Mapping[str, Any]) -> bool:
    """Events that are sent as they happen are for other clients."""
    return "200" in operation["responses"] and not operation["responses"]["200"].get("content")


def _method(path: str, verb: str, operation: Mapping[str, Any]) -> str:
    answer = _answer(operation)
    head = f"    def {operation['operationId']}({', '.join(_parameters(operation))}) -> {answer}:"
    call = "stream" if answer.startswith("AbstractContextManager") else "call"
    sent = ", ".join([f'"{verb}"', _address(path), *_sent(operation)])
    lines = [head, *_docstring(operation.get("description") or operation["summary"], 8)]
    if answer == "None":
        lines.append(f"        self._transport.call({sent})")
    elif call == "stream":
        lines.append(f"        return self._transport.stream({sent})")
    else:
        lines += [f"        answer: {answer} = self._transport.call({sent})", "        return answer"]
    return "\n".join(lines)


def _answer(operation: Mapping[str, Any]) -> str:
    [content] = [
        response.get("content", {}) for status, response in operation["responses"].items() if status.startswith("2")
    ][:1]
    if not content:
        return "None"
    return _type(content[_JSON]["schema"], "models.") if _JSON in content else "AbstractContextManager[Iterator[bytes]]"


def _parameters(operation: Mapping[str, Any]) -> Iterator[str]:
    yield "self"
    given = operation.get("parameters", [])
    yield from (f"{_name(one)}: {_type(one['schema'], 'models.')}" for one in given if one["in"] == "path")
    if body := operation.get("requestBody"):
        content = body["content"]
        yield f"body: {_type(content[_JSON]['schema'], 'models.')}" if _JSON in content else "body: Content"
    named = [one for one in given if one["in"] != "path" and _name(one) != "authorization"]
    if named:
        yield "*"
    for one in named:
        kind = _type(one["schema"], "models.")
        optional = kind if kind.endswith("None") else f"{kind} | None"
        yield f"{_name(one)}: {kind}" if one.get("required") else f"{_name(one)}: {optional} = None"


def _sent(operation: Mapping[str, Any]) -> Iterator[str]:
    given = operation.get("parameters", [])
    for place, word in (("query", "params"), ("header", "headers")):
        of_place = [_pair(one) for one in given if one["in"] == place and _name(one) != "authorization"]
        if place == "header":
            of_place += _content_type(operation)
        if of_place:
            yield f"{word}={{{', '.join(of_place)}}}"
    if body := operation.get("requestBody"):
        yield "json=body" if _JSON in body["content"] else "content=body"


def _content_type(operation: Mapping[str, Any]) -> list[str]:
    """Where a body that is not JSON has to be of one type."""
    types = list(operation.get("requestBody", {}).get("content", {_JSON: {}}))
    return [f'"content-type": "{types[0]}"'] if len(types) == 1 and types != [_JSON] else []


def _pair(parameter: Mapping[str, Any]) -> str:
    return f"{_quoted(parameter['name'])}: {_name(parameter)}"


def _address(path: str) -> str:
    return f'f"{path}"' if "{" in path else f'"{path}"'


def _name(parameter: Mapping[str, Any]) -> str:
    name: str = parameter["name"]
    return name.replace("-", "_").lower()


def _docstring(text: str, indent: int) -> list[str]:
    """The first sentence on a line of its own, if it fits, then the rest."""
    space, whole = " " * indent, " ".join(text.split())
    first, stop, rest = whole.partition(". ")
    if not stop:
        return [f'{space}"""{whole.removesuffix(".")}."""']
    return [f'{space}"""{first}.', "", *(space + line for line in textwrap.wrap(rest, _WIDTH - indent)), f'{space}"""']


def _quoted(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _formatted(text: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(CLIENT / "models.py"), "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    for file, code in client_code(json.loads(DOCUMENT.read_text(encoding="utf-8"))).items():
        (CLIENT / file).write_text(code, encoding="utf-8")
