"""Payment methods and autopay enrolments."""

from typing import Final

from services.executor.domain import ChunkContents, Job
from shared.postgres import Connection

# One that becomes active again is no default beside another one; of several, that of the first row stays. While it is
# decided, no other one of the login may become the default.
_ACTIVATE_METHODS: Final = """
    WITH wanted AS (
        SELECT payment_method_id, min(line_no) AS line_no FROM work_row
        WHERE payment_method_id IS NOT NULL GROUP BY payment_method_id
    ), revived AS MATERIALIZED (
        SELECT w.line_no, m.id, m.login_id, m.is_default,
            row_number() OVER (PARTITION BY m.login_id ORDER BY m.is_default DESC, w.line_no) = 1 AS is_first
        FROM wanted w JOIN crm.payment_method m ON m.id = w.payment_method_id
        WHERE m.status <> 'active'
    ), present AS MATERIALIZED (
        SELECT m.login_id, m.is_default AND m.status = 'active' AS is_default FROM crm.payment_method m
        WHERE m.biller_id = $1 AND m.login_id IN (SELECT login_id FROM revived WHERE is_default)
        ORDER BY m.id FOR NO KEY UPDATE
    ), changed AS (
        UPDATE crm.payment_method m SET status = 'active',
            is_default = r.is_default AND r.is_first AND NOT EXISTS (
                SELECT FROM present p WHERE p.login_id = r.login_id AND p.is_default
            )
        FROM revived r WHERE m.id = r.id
        RETURNING r.line_no, m.id, old.status, old.is_default, new.is_default <> old.is_default AS moved,
            left_method_status_1(new.status) AS mark
    )
    INSERT INTO work_change
    SELECT line_no, json_build_object(
        'table', 'payment_method', 'id', id,
        'before', CASE
            WHEN moved THEN json_build_object('status', status, 'is_default', is_default)
            ELSE json_build_object('status', status)
        END,
        'after', CASE
            WHEN moved THEN json_build_object('status', 'active', 'is_default', NOT is_default)
            ELSE json_build_object('status', 'active')
        END,
        'mark', mark
    )::text FROM changed
"""

# The plan makes a method the default where the login had none and no autopay; meanwhile its owner may have chosen one,
# or pay by another. Methods that are there cannot become the default until the chunk is committed.
_RESPECT_DEFAULT: Final = """
    WITH methods AS MATERIALIZED (
        SELECT m.login_id, m.is_default FROM crm.payment_method m
        WHERE m.login_id IN (SELECT login_id FROM work_row WHERE make_default)
        ORDER BY m.id FOR NO KEY UPDATE
    )
    UPDATE work_row w SET make_default = false
    WHERE w.make_default AND w.login_id IS NOT NULL AND (
        EXISTS (SELECT FROM methods m WHERE m.login_id = w.login_id AND m.is_default)
        OR EXISTS (
            SELECT FROM crm.customer_login_link k
            JOIN crm.autopay_enrollment e ON e.customer_id = k.customer_id AND e.status = 'active'
            WHERE k.login_id = w.login_id AND k.role = 'owner'
        )
    )
"""

# What is pinned to the row's own method already stays as it is.
_KEEP_ENROLLMENTS: Final = """
    UPDATE work_row w SET kept_types = kept.types
    FROM (
        SELECT w.line_no, array_agg(s.type_id) AS types
        FROM work_row w
        CROSS JOIN LATERAL unnest(w.seen_enrollments, $1::bigint[]) AS s (seen, type_id)
        JOIN crm.payment_method m
            ON m.id = validation.seen_detail_1(s.seen)::bigint AND m.fingerprint = w.fingerprint
        WHERE s.seen IS NOT NULL
        GROUP BY w.line_no
    ) kept
    WHERE kept.line_no = w.line_no
"""

# One per login and fingerprint, from the first row that has it.
_INSERT_METHODS: Final = """
    WITH wanted AS (
        SELECT DISTINCT ON (login_id, fingerprint)
            line_no, login_id, method_kind, holder_name, holder_type, routing_number, account_enc, account_last4,
            account_type, token_ref, token_vault, card_brand, card_last4, exp_year, exp_month, fingerprint, make_default
        FROM work_row
        WHERE payment_method_id IS NULL ORDER BY login_id, fingerprint, line_no
    ), made AS (
        INSERT INTO crm.payment_method AS m (
            login_id, biller_id, kind, holder_name, holder_type, routing_number, account_enc, account_last4,
            account_type, token_ref, token_vault, card_brand, card_last4, exp_year, exp_month, fingerprint, is_default,
            status, origin, import_id
        )
        SELECT login_id, $1, method_kind, holder_name, holder_type, routing_number, account_enc, account_last4,
            account_type, token_ref, token_vault, card_brand, card_last4, exp_year, exp_month, fingerprint,
            coalesce(make_default, false), 'active',
            'import', $2
        FROM wanted
        ON CONFLICT (login_id, biller_id, fingerprint) DO UPDATE SET status = 'active',
            is_default = m.is_default AND (m.status = 'active' OR NOT EXISTS (
                SELECT FROM crm.payment_method other
                WHERE other.login_id = m.login_id AND other.biller_id = m.biller_id AND other.id <> m.id
                    AND other.is_default AND other.status = 'active'
            ))
        RETURNING m.id, m.login_id, m.fingerprint, m.kind, coalesce(m.account_last4, m.card_last4) AS last4,
            m.is_default, old.status AS old_status, old.is_default AS old_default,
            CASE
                WHEN old.id IS NOT NULL THEN left_method_status_1(new.status)
                ELSE left_method_1(
                    new.login_id, new.biller_id, new.kind, new.holder_name, new.holder_type, new.account_type,
                    new.token_vault, new.card_brand, new.exp_year, new.exp_month, new.fingerprint, new.is_default,
                    new.status, new.origin, new.import_id
                )
            END AS mark
    ), known AS (
        UPDATE work_row w SET payment_method_id = made.id FROM made
        WHERE w.payment_method_id IS NULL AND w.login_id = made.login_id AND w.fingerprint = made.fingerprint
    )
    INSERT INTO work_change
    SELECT w.line_no, json_build_object(
        'table', 'payment_method', 'id', made.id,
        'before', CASE
            WHEN old_default <> is_default THEN json_build_object('status', old_status, 'is_default', old_default)
            WHEN old_status IS NOT NULL THEN json_build_object('status', old_status)
        END,
        'after', json_build_object('status', 'active', 'kind', kind, 'last4', last4, 'is_default', is_default),
        'mark', mark
    )::text
    FROM made JOIN wanted w ON w.login_id = made.login_id AND w.fingerprint = made.fingerprint
"""

_ENROL: Final = """
    WITH wanted AS (
        SELECT w.line_no, w.customer_id, s.type_id, w.payment_method_id, greatest(w.starts_on, $2) AS effective_from,
            w.ends_on, w.max_amount, w.record_id
        FROM work_row w
        CROSS JOIN LATERAL unnest(w.seen_enrollments, $1::bigint[]) AS s (seen, type_id)
        WHERE s.type_id = ANY (w.kept_types) IS NOT TRUE
    ), enrolled AS (
        INSERT INTO crm.autopay_enrollment AS e (
            customer_id, invoice_type_id, payment_method_id, follow_default, status, effective_from, ends_on,
            max_amount, mandate_id, origin, import_id
        )
        SELECT customer_id, type_id, payment_method_id, false, 'active', effective_from, ends_on, max_amount,
            coalesce(record_id, $3), 'import', $4
        FROM wanted
        ON CONFLICT (customer_id, invoice_type_id) DO UPDATE SET
            payment_method_id = excluded.payment_method_id, follow_default = false, status = 'active',
            effective_from = excluded.effective_from, ends_on = excluded.ends_on, max_amount = excluded.max_amount,
            mandate_id = excluded.mandate_id, origin = 'import', import_id = excluded.import_id, updated_at = now()
        RETURNING e.customer_id, e.invoice_type_id, e.id,
            CASE WHEN old.id IS NOT NULL THEN json_build_object(
                'payment_method_id', old.payment_method_id, 'follow_default', old.follow_default, 'status', old.status,
                'effective_from', old.effective_from, 'ends_on', old.ends_on, 'max_amount', old.max_amount,
                'mandate_id', old.mandate_id, 'origin', old.origin, 'import_id', old.import_id,
                'updated_at', old.updated_at
            ) END AS before,
            json_build_object(
                'invoice_type_id', new.invoice_type_id, 'payment_method_id', new.payment_method_id,
                'status', new.status, 'effective_from', new.effective_from, 'ends_on', new.ends_on,
                'max_amount', new.max_amount
            ) AS after, left_autopay_1(new) AS mark
    )
    INSERT INTO work_change
    SELECT w.line_no, json_build_object(
        'table', 'autopay_enrollment', 'id', e.id, 'before', e.before, 'after', e.after, 'mark', e.mark
    )::text
    FROM enrolled e JOIN work_row w USING (customer_id)
"""


async def change(connection: Connection, job: Job, contents: ChunkContents) -> None:
    """Use the methods there are, and see which enrolments stay as they are."""
    await connection.execute(_RESPECT_DEFAULT)
    await connection.execute(_KEEP_ENROLLMENTS, job.invoice_type_ids)
    if contents.has_methods:
        await connection.execute(_ACTIVATE_METHODS, job.biller_id)


async def insert(connection: Connection, job: Job, contents: ChunkContents, attestation: int | None) -> None:
    """One method per login and fingerprint, one enrolment per row and chosen type."""
    if contents.needs_methods:
        await connection.execute(_INSERT_METHODS, job.biller_id, job.import_id)
    await connection.execute(_ENROL, job.invoice_type_ids, job.effective_date, attestation, job.import_id)
