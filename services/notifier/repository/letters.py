"""Dead letters of all services, and the way to discard one: a function of the service it belongs to."""

from datetime import datetime
from typing import Final

from services.notifier.records import Letter
from shared.contracts.topics import SCHEMA_OF, Party
from shared.postgres import Connection

_OF_SERVICE: Final = """
    (SELECT '{party}' AS service, id, topic, reason, detail, attempts, created_at, resent_at AS settled_at,
        CASE WHEN resent_at IS NULL THEN 'open' WHEN resent_at = discarded_at THEN 'discarded' ELSE 'handled' END
            AS state, discarded_by, discard_reason
    FROM {schema}.dead_letter
    WHERE ($1::text IS NULL OR '{party}' = $1) AND ($2 = (resent_at IS NULL))
        AND ($3::timestamptz IS NULL OR created_at < $3)
    ORDER BY created_at DESC LIMIT $4)
"""
_LIST: Final = (
    " UNION ALL ".join(_OF_SERVICE.format(party=party, schema=schema) for party, schema in SCHEMA_OF.items())
    + " ORDER BY created_at DESC, service, id DESC LIMIT $4"
)
_DISCARD_ONE: Final = "SELECT {schema}.discard_dead_letter($1, $2, $3)"
_DISCARD: Final = {party: _DISCARD_ONE.format(schema=schema) for party, schema in SCHEMA_OF.items()}


async def list_letters(
    connection: Connection, service: str | None, *, is_open: bool, before: datetime | None, limit: int
) -> list[Letter]:
    return [Letter(**row) for row in await connection.fetch(_LIST, service, is_open, before, limit)]


async def discard(connection: Connection, service: Party, letter_id: int, person: str, reason: str) -> bool:
    """False where the letter is not open."""
    return bool(await connection.fetchval(_DISCARD[service], letter_id, person, reason))
