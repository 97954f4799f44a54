"""What waits for a second person, for everybody who may be the one."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from shared.postgres import Connection

# As mapping decides it (services/mapping/usecases/deciding.py): everything but the second person is decided, by who
# confirmed this check or the one before it, or by a definition that names its decisions; and it was not returned.
_ASKED: Final = """
SELECT i.id
FROM mapping.import i
JOIN validation.import_check c ON c.import_id = i.id
LEFT JOIN mapping.decision d ON d.import_id = i.id AND d.code = 'C207'
WHERE i.id = ANY ($1::uuid[]) AND i.state = 'held' AND c.state = 'held' AND 'C207' = ANY (c.undecided)
    AND NOT EXISTS (SELECT FROM mapping.confirmation f WHERE f.import_id = i.id AND f.check_no = c.check_no)
    AND (d.import_id IS NOT NULL OR c.undecided <@ '{C201,C207}')
    AND (d.import_id IS NOT NULL OR i.definition -> 'decide' <> '"ask"' OR EXISTS (
        SELECT FROM mapping.confirmation f WHERE f.import_id = i.id AND f.check_no = c.check_no - 1
    ))
    AND NOT EXISTS (
        SELECT FROM mapping.returned r
        WHERE r.import_id = i.id AND r.check_no = c.check_no
            AND (d.decided_at IS NULL OR d.decided_at < r.returned_at)
    )
    AND NOT EXISTS (
        SELECT FROM mapping.answered_check a
        WHERE a.import_id = i.id AND a.check_no = c.check_no - CASE WHEN d.import_id IS NULL THEN 1 ELSE 0 END
    )
"""
# The same, and who may be the second person.
_WAITING: Final = """
SELECT i.id
FROM mapping.import i
JOIN validation.import_check c ON c.import_id = i.id
LEFT JOIN mapping.decision d ON d.import_id = i.id AND d.code = 'C207'
CROSS JOIN LATERAL (
    SELECT r.permission, r.may_approve FROM crm.operator_right r
    WHERE r.subject = $1 AND (r.biller_id = i.biller_id OR r.biller_id IS NULL)
    ORDER BY r.biller_id NULLS LAST LIMIT 1
) AS own
WHERE i.state = 'held' AND c.state = 'held' AND 'C207' = ANY (c.undecided)
    AND own.may_approve AND (own.permission = 'all' OR i.kind = 'paperless')
    AND i.requester ->> 'subject' <> $1 AND d.decided_by IS DISTINCT FROM $1
    AND NOT EXISTS (SELECT FROM mapping.confirmation f WHERE f.import_id = i.id AND f.check_no = c.check_no)
    AND (d.import_id IS NOT NULL OR c.undecided <@ '{C201,C207}')
    AND (d.import_id IS NOT NULL OR i.definition -> 'decide' <> '"ask"' OR EXISTS (
        SELECT FROM mapping.confirmation f
        WHERE f.import_id = i.id AND f.check_no = c.check_no - 1 AND f.confirmed_by <> $1
    ))
    AND NOT EXISTS (
        SELECT FROM mapping.returned r
        WHERE r.import_id = i.id AND r.check_no = c.check_no
            AND (d.decided_at IS NULL OR d.decided_at < r.returned_at)
    )
    AND NOT EXISTS (
        SELECT FROM mapping.answered_check a
        WHERE a.import_id = i.id AND a.check_no = c.check_no - CASE WHEN d.import_id IS NULL THEN 1 ELSE 0 END
    )
ORDER BY i.updated_at
"""


async def asked_of(connection: Connection, import_ids: Sequence[UUID]) -> list[UUID]:
    """Those of these imports that wait for a second person, whoever that may be."""
    return [row["id"] for row in await connection.fetch(_ASKED, import_ids)]


async def waiting_for(connection: Connection, subject: str) -> list[UUID]:
    """The imports that this person may approve now, those that wait longest first."""
    return [row["id"] for row in await connection.fetch(_WAITING, subject)]
