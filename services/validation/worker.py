"""Claims pending checks, one at a time, and decides what becomes of those that fail."""

from typing import Final
from uuid import UUID

import asyncpg
from prometheus_client import Counter, Histogram

from services.validation.check import Tools, run_check
from services.validation.conclusion import CheckResult, Conclusion
from services.validation.repository import checks
from services.validation.repository.checks import Finding
from services.validation.repository.tables import WorkingTables
from services.validation.stopwatch import Stopwatch
from shared.logging import bound_contextvars, error_types, get_logger
from shared.postgres import Database, back_off, is_transient

_TRIES: Final = 3
_LONGEST_WAIT: Final = 60.0

CHECKS: Final = Counter("import_checks", "Checks that ended, by result", ("state",))
CHECK_SECONDS: Final = Histogram(
    "import_check_seconds", "How long a check takes", buckets=(0.1, 0.5, 1, 2, 5, 10, 20, 60, 180, 600, 3600)
)

log = get_logger()


class CheckWorker:
    """The step of the worker loop."""

    def __init__(self, database: Database, tools: Tools) -> None:
        self._database = database
        self._tools = tools

    async def step(self) -> bool:
        """Run one check, or see that there is none to run."""
        async with self._database.transaction() as connection:
            ended = await checks.sweep_cancelled(connection)
            waiting = await checks.candidates(connection)
        for import_id in waiting:
            with bound_contextvars(import_id=str(import_id)):
                if await self._attempt(import_id):
                    return True
        return ended > 0

    async def _attempt(self, import_id: UUID) -> bool:
        try:
            with CHECK_SECONDS.time():
                result = await run_check(self._database, import_id, self._tools)
        except Exception as error:  # noqa: BLE001 - whatever it was, it must not be tried for ever
            await self._failed(import_id, error)
            return True
        if result is not None:
            self._ended(result)
        return result is not None

    def _ended(self, result: CheckResult) -> None:
        CHECKS.labels(result.state).inc()
        log.info("check_ended", state=result.state, rows=result.planned.read, seconds=dict(result.seconds))

    async def _failed(self, import_id: UUID, error: Exception) -> None:
        # Two checks of a biller that both end approved: the second waits for the end of the first.
        passing = is_transient(error) or isinstance(error, asyncpg.UniqueViolationError)
        log.warning("check_failed", transient=passing, error_types=error_types(error))
        async with self._database.transaction() as connection:
            seconds = back_off(_TRIES, limit=_LONGEST_WAIT) if passing else 0.0
            attempts = await checks.postpone(connection, import_id, failures=0 if passing else 1, seconds=seconds)
        if attempts is not None and attempts >= _TRIES:
            await self._give_up(import_id)

    async def _give_up(self, import_id: UUID) -> None:
        async with self._database.transaction() as connection:
            claim = await checks.claim(connection, import_id)
            if claim is not None and claim.attempts >= _TRIES:
                result = await Conclusion(WorkingTables(connection), claim, Stopwatch()).refused(
                    [Finding("F099", 1, {})]
                )
                CHECKS.labels(result.state).inc()
