"""One look at a place: what is whole is taken, several at a time, each for itself."""

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from rich.console import Console

from cli.bodies import Biller, Definition, Recipe, Status, StoredFile
from cli.client import Client
from cli.errors import CommandError, NotNowError, UnreachableError
from cli.intake.going import Going, StoppedError
from cli.intake.places import DONE, REFUSED, Entry, GoneError, Place, PlaceError, Trouble
from cli.intake.rules import Rule
from cli.output import say, shown
from cli.recipes import with_recipe
from cli.run import definition_of, upload_pieces
from customer_import_client import FileChanged

_POLL_SECONDS: Final = 0.5
_LIST_SECONDS: Final = 600.0  # of all folders of a place at one look; the last one begun may take longer
_UNCHECKED: Final = frozenset({"checking"})
_NOT_TAKEN: Final = frozenset({"rejected", "failed"})


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file."""

    name: str
    told: Mapping[str, object]
    is_taken: bool
    place: str
    folder: str  # of the biller

    @property
    def words(self) -> str:
        return f"{self.folder}/{self.name}: {self.told.get('reason') or self.told['state']}"


class RefusedFile(Exception):
    """The file is not imported, for what the reason says."""

    def __init__(self, reason: str, **told: object) -> None:
        super().__init__(reason)
        self.told = {"state": "refused", "reason": reason, **told}


@dataclass(slots=True)
class Watch:
    """Looks at one place again and again; between two looks it knows what each file looked like."""

    place: Place
    rules: Mapping[str, Rule]
    settled: float
    at_once: int
    patience: float
    going: Going = field(default_factory=Going)
    troubles: dict[str, PlaceError] = field(default_factory=dict)
    """Why the place, or a folder of it, could not be used at the last look; by its name."""

    waits: bool = False
    """Whether a file could not be worked on at the last look, for something that may pass."""

    def look(self, signed_in: Callable[[], Client], console: Console) -> list[Taken]:
        """Take every file that is whole. Raises UnreachableError where nobody can sign in, and takes none then."""
        told, self.troubles, self.waits = self.troubles, {}, False
        try:
            whole = [(folder, found) for folder, found in self._whole() if found]
            return self._taken(signed_in(), console, whole) if whole else []
        finally:
            self._tell(console, told)

    def _taken(self, client: Client, console: Console, whole: list[tuple[str, list[Entry]]]) -> list[Taken]:
        work: list[tuple[str, Biller, Entry]] = []
        for folder, found in whole:
            try:
                biller = client.biller(folder)
            except (UnreachableError, NotNowError):
                raise
            except CommandError as error:
                say(f"{folder}: {error.message}", style="yellow", to=console)
                continue
            work += [(folder, biller, one) for one in found]
        with ThreadPoolExecutor(self.at_once) as pool:
            return [one for one in pool.map(lambda item: self._one(client, console, *item), work) if one is not None]

    def _whole(self) -> Iterator[tuple[str, list[Entry]]]:
        """What is whole, by folder. A folder that can't be used hinders no other."""
        now = time.monotonic()
        with self._kept(self.place.at):
            for biller in self.place.folders():
                if self.going.stopped.is_set():
                    return
                if time.monotonic() > now + _LIST_SECONDS:
                    self.place.left_out[""] = f"folders that can't be listed in {_LIST_SECONDS / 60:.0f} minutes"
                    break
                self.going.rest(0)
                with self._kept(f"{self.place.at}: {biller}", of_all=False):
                    yield biller, self.place.whole(biller, now, self.settled)
        for folder, why in self.place.left_out.items():
            where = f"{self.place.at}: {folder}" if folder else self.place.at
            self.troubles.setdefault(where, PlaceError(Trouble.LEFT_OUT, where, why))

    @contextmanager
    def _kept(self, where: str, *, of_all: bool = True) -> Iterator[None]:
        """Whatever the place or its library raises is a trouble of it, and ends nothing else.

        Raises PlaceError for what other folders of the place have, too, unless ``of_all``.
        """
        try:
            yield
        except Exception as error:  # noqa: BLE001 - a server that nobody here runs decides what it is
            trouble = _trouble_of(error, where)
            if trouble.trouble.is_of_all and not of_all:
                raise trouble from None
            self.troubles[where] = trouble

    def leaves(self) -> bool:
        with self._kept(self.place.at):
            return self.waits or self.place.has_taken()
        return True

    def _tell(self, console: Console, told: Mapping[str, PlaceError]) -> None:
        """Each trouble once, until it is another or has passed."""
        for where, error in self.troubles.items():
            if where not in told or told[where].trouble is not error.trouble:
                beginning = "" if error.message.startswith(where) else f"{where}: "
                words = f"{beginning}{error.message} ({error.trouble}). {error.remedy}"
                say(words, style="yellow", to=console)
        for where in told.keys() - self.troubles.keys():
            say(f"{where}: can be used again", to=console)

    def _one(self, client: Client, console: Console, folder: str, biller: Biller, entry: Entry) -> Taken | None:
        """None: it waits for the next look."""
        with self._kept(f"{self.place.at}: {folder}"):
            return self._put_away(client, console, folder, biller, entry)
        return None

    def _put_away(self, client: Client, console: Console, folder: str, biller: Biller, entry: Entry) -> Taken | None:
        try:
            told, is_taken = self._imported(client, console, biller, self._rule(folder, biller), entry)
            if (left := _not_put_away(entry, told, is_taken=is_taken)) is not None:
                told, is_taken = {**told, "reason": f"It can't be put away: {left}"}, False
            return Taken(shown(entry.name), told, is_taken, self.place.at, folder)
        except PlaceError:
            raise
        except StoppedError:
            self.waits = True
        except GoneError as error:
            say(f"{folder}/{entry.name}: {error.message}", to=console)
        except (UnreachableError, NotNowError) as error:
            self.waits = True
            words = f"{folder}/{entry.name}: {error.message}; it is tried again"
            say(words, style="yellow", to=console)
        return None

    def _imported(
        self, client: Client, console: Console, biller: Biller, rule: Rule, entry: Entry
    ) -> tuple[Mapping[str, object], bool]:
        """What is told of the file, and whether it was taken."""
        try:
            self.going.step()
            _require_plain(entry)
            entry.take()
            status = self._import(client, console, biller, rule, entry)
        except (UnreachableError, NotNowError):
            raise
        except RefusedFile as refused:
            return refused.told, False
        except CommandError as error:
            return {"state": "refused", "reason": error.message, "remedy": error.remedy}, False
        except Exception as error:  # noqa: BLE001 - whatever a file does, the others go on
            return {"state": "refused", "reason": type(error).__name__}, False
        return {"import_id": status["import_id"], "state": status["state"]}, status["state"] not in _NOT_TAKEN

    def _rule(self, folder: str, biller: Biller) -> Rule:
        names = (folder.casefold(), biller["name"].casefold(), str(biller["id"]))
        return next((self.rules[name] for name in names if name in self.rules), Rule())

    def _import(self, client: Client, console: Console, biller: Biller, rule: Rule, entry: Entry) -> Status:
        with entry.opened() as file:
            request = uuid5(NAMESPACE_URL, f"intake:{biller['id']}:{file.name}:{file.version}")
            sent = self._moving(file.pieces())
            try:
                reference = upload_pieces(client, console, biller["id"], "unknown", file.name, file.size, sent, request)
            except FileChanged:
                raise NotNowError("The file is not the one of which a part was uploaded before") from None
            file.require_same()
        recipe = _fitting(client, biller, rule, reference)
        given: Definition = {"kind": recipe["kind"], "decide": _decided(rule), "options": dict(rule.options)}
        content = with_recipe(client, biller, given | {"log_recipients": rule.log_recipients}, recipe["name"])
        import_id = client.define(definition_of(client, biller, content, reference), request)
        return _checked(client, import_id, self.patience, self.going)

    def _moving(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self.going.step()
            yield piece


def _trouble_of(error: Exception, where: str) -> PlaceError:
    # the text of another library's error may be anything; only its kind is told
    if isinstance(error, PlaceError):
        return error
    return PlaceError(
        Trouble.REFUSED, where, error.message if isinstance(error, CommandError) else type(error).__name__
    )


def _require_plain(entry: Entry) -> None:
    if entry.oddity:
        raise RefusedFile(entry.oddity)


def _decided(rule: Rule) -> dict[str, object] | str:
    if isinstance(rule.decide, str):
        return rule.decide
    return {code: {"choice": choice} if isinstance(choice, str) else choice for code, choice in rule.decide.items()}


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


def _checked(client: Client, import_id: str, patience: float, going: Going) -> Status:
    """The import once its check is done; as it stands then, where that takes too long. Raises StoppedError."""
    end = time.monotonic() + patience
    while True:
        status = _status(client, import_id)
        if status is not None and status["state"] not in _UNCHECKED:
            return status
        if time.monotonic() > end:
            if status is None:
                raise UnreachableError("The status can't be read")
            return status
        going.rest(_POLL_SECONDS)
        going.step()


def _status(client: Client, import_id: str) -> Status | None:
    """None while it is not known; the import is asked for and goes on, whatever the answer: no file is refused then."""
    try:
        return client.status(import_id)
    except UnreachableError:
        return None
    except CommandError as error:
        raise UnreachableError(error.message) from error


def _not_put_away(entry: Entry, told: Mapping[str, object], *, is_taken: bool) -> str | None:
    """Why the file could not be put away; None where it was.

    Raises UnreachableError where its place is away: it is taken again then, as the same import.
    """
    try:
        entry.put_away(DONE if is_taken else REFUSED, told)
    except UnreachableError:
        raise
    except OSError as error:
        return error.strerror or type(error).__name__
    except CommandError as error:
        return error.message
    return None
