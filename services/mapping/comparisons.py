"""Comparisons of two files, kept for a while in memory: whoever pages through one has it made once."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

from services.mapping.differing import Difference

_MOST: Final = 16  # of a million rows each one has some megabytes of line numbers

Key = tuple[UUID, UUID, str, str]
"""Both imports, which say how their columns are read, and the places of their files; neither ever changes."""


class Comparisons:
    """One is made at a time: each reads two files, and keeps a digest of the rows of one."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, Difference] = OrderedDict()
        self._turn = asyncio.Lock()

    async def of(self, key: Key, make: Callable[[], Awaitable[Difference]]) -> Difference:
        if key in self._kept:  # whoever pages on waits for nobody else's
            self._kept.move_to_end(key)
            return self._kept[key]
        async with self._turn:
            if key not in self._kept:
                self._kept[key] = await make()
            self._kept.move_to_end(key)
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
            return self._kept[key]
