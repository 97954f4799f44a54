"""A place where files lie, whatever it is made of. Nothing here knows of imports.

PLACE/Riverbend Water/customers.csv         is new
PLACE/Riverbend Water/.taken/customers.csv  is being worked on
PLACE/Riverbend Water/done/…                was taken, beside it a file that says what became of it
PLACE/Riverbend Water/refused/…             was not, beside it a file that says why
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol, TypeVar

from cli.errors import UnreachableError
from cli.intake.naming import LONGEST, LONGEST_LISTED, MOST, Listed, put_away_name, told_text

DONE: Final = "done"
REFUSED: Final = "refused"
TAKEN: Final = ".taken"
_MOST_IN_ALL: Final = 20_000  # files of a place at one look; its folders share in them
_MOST_FOLDERS: Final = 2_000
PIECE_BYTES: Final = 1 << 20
T = TypeVar("T")


class Trouble(StrEnum):
    """Why a place can't be used; the value is for programs and does not change."""

    UNREACHABLE = "place_unreachable"
    NOT_TRUSTED = "place_not_trusted"
    SIGN_IN = "place_sign_in"
    DENIED = "place_denied"
    MISSING = "place_missing"
    REFUSED = "place_refused"
    LEFT_OUT = "place_left_out"

    @property
    def is_of_all(self) -> bool:
        """Whether other folders of the same place have it, too."""
        return self in {Trouble.UNREACHABLE, Trouble.NOT_TRUSTED, Trouble.SIGN_IN}


_WORDS: Final = {
    Trouble.UNREACHABLE: (
        "{} does not respond",
        "It is tried again. Check address, port and firewall",
    ),
    Trouble.NOT_TRUSTED: (
        "{} does not show the key or certificate of the server it should be",
        "Ask who runs it whether the key has changed, and put the new one into known_hosts or among the certificates",
    ),
    Trouble.SIGN_IN: (
        "{} does not accept the user, password or key",
        "Check the user and the files with password and key",
    ),
    Trouble.DENIED: (
        "{} may not be used: permission denied",
        "Allow the user to list, read, move and write files there",
    ),
    Trouble.MISSING: (
        "{} does not exist",
        "Create it, or correct its name",
    ),
    Trouble.REFUSED: (
        "{} refuses to list, or its response can't be read",
        "It is tried again. Ask who runs it why",
    ),
    Trouble.LEFT_OUT: (
        "{} has more than is looked at",
        f"Give names of at most {LONGEST} bytes, and make several places of one with many folders",
    ),
}


class PlaceError(UnreachableError):
    """A place can't be used now. What lies there waits, and is tried again at the next look."""

    def __init__(self, trouble: Trouble, where: str, why: str = "") -> None:
        words, remedy = _WORDS[trouble]
        super().__init__(words.format(where) + (f": {why}" if why else ""), remedy=remedy)
        self.trouble = trouble

    @property
    def told(self) -> dict[str, str]:
        return {"code": self.trouble.value, "reason": self.message, "remedy": self.remedy}


class GoneError(UnreachableError):
    """The file is no longer there: somebody removed it, or another intake has taken it."""

    def __init__(self) -> None:
        super().__init__("It is no longer there")


class Contents(Protocol):
    """A file that was taken and is open."""

    name: str
    size: int  # bytes
    version: str
    """The same for a file that is taken again after a stop; another for one that is put there later."""

    def pieces(self) -> Iterator[bytes]:
        """All of it, once. Raises PlaceError where it breaks off."""

    def require_same(self) -> None:
        """Raises CommandError where it changed while it was read."""


class Entry(ABC):
    """A file that somebody put there, or one of an earlier run; ``oddity`` says why it is not read."""

    name: str
    oddity: str
    identity: Hashable
    """The same for two that are one file: one that is taken and still where it was, too."""

    @abstractmethod
    def take(self) -> None:
        """Move it to where no later look takes it for new. Raises GoneError where it is no longer there."""

    @abstractmethod
    def opened(self) -> AbstractContextManager[Contents]:
        """Its contents, after it was taken. Raises CommandError for what can't be read."""

    def put_away(self, where: str, told: Mapping[str, object]) -> None:
        """Move it into `done` or `refused`, with a file beside it that says what became of it."""
        self.store(where, put_away_name(self.name), told_text(self.name, told))

    @abstractmethod
    def store(self, where: str, name: str, text: str) -> None:
        """Move it into a folder under a name like this that is free, and write the text beside it."""


@dataclass
class Settling:
    """What the files of each folder looked like at the last look, and since when: one that changes is not yet whole."""

    seen: dict[str, dict[str, tuple[Hashable, float]]] = field(default_factory=dict)

    def keep(self, folders: Collection[str]) -> None:
        # only of folders that are still there, so that it does not grow
        self.seen = {name: self.seen[name] for name in folders if name in self.seen}

    def settled(self, folder: str, looks: Mapping[str, Hashable], now: float, seconds: float) -> list[str]:
        before = self.seen.get(folder, {})
        same = {name for name, look in looks.items() if name in before and before[name][0] == look}
        self.seen[folder] = {name: before[name] if name in same else (look, now) for name, look in looks.items()}
        return sorted(name for name in same if now - before[name][1] >= seconds)


@dataclass(kw_only=True)
class Place(ABC):
    """Has a folder for each biller. Every method raises PlaceError while the place can't be used."""

    settling: Settling = field(default_factory=Settling)
    left_out: dict[str, str] = field(default_factory=dict)
    """Why something is not looked at, by folder; empty is the name of the place itself."""

    share: int = MOST
    """Files of a folder at this look."""

    only: str | None = None
    """The biller whose folder the place itself is."""

    def folders(self) -> list[str]:
        """Those of `billers` that one look takes; what each may hold is shared out anew."""
        self.left_out.clear()
        found = self.billers()
        if len(found) > _MOST_FOLDERS:
            self.left_out[""] = f"more than {_MOST_FOLDERS:,} folders"
        found = found[:_MOST_FOLDERS]
        self.share = max(1, min(MOST, _MOST_IN_ALL // max(1, len(found))))
        self.settling.keep(found)
        return found

    def of_folder(self, biller: str, names: Listed[T]) -> dict[str, T]:
        if names.too_long:
            self.left_out[biller] = f"names that are longer than {LONGEST_LISTED} bytes"
        return names.found

    @property
    @abstractmethod
    def at(self) -> str:
        """Its address, without anything secret."""

    def billers(self) -> list[str]:
        if self.only is not None:
            return [self.only]
        return sorted(one for one in self.subfolders() if one.isprintable() and one[:1] not in {"", "."})

    def whole(self, biller: str, now: float, settled: float) -> list[Entry]:
        """What is to be taken: files of an earlier run that was stopped, and new ones that no longer change."""
        found = self.new(biller)
        looks = {name: look for name, (look, _) in found.items()}
        ready = self.settling.settled(biller, looks, now, settled)
        entries = [*self.taken(biller, self.share), *(found[name][1] for name in ready)]
        return list({one.identity: one for one in entries}.values())

    def has_taken(self) -> bool:
        return any(self.taken(one, 1) for one in self.billers())

    @abstractmethod
    def subfolders(self) -> Iterable[str]:
        """Names of folders that lie there; a link is none."""

    @abstractmethod
    def new(self, biller: str) -> Mapping[str, tuple[Hashable, Entry]]:
        """Files that nobody has taken, by name: what each looks like from outside, and itself."""

    @abstractmethod
    def taken(self, biller: str, most: int) -> Sequence[Entry]:
        """Files that are being worked on, or were when somebody stopped."""
