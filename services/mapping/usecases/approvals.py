"""What waits for a second person."""

from uuid import UUID

from services.mapping.context import Context
from services.mapping.usecases import deciding
from services.mapping.usecases.access import visible_import
from services.mapping.usecases.review import Review, load_review
from shared.approvals import waiting_for
from shared.auth import Person


async def waiting(context: Context, person: Person) -> list[Review]:
    async with context.database.connection() as connection:
        found = await waiting_for(connection, person.subject)
    seen = [await load_review(context, person, import_id) for import_id in found[:_MOST_SHOWN]]
    return [one for one in seen if one.check.second_person_needed]


async def still_waits(context: Context, person: Person, import_id: UUID) -> bool:
    async with context.database.connection() as connection:
        item, _ = await visible_import(connection, person, import_id)
        return await deciding.awaits_second_person(connection, item)


_MOST_SHOWN = 50
