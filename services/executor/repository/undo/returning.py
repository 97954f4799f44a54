"""Records that an import changed: the columns of the before-image are put back."""

from typing import Final

# Each puts back the columns that the before-image has. An enrollment by a payment method that is made again ($1) has to
# wait for it.
RETURN_AUTOPAY: Final = """
    WITH changed AS (
        UPDATE crm.autopay_enrollment x SET
            payment_method_id = b.payment_method_id, follow_default = b.follow_default, status = b.status,
            effective_from = b.effective_from, ends_on = b.ends_on, max_amount = b.max_amount,
            mandate_id = b.mandate_id, origin = b.origin, import_id = b.import_id, updated_at = b.updated_at
        FROM work_undo u
        CROSS JOIN LATERAL jsonb_to_record(u.before) AS b (
            payment_method_id bigint, follow_default boolean, status text, effective_from date, ends_on date,
            max_amount numeric(12, 2), mandate_id bigint, origin text, import_id uuid, updated_at timestamptz
        )
        WHERE u.kind = 'autopay_enrollment' AND NOT u.is_made AND NOT u.is_removed AND x.id = u.id
            AND $1 = (coalesce(b.payment_method_id, 0) IN (
                SELECT id FROM work_undo WHERE kind = 'payment_method' AND is_removed
            ))
        RETURNING u.line_no, x.id, to_json(old) AS before, u.before AS after, left_autopay_1(new) AS mark
    )
    INSERT INTO work_change
    SELECT line_no, json_build_object(
        'table', 'autopay_enrollment', 'id', id, 'before', before, 'after', after, 'mark', mark
    )::text FROM changed
"""

RETURN_PAPERLESS: Final = """
    WITH changed AS (
        UPDATE crm.paperless_enrollment x SET
            status = b.status, delivery_email = b.delivery_email, consent_id = b.consent_id, origin = b.origin,
            import_id = b.import_id, updated_at = b.updated_at
        FROM work_undo u
        CROSS JOIN LATERAL jsonb_to_record(u.before) AS b (
            status text, delivery_email text, consent_id bigint, origin text, import_id uuid, updated_at timestamptz
        )
        WHERE u.kind = 'paperless_enrollment' AND NOT u.is_made AND NOT u.is_removed AND x.id = u.id
        RETURNING u.line_no, x.id, to_json(old) AS before, u.before AS after, left_paperless_1(new) AS mark
    )
    INSERT INTO work_change
    SELECT line_no, json_build_object(
        'table', 'paperless_enrollment', 'id', id, 'before', before, 'after', after, 'mark', mark
    )::text FROM changed
"""

# One that becomes active again is no default beside another one.
RETURN_METHODS: Final = """
    WITH changed AS (
        UPDATE crm.payment_method x SET
            status = u.before ->> 'status',
            is_default = coalesce((u.before ->> 'is_default')::boolean, x.is_default) AND NOT (
                x.status <> 'active' AND u.before ->> 'status' = 'active' AND EXISTS (
                    SELECT FROM crm.payment_method other
                    WHERE other.login_id = x.login_id AND other.biller_id = x.biller_id AND other.id <> x.id
                        AND other.is_default AND other.status = 'active'
                )
            )
        FROM work_undo u
        WHERE u.kind = 'payment_method' AND NOT u.is_made AND NOT u.is_removed AND x.id = u.id
        RETURNING u.line_no, x.id, old.status, old.is_default, new.is_default IS DISTINCT FROM old.is_default AS moved,
            u.before || jsonb_build_object('is_default', new.is_default) AS after_moved, u.before AS after,
            left_method_status_1(new.status) AS mark
    )
    INSERT INTO work_change
    SELECT line_no, json_build_object(
        'table', 'payment_method', 'id', id,
        'before', CASE
            WHEN moved THEN json_build_object('status', status, 'is_default', is_default)
            ELSE json_build_object('status', status)
        END,
        'after', CASE WHEN moved THEN after_moved ELSE after END, 'mark', mark
    )::text FROM changed
"""

# An account has one owner at most: who steps down goes before who steps up.
RETURN_LINKS: Final = """
    WITH changed AS (
        UPDATE crm.customer_login_link x SET role = b.role, origin = b.origin, import_id = b.import_id
        FROM work_undo u
        CROSS JOIN LATERAL jsonb_to_record(u.before) AS b (role text, origin text, import_id uuid)
        WHERE u.kind = 'customer_login_link' AND NOT u.is_made AND NOT u.is_removed
            AND x.customer_id = u.id AND x.login_id = u.login_id AND (b.role = 'owner') = $1
        RETURNING u.line_no, x.customer_id, u.before AS after, left_link_1(new) AS mark,
            json_build_object(
                'login_id', old.login_id, 'role', old.role, 'origin', old.origin, 'import_id', old.import_id
            ) AS before
    )
    INSERT INTO work_change
    SELECT line_no, json_build_object(
        'table', 'customer_login_link', 'id', customer_id, 'before', before, 'after', after, 'mark', mark
    )::text FROM changed
"""

RETURN_CLAIMED: Final = """
    WITH changed AS (
        UPDATE crm.login x SET
            status = b.status, login_name = b.login_name, email = b.email, first_name = b.first_name,
            last_name = b.last_name, phone = b.phone, import_kind = b.import_kind,
            email_verified_at = b.email_verified_at, invited_at = b.invited_at
        FROM work_undo u
        CROSS JOIN LATERAL jsonb_to_record(u.before) AS b (
            status text, login_name text, email text, first_name text, last_name text, phone text, import_kind text,
            email_verified_at timestamptz, invited_at timestamptz
        )
        WHERE u.kind = 'login' AND NOT u.is_made AND NOT u.is_removed AND u.before ? 'status' AND x.id = u.id
        RETURNING u.line_no, x.id, u.before AS after, left_claim_1(new) AS mark,
            json_build_object(
                'status', old.status, 'login_name', old.login_name, 'email', old.email, 'first_name', old.first_name,
                'last_name', old.last_name, 'phone', old.phone, 'import_kind', old.import_kind,
                'email_verified_at', old.email_verified_at, 'invited_at', old.invited_at
            ) AS before
    )
    INSERT INTO work_change
    SELECT line_no,
        json_build_object('table', 'login', 'id', id, 'before', before, 'after', after, 'mark', mark)::text
    FROM changed
"""

RETURN_EMAILS: Final = """
    WITH changed AS (
        UPDATE crm.login x SET
            email = b.email, email_cc = b.email_cc, email_verified_at = b.email_verified_at
        FROM work_undo u
        CROSS JOIN LATERAL jsonb_to_record(u.before) AS b (
            email text, email_cc text, email_verified_at timestamptz
        )
        WHERE u.kind = 'login' AND NOT u.is_made AND NOT u.is_removed AND NOT u.before ? 'status' AND x.id = u.id
        RETURNING u.line_no, x.id, u.before AS after, left_email_1(new) AS mark,
            json_build_object(
                'email', old.email, 'email_cc', old.email_cc, 'email_verified_at', old.email_verified_at
            ) AS before
    )
    INSERT INTO work_change
    SELECT line_no,
        json_build_object('table', 'login', 'id', id, 'before', before, 'after', after, 'mark', mark)::text
    FROM changed
"""
