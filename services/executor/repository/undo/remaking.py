"""Records that an undo removed: another one makes them again as they were, with their ids."""

from typing import Final

# What an undo removed, and another one makes again as it was, with its id.
REMAKE_CUSTOMERS: Final = """
    WITH made AS (
        INSERT INTO crm.customer AS x
        SELECT b.* FROM work_undo u CROSS JOIN LATERAL jsonb_populate_record(NULL::crm.customer, u.before) AS b
        WHERE u.kind = 'customer' AND u.is_removed
        RETURNING x.id, left_customer_1(x) AS mark
    )
    INSERT INTO work_change
    SELECT u.line_no, json_build_object(
        'table', 'customer', 'id', made.id, 'before', NULL,
        'after', json_build_object('account_number', u.before -> 'account_number'), 'mark', made.mark
    )::text FROM made JOIN work_undo u ON u.kind = 'customer' AND u.id = made.id
"""

REMAKE_LOGINS: Final = """
    WITH made AS (
        INSERT INTO crm.login AS x
        SELECT b.* FROM work_undo u CROSS JOIN LATERAL jsonb_populate_record(NULL::crm.login, u.before) AS b
        WHERE u.kind = 'login' AND u.is_removed
        RETURNING x.id, left_login_1(x) AS mark
    )
    INSERT INTO work_change
    SELECT u.line_no, json_build_object(
        'table', 'login', 'id', made.id, 'before', NULL,
        'after', json_build_object('status', u.before -> 'status', 'email', u.before -> 'email'), 'mark', made.mark
    )::text FROM made JOIN work_undo u ON u.kind = 'login' AND u.id = made.id
"""

REMAKE_LINKS: Final = """
    WITH made AS (
        INSERT INTO crm.customer_login_link AS x
        SELECT b.* FROM work_undo u
        CROSS JOIN LATERAL jsonb_populate_record(NULL::crm.customer_login_link, u.before) AS b
        WHERE u.kind = 'customer_login_link' AND u.is_removed
        RETURNING x.customer_id, x.login_id, left_link_1(x) AS mark
    )
    INSERT INTO work_change
    SELECT u.line_no, json_build_object(
        'table', 'customer_login_link', 'id', made.customer_id, 'before', NULL,
        'after', json_build_object('login_id', made.login_id, 'role', u.before -> 'role'), 'mark', made.mark
    )::text
    FROM made JOIN work_undo u ON u.kind = 'customer_login_link' AND u.id = made.customer_id
        AND u.login_id = made.login_id
"""

# A default that was chosen since stays the only one of its login at the biller.
REMAKE_METHODS: Final = """
    WITH made AS (
        INSERT INTO crm.payment_method AS x
        SELECT b.*
        FROM work_undo u
        CROSS JOIN LATERAL jsonb_populate_record(NULL::crm.payment_method, CASE
            WHEN EXISTS (
                SELECT FROM crm.payment_method other
                WHERE other.login_id = (u.before ->> 'login_id')::bigint
                    AND other.biller_id = (u.before ->> 'biller_id')::bigint
                    AND other.is_default AND other.status = 'active'
            ) THEN u.before || '{"is_default": false}'
            ELSE u.before
        END) AS b
        WHERE u.kind = 'payment_method' AND u.is_removed
        RETURNING x.id, x.is_default, coalesce(x.account_last4, x.card_last4) AS last4, left_method_1(
            x.login_id, x.biller_id, x.kind, x.holder_name, x.holder_type, x.account_type, x.token_vault, x.card_brand,
            x.exp_year, x.exp_month, x.fingerprint, x.is_default, x.status, x.origin, x.import_id
        ) AS mark
    )
    INSERT INTO work_change
    SELECT u.line_no, json_build_object(
        'table', 'payment_method', 'id', made.id, 'before', NULL, 'after', json_build_object(
            'status', u.before -> 'status', 'kind', u.before -> 'kind', 'last4', made.last4,
            'is_default', made.is_default
        ), 'mark', made.mark
    )::text FROM made JOIN work_undo u ON u.kind = 'payment_method' AND u.id = made.id
"""

REMAKE_AUTOPAY: Final = """
    WITH made AS (
        INSERT INTO crm.autopay_enrollment AS x
        SELECT b.* FROM work_undo u
        CROSS JOIN LATERAL jsonb_populate_record(NULL::crm.autopay_enrollment, u.before) AS b
        WHERE u.kind = 'autopay_enrollment' AND u.is_removed
        RETURNING x.id, left_autopay_1(x) AS mark
    )
    INSERT INTO work_change
    SELECT u.line_no, json_build_object(
        'table', 'autopay_enrollment', 'id', made.id, 'before', NULL, 'after', u.before, 'mark', made.mark
    )::text FROM made JOIN work_undo u ON u.kind = 'autopay_enrollment' AND u.id = made.id
"""

REMAKE_PAPERLESS: Final = """
    WITH made AS (
        INSERT INTO crm.paperless_enrollment AS x
        SELECT b.* FROM work_undo u
        CROSS JOIN LATERAL jsonb_populate_record(NULL::crm.paperless_enrollment, u.before) AS b
        WHERE u.kind = 'paperless_enrollment' AND u.is_removed
        RETURNING x.id, left_paperless_1(x) AS mark
    )
    INSERT INTO work_change
    SELECT u.line_no, json_build_object(
        'table', 'paperless_enrollment', 'id', made.id, 'before', NULL, 'after', u.before, 'mark', made.mark
    )::text FROM made JOIN work_undo u ON u.kind = 'paperless_enrollment' AND u.id = made.id
"""

REMAKE_NOTICES: Final = """
    INSERT INTO crm.notice
    SELECT b.* FROM work_undo u CROSS JOIN LATERAL jsonb_populate_record(NULL::crm.notice, u.before) AS b
    WHERE u.kind = 'notice' AND u.is_removed
    ON CONFLICT (import_id, login_id, template) DO NOTHING
"""

ATTACH_RECORDS: Final = """
    UPDATE crm.authorization_record x SET customer_id = (u.before ->> 'customer_id')::bigint FROM work_undo u
    WHERE u.kind = 'authorization_record' AND x.id = u.id
"""
