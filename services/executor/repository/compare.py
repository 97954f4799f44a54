"""Locks what the rows in hand will touch and compares it with what the plan saw."""

from collections.abc import Sequence
from typing import Final

from services.executor.domain import Job, Shape
from shared.contracts.definition import ImportKind
from shared.postgres import Connection

# In the order of ids, logins before customers, so that two executors never wait for each other. Whoever would add a
# link or an enrolment for a locked customer waits, for its foreign key needs the row.
_LOGINS: Final = """
    WITH locked AS MATERIALIZED (
        SELECT w.line_no, l.email IS NOT DISTINCT FROM w.seen_login_email AND l.status = w.seen_login_status AS same
        FROM work_row w JOIN crm.login l ON l.id = w.login_id
        ORDER BY l.id FOR UPDATE OF l
    )
    SELECT DISTINCT w.leader_line FROM work_row w LEFT JOIN locked USING (line_no)
    WHERE w.login_id IS NOT NULL AND locked.same IS NOT TRUE
"""

# Whoever is registered for a closed account (C235) is so because it is not active.
_CUSTOMERS: Final = """
    WITH locked AS MATERIALIZED (
        SELECT w.line_no, (c.status = 'active') = ('C235' <> ALL (w.codes)) AND c.biller_id = $1 AS same
        FROM work_row w JOIN crm.customer c ON c.id = w.customer_id
        ORDER BY c.id FOR UPDATE OF c
    )
    SELECT DISTINCT w.leader_line FROM work_row w LEFT JOIN locked USING (line_no)
    WHERE w.customer_id IS NOT NULL AND locked.same IS NOT TRUE
"""

_MISSING_CUSTOMERS: Final = """
    SELECT w.leader_line FROM work_row w
    WHERE w.customer_id IS NULL AND (
        EXISTS (SELECT FROM crm.customer c WHERE c.biller_id = $1 AND c.account_number = w.account_number)
        OR $2 AND w.account_number IN (SELECT upper(c.account_number) FROM crm.customer c WHERE c.biller_id = $1)
    )
"""

_OWNERS: Final = """
    SELECT w.leader_line FROM work_row w
    LEFT JOIN crm.customer_login_link k ON k.customer_id = w.customer_id AND k.role = 'owner'
    WHERE w.customer_id IS NOT NULL
        AND k.login_id IS DISTINCT FROM
            CASE WHEN w.login_action IN ('none', 'update_email', 'claim') THEN w.login_id ELSE w.owner_id END
"""

_PAPERLESS: Final = """
    WITH present AS MATERIALIZED (
        SELECT customer_id, invoice_type_id, status || ':' || coalesce(delivery_email, '') AS state
        FROM crm.paperless_enrollment
        WHERE customer_id IN (SELECT customer_id FROM work_row) AND invoice_type_id = ANY ($1::bigint[])
        ORDER BY id FOR UPDATE
    )
    SELECT DISTINCT w.leader_line FROM work_row w
    CROSS JOIN LATERAL unnest(w.seen_enrollments, $1::bigint[]) AS s (seen, type_id)
    LEFT JOIN present p ON p.customer_id = w.customer_id AND p.invoice_type_id = s.type_id
    WHERE p.state IS DISTINCT FROM s.seen
"""

_AUTOPAY: Final = """
    WITH present AS MATERIALIZED (
        SELECT customer_id, invoice_type_id, status || ':' || payment_method_id AS state
        FROM crm.autopay_enrollment
        WHERE customer_id IN (SELECT customer_id FROM work_row) AND invoice_type_id = ANY ($1::bigint[])
        ORDER BY id FOR UPDATE
    )
    SELECT DISTINCT w.leader_line FROM work_row w
    CROSS JOIN LATERAL unnest(w.seen_enrollments, $1::bigint[]) AS s (seen, type_id)
    LEFT JOIN present p ON p.customer_id = w.customer_id AND p.invoice_type_id = s.type_id
    WHERE p.state IS DISTINCT FROM s.seen
"""

# With C234 a login is made beside others of its email, because somebody said so.
_TAKEN_NAMES: Final = """
    SELECT w.leader_line FROM work_row w
    WHERE w.login_action IN ('claim', 'create_invited') AND EXISTS (
            SELECT FROM crm.login l
            WHERE l.realm_id = $1 AND lower(l.login_name) = lower(coalesce(w.login_name, w.email))
                AND l.login_name IS NOT NULL AND l.id IS DISTINCT FROM w.login_id
        )
        OR w.login_action = 'create_invited' AND 'C234' <> ALL (w.codes)
        AND EXISTS (SELECT FROM crm.login l WHERE l.realm_id = $1 AND lower(l.email) = lower(w.email))
"""


_DROP: Final = "DELETE FROM work_row WHERE leader_line IN (SELECT unnest($1::int[]))"


async def lock_and_compare(connection: Connection, job: Job, shape: Shape) -> list[int]:
    """The groups for which the CRM is not what the plan saw, after locking what all of them touch."""
    found = await connection.fetch(_LOGINS)
    found += await connection.fetch(_CUSTOMERS, job.biller_id)
    found += await connection.fetch(_OWNERS)
    if shape.creates_customers:
        found += await connection.fetch(_MISSING_CUSTOMERS, job.biller_id, job.ignores_case)
    match job.kind:
        case ImportKind.AUTOPAY:
            found += await connection.fetch(_AUTOPAY, job.invoice_type_ids)
        case ImportKind.PAPERLESS:
            found += await connection.fetch(_PAPERLESS, job.invoice_type_ids)
        case ImportKind.REGISTRATION:
            found += await connection.fetch(_TAKEN_NAMES, job.realm_id)
    return sorted({row["leader_line"] for row in found})


async def drop(connection: Connection, groups: Sequence[int]) -> None:
    """Put groups out of hand."""
    await connection.execute(_DROP, groups)
