"""Names of files and folders that others chose: which are taken, and what they become."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Generic, Self, TypeVar

from cli.errors import UnreachableError
from cli.output import shown

MOST: Final = 10_000  # of a folder at one look; more wait until these are put away
LONGEST: Final = 200  # of a name in bytes, so that what is put before and behind it fits
LONGEST_LISTED: Final = 255  # of a name in bytes; a longer one is not even kept
_UNFINISHED: Final = (".part", ".partial", ".filepart", ".tmp", ".crdownload", ".swp")
_TRIES: Final = 20
T = TypeVar("T")


@dataclass
class Listed(Generic[T]):
    """What a folder lists, by name: so many and so long, whatever its server gives."""

    most: int
    found: dict[str, T] = field(default_factory=dict)
    too_long: int = 0

    @classmethod
    def of(cls, listed: Iterable[tuple[str, T]], most: int) -> Self:
        names = cls(most)
        any(not names.add(name, about) for name, about in listed)
        return names

    def add(self, name: str, about: T) -> bool:
        # gives whether more may come
        if len(name.encode(errors="surrogateescape")) > LONGEST_LISTED:
            self.too_long += 1
        else:
            self.found[name] = about
        return len(self.found) < self.most and self.too_long < MOST


def is_unfinished(name: str) -> bool:
    """Whether it is called like a file that somebody still writes, or hides."""
    return name.startswith(".") or name.lower().endswith(_UNFINISHED)


def oddity_of(name: str, size: int) -> str:
    if size == 0:
        return "The file is empty"
    if len(name.encode(errors="surrogateescape")) > LONGEST or not name.isprintable():
        return "The name of the file is too long, or not printable"
    return ""


def put_away_name(name: str) -> str:
    """Its name in `done` or `refused`: the time before it, and cut so that it fits."""
    return cut(f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{shown(name)}")


def cut(name: str) -> str:
    return name.encode(errors="surrogateescape")[: LONGEST + 20].decode(errors="replace")


def told_text(name: str, told: Mapping[str, object]) -> str:
    """What stands in the file beside one that was put away."""
    return json.dumps({"file": shown(name), **told}, indent=2, ensure_ascii=False)


def numbered(name: str) -> Iterator[str]:
    """The name, then with numbers before it: nothing is ever written over.

    Raises UnreachableError after some: a server may say of every name that it is there already.
    """
    yield name
    for number in range(2, _TRIES):
        yield f"{number}-{name}"
    raise UnreachableError("No name is free where it goes")
