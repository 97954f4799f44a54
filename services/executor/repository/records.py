"""Mandates and consents, and mails queued for the CRM to send."""

from typing import Final

from services.executor.domain import ChunkContents, Job
from shared.postgres import Connection

_FIND_ATTESTATION: Final = """
    SELECT id FROM crm.authorization_record WHERE import_id = $1 AND coalesce(line_no, 0) = 0
"""
_ADD_ATTESTATION: Final = """
    INSERT INTO crm.authorization_record (kind, import_id, attestation, attested_by) VALUES ($1, $2, $3, $4)
    ON CONFLICT (import_id, (coalesce(line_no, 0))) DO NOTHING
"""

# In the order of the key: the first one in the order of the table may come after the rows of all imports before.
_HAS_ROWS_TO_APPLY: Final = """
    SELECT true FROM validation.plan_row WHERE import_id = $1 AND verdict = 'apply' ORDER BY chunk_no, line_no LIMIT 1
"""

_ADD_RECORDS: Final = """
    WITH made AS (
        INSERT INTO crm.authorization_record (
            kind, import_id, line_no, customer_id, authorized_on, channel, reference, evidence
        )
        SELECT $1, import_id, line_no, customer_id, authorized_on, authorization_channel, authorization_reference,
            evidence
        FROM work_row
        WHERE num_nonnulls(authorized_on, authorization_channel, authorization_reference, evidence) > 0
        RETURNING id, line_no
    )
    UPDATE work_row w SET record_id = made.id FROM made WHERE w.line_no = made.line_no
"""


async def attest(connection: Connection, job: Job) -> None:
    """Write the record that covers the whole import, if anything of it is to be applied."""
    enrollment = job.kind.spec.enrollment
    if enrollment is not None and await connection.fetchval(_HAS_ROWS_TO_APPLY, job.import_id):
        await _attestation(connection, job, enrollment.record)


async def insert(connection: Connection, job: Job, contents: ChunkContents) -> int | None:
    """Write the rows' own records; gives the id of the record that covers all others, if there is one."""
    enrollment = job.kind.spec.enrollment
    if enrollment is None:
        return None
    if contents.has_records:
        await connection.execute(_ADD_RECORDS, enrollment.record)
    return await _attestation(connection, job, enrollment.record)


async def _attestation(connection: Connection, job: Job, kind: str) -> int | None:
    if job.attestation is None:
        return None
    record: int | None = await connection.fetchval(_FIND_ATTESTATION, job.import_id)
    if record is None:
        await connection.execute(_ADD_ATTESTATION, kind, job.import_id, job.attestation, job.subject)
        record = await connection.fetchval(_FIND_ATTESTATION, job.import_id)
    return record
