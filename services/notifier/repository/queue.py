"""What a check waits for: another import of its biller that has to end before it, or its turn among all checks."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from services.notifier.domain import Behind, Overview, State
from shared.contracts.queue import QueuePlace
from shared.postgres import Connection

# The same rule by which validation passes a check over (services/validation/repository/checks.py). Which file that
# import reads is said only to who may see it: one who may import paperless only does not learn of the others' files.
_BEHIND: Final = """
SELECT c.import_id, s.state,
    CASE WHEN r.permission = 'all' OR s.kind = 'paperless' THEN s.import_id END AS ahead_id,
    CASE WHEN r.permission = 'all' OR s.kind = 'paperless' THEN s.file_name END AS file_name
FROM validation.import_check c
JOIN validation.import_check a ON a.biller_id = c.biller_id AND a.state = 'approved'
    AND (a.kind <> c.kind OR a.file_sha256 <> c.file_sha256)
JOIN import_standing s ON s.import_id = a.import_id
LEFT JOIN LATERAL (
    SELECT o.permission FROM crm.operator_right o
    WHERE o.subject = $2 AND (o.biller_id = c.biller_id OR o.biller_id IS NULL)
    ORDER BY o.biller_id NULLS LAST LIMIT 1
) AS r ON true
WHERE c.import_id = ANY ($1::uuid[]) AND c.state = 'pending' AND a.import_id <> c.import_id
"""


_PLACES: Final = """
SELECT import_id, before, first_rows_read FROM check_queue
WHERE import_id = ANY ($1::uuid[]) AND NOT has_begun AND before > 0
"""


async def with_place(connection: Connection, subject: str, overviews: Sequence[Overview]) -> list[Overview]:
    """The same imports; those whose check waits for another of their biller, or for its turn, say so."""
    checking = [one.import_id for one in overviews if one.state is State.CHECKING]
    if not checking:
        return list(overviews)
    rows = await connection.fetch(_BEHIND, checking, subject)
    behind = {row["import_id"]: Behind(row["ahead_id"], row["file_name"], State(row["state"])) for row in rows}
    waiting = await connection.fetch(_PLACES, checking)
    places = {row["import_id"]: QueuePlace.of(row["before"], row["first_rows_read"]) for row in waiting}
    return [replace(one, behind=behind.get(one.import_id), queue=places.get(one.import_id)) for one in overviews]
