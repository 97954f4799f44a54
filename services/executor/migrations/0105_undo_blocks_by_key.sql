-- As before, but each result is looked up by its key, which LIMIT makes sure of: statistics that are older than the import
-- promise a row of it or none, and all its results were read for each row of a chunk. And each chunk is planned anew: since
-- PostgreSQL 18 a session keeps the plans of functions, also one from when a table of the CRM was empty.
CREATE OR REPLACE FUNCTION undo_blocks_2(undone uuid, of_chunk int, chosen int[])
RETURNS TABLE (line_no int, leader_line int, code text, fact text)
LANGUAGE sql STABLE
SET search_path = execution, pg_temp SET enable_hashjoin = off SET enable_mergejoin = off SET work_mem = '64MB'
SET jit = off SET plan_cache_mode = force_custom_plan AS $$
WITH change AS MATERIALIZED (
    SELECT p.line_no, p.leader_line, c."table" AS kind, c.id, c.before, c.after, c.mark,
        coalesce(c.before ->> 'login_id', c.after ->> 'login_id')::bigint AS login_id,
        c.before IS NULL AS is_made, c.after IS NULL AS is_removed
    FROM validation.plan_row p
    CROSS JOIN LATERAL (
        SELECT o.changes
        FROM row_result o
        WHERE o.import_id = p.import_id AND o.line_no = p.line_no AND o.outcome = 'applied' AND o.undone_by IS NULL
        LIMIT 1
    ) AS r
    CROSS JOIN LATERAL jsonb_to_recordset(r.changes) AS c ("table" text, id bigint, before jsonb, after jsonb, mark bigint)
    WHERE p.import_id = undone AND p.chunk_no = of_chunk
        AND (chosen IS NULL OR p.line_no = ANY (chosen))
), since AS MATERIALIZED (
    SELECT started_at FROM job WHERE import_id = undone
), owning AS MATERIALIZED (
    SELECT c.line_no, c.leader_line, x.customer_id, x.login_id
    FROM change c JOIN crm.customer_login_link x ON x.customer_id = c.id AND x.role = 'owner'
    WHERE c.kind = 'customer_login_link' AND c.before ->> 'role' = 'owner' AND x.login_id <> c.login_id
), named AS MATERIALIZED (
    SELECT c.line_no, c.leader_line, x.id
    FROM change c
    JOIN crm.login mine ON mine.id = c.id
    JOIN crm.login x ON x.realm_id = mine.realm_id AND lower(x.login_name) = lower(c.before ->> 'login_name')
        AND x.login_name IS NOT NULL AND x.id <> c.id
    WHERE c.kind = 'login' AND c.before ? 'login_name' AND NOT c.is_removed
), named_as_removed AS MATERIALIZED (
    SELECT c.line_no, c.leader_line, x.id
    FROM change c JOIN crm.login x ON x.realm_id = (c.before ->> 'realm_id')::bigint
        AND lower(x.login_name) = lower(c.before ->> 'login_name') AND x.login_name IS NOT NULL
    WHERE c.kind = 'login' AND c.is_removed
), blocked AS (
    -- Kept by an earlier release, which did not keep how it left the record.
    SELECT c.line_no, c.leader_line, 'R164' AS code, NULL::text AS fact
    FROM change c
    WHERE c.mark IS NULL AND NOT c.is_removed AND c.kind NOT IN ('notice', 'authorization_record')
    UNION ALL
    -- Not as it was left.
    SELECT c.line_no, c.leader_line, 'R161', 'account'
    FROM change c LEFT JOIN crm.customer x ON x.id = c.id
    WHERE c.kind = 'customer' AND c.mark IS NOT NULL AND (x.id IS NULL OR c.mark <> left_customer_1(x))
    UNION ALL
    SELECT c.line_no, c.leader_line, 'R161', 'login'
    FROM change c LEFT JOIN crm.login x ON x.id = c.id
    WHERE c.kind = 'login' AND c.mark IS NOT NULL AND (
        x.id IS NULL OR c.mark <> CASE
            WHEN c.is_made THEN left_login_1(x)
            WHEN c.before ? 'status' THEN left_claim_1(x)
            ELSE left_email_1(x)
        END
    )
    UNION ALL
    SELECT c.line_no, c.leader_line, 'R161', 'role of the login'
    FROM change c LEFT JOIN crm.customer_login_link x ON x.customer_id = c.id AND x.login_id = c.login_id
    WHERE c.kind = 'customer_login_link' AND c.mark IS NOT NULL AND (x.login_id IS NULL OR c.mark <> left_link_1(x))
    UNION ALL
    SELECT c.line_no, c.leader_line, 'R161', 'payment method'
    FROM change c LEFT JOIN crm.payment_method x ON x.id = c.id
    WHERE c.kind = 'payment_method' AND c.mark IS NOT NULL AND (
        x.id IS NULL OR c.mark <> CASE
            WHEN c.is_made THEN left_method_1(
                x.login_id, x.biller_id, x.kind, x.holder_name, x.holder_type, x.account_type, x.token_vault,
                x.card_brand, x.exp_year, x.exp_month, x.fingerprint, x.is_default, x.status, x.origin, x.import_id
            )
            ELSE left_method_status_1(x.status)
        END
    )
    UNION ALL
    SELECT c.line_no, c.leader_line, 'R161', 'autopay enrollment'
    FROM change c LEFT JOIN crm.autopay_enrollment x ON x.id = c.id
    WHERE c.kind = 'autopay_enrollment' AND c.mark IS NOT NULL AND (x.id IS NULL OR c.mark <> left_autopay_1(x))
    UNION ALL
    SELECT c.line_no, c.leader_line, 'R161', 'paperless enrollment'
    FROM change c LEFT JOIN crm.paperless_enrollment x ON x.id = c.id
    WHERE c.kind = 'paperless_enrollment' AND c.mark IS NOT NULL AND (x.id IS NULL OR c.mark <> left_paperless_1(x))
    UNION ALL
    -- Used since: something hangs on it that this undo does not take away.
    SELECT c.line_no, c.leader_line, 'R162', 'payment'
    FROM change c JOIN crm.payment x ON x.payment_method_id = c.id
    WHERE c.kind = 'payment_method' AND NOT c.is_removed AND (c.is_made OR x.paid_at >= (SELECT started_at FROM since))
    UNION ALL
    SELECT c.line_no, c.leader_line, 'R162', 'autopay enrollment'
    FROM change c JOIN crm.autopay_enrollment x ON x.payment_method_id = c.id
    WHERE c.kind = 'payment_method' AND NOT c.is_removed
        AND (c.is_made OR x.updated_at >= (SELECT started_at FROM since))
        AND x.id NOT IN (SELECT id FROM change WHERE kind = 'autopay_enrollment' AND NOT is_removed)
    UNION ALL
    SELECT c.line_no, c.leader_line, 'R162', 'accounts of the login'
    FROM change c JOIN crm.customer_login_link x ON x.login_id = c.id
    WHERE c.kind = 'login' AND c.is_made AND (x.customer_id, x.login_id) NOT IN (
        SELECT id, login_id FROM change WHERE kind = 'customer_login_link' AND is_made
    )
    UNION ALL
    SELECT c.line_no, c.leader_line, 'R162', 'payment method'
    FROM change c JOIN crm.payment_method x ON x.login_id = c.id
    WHERE c.kind = 'login' AND c.is_made
        AND x.id NOT IN (SELECT id FROM change WHERE kind = 'payment_method' AND is_made)
    UNION ALL
    SELECT c.line_no, c.leader_line, 'R162', 'email to the login'
    FROM change c JOIN crm.notice x ON x.login_id = c.id
    WHERE c.kind = 'login' AND c.is_made AND x.import_id <> undone
    UNION ALL
    SELECT c.line_no, c.leader_line, 'R162', 'bill'
    FROM change c JOIN crm.invoice x ON x.customer_id = c.id
    WHERE c.kind = 'customer' AND c.is_made
    UNION ALL
    SELECT c.line_no, c.leader_line, 'R162', 'payment'
    FROM change c JOIN crm.payment x ON x.customer_id = c.id
    WHERE c.kind = 'customer' AND c.is_made
    UNION ALL
    SELECT c.line_no, c.leader_line, 'R162', 'role of the login'
    FROM change c JOIN crm.customer_login_link x ON x.customer_id = c.id
    WHERE c.kind = 'customer' AND c.is_made AND (x.customer_id, x.login_id) NOT IN (
        SELECT id, login_id FROM change WHERE kind = 'customer_login_link' AND is_made
    )
    UNION ALL
    SELECT c.line_no, c.leader_line, 'R162', 'autopay enrollment'
    FROM change c JOIN crm.autopay_enrollment x ON x.customer_id = c.id
    WHERE c.kind = 'customer' AND c.is_made
        AND x.id NOT IN (SELECT id FROM change WHERE kind = 'autopay_enrollment' AND is_made)
    UNION ALL
    SELECT c.line_no, c.leader_line, 'R162', 'paperless enrollment'
    FROM change c JOIN crm.paperless_enrollment x ON x.customer_id = c.id
    WHERE c.kind = 'customer' AND c.is_made
        AND x.id NOT IN (SELECT id FROM change WHERE kind = 'paperless_enrollment' AND is_made)
    UNION ALL
    SELECT c.line_no, c.leader_line, 'R162', 'record of an authorization'
    FROM change c JOIN crm.authorization_record x ON x.customer_id = c.id
    WHERE c.kind = 'customer' AND c.is_made AND x.import_id <> undone
    UNION ALL
    -- What was there before cannot be there again.
    SELECT x.line_no, x.leader_line, 'R163', 'owner'
    FROM owning x
    WHERE (x.customer_id, x.login_id) NOT IN (
        SELECT id, login_id FROM change WHERE kind = 'customer_login_link' AND NOT is_removed
    )
    UNION ALL
    SELECT x.line_no, x.leader_line, 'R163', 'login name taken'
    FROM named x
    WHERE x.id NOT IN (SELECT id FROM change WHERE kind = 'login' AND (is_made OR before ? 'login_name'))
    UNION ALL
    SELECT c.line_no, c.leader_line, 'R163', 'payment method'
    FROM change c LEFT JOIN crm.payment_method x ON x.id = (c.before ->> 'payment_method_id')::bigint
    WHERE c.kind = 'autopay_enrollment' AND NOT c.is_made AND NOT c.is_removed AND x.id IS NULL
        AND (c.before ->> 'payment_method_id')::bigint NOT IN (
            SELECT id FROM change WHERE kind = 'payment_method' AND is_removed
        )
    UNION ALL
    -- What an undo had removed and is to be made again.
    SELECT c.line_no, c.leader_line, 'R163', 'account made meanwhile'
    FROM change c JOIN crm.customer x ON x.biller_id = (c.before ->> 'biller_id')::bigint
        AND x.account_number = c.before ->> 'account_number'
    WHERE c.kind = 'customer' AND c.is_removed
    UNION ALL
    SELECT x.line_no, x.leader_line, 'R163', 'login name taken'
    FROM named_as_removed x
    WHERE x.id NOT IN (SELECT id FROM change WHERE kind = 'login' AND NOT is_removed AND before ? 'login_name')
    UNION ALL
    SELECT c.line_no, c.leader_line, 'R163', 'role of the login'
    FROM change c JOIN crm.customer_login_link x ON x.customer_id = c.id AND x.login_id = c.login_id
    WHERE c.kind = 'customer_login_link' AND c.is_removed
    UNION ALL
    SELECT c.line_no, c.leader_line, 'R163', 'payment method added meanwhile'
    FROM change c JOIN crm.payment_method x ON x.login_id = c.login_id
        AND x.biller_id = (c.before ->> 'biller_id')::bigint AND x.fingerprint = (c.before ->> 'fingerprint')::bytea
    WHERE c.kind = 'payment_method' AND c.is_removed
    UNION ALL
    SELECT c.line_no, c.leader_line, 'R163', 'autopay enrollment'
    FROM change c JOIN crm.autopay_enrollment x ON x.customer_id = (c.before ->> 'customer_id')::bigint
        AND x.invoice_type_id = (c.before ->> 'invoice_type_id')::bigint
    WHERE c.kind = 'autopay_enrollment' AND c.is_removed
    UNION ALL
    SELECT c.line_no, c.leader_line, 'R163', 'paperless enrollment'
    FROM change c JOIN crm.paperless_enrollment x ON x.customer_id = (c.before ->> 'customer_id')::bigint
        AND x.invoice_type_id = (c.before ->> 'invoice_type_id')::bigint
    WHERE c.kind = 'paperless_enrollment' AND c.is_removed
)
SELECT DISTINCT b.line_no, b.leader_line, b.code, b.fact FROM blocked b
$$;

ALTER FUNCTION undo_blocks_3(uuid, int, int[]) SET plan_cache_mode = force_custom_plan;
