"""What a person may do, and who else may approve."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.mapping.context import Context
from services.mapping.records import Access
from services.mapping.repository import access
from shared.auth import Person
from shared.rights import may_audit, may_operate


@dataclass(frozen=True, slots=True)
class MyAccess:
    rights: Sequence[Access]
    operates: bool
    """Whether the person looks after the whole system; a right to operate is not for one biller."""
    audits: bool


async def my_access(context: Context, person: Person) -> MyAccess:
    async with context.database.connection() as connection:
        return MyAccess(
            await access.of_person(connection, person.subject),
            await may_operate(connection, person.subject),
            await may_audit(connection, person.subject),
        )
