"""Data that has been kept long enough is removed: in the background, a bounded piece at a time."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from prometheus_client import Counter

from shared.audit import SYSTEM, Act, Detail, record
from shared.errors import error_types
from shared.health import Health
from shared.logging import get_logger
from shared.postgres import Connection, Database
from shared.workers import Worker

REMOVED: Final = Counter("import_retention_removed", "Records removed after their retention period", ("what",))
_POLL_SECONDS: Final = 600.0

log = get_logger()


@dataclass(frozen=True, slots=True)
class Rule:
    """What is kept for how long. ``remove_piece`` removes some of what is older, and returns how much; 0: nothing."""

    what: str
    keep: timedelta
    remove_piece: Callable[[Connection, timedelta], Awaitable[int]]


class Retention:
    """Applies each rule to a piece, in a transaction of its own: no lock lasts, and a process may end at any time."""

    def __init__(self, database: Database, rules: Sequence[Rule]) -> None:
        self._database = database
        self._rules = rules

    async def step(self) -> bool:
        """One piece by each rule, whatever becomes of the others; False where nothing was left to remove."""
        removed, failed = 0, None
        for rule in self._rules:
            try:
                removed += await self._apply(rule)
            except Exception as error:  # noqa: BLE001 - told when the others have had their turn
                log.warning("not_removed_after_retention", what=rule.what, error_types=error_types(error))
                failed = error
        if failed is not None:
            raise failed
        return removed > 0

    async def _apply(self, rule: Rule) -> int:
        async with self._database.transaction() as connection:
            count = await rule.remove_piece(connection, rule.keep)
            if count:
                told: Detail = {"what": rule.what, "count": count, "kept_days": rule.keep.days}
                await record(connection, Act.REMOVED, SYSTEM, detail=told)
        if count:
            REMOVED.labels(rule.what).inc(count)
            log.info("removed_after_retention", what=rule.what, count=count, kept_days=rule.keep.days)
        return count


def retention(database: Database, health: Health, *rules: Rule) -> Worker:
    name = f"retention of {' and '.join(rule.what for rule in rules)}"
    return Worker(name, Retention(database, rules).step, health=health, poll_seconds=_POLL_SECONDS)
