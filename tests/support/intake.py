"""What tests of the intake share: an API that answers from memory, and places on disk, in S3 and on an SFTP server."""

import hashlib
import io
import threading
import time as clock
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from rich.console import Console

from cli.client import Client
from cli.errors import CommandError, NotNowError, UnreachableError
from cli.intake.looking import Taken, Watch
from cli.intake.places import Place
from cli.intake.rules import Rule
from customer_import_client import Outgoing, Progress

QUIET = Console(file=io.StringIO())
CONTENT = b"Account,Email\nA-1,ann@example.com\n"


@dataclass
class System:
    """Stands in for the API: files with `,New` have a column more, `state` is what imports come to."""

    recipes_known: tuple[str, ...] = ("Monthly",)
    state: str = "held"
    is_away: bool = False
    refuses: int = 0  # the status that a request for an import's state is answered with
    signs_out: bool = False
    asked: list[UUID] = field(default_factory=list)
    defined: list[Mapping[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    at_once: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def biller(self, name: str) -> dict[str, Any]:
        if name not in {"Riverbend", "7"}:
            raise CommandError(f"You have no access to a biller named {name!r}")
        return {"id": 7, "name": "Riverbend"}

    def upload(
        self, _biller: int, file: Outgoing, sent: Iterator[bytes], _heard: Callable[[Progress], None]
    ) -> dict[str, Any]:
        assert file.corrects is None
        assert file.key is not None
        if self.is_away:
            raise UnreachableError("It does not respond")
        if self.signs_out:
            raise NotNowError("The token has expired")
        with self.lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        content = b"".join(sent)
        if b"crash" in content:
            raise ZeroDivisionError
        if b"bad" in content:
            raise CommandError("F008: A card number")
        clock.sleep(0.05)
        with self.lock:
            self.at_once -= 1
            self.files[file.key] = content
        return {"id": file.key, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}

    def recipes(self, _biller: int, _kind: str | None = None) -> list[dict[str, Any]]:
        return [{"id": name, "name": name, "kind": "paperless", "version": 2} for name in self.recipes_known]

    def recipe(self, _biller: int, recipe_id: str) -> dict[str, Any]:
        held = {"columns": {"email": "Email"}, "account_number": [], "invoice_types": ["W"], "options": {}}
        return {"id": recipe_id, "name": recipe_id, "kind": "paperless", "version": 2, "content": held}

    def drift(self, _biller: int, _recipe: str, _version: int, file_id: str) -> dict[str, list[str]]:
        content = self.files[file_id]
        return {"missing": [] if b"Email" in content else ["Email"], "new": ["New"] if b",New" in content else []}

    def recipient(self, _biller: int, email: str) -> str:
        return f"id of {email}"

    def define(self, definition: Mapping[str, Any], request_id: UUID) -> str:
        self.defined.append(definition)
        self.asked.append(request_id)
        return str(request_id)

    def status(self, import_id: str) -> dict[str, Any]:
        if self.refuses:
            raise CommandError(f"The server responded with {self.refuses}")
        return {"import_id": import_id, "state": self.state}


def watch_of(place: Place, rules: Mapping[str, Rule] | None = None, at_once: int = 4) -> Watch:
    return Watch(place, rules or {}, settled=0, at_once=at_once, patience=0.05)


def look(one: Watch, api: System, times: int = 2, console: Console = QUIET) -> list[Taken]:
    """A file is taken at the second look, if it did not change since the first."""
    return [taken for _ in range(times) for taken in one.look(lambda: cast("Client", api), console)]
