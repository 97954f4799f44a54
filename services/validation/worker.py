"""Claims pending checks, one at a time, and decides what becomes of those that fail."""

from dataclasses import dataclass
from typing import Final, get_args
from uuid import UUID

import asyncpg
from prometheus_client import Counter, Histogram

from services.validation.check import Tools, run_check
from services.validation.conclusion import CheckResult, Conclusion, State
from services.validation.repository import checks
from services.validation.repository.checks import Finding
from services.validation.repository.tables import WorkingTables
from services.validation.stopwatch import Stopwatch
from shared.activity import Activity
from shared.errors import error_types
from shared.logging import bound_contextvars, get_logger
from shared.messaging import import_span
from shared.metrics import from_zero
from shared.postgres import Database, Trouble, trouble_of

_MOST_BEGUN: Final = 10  # tries nobody wrote the end of, since their process died
_MOST_WAITS: Final = 50  # tries that met with trouble that passes, …
_LONGEST_WAIT: Final = 60.0  # … which take most of an hour; and a day has to be over, too

CHECKS: Final = from_zero(Counter("import_checks", "Checks that ended, by result", ("state",)), get_args(State))
CHECK_SECONDS: Final = Histogram(
    "import_check_seconds", "How long a check takes", buckets=(0.1, 0.5, 1, 2, 5, 10, 20, 60, 180, 600, 3600)
)

_TOO_LONG_TROUBLE: Final = "too_long"
FAILURES: Final = from_zero(
    Counter("import_check_failures", "Tries of checks that failed, by kind of trouble", ("trouble",)),
    (*Trouble, _TOO_LONG_TROUBLE),
)

log = get_logger()


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a check may fail for one kind of reason, the pauses between, and the code it ends with."""

    tries: int
    first: float
    longest: float
    code: str = "F099"


# The same file takes the same time again: one more try is for a server that was busy with something else.
_TOO_LONG: Final = Patience(tries=2, first=5, longest=_LONGEST_WAIT, code="F098")
# Somebody may make room.
_EXHAUSTED: Final = Patience(tries=8, first=5, longest=600)
# A grant or a migration that is missing may come while services are rolled out.
_FAULT: Final = Patience(tries=3, first=2, longest=_LONGEST_WAIT)


class CheckWorker:
    """The step of the worker loop."""

    def __init__(self, database: Database, tools: Tools, activity: Activity | None = None) -> None:
        self._database = database
        self._tools = tools
        self._activity = activity or Activity()

    async def step(self) -> bool:
        async with self._database.transaction() as connection:
            ended = await checks.sweep_cancelled(connection)
            waiting = await checks.candidates(connection)
        for import_id in waiting:
            with bound_contextvars(import_id=str(import_id)):
                if await self._attempt(import_id):
                    return True
        return bool(waiting and await self._end_frozen()) or ended > 0

    async def _end_frozen(self) -> int:
        async with self._database.transaction() as connection:
            frozen = await checks.end_frozen(connection, self._tools.silence_seconds)
        if frozen:
            log.warning("frozen_checks_ended", checks=frozen)
        return frozen

    async def _attempt(self, import_id: UUID) -> bool:
        async with self._database.transaction() as connection:
            begun = await checks.begin(connection, import_id, _LONGEST_WAIT)
        if begun is None:
            return False
        async with import_span(self._database, "check", import_id, attempt=begun):
            if begun > _MOST_BEGUN:
                await self._give_up(import_id, _FAULT.code)
                return True
            return await self._run(import_id)

    async def _run(self, import_id: UUID) -> bool:
        try:
            with CHECK_SECONDS.time(), self._activity.on("check", import_id):
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
        patience = patience_with(error)
        trouble = (
            Trouble.PASSING.value
            if patience is None
            else _TOO_LONG_TROUBLE
            if patience is _TOO_LONG
            else trouble_of(error).value
        )
        FAILURES.labels(trouble).inc()
        log.warning("check_failed", trouble=trouble, error_types=error_types(error))
        first, longest = (1.0, _LONGEST_WAIT) if patience is None else (patience.first, patience.longest)
        async with self._database.transaction() as connection:
            left = await checks.postpone(
                connection, import_id, counts=patience is not None, first=first, longest=longest
            )
        if left is None:
            return
        if patience is not None and left.attempts >= patience.tries:
            await self._give_up(import_id, patience.code)
        elif left.waits >= _MOST_WAITS and left.is_old:
            await self._give_up(import_id, _FAULT.code)

    async def _give_up(self, import_id: UUID, code: str) -> None:
        log.error("check_given_up", code=code)
        async with self._database.transaction() as connection:
            claim = await checks.claim(connection, import_id)
            if claim is not None:
                conclusion = Conclusion(WorkingTables(connection), claim, Stopwatch())
                result = await conclusion.refused([Finding(code, 1, {})])
                CHECKS.labels(result.state).inc()


def patience_with(error: Exception) -> Patience | None:
    """How much of it a check deserves that ended so; None where it says nothing of the check and will pass."""
    match error:
        case TimeoutError() | asyncpg.QueryCanceledError() if trouble_of(error) is Trouble.EXHAUSTED:
            return _TOO_LONG
        case asyncpg.UniqueViolationError():
            # Two checks of a biller that both end approved: the second waits for the end of the first.
            return None
        case _:
            return _patience_by_trouble(trouble_of(error))


def _patience_by_trouble(trouble: Trouble) -> Patience | None:
    match trouble:
        case Trouble.PASSING:
            return None
        case Trouble.EXHAUSTED:
            return _EXHAUSTED
        case Trouble.FAULT:
            return _FAULT
