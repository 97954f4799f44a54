-- A right of its own to undo imports. Each table that others write is changed in a file of its own: a lock is waited
-- for shortly, and what holds one must not wait for the next.
ALTER TABLE operator_right ADD COLUMN may_undo boolean NOT NULL DEFAULT false;

-- Not the sealed account, the routing number nor the token: the fingerprint stands for them.
GRANT SELECT (holder_name, holder_type, account_type, token_vault, card_brand, exp_year, exp_month, origin, import_id)
    ON payment_method TO ci_validation;
-- An undo removes what an import made.
GRANT DELETE ON customer, login, customer_login_link, payment_method, autopay_enrollment, paperless_enrollment, notice
    TO ci_executor;
-- A record of what customers agreed to stays, also where the account goes that an import had made.
GRANT UPDATE (customer_id) ON authorization_record TO ci_executor;
