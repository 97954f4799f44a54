"""Parts of imports that could not be applied and are tried again."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from services.notifier.domain import WaitingPart
from shared.postgres import Connection

# The index on pending chunks holds few rows. Those of an import that waits for an operator rest until it is resumed;
# those of a cancelled one are applied no more.
_WAITING: Final = """
SELECT c.import_id, c.chunk_no, c.attempts, c.last_problem, c.not_before
FROM execution.chunk c JOIN execution.job j ON j.import_id = c.import_id AND j.state = 'running'
WHERE c.import_id = ANY ($1::uuid[]) AND c.state = 'pending' AND (c.attempts > 0 OR c.postponed > 0)
    AND c.not_before < 'infinity' ORDER BY c.import_id, c.chunk_no LIMIT 50
"""


async def waiting_parts(connection: Connection, import_ids: Sequence[UUID]) -> dict[UUID, list[WaitingPart]]:
    found: dict[UUID, list[WaitingPart]] = {}
    for row in await connection.fetch(_WAITING, list(import_ids)):
        part = WaitingPart(row["chunk_no"], row["attempts"], row["last_problem"], row["not_before"])
        found.setdefault(row["import_id"], []).append(part)
    return found
