-- Undo: what rows were undone by, and whether what an import left is still as it left it.
ALTER TABLE row_result
    ADD COLUMN undone_by uuid,                               -- the undo that took the row back; null: none
    ADD COLUMN undone_at timestamptz;
ALTER TABLE chunk ADD COLUMN undone int NOT NULL DEFAULT 0;  -- rows of the chunk that are undone
GRANT SELECT (undone_by, undone_at) ON row_result TO ci_notifier;
GRANT SELECT (import_id, chunk_no, state) ON chunk TO ci_validation;

-- A record as an import left it, kept as `mark` of a change and compared before the change is undone. A function is
-- never changed: other columns are another number. Where only some columns were written, the mark is of these alone.
CREATE FUNCTION left_customer_1(c crm.customer) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN hash_record_extended(
    ROW(
        c.biller_id, c.account_number, c.display_account_number, c.name, c.name2, c.address1, c.address2, c.city,
        c.state, c.zip, c.phone, c.email_on_bill, c.email_cc, c.block_cc, c.block_eft, c.status, c.origin, c.import_id
    ), 0
);

-- The token of the invitation is not part of it: that it was sent is no use of the login.
CREATE FUNCTION left_login_1(l crm.login) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN hash_record_extended(
    ROW(
        l.realm_id, l.login_name, l.email, l.email_verified_at, l.email_cc, l.first_name, l.last_name, l.phone,
        l.status, l.invited_at, l.activated_at, l.origin, l.import_id, l.import_kind
    ), 0
);
CREATE FUNCTION left_claim_1(l crm.login) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN hash_record_extended(
    ROW(
        l.login_name, l.email, l.email_verified_at, l.first_name, l.last_name, l.phone, l.status, l.invited_at,
        l.import_kind
    ), 0
);
CREATE FUNCTION left_email_1(l crm.login) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN hash_record_extended(ROW(l.email, l.email_cc, l.email_verified_at), 0);

CREATE FUNCTION left_link_1(k crm.customer_login_link) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN hash_record_extended(ROW(k.role, k.since, k.origin, k.import_id), 0);

CREATE FUNCTION left_method_status_1(status text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN hash_record_extended(ROW(status), 0);
-- Without the bank account and the token, which nobody else may read: the fingerprint stands for them.
CREATE FUNCTION left_method_1(
    login_id bigint, biller_id bigint, kind text, holder_name text, holder_type text, account_type text,
    token_vault text, card_brand text, exp_year int, exp_month int, fingerprint bytea, is_default boolean, status text,
    origin text, import_id uuid
) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN hash_record_extended(
    ROW(
        login_id, biller_id, kind, holder_name, holder_type, account_type, token_vault, card_brand, exp_year,
        exp_month, fingerprint, is_default, status, origin, import_id
    ), 0
);
CREATE FUNCTION left_autopay_1(e crm.autopay_enrollment) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN hash_record_extended(
    ROW(
        e.payment_method_id, e.follow_default, e.status, e.effective_from, e.ends_on, e.max_amount, e.mandate_id,
        e.origin, e.import_id
    ), 0
);
CREATE FUNCTION left_paperless_1(e crm.paperless_enrollment) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN hash_record_extended(ROW(e.status, e.delivery_email, e.consent_id, e.origin, e.import_id), 0);

-- What keeps rows of a chunk from being undone: the row, its group, the code and the fact. Validation plans by it, the
-- executor asks it again once it has locked the records. `chosen`: these lines alone; null: all.
-- A chunk has some thousand changes, each of a record found by its key, so nested loops are right whatever the planner
-- guesses; sets of the chunk are hashed, for which there must be room.
CREATE FUNCTION undo_blocks_1(undone uuid, of_chunk int, chosen int[])
RETURNS TABLE (line_no int, leader_line int, code text, fact text)
LANGUAGE sql STABLE
SET search_path = execution, pg_temp SET enable_hashjoin = off SET enable_mergejoin = off SET work_mem = '64MB'
SET jit = off AS $$
WITH change AS MATERIALIZED (
    SELECT p.line_no, p.leader_line, c."table" AS kind, c.id, c.before, c.after, c.mark,
        coalesce(c.before ->> 'login_id', c.after ->> 'login_id')::bigint AS login_id,
        c.before IS NULL AS is_made, c.after IS NULL AS is_removed
    FROM validation.plan_row p
    JOIN row_result r ON r.import_id = p.import_id AND r.line_no = p.line_no
    CROSS JOIN LATERAL jsonb_to_recordset(r.changes) AS c ("table" text, id bigint, before jsonb, after jsonb, mark bigint)
    WHERE p.import_id = undone AND p.chunk_no = of_chunk AND r.outcome = 'applied' AND r.undone_by IS NULL
        AND (chosen IS NULL OR p.line_no = ANY (chosen))
), since AS MATERIALIZED (
    SELECT started_at FROM job WHERE import_id = undone
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
    SELECT c.line_no, c.leader_line, 'R163', 'owner'
    FROM change c JOIN crm.customer_login_link x ON x.customer_id = c.id AND x.role = 'owner'
    WHERE c.kind = 'customer_login_link' AND c.before ->> 'role' = 'owner' AND x.login_id <> c.login_id
        AND (x.customer_id, x.login_id) NOT IN (
            SELECT id, login_id FROM change WHERE kind = 'customer_login_link' AND NOT is_removed
        )
    UNION ALL
    SELECT c.line_no, c.leader_line, 'R163', 'login name taken'
    FROM change c
    JOIN crm.login mine ON mine.id = c.id
    JOIN crm.login x ON x.realm_id = mine.realm_id AND lower(x.login_name) = lower(c.before ->> 'login_name')
        AND x.login_name IS NOT NULL AND x.id <> c.id
    WHERE c.kind = 'login' AND c.before ? 'login_name' AND NOT c.is_removed
        AND x.id NOT IN (SELECT id FROM change WHERE kind = 'login' AND (is_made OR before ? 'login_name'))
    UNION ALL
    SELECT c.line_no, c.leader_line, 'R163', 'payment method'
    FROM change c LEFT JOIN crm.payment_method x ON x.id = (c.before ->> 'payment_method_id')::bigint
    WHERE c.kind = 'autopay_enrollment' AND NOT c.is_made AND NOT c.is_removed AND x.id IS NULL
    UNION ALL
    -- What an undo had removed and is to be made again.
    SELECT c.line_no, c.leader_line, 'R163', 'account made meanwhile'
    FROM change c JOIN crm.customer x ON x.biller_id = (c.before ->> 'biller_id')::bigint
        AND x.account_number = c.before ->> 'account_number'
    WHERE c.kind = 'customer' AND c.is_removed
    UNION ALL
    SELECT c.line_no, c.leader_line, 'R163', 'login name taken'
    FROM change c JOIN crm.login x ON x.realm_id = (c.before ->> 'realm_id')::bigint
        AND lower(x.login_name) = lower(c.before ->> 'login_name') AND x.login_name IS NOT NULL
    WHERE c.kind = 'login' AND c.is_removed
        AND x.id NOT IN (SELECT id FROM change WHERE kind = 'login' AND NOT is_removed AND before ? 'login_name')
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
-- Tests hold that the two services that call it may read all it reads.

-- An undo keeps whole what it removes, so that it can be undone: what others see of changes is without bank data.
CREATE FUNCTION without_bank_data(image jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
    WHEN jsonb_typeof(image) = 'object'
    THEN image - '{account_enc,routing_number,token_ref,fingerprint,activation_token_hash}'::text[]
    ELSE image
END;

CREATE OR REPLACE FUNCTION changes_of_rows(of_imports uuid[], lines int[])
RETURNS TABLE (import_id uuid, line_no int, changes jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = execution, pg_temp AS $$
    SELECT r.import_id, r.line_no, (
        SELECT jsonb_agg(
            jsonb_build_object(
                'table', c."table", 'id', c.id, 'before', without_bank_data(c.before),
                'after', without_bank_data(c.after)
            )
        )
        FROM jsonb_to_recordset(r.changes) AS c ("table" text, id bigint, before jsonb, after jsonb)
    )
    FROM unnest(of_imports[1:100], lines[1:100]) AS asked (import_id, line_no)
    JOIN row_result r ON r.import_id = asked.import_id AND r.line_no = asked.line_no
$$;

-- What an undo changes, as people see it before they confirm.
CREATE VIEW undo_shown AS
SELECT p.import_id, p.line_no, (
        SELECT jsonb_agg(
            jsonb_build_object(
                'table', c."table",
                'type', (
                    SELECT t.code FROM crm.invoice_type t
                    WHERE t.id = coalesce(c.after ->> 'invoice_type_id', c.before ->> 'invoice_type_id')::bigint
                ),
                'now', without_bank_data(c.after), 'then', without_bank_data(c.before)
            )
        )
        FROM jsonb_to_recordset(r.changes) AS c ("table" text, before jsonb, after jsonb)
    ) AS changes
FROM validation.plan_row p
JOIN mapping.import i ON i.id = p.import_id
JOIN row_result r ON r.import_id = i.undoes AND r.line_no = p.line_no
WHERE i.undoes IS NOT NULL;
GRANT SELECT ON undo_shown TO ci_mapping;
