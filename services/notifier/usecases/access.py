"""What a person may see."""

from uuid import UUID

from services.notifier.domain import Overview
from services.notifier.repository import status
from services.notifier.repository.pauses import with_pauses
from services.notifier.repository.queue import with_place
from shared.auth import Person
from shared.contracts.rights import allows
from shared.errors import NotFound
from shared.postgres import Connection
from shared.rights import right_of


async def visible_import(connection: Connection, person: Person, import_id: UUID) -> Overview:
    """The import; one that this person has no right for is answered like one that does not exist."""
    overview = await status.find_import(connection, import_id)
    if overview is not None:
        right = await right_of(connection, person.subject, overview.biller_id)
        if allows(right, overview.kind):
            [placed] = await with_pauses(connection, await with_place(connection, person.subject, [overview]))
            return placed
    raise NotFound(
        "import_not_found",
        "No such import, or you don't have access to it",
        "import id",
        "Check the ID, or ask an administrator for access to the biller",
    )
