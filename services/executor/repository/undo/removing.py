"""Records that an import made: each goes, and is kept whole as a change of the undo."""

from typing import Final

# Each removes what the import made and keeps it whole, as a change of the undo.
REMOVE_AUTOPAY: Final = """
    WITH gone AS (
        DELETE FROM crm.autopay_enrollment x USING work_undo u
        WHERE u.kind = 'autopay_enrollment' AND u.is_made AND x.id = u.id
        RETURNING u.line_no, x.id, to_json(x) AS before
    )
    INSERT INTO work_change
    SELECT line_no, json_build_object('table', 'autopay_enrollment', 'id', id, 'before', before)::text FROM gone
"""

REMOVE_PAPERLESS: Final = """
    WITH gone AS (
        DELETE FROM crm.paperless_enrollment x USING work_undo u
        WHERE u.kind = 'paperless_enrollment' AND u.is_made AND x.id = u.id
        RETURNING u.line_no, x.id, to_json(x) AS before
    )
    INSERT INTO work_change
    SELECT line_no, json_build_object('table', 'paperless_enrollment', 'id', id, 'before', before)::text FROM gone
"""

REMOVE_METHODS: Final = """
    WITH gone AS (
        DELETE FROM crm.payment_method x USING work_undo u
        WHERE u.kind = 'payment_method' AND u.is_made AND x.id = u.id
        RETURNING u.line_no, x.id, to_json(x) AS before
    )
    INSERT INTO work_change
    SELECT line_no, json_build_object('table', 'payment_method', 'id', id, 'before', before)::text FROM gone
"""

REMOVE_LINKS: Final = """
    WITH gone AS (
        DELETE FROM crm.customer_login_link x USING work_undo u
        WHERE u.kind = 'customer_login_link' AND u.is_made AND x.customer_id = u.id AND x.login_id = u.login_id
        RETURNING u.line_no, x.customer_id, to_json(x) AS before
    )
    INSERT INTO work_change
    SELECT line_no, json_build_object('table', 'customer_login_link', 'id', customer_id, 'before', before)::text
    FROM gone
"""

# Those of a canary that has not continued are withdrawn like queued ones, so that they are kept with the others.
QUEUE_HELD_NOTICES: Final = """
    INSERT INTO crm.notice (login_id, template, import_id)
    SELECT h.login_id, h.template, h.import_id
    FROM notice_held h JOIN crm.login l ON l.id = h.login_id
    WHERE h.import_id = $1 AND h.login_id IN (
        SELECT coalesce(w.login_id, u.login_id)
        FROM work_row w LEFT JOIN work_undo u ON u.line_no = w.line_no AND u.kind = 'login'
    )
    ON CONFLICT (import_id, login_id, template) DO NOTHING
"""

# Emails to customers that are still queued are withdrawn; of a login that goes all, for they name it.
WITHDRAW_NOTICES: Final = """
    WITH mine AS (
        SELECT coalesce(w.login_id, u.login_id) AS login_id, min(w.line_no) AS line_no, bool_or(u.is_made) AS goes
        FROM work_row w LEFT JOIN work_undo u ON u.line_no = w.line_no AND u.kind = 'login'
        GROUP BY 1
    ), gone AS (
        DELETE FROM crm.notice x USING mine
        WHERE x.login_id = mine.login_id AND x.import_id = $1 AND (x.sent_at IS NULL OR mine.goes)
        RETURNING mine.line_no, x.id, to_json(x) AS before
    )
    INSERT INTO work_change
    SELECT line_no, json_build_object('table', 'notice', 'id', id, 'before', before)::text FROM gone
"""

FORGET_HELD_NOTICES: Final = """
    DELETE FROM notice_held h
    WHERE h.import_id = $1 AND h.login_id IN (SELECT login_id FROM work_row UNION SELECT login_id FROM work_undo)
"""

REMOVE_LOGINS: Final = """
    WITH gone AS (
        DELETE FROM crm.login x USING work_undo u
        WHERE u.kind = 'login' AND u.is_made AND x.id = u.id
        RETURNING u.line_no, x.id, to_json(x) AS before
    )
    INSERT INTO work_change
    SELECT line_no, json_build_object('table', 'login', 'id', id, 'before', before)::text FROM gone
"""

# The record of what the customer agreed to stays; import and line tell whose it was.
DETACH_RECORDS: Final = """
    WITH changed AS (
        UPDATE crm.authorization_record x SET customer_id = NULL FROM work_undo u
        WHERE u.kind = 'customer' AND u.is_made AND x.customer_id = u.id
        RETURNING u.line_no, x.id, old.customer_id
    )
    INSERT INTO work_change
    SELECT line_no, json_build_object(
        'table', 'authorization_record', 'id', id, 'before', json_build_object('customer_id', customer_id),
        'after', json_build_object('customer_id', NULL)
    )::text FROM changed
"""

REMOVE_CUSTOMERS: Final = """
    WITH gone AS (
        DELETE FROM crm.customer x USING work_undo u
        WHERE u.kind = 'customer' AND u.is_made AND x.id = u.id
        RETURNING u.line_no, x.id, to_json(x) AS before
    )
    INSERT INTO work_change
    SELECT line_no, json_build_object('table', 'customer', 'id', id, 'before', before)::text FROM gone
"""
