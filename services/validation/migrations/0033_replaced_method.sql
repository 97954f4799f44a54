-- What an enrollment is paid by today, masked, where a row moves it to another method: shown before anybody confirms.
ALTER TABLE plan_row ADD COLUMN replaced_method text;

CREATE OR REPLACE VIEW planned_row AS
SELECT import_id, chunk_no, line_no, leader_line, verdict, codes, account_number, customer_id, customer_name,
    login_id, login_action, link_role, seen_login_email, email, email_cc, delivery_email, login_name, seen_enrollments,
    method_kind, account_type, coalesce(account_last4, card_last4) AS last4, card_brand, payment_method_id,
    starts_on, ends_on, max_amount, replaced_method
FROM plan_row;
