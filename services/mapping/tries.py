"""Cells that people try while they correct rows: which of the tries leave an entry in the audit trail."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from shared.audit import Detail

_EVERY: Final = 20
_SECONDS: Final = 900.0
_MOST: Final = 10_000
Row = tuple[str, UUID, int]  # who tries, of which import, on which line


@dataclass(slots=True)
class _Tried:
    fields: frozenset[str]
    since: float
    unsaid: int = 0


class Tries:
    """Each row has an entry, and each field of it; whoever goes on has one for every 20 tries, with their number.

    So somebody who types does not fill the trail, and nobody can probe what the CRM knows without being seen.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[Row, _Tried] = OrderedDict()

    def due(self, row: Row, fields: frozenset[str]) -> Detail | None:
        """The entry that this try needs, before it is answered; None: it is only counted."""
        tried = self._kept.setdefault(row, _Tried(frozenset(), self._clock() - _SECONDS))
        self._kept.move_to_end(row)
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        tried.unsaid += 1
        is_known = fields <= tried.fields and self._clock() - tried.since < _SECONDS
        if is_known and tried.unsaid < _EVERY:
            return None
        return {"line": row[2], "fields": ", ".join(sorted(fields)), "tries": tried.unsaid}

    def told(self, row: Row, fields: frozenset[str]) -> None:
        tried = self._kept.get(row)
        if tried is not None:
            tried.fields, tried.since, tried.unsaid = tried.fields | fields, self._clock(), 0
