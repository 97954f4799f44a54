"""An import that has started with a few rows: look at their results, then continue, stop, or stop and undo."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from services.mapping.context import Context
from services.mapping.repository import canaries
from services.mapping.usecases import deciding, undoing
from services.mapping.usecases.access import require_undo, visible_import
from services.mapping.usecases.plan import show_plan
from services.mapping.views import PlanRow
from shared.audit import Act, record
from shared.auth import Person
from shared.contracts.events import ImportContinued
from shared.errors import Conflict
from shared.logging import get_logger
from shared.messaging import publish

log = get_logger()
_SHOWN: Final = 100
_BEHIND_ALL_LINES: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class FirstRows:
    """The first rows, each with its plan and its result; ``after`` is the place before them in the plan."""

    since: datetime
    rows: list[PlanRow]
    after: str
    has_more: bool


async def continue_import(context: Context, person: Person, import_id: UUID) -> None:
    """Apply the other rows as well. Raises Conflict where the import is not paused."""
    async with context.database.transaction() as connection:
        item, _ = await visible_import(connection, person, import_id, lock=True)
        if not await canaries.go_on(connection, import_id):
            raise Conflict(
                "import_not_paused",
                "The import is not paused for review",
                place=f"state: {item.state}",
                remedy="Reload the import to see its state",
            )
        await record(connection, Act.CONTINUED, person.subject, import_id=item.id, biller_id=item.biller_id)
        await publish(connection, ImportContinued(import_id=item.id, biller_id=item.biller_id))
    log.info("import_continued", import_id=import_id)


async def stop_and_undo(context: Context, person: Person, import_id: UUID, request_id: UUID) -> UUID:
    """Cancel and ask for the undo of what was applied, at once: held emails to customers are not sent meanwhile."""
    async with context.database.transaction() as connection:
        item, right = await visible_import(connection, person, import_id, lock=True)
        require_undo(right)
        await deciding.cancel(connection, item, person)
        return await undoing.ask(connection, context, person, import_id, request_id)


async def first_rows(context: Context, person: Person, import_id: UUID) -> FirstRows | None:
    """What became of the first rows; None where the import is not paused."""
    async with context.database.connection() as connection:
        await visible_import(connection, person, import_id)
        paused = await canaries.paused(connection, import_id)
    if paused is None:
        return None
    after = _before(paused.first_chunk)
    page = await show_plan(context, person, import_id, after=after, limit=_SHOWN)
    return FirstRows(paused.since, page.items, after, page.next is not None)


async def place_of_first_rows(context: Context, person: Person, import_id: UUID) -> str | None:
    """The place in the plan before the rows that were applied first; None where all rows are applied at once."""
    async with context.database.connection() as connection:
        await visible_import(connection, person, import_id)
        first_chunk = await canaries.first_chunk(connection, import_id)
    return _before(first_chunk) if first_chunk else None


def _before(first_chunk: int) -> str:
    return f"{first_chunk - 1}.{_BEHIND_ALL_LINES}"
