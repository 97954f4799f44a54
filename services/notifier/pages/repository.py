"""SQL of the pages that the API does not need."""

from typing import Final

from shared.postgres import Connection

_BILLERS: Final = """
SELECT b.id, b.name FROM crm.biller b
WHERE EXISTS (SELECT FROM crm.operator_right r WHERE r.subject = $1 AND (r.biller_id = b.id OR r.biller_id IS NULL))
ORDER BY b.name LIMIT 500
"""


async def billers_of(connection: Connection, subject: str) -> list[tuple[int, str]]:
    """Billers at which the person has a right, for the filter."""
    return [(row["id"], row["name"]) for row in await connection.fetch(_BILLERS, subject)]
