"""One look at the folders: what is whole is taken, several at a time, each for itself."""

import hashlib
import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from rich.console import Console

from cli.bodies import Biller, Definition, Recipe, Status, StoredFile
from cli.client import Client
from cli.errors import CommandError, NotNowError, UnreachableError
from cli.intake.folders import DONE, REFUSED, Folders, Found, opened, put_away, take
from cli.intake.rules import Rule
from cli.recipes import with_recipe
from cli.run import definition_of, upload_stream

_POLL_SECONDS: Final = 0.5
_UNCHECKED: Final = frozenset({"checking"})
_NOT_TAKEN: Final = frozenset({"rejected", "failed"})


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file."""

    name: str
    told: Mapping[str, object]
    is_taken: bool

    @property
    def words(self) -> str:
        return f"{self.name}: {self.told.get('reason') or self.told['state']}"


class RefusedFile(Exception):
    """The file is not imported, for what the reason says."""

    def __init__(self, reason: str, **told: object) -> None:
        super().__init__(reason)
        self.told = {"state": "refused", "reason": reason, **told}


@dataclass(frozen=True, slots=True)
class Watch:
    """Looks again and again; between two looks it knows how large each file was."""

    folders: Folders
    rules: Mapping[str, Rule]
    settled: float
    at_once: int
    patience: float

    def look(self, signed_in: Callable[[], Client], console: Console) -> list[Taken]:
        """Take every file that is whole. Raises UnreachableError where nobody can sign in, and takes none then."""
        now = time.monotonic()
        whole = [(one, self.folders.whole(one, now, self.settled)) for one in self.folders.billers()]
        if not any(found for _, found in whole):
            return []
        client = signed_in()
        work: list[tuple[Path, Biller, Found]] = []
        for folder, found in whole:
            if not found:
                continue
            try:
                biller = client.biller(folder.name)
            except (UnreachableError, NotNowError):
                raise
            except CommandError as error:
                console.print(f"{folder.name}: {error.message}", style="yellow", highlight=False)
                continue
            work += [(folder, biller, one) for one in found]
        with ThreadPoolExecutor(self.at_once) as pool:
            return [one for one in pool.map(lambda item: self._one(client, console, *item), work) if one is not None]

    def _one(self, client: Client, console: Console, folder: Path, biller: Biller, found: Found) -> Taken | None:
        name = _shown(found.path.name)
        path = found.path
        try:
            _require_plain(found)
            path = take(found)
            with opened(path) as file:
                status = self._import(client, console, biller, self._rule(folder, biller), file)
        except (UnreachableError, NotNowError) as error:
            console.print(f"{name}: {error.message}; it is tried again", style="yellow", highlight=False)
            return None
        except RefusedFile as refused:
            return _put(path, name, refused.told, is_taken=False)
        except CommandError as error:
            told = {"state": "refused", "reason": error.message, "remedy": error.remedy}
            return _put(path, name, told, is_taken=False)
        except Exception as error:  # noqa: BLE001 - whatever a file does, the others go on
            return _put(path, name, {"state": "refused", "reason": type(error).__name__}, is_taken=False)
        told = {"import_id": status["import_id"], "state": status["state"]}
        return _put(path, name, told, is_taken=status["state"] not in _NOT_TAKEN)

    def _rule(self, folder: Path, biller: Biller) -> Rule:
        names = (folder.name.casefold(), biller["name"].casefold(), str(biller["id"]))
        return next((self.rules[name] for name in names if name in self.rules), Rule())

    def _import(self, client: Client, console: Console, biller: Biller, rule: Rule, file: BufferedReader) -> Status:
        request = _request_id(biller, file)
        reference = upload_stream(client, console, biller["id"], "unknown", file, request)
        if _request_id(biller, file) != request:
            raise RefusedFile("The file changed while it was read")
        recipe = _fitting(client, biller, rule, reference)
        given: Definition = {"kind": recipe["kind"], "decide": _decided(rule), "options": dict(rule.options)}
        content = with_recipe(client, biller, given | {"log_recipients": rule.log_recipients}, recipe["name"])
        import_id = client.define(definition_of(client, biller, content, reference), request)
        return _checked(client, import_id, self.patience)


def _require_plain(found: Found) -> None:
    if found.oddity:
        raise RefusedFile(found.oddity)


def _decided(rule: Rule) -> dict[str, object] | str:
    if isinstance(rule.decide, str):
        return rule.decide
    return {code: {"choice": choice} if isinstance(choice, str) else choice for code, choice in rule.decide.items()}


def _request_id(biller: Biller, file: BufferedReader) -> UUID:
    """The same for a file that is taken again after this was stopped; another for one that is put there anew."""
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256")
    name, changed = Path(file.name).name, os.fstat(file.fileno()).st_mtime_ns
    return uuid5(NAMESPACE_URL, f"intake:{biller['id']}:{name}:{changed}:{digest.hexdigest()}")


def _fitting(client: Client, biller: Biller, rule: Rule, reference: StoredFile) -> Recipe:
    """The recipe whose columns the file has, and no others unless the rule takes them."""
    known = client.recipes(biller["id"])
    named = [one for one in known if rule.recipe is None or one["name"].casefold() == rule.recipe.casefold()]
    if not named:
        raise RefusedFile(f"The biller has no recipe {rule.recipe!r}" if rule.recipe else "The biller has no recipe")
    drifts = [(one, client.drift(biller["id"], one["id"], one["version"], reference["id"])) for one in named]
    fitting = [one for one, drift in drifts if not drift["missing"] and (rule.accept_new_columns or not drift["new"])]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise RefusedFile(
            "More than one recipe fits. Name one in the rules", recipes=sorted(one["name"] for one in fitting)
        )
    differences = {one["name"]: {"missing": drift["missing"], "new": drift["new"]} for one, drift in drifts}
    raise RefusedFile("No recipe fits the columns of the file", columns=differences)


def _checked(client: Client, import_id: str, patience: float) -> Status:
    """The import once its check is done; as it stands then, where that takes too long."""
    end = time.monotonic() + patience
    while True:
        status = _status(client, import_id)
        if status is not None and status["state"] not in _UNCHECKED:
            return status
        if time.monotonic() > end:
            if status is None:
                raise UnreachableError("The status can't be read")
            return status
        time.sleep(_POLL_SECONDS)


def _status(client: Client, import_id: str) -> Status | None:
    """None while it is not known; the import is asked for and goes on, whatever the answer: no file is refused then."""
    try:
        return client.status(import_id)
    except UnreachableError:
        return None
    except CommandError as error:
        raise UnreachableError(error.message) from error


def _shown(name: str) -> str:
    """The name without what a terminal takes for a command, or no text can hold: bytes that are not UTF-8."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in name)


def _put(path: Path, name: str, told: Mapping[str, object], *, is_taken: bool) -> Taken:
    try:
        put_away(path, name, DONE if is_taken else REFUSED, told)
    except OSError as error:
        return Taken(name, {**told, "reason": f"It can't be put away: {error.strerror}"}, is_taken=False)
    except CommandError as error:
        return Taken(name, {**told, "reason": f"It can't be put away: {error.message}"}, is_taken=False)
    return Taken(name, told, is_taken)
