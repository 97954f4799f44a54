"""Looking for entries of the audit trail. `tests/contracts/test_acts.py` says which acts have a scenario."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import asyncpg

from shared.audit import Act

Scenario = Callable[..., Awaitable[None]]


class Told:
    """The entries that were written since this was made."""

    def __init__(self, admin: asyncpg.Connection, since: int) -> None:
        self._admin = admin
        self._since = since

    @classmethod
    async def from_now(cls, admin: asyncpg.Connection) -> "Told":
        return cls(admin, await admin.fetchval("SELECT number FROM audit.chain_head"))

    async def of(self, act: Act) -> list[Mapping[str, Any]]:
        """Those of this act, the oldest first."""
        rows = await self._admin.fetch(
            "SELECT * FROM audit.entry WHERE number > $1 AND act = $2 ORDER BY number", self._since, act.value
        )
        return [{**row, "detail": json.loads(row["detail"])} for row in rows]

    async def one(self, act: Act) -> Mapping[str, Any]:
        [entry] = await self.of(act)
        return entry


async def answered(response: Awaitable[Any], *statuses: int) -> Any:
    found = await response
    assert found.status_code in statuses, found.text
    return found
