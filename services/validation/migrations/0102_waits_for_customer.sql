-- Pages say of a new paperless enrollment whether it starts at once or waits until the customer has confirmed it.
CREATE OR REPLACE VIEW planned_row AS
SELECT import_id, chunk_no, line_no, leader_line, verdict, codes, account_number, customer_id, customer_name,
    login_id, login_action, link_role, seen_login_email, email, email_cc, delivery_email, login_name, seen_enrollments,
    method_kind, account_type, coalesce(account_last4, card_last4) AS last4, card_brand, payment_method_id,
    starts_on, ends_on, max_amount,
    CASE
        WHEN verdict <> 'apply' THEN NULL
        WHEN array_remove(seen_enrollments, NULL) = '{}' THEN array_replace(seen_enrollments, NULL, 'new')
        ELSE ARRAY(
            SELECT CASE
                WHEN e.seen IS NULL OR seen_status_1(e.seen) NOT IN ('active', 'pending') THEN 'new'
                WHEN CASE
                    WHEN method_kind IS NOT NULL THEN seen_detail_1(e.seen) = payment_method_id::text OR EXISTS (
                        SELECT
                        FROM crm.payment_method m
                        WHERE m.id = seen_detail_1(e.seen)::bigint AND m.fingerprint = plan_row.fingerprint
                    )
                    WHEN seen_detail_1(e.seen) <> '' THEN lower(seen_detail_1(e.seen)) = lower(email)
                    ELSE delivery_email IS NULL
                END IS TRUE THEN NULL
                ELSE 'changed'
            END
            FROM unnest(seen_enrollments) WITH ORDINALITY AS e (seen, place)
            ORDER BY e.place
        )
    END AS enrollment_changes,
    -- The owner whom another login replaces.
    (SELECT l.email FROM crm.login l WHERE l.id = owner_id AND link_role IS NULL) AS owner_email,
    -- As the executor decides it (paperless-12).
    method_kind IS NULL AND (
        authorized_on IS NULL OR (
            SELECT b.paperless_confirm_required
            FROM import_check c JOIN crm.biller b ON b.id = c.biller_id
            WHERE c.import_id = plan_row.import_id
        )
    ) AS waits_for_customer
FROM plan_row;
