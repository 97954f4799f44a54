"""The loop that removes what was kept long enough: each rule in its turn, whatever becomes of the others."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from shared.retention import REMOVED, Retention, Rule

_KEEP = timedelta(days=30)
Removal = Callable[[Any, timedelta], Awaitable[int]]


class Connection:
    """Takes the entry of the audit trail."""

    async def execute(self, *_statement: Any) -> None: ...


class Transactions:
    """Counts transactions that were committed and rolled back."""

    def __init__(self) -> None:
        self.committed = 0
        self.rolled_back = 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        try:
            yield Connection()
        except Exception:
            self.rolled_back += 1
            raise
        self.committed += 1


def removing(*pieces: int) -> Removal:
    """Removes so many at each call, and nothing after that."""
    left = list(pieces)

    async def remove(_connection: Any, keep: timedelta) -> int:
        assert keep == _KEEP
        return left.pop(0) if left else 0

    return remove


async def failing(_connection: Any, _keep: timedelta) -> int:
    raise LookupError


def retention(database: Any, *removals: Removal) -> Retention:
    return Retention(database, [Rule(f"what-{n}", _KEEP, removal) for n, removal in enumerate(removals)])


def removed(what: str) -> float:
    return float(REMOVED.labels(what)._value.get())


async def test_it_goes_on_as_long_as_any_rule_removes_something() -> None:
    step = retention(Transactions(), removing(5, 3), removing(1)).step
    before = removed("what-0"), removed("what-1")
    assert [await step() for _ in range(3)] == [True, True, False]
    assert (removed("what-0") - before[0], removed("what-1") - before[1]) == (8, 1)


async def test_each_piece_is_a_transaction_of_its_own() -> None:
    database = Transactions()
    await retention(database, removing(5), removing(1), removing()).step()
    assert database.committed == 3


async def test_a_rule_that_fails_is_told_after_the_others_had_their_turn() -> None:
    database = Transactions()
    before = removed("what-1")
    with pytest.raises(LookupError):
        await retention(database, failing, removing(4)).step()
    assert removed("what-1") - before == 4
    assert (database.committed, database.rolled_back) == (1, 1)
