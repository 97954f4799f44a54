"""What waits for a second person."""

from services.mapping.context import Context
from services.mapping.usecases.review import Review, load_review
from shared.approvals import waiting_for
from shared.auth import Person


async def waiting(context: Context, person: Person) -> list[Review]:
    async with context.database.connection() as connection:
        found = await waiting_for(connection, person.subject)
    seen = [await load_review(context, person, import_id) for import_id in found[:_MOST_SHOWN]]
    return [one for one in seen if one.check.second_person_needed]


_MOST_SHOWN = 50
