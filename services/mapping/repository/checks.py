"""What validation found, read from its own tables."""

from uuid import UUID

from services.mapping.domain import Check, Finding
from shared.contracts.plan import Impact
from shared.contracts.queue import QueuePlace
from shared.postgres import Connection

_FINDINGS = """
    SELECT code, count, detail, sample_lines[:20] AS sample_lines FROM validation.finding
    WHERE import_id = $1 ORDER BY code
"""
_CHECK = """
    SELECT check_no, state, rows_read, undecided, impact, planned FROM validation.import_check WHERE import_id = $1
"""

_PLACE = """
    SELECT before, first_rows_read FROM notification.check_queue
    WHERE import_id = $1 AND NOT has_begun AND before > 0
"""


async def queue_place(connection: Connection, import_id: UUID) -> QueuePlace | None:
    row = await connection.fetchrow(_PLACE, import_id)
    return None if row is None else QueuePlace.of(row["before"], row["first_rows_read"])


async def newest(connection: Connection, import_id: UUID) -> Check | None:
    """The newest check; None while validation has not heard of the import."""
    row = await connection.fetchrow(_CHECK, import_id)
    if row is None:
        return None
    findings = await connection.fetch(_FINDINGS, import_id)
    return Check(
        check_no=row["check_no"],
        state=row["state"],
        rows_read=row["rows_read"],
        undecided=tuple(row["undecided"]),
        findings=tuple(
            Finding(found["code"], found["count"], found["detail"], tuple(found["sample_lines"])) for found in findings
        ),
        impact=Impact.model_validate(row["impact"] or {}),
        planned=row["planned"],
    )
