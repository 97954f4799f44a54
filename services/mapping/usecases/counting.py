"""How many customers of a biller have no bill of each type.

At a large biller counting takes seconds; pages go ahead without it.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.mapping.repository import billers
from services.mapping.repository import drafts as repository
from shared.postgres import Database

_SECONDS: Final = 60.0
_FRESH_SECONDS: Final = 300.0
_MOST_BILLERS: Final = 200


@dataclass(frozen=True, slots=True)
class CustomerCounts:
    """Customers of a biller, and those active ones without a bill, by invoice type."""

    customers: int
    without: Mapping[str, int]


class Counting:
    """Counts once for all who ask, and remembers it for a while: bills come in by the day."""

    def __init__(self) -> None:
        self._begun: dict[int, tuple[float, asyncio.Task[CustomerCounts]]] = {}

    async def of(self, database: Database, biller_id: int, *, patience: float) -> CustomerCounts | None:
        """The counts; None where they are not there within so many seconds."""
        task = self._task(database, biller_id)
        await asyncio.wait([task], timeout=patience)
        if not task.done() or task.cancelled() or task.exception():
            return None
        return task.result()

    def _task(self, database: Database, biller_id: int) -> asyncio.Task[CustomerCounts]:
        begun, task = self._begun.get(biller_id, (0.0, None))
        failed = task is not None and task.done() and (task.cancelled() or task.exception() is not None)
        if task is None or failed or time.monotonic() - begun > _FRESH_SECONDS:
            task = asyncio.create_task(_count(database, biller_id), name="customers-without-bill")
            self._begun[biller_id] = time.monotonic(), task
            while len(self._begun) > _MOST_BILLERS:
                del self._begun[next(iter(self._begun))]
        return task


async def _count(database: Database, biller_id: int) -> CustomerCounts:
    async with database.transaction(statement_timeout=_SECONDS) as connection:
        customers = await billers.count_customers(connection, biller_id)
        return CustomerCounts(customers, await repository.customers_without(connection, biller_id))
