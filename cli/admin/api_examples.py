"""Examples in the OpenAPI document: of what is sent by hand, of what is answered made from the schemas."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from shared.contracts.codes.names import FEW_FOUND, NOT_FOUND

_ID: Final = "3f2b8d1c-6a47-4e0b-9c55-0d8f2e7a1b94"
_MOMENT: Final = "2026-11-30T09:15:00Z"
_SENT: Final[Mapping[str, Any]] = {
    "ImportDefinition": {
        "biller_id": 7,
        "kind": "paperless",
        "file": {
            "id": _ID,
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "size": 48213,
        },
        "invoice_types": ["WATER"],
        "columns": {"email": "Email", "customer_name": "Name"},
        "account_number": [{"column": "Account"}],
        "options": {"attestation": "The biller states that these customers agreed to paperless bills."},
        "decide": "ask",
    },
    "Confirmation": {"check_no": 1, "decisions": {NOT_FOUND: {"choice": "skip"}}, "answers_seen": {}},
    "Approval": {"check_no": 1, "answers_seen": {FEW_FOUND: "continue"}},
    "UndoRequest": {"rows": None},
    "NewRound": {"cells": [{"line": 12, "column": "Email", "value": "ann@example.com"}], "lines": [15]},
    "NewCorrections": {"check_no": 1, "cells": [{"line": 12, "column": "Email", "value": "ann@example.com"}]},
    "RowToTry": {"line": 12, "cells": [{"column": "Email", "value": "ann@example.com"}]},
    "NewRecipient": {"email": "billing@example.com"},
    "NewRecipe": {
        "name": "Monthly export",
        "kind": "paperless",
        "file_id": _ID,
        "columns": {"email": "Email"},
        "account_number": [{"column": "Account"}],
        "invoice_types": ["WATER"],
    },
    "NotificationChoices": {"events": {"started": True}, "billers": [7]},
    "NewWebhook": {"url": "https://hooks.example.com/imports", "biller_id": 7},
    "Replay": {},
    "BounceReport": {
        "type": "email.bounced",
        "data": {"message_id": "<3f2b8d1c-6a47-4e0b-9c55-0d8f2e7a1b94@example.com>", "kind": "hard"},
    },
    "CustomerEmailSwitch": {"on": False},
    "NewCustomerText": {
        "subject": "Your bills from {{ biller_name }}",
        "body": "Hello {{ customer_name }},\n\nyour bills come by email now.",
    },
    "PauseRequest": {"biller_id": 7, "reason": "The CRM is being moved"},
    "Scope": {"biller_id": 7},
    "Discard": {"reason": "A test message"},
}
_NAMED: Final[Mapping[str, Any]] = {
    "file_name": "customers.csv",
    "name": "Mill Valley Water",
    "biller_name": "Mill Valley Water",
    "email": "ann@example.com",
    "address": "ann@example.com",
    "account_number": "0010-2231",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "code": "R142",
    "title": "The email address is not valid",
    "message": "The email address is not valid",
    "remedy": "Correct the address",
    "place": "",
    "column": "Email",
    "delimiter": ",",
    "quote": '"',
    "encoding": "utf-8",
    "requester": {"id": "ivy", "name": "Ivy Lane"},
}
_CODES: Final[Mapping[str, tuple[str, str, str]]] = {
    "400": ("bad_request", "Bad Request", "Correct the body"),
    "401": ("unauthenticated", "The token is no longer valid", "Sign in again"),
    "403": ("F011", "No permission for this kind of import at this biller", "Ask an administrator for access"),
    "404": ("import_not_found", "No such import, or you don't have access to it", "Check the ID"),
    "409": ("check_not_newest", "This check is out of date; the newest is 2", "Reload the import to see its state"),
    "410": ("file_gone", "The file is no longer in Secure Upload", "Upload the file again"),
    "413": ("F015", "The file exceeds the limit of 2,147,483,648 bytes", "Split the file"),
    "415": (
        "unsupported_media_type",
        "This is not the content type of a part",
        "Send it as application/offset+octet-stream",
    ),
    "422": ("invalid", "The request is not valid: missing", "Correct it as described in /docs"),
    "429": ("too_many_streams", "You already have 20 event streams open", "Close one of them"),
    "460": ("upload_checksum_mismatch", "The part is not what its checksum says", "Send the part again"),
    "503": (
        "unavailable",
        "The service is temporarily unavailable",
        "Try again in a moment; sending the same request again is safe",
    ),
}
_DEEPEST: Final = 8


def example_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Of an event; its definition, if it has one, is that of the API."""
    made: dict[str, Any] = _Examples(schema.get("$defs", {})).of(schema)
    return made | ({"definition": _SENT["ImportDefinition"]} if "definition" in made else {})


def add_examples(document: dict[str, Any]) -> None:
    """Put an example beside the schema of every body in JSON."""
    examples = _Examples(document["components"]["schemas"])
    for operation in (one for path in document["paths"].values() for one in path.values()):
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            if kind == "application/json":
                content["example"] = _sent(content["schema"])
        for status, response in operation["responses"].items():
            for kind, content in response.get("content", {}).items():
                if kind == "application/problem+json":
                    content["example"] = examples.problem(status, content["schema"])
                elif kind == "application/json" and content["schema"]:
                    content["example"] = examples.of(content["schema"])


def _sent(schema: Mapping[str, Any]) -> Any:
    named = next(iter(_references(schema)))
    return _SENT[named]


def _references(schema: Mapping[str, Any]) -> Iterator[str]:
    if "$ref" in schema:
        yield schema["$ref"].rpartition("/")[2]
    for one in schema.get("anyOf", ()):
        yield from _references(one)


class _Examples:
    """Values that fit a schema, the same ones each time."""

    def __init__(self, schemas: Mapping[str, Any]) -> None:
        self._schemas = schemas

    def problem(self, status: str, schema: Mapping[str, Any]) -> dict[str, Any]:
        code, title, remedy = _CODES[status]
        body = {"type": f"/codes#{code}", "title": title, "status": int(status), "code": code, "place": ""}
        told = {"code": code, "message": title, "place": "", "remedy": remedy}
        more = {"problems": [told]} if set(_references(schema)) == {"RefusalBody"} else {}
        return {**body, "remedy": remedy, **more}

    def of(self, schema: Mapping[str, Any], name: str = "", depth: int = 0) -> Any:
        if "$ref" in schema or "anyOf" in schema:
            return self.of(self._resolved(schema), name, depth + 1)
        for given in ("const", "default"):
            if given in schema:
                return schema[given]
        kind = schema.get("type")
        if name in _NAMED and "enum" not in schema and (kind == "string") == isinstance(_NAMED[name], str):
            return _NAMED[name]
        return self._made(schema, name, depth)

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        named: Mapping[str, Any] = self._schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else {}
        return named or schema["anyOf"][0]

    def _made(self, schema: Mapping[str, Any], name: str, depth: int) -> Any:
        match schema.get("type"):
            case "object" if "properties" in schema:
                return {key: self.of(one, key, depth + 1) for key, one in schema["properties"].items()}
            case "array" if depth < _DEEPEST and "items" in schema:
                return [self.of(schema["items"], name, depth + 1)]
            case _:
                return schema["enum"][0] if "enum" in schema else _plain(schema, name)


def _plain(schema: Mapping[str, Any], name: str) -> Any:
    match schema.get("type"):
        case "string":
            return {"uuid": _ID, "date-time": _MOMENT, "date": _MOMENT[:10]}.get(schema.get("format", ""), name)
        case "integer" | "number":
            return max(schema.get("minimum", 1), 1)
        case "boolean":
            return False
        case "array":
            return []
        case "object":
            return {}
        case _:
            return None
