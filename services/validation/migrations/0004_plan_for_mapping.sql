-- The plan as people look at it before they confirm: no routing number, no sealed account, no token, no fingerprint.
CREATE VIEW planned_row AS
SELECT import_id, chunk_no, line_no, leader_line, verdict, codes, account_number, customer_id, customer_name,
    login_id, login_action, link_role, seen_login_email, email, email_cc, delivery_email, login_name, seen_enrollments,
    method_kind, account_type, coalesce(account_last4, card_last4) AS last4, card_brand, payment_method_id,
    starts_on, ends_on, max_amount
FROM plan_row;

GRANT SELECT ON planned_row TO ci_mapping;
