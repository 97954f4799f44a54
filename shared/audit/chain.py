"""The chain of the audit trail: each entry has a hash of itself and of the one before it.

The database computes it, in `hash_of` of shared/audit/migrations/; this computes it again, apart from what it watches.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

Value = str | int | bool | None
Detail = Mapping[str, Value]
"""Ids, codes and counts; never a value of a row."""
START: Final = b""
"""The hash before the first entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the trail. ``number`` counts from 1 without a gap."""

    number: int
    at: datetime
    act: str
    actor: str
    source: str
    recorded_by: str
    import_id: UUID | None
    biller_id: int | None
    detail: Detail
    hash: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the trail is not what was written."""

    number: int
    what: str


def hash_of(entry: Entry, before: bytes) -> bytes:
    """SHA-256 of the hash before it and of the entry as Postgres writes JSON."""
    import_id = None if entry.import_id is None else str(entry.import_id)
    parts = [
        entry.number,
        entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        entry.act,
        entry.actor,
        entry.source,
        entry.recorded_by,
        import_id,
        entry.biller_id,
        dict(sorted(entry.detail.items(), key=_as_jsonb_sorts)),
    ]
    return hashlib.sha256(before + json.dumps(parts, ensure_ascii=False).encode()).digest()


def _as_jsonb_sorts(item: tuple[str, Value]) -> tuple[int, bytes]:
    name = item[0].encode()
    return len(name), name


class Verification:
    """Reads the trail entry by entry; what it knows at the end is how many there were and the last hash."""

    def __init__(self) -> None:
        self.number = 0
        self.hash = START

    def faults(self, entries: Iterable[Entry]) -> Iterator[Fault]:
        """What is wrong with the next entries. Each is judged by the stored hash before it, so one fault stays one."""
        for entry in entries:
            if entry.number != self.number + 1:
                yield Fault(self.number + 1, _missing(self.number + 1, entry.number - 1))
            elif entry.hash != hash_of(entry, self.hash):
                yield Fault(entry.number, "the entry, or the one before it, is not what was written")
            self.number, self.hash = entry.number, entry.hash

    def faults_at_end(self, number: int) -> Iterator[Fault]:
        """``number`` is the last one that the trail says it has."""
        if number > self.number:
            yield Fault(self.number + 1, _missing(self.number + 1, number))


def _missing(first: int, last: int) -> str:
    if last < first:
        return "entries are not in order"
    return "the entry is missing" if first == last else f"entries {first} to {last} are missing"
