"""What a person may do, and who else may approve."""

from services.mapping.context import Context
from services.mapping.records import Access
from services.mapping.repository import access
from shared.auth import Person


async def my_access(context: Context, person: Person) -> list[Access]:
    async with context.database.connection() as connection:
        return await access.of_person(connection, person.subject)
