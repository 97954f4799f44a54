"""Paperless enrolments."""

from typing import Final

from services.executor.domain import ChunkContents, Job
from shared.postgres import Connection

# `seen` is what is there now: the comparison has just held the two together. An enrolment that goes on keeps its
# status and its origin; one that starts or starts anew gets both from the import. The change is put together by hand:
# it is made for millions of rows, and objects built by function take three times as long.
_ENROL: Final = """
    WITH wanted AS (
        SELECT w.customer_id, s.type_id, w.delivery_email, w.record_id,
            CASE WHEN w.authorized_on IS NULL OR $2 THEN 'pending' ELSE 'active' END AS status
        FROM work_row w
        CROSS JOIN LATERAL unnest(w.seen_enrollments, $1::bigint[]) AS s (seen, type_id)
        CROSS JOIN LATERAL (
            SELECT validation.seen_status_1(s.seen) AS status, validation.seen_detail_1(s.seen) AS email
        ) p
        WHERE (
            p.status IN ('active', 'pending')
            AND (lower(p.email) = lower(w.email) OR p.email = '' AND w.delivery_email IS NULL)
        ) IS NOT TRUE
    ), enrolled AS (
        INSERT INTO crm.paperless_enrollment AS e (
            customer_id, invoice_type_id, status, delivery_email, consent_id, origin, import_id
        )
        SELECT customer_id, type_id, status, delivery_email, coalesce(record_id, $3), 'import', $4 FROM wanted
        ON CONFLICT (customer_id, invoice_type_id) DO UPDATE SET
            status = CASE WHEN e.status IN ('active', 'pending') THEN e.status ELSE excluded.status END,
            origin = CASE WHEN e.status IN ('active', 'pending') THEN e.origin ELSE 'import' END,
            delivery_email = excluded.delivery_email, consent_id = excluded.consent_id, import_id = excluded.import_id,
            updated_at = now()
        RETURNING e.customer_id, e.id, e.invoice_type_id, new.status, new.delivery_email,
            CASE WHEN old.id IS NOT NULL THEN json_build_object(
                'status', old.status, 'delivery_email', old.delivery_email, 'consent_id', old.consent_id,
                'origin', old.origin, 'import_id', old.import_id, 'updated_at', old.updated_at
            )::text END AS before, left_paperless_1(new) AS mark
    )
    INSERT INTO work_change
    SELECT w.line_no, concat(
        '{"table":"paperless_enrollment","id":', e.id, ',"before":', coalesce(e.before, 'null'),
        ',"after":{"invoice_type_id":', e.invoice_type_id, ',"status":"', e.status,
        '","delivery_email":', coalesce(to_json(e.delivery_email)::text, 'null'), '},"mark":', e.mark, '}'
    )
    FROM enrolled e JOIN work_row w USING (customer_id)
"""

# Where the check saw none, whoever has one meanwhile is found by the unique constraint. MERGE tells which row of the
# plan an enrollment was made for, so that the two need not be joined again. Those of a customer stand together.
_ENROL_FIRST: Final = """
    WITH enrolled AS (
        MERGE INTO crm.paperless_enrollment e
        USING (
            SELECT line_no, customer_id, unnest($1::bigint[]) AS type_id, delivery_email,
                coalesce(record_id, $3) AS consent_id,
                CASE WHEN authorized_on IS NULL OR $2 THEN 'pending' ELSE 'active' END AS status
            FROM work_row
        ) w ON false
        WHEN NOT MATCHED THEN INSERT (
            customer_id, invoice_type_id, status, delivery_email, consent_id, origin, import_id
        ) VALUES (w.customer_id, w.type_id, w.status, w.delivery_email, w.consent_id, 'import', $4)
        RETURNING w.line_no, e.id, e.invoice_type_id, e.status, e.delivery_email, left_paperless_1(e) AS mark
    )
    INSERT INTO work_change
    SELECT line_no, concat(
        '{"table":"paperless_enrollment","id":', id, ',"before":null,"after":{"invoice_type_id":', invoice_type_id,
        ',"status":"', status, '","delivery_email":', coalesce(to_json(delivery_email)::text, 'null'),
        '},"mark":', mark, '}'
    )
    FROM enrolled
"""


async def insert(connection: Connection, job: Job, contents: ChunkContents, attestation: int | None) -> None:
    """One enrolment per row and chosen type, where it is not so already."""
    statement = _ENROL if contents.has_enrollments else _ENROL_FIRST
    await connection.execute(statement, job.invoice_type_ids, job.confirm_required, attestation, job.import_id)
