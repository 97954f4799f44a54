"""Why an import has no results that could be undone or tried again, and what helps."""

from dataclasses import dataclass

from services.mapping.domain import State
from services.mapping.records import Import
from services.mapping.repository import canaries, undo
from shared.postgres import Connection


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Why there are no results, and what to do to have the first ones undone, or the others tried again."""

    words: str
    to_undo: str
    to_retry: str
    never_runs: bool = False
    """It was not started, so nothing was applied either."""


async def why_no_results(connection: Connection, item: Import) -> Unfinished:
    if await undo.has_begun(connection, item.id):
        return await _while_it_runs(connection, item)
    if item.state is State.REJECTED:
        again = "Correct the file and start a new import"
        return Unfinished("The file was rejected, so no row was applied", "", again, never_runs=True)
    if item.state is State.CANCELLED:
        again = "Start a new import with this file"
        return Unfinished("The import was canceled before it ran, so no row was applied", "", again, never_runs=True)
    start = "Decide and start it on its review page, or cancel it"
    return Unfinished("The import has not started, so no row was applied", start, start, never_runs=True)


async def _while_it_runs(connection: Connection, item: Import) -> Unfinished:
    stop = f"`customer-import cancel {item.id} --undo`"
    if await canaries.paused(connection, item.id):
        return Unfinished(
            "The import is paused for review of its first rows",
            f"Cancel it and undo these rows in one step: “Stop and undo” on its review page, or {stop}",
            "Continue or cancel it; once it has ended, rows that were not applied can be tried again",
        )
    return Unfinished(
        "The import has not ended",
        f"Wait until it has ended, or cancel it and undo what it applied in one step: {stop}",
        "Wait until it has ended, or cancel it; then rows that were not applied can be tried again",
    )
