"""What became of a biller's imports over time."""

from dataclasses import dataclass
from typing import Final

from services.notifier.context import Context
from services.notifier.records import Compared, Month
from services.notifier.repository import history, status
from services.notifier.views import ImportDetail, StateGroup
from shared.auth import Person
from shared.contracts.kinds import ImportKind
from shared.contracts.rights import allows
from shared.errors import NotFound
from shared.rights import right_of

_LATEST: Final = 25


@dataclass(frozen=True, slots=True)
class BillerHistory:
    biller_name: str
    months: list[Month]
    latest: list[Compared]
    may_edit_emails: bool


async def of_biller(context: Context, person: Person, biller_id: int, zone: str) -> BillerHistory:
    """Of the kinds that the person may import there."""
    async with context.database.connection() as connection:
        right = await right_of(connection, person.subject, biller_id)
        name = await status.biller_name(connection, biller_id)
        if right is None or name is None:
            raise NotFound(
                "not_found", "No such biller", "biller_id", "Check the address, or ask an administrator for access"
            )
        kinds = [kind for kind in ImportKind if allows(right, kind)]
        return BillerHistory(
            name,
            await history.months(connection, biller_id, kinds, zone),
            await history.latest(connection, biller_id, kinds, _LATEST),
            right.may_edit_emails,
        )


async def before(context: Context, item: ImportDetail) -> Compared | None:
    """What an import that has ended is compared with: the one before it, of the same kind and biller."""
    if item.group is not StateGroup.COMPLETED or item.undoes or item.retries or not item.counts.read:
        return None
    async with context.database.connection() as connection:
        return await history.before(connection, item.import_id)
